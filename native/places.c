#include "places.h"

#include <stdatomic.h>
#include <stdint.h>

#include "threads.h"

#define SHARE 16384 /* elements of a task, at least */

typedef struct {
    const places_form *f;
    const long long *index;
    void *table, *rows;
    long outers, columns; /* of a task */
    atomic_int outside;
} job;

long places_bytes(const places_form *f) {
    if (f->kind != SCATTER_ADD)
        return f->type == 1 || f->type == 2 || f->type == 4 || f->type == 8 ? f->type : 0;
    switch (f->type) {
    case 'f': case 'i': return 4;
    case 'd': return 8;
    case 'l': case 'q': return sizeof(long long);
    default: return 0;
    }
}

/* Sums at one place are made in the order of the rows: a task has all rows of its columns. */
#define WORK(name, type, statement)                                                                                    \
    static int name(const job *j, long first, long last, long from, long to) {                                         \
        long n = j->f->n, m = j->f->m, inner = j->f->inner, shared = j->f->shared;                                     \
        int outside = 0;                                                                                               \
        for (long o = first; o < last; o++) {                                                                          \
            type *restrict table = (type *)j->table + o * n * inner, *restrict rows = (type *)j->rows + o * m * inner; \
            const long long *index = j->index + (shared ? 0 : o * m * inner);                                          \
            if (shared)                                                                                                \
                for (long i = 0; i < m; i++) {                                                                         \
                    long long place = index[i] + (index[i] < 0 ? n : 0);                                               \
                    if ((uint64_t)place >= (uint64_t)n)                                                                \
                        outside = 1;                                                                                   \
                    else                                                                                               \
                        for (long k = from; k < to; k++)                                                               \
                            statement(table[place * inner + k], rows[i * inner + k]);                                  \
                }                                                                                                      \
            else if (inner == 1)                                                                                       \
                for (long i = 0; i < m; i++)                                                                           \
                    if ((uint64_t)index[i] >= (uint64_t)n)                                                             \
                        outside = 1;                                                                                   \
                    else                                                                                               \
                        statement(table[index[i]], rows[i]);                                                           \
            else                                                                                                       \
                for (long i = 0; i < m; i++, index += inner)                                                           \
                    for (long k = from; k < to; k++)                                                                   \
                        if ((uint64_t)index[k] >= (uint64_t)n)                                                         \
                            outside = 1;                                                                               \
                        else                                                                                           \
                            statement(table[index[k] * inner + k], rows[i * inner + k]);                               \
        }                                                                                                              \
        return outside;                                                                                                \
    }
#define TAKE(place, row) row = place
#define PUT(place, row) place = row
#define ADD(place, row) place += row

#define MOVE(bits) WORK(take##bits, uint##bits##_t, TAKE) WORK(put##bits, uint##bits##_t, PUT)
MOVE(8)
MOVE(16)
MOVE(32)
MOVE(64)
WORK(add_floats, float, ADD)
WORK(add_doubles, double, ADD)
WORK(add_ints, uint32_t, ADD) /* they wrap around */
WORK(add_longs, uint64_t, ADD)

typedef int (*work)(const job *, long, long, long, long);

static work work_of(const places_form *f) {
    static const work moves[2][4] = {{take8, take16, take32, take64}, {put8, put16, put32, put64}};
    if (f->kind == SCATTER_ADD)
        return f->type == 'f' ? add_floats : f->type == 'd' ? add_doubles : f->type == 'i' ? add_ints : add_longs;
    return moves[f->kind][f->type == 1 ? 0 : f->type == 2 ? 1 : f->type == 4 ? 2 : 3];
}

static void task(void *data, long number, int worker) {
    job *j = data;
    const places_form *f = j->f;
    (void)worker;
    long parts = (f->inner + j->columns - 1) / j->columns;
    long first = number / parts * j->outers, from = number % parts * j->columns;
    long last = first + j->outers < f->outer ? first + j->outers : f->outer;
    if (work_of(f)(j, first, last, from, from + j->columns < f->inner ? from + j->columns : f->inner))
        atomic_store(&j->outside, 1);
}

int at_places(const places_form *f, const long long *index, void *table, void *rows, int threads) {
    if (!f->outer || !f->m || !f->inner)
        return 1;
    job j = {.f = f, .index = index, .table = table, .rows = rows, .outers = f->outer, .columns = f->inner};
    long size = f->m * f->inner; /* of one of `outer` */
    if (threads > 1 && f->outer * size >= 2 * SHARE) {
        if (f->outer >= 2 * threads)
            j.outers = SHARE / size + 1;
        else if (f->inner >= 32 * threads)
            j.columns = (f->inner / threads + 15) / 16 * 16;
    }
    long tasks = ((f->outer + j.outers - 1) / j.outers) * ((f->inner + j.columns - 1) / j.columns);
    run_tasks(task, &j, tasks, threads);
    return !atomic_load(&j.outside);
}
