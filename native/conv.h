/* Convolution in one to three dimensions, float32: the form of a call, and the kernels of one instruction set. */
#ifndef PENLIGHT_CONV_H
#define PENLIGHT_CONV_H

typedef struct {
    long samples, groups, channels, outputs; /* channels and outputs of one group */
    long size[3], kernel[3], stride[3], before[3], dilation[3], out[3]; /* unused leading axes have length 1 */
} conv_form;

/* Each returns 0 where memory is short. */
typedef struct {
    int (*correlate)(const conv_form *, const float *x, const float *w, const float *bias, float *out, int threads);
    int (*weight_grad)(const conv_form *, const float *g, const float *x, float *grad, int threads);
} conv_kernels;

extern const conv_kernels conv_baseline, conv_avx2, conv_avx512;

#endif
