/* Max pooling of planes, float32. */
#ifndef PENLIGHT_POOL_H
#define PENLIGHT_POOL_H

typedef struct {
    long planes, height, width, kernel[2], stride[2], padding[2], dilation[2], out[2];
} pool_form;

typedef struct {
    /* The maxima of windows and their places in the plane: of equal ones the first, of NaNs the last; none: -inf at -1.
     * Returns 0 where memory is short. */
    int (*max_pool)(const pool_form *, const float *x, float *out, long long *places, int threads);
    /* grad[place] += g, plane by plane; places below 0 are left out. `grad` is overwritten. */
    void (*max_pool_grad)(long planes, long plane, long windows, const float *g, const long long *places, float *grad,
                          int threads);
    /* The same for windows of 2 x 2 side by side, whose places are found again. */
    void (*pair_max_pool)(long planes, long height, long width, const float *x, float *out, int threads);
    void (*pair_max_pool_grad)(long planes, long height, long width, const float *g, const float *x, float *grad,
                               int threads);
} pool_kernels;

extern const pool_kernels pool_baseline, pool_avx2, pool_avx512;

#endif
