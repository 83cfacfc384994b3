#include "scan.h"

#include <stdlib.h>

#include "threads.h"

#define SHARE 512 /* columns of a task: their sums stay in the first-level cache */

typedef struct {
    int multiply;
    long n, inner, parts;
    const float *x;
    float *out;
    double *sums;
} job;

static void running_task(void *data, long task, int worker) {
    job *j = data;
    long n = j->n, inner = j->inner, start = (task / j->parts) * n * inner + (task % j->parts) * SHARE;
    long width = inner - (task % j->parts) * SHARE < SHARE ? inner - (task % j->parts) * SHARE : SHARE;
    const float *x = j->x + start;
    float *out = j->out + start;
    double *sums = j->sums + worker * SHARE, one = j->multiply ? 1 : 0;
    if (inner == 1) {
        for (long i = 0; i < n; i++) {
            one = j->multiply ? one * x[i] : i ? one + x[i] : x[i];
            out[i] = (float)one;
        }
        return;
    }
    for (long k = 0; k < width; k++)
        out[k] = x[k], sums[k] = x[k];
    for (long i = 1; i < n; i++) {
        x += inner, out += inner;
        if (j->multiply)
            for (long k = 0; k < width; k++)
                sums[k] *= x[k], out[k] = (float)sums[k];
        else
            for (long k = 0; k < width; k++)
                sums[k] += x[k], out[k] = (float)sums[k];
    }
}

int running(int multiply, long outer, long n, long inner, const float *x, float *out, int threads) {
    job j = {.multiply = multiply, .n = n, .inner = inner, .parts = (inner + SHARE - 1) / SHARE, .x = x, .out = out};
    if (!(j.sums = malloc(SHARE * sizeof(double) * (threads > 1 ? threads : 1))))
        return 0;
    if (n * inner * outer < 16384)
        threads = 1;
    run_tasks(running_task, &j, outer * j.parts, threads);
    free(j.sums);
    return 1;
}
