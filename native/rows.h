/* Functions of each row of a matrix, and of each channel; float32. */
#ifndef PENLIGHT_ROWS_H
#define PENLIGHT_ROWS_H

typedef struct {
    void (*softmax)(int logarithm, long rows, long length, const float *x, float *out, int threads);
    void (*softmax_grad)(int logarithm, long rows, long length, const float *g, const float *y, float *out, int threads);
    /* over the middle dimension; with g, the gradient from the result x */
    void (*softmax_columns)(int logarithm, long samples, long length, long inner, const float *g, const float *x, float *out,
                            int threads);
    void (*sums)(long samples, long length, long inner, const float *x, float *out, int threads);
    /* weight and bias may be NULL; mean and inverse deviation: one a row */
    void (*layer_norm)(long rows, long length, float eps, const float *x, const float *weight, const float *bias,
                       float *out, float *mean, float *inverse, int threads);
    /* weight and any gradient may be NULL; returns 0 where memory is short */
    int (*layer_norm_grad)(long rows, long length, const float *g, const float *x, const float *weight,
                           const float *mean, const float *inverse, float *grad, float *weight_grad, float *bias_grad,
                           int threads);
    /* (samples, channels, length): mean and biased variance of each channel */
    void (*channel_statistics)(long samples, long channels, long length, const float *x, float *mean, float *variance,
                               int threads);
    /* out = (x - mean) * scale + shift; shift may be NULL */
    void (*channel_scale)(long samples, long channels, long length, const float *x, const float *mean,
                          const float *scale, const float *shift, float *out, int threads);
    /* total = sum(g), dot = sum(g * (x - mean)) */
    void (*channel_sums)(long samples, long channels, long length, const float *g, const float *x, const float *mean,
                         double *total, double *dot, int threads);
    /* grad = (g - (x - mean) * slope - shift) * scale */
    void (*channel_grad)(long samples, long channels, long length, const float *g, const float *x, const float *mean,
                         const float *slope, const float *shift, const float *scale, float *grad, int threads);
} row_kernels;

extern const row_kernels rows_baseline, rows_avx2, rows_avx512;

#endif
