/* 16-bit floating numbers. */
#ifndef PENLIGHT_HALVES_H
#define PENLIGHT_HALVES_H

enum halves { HALF_TO_FLOAT, FLOAT_TO_HALF, BFLOAT_TO_FLOAT, FLOAT_TO_BFLOAT };

typedef struct {
    void (*convert)(enum halves, long n, const void *x, void *out, int threads);
} half_kernels;

extern const half_kernels halves_baseline, halves_avx2, halves_avx512;

#endif
