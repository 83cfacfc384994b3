/* Functions of each number, and of each pair of numbers; float32. */
#ifndef PENLIGHT_ELEMENTS_H
#define PENLIGHT_ELEMENTS_H

enum each { GELU, GELU_SLOPE, GELU_TANH, GELU_TANH_SLOPE, SIGMOID, SILU, SOFTPLUS, LOG_SIGMOID, ERF, HARDSWISH, ELU };
enum pairs { GATE, LOGITS_LOSS, HUBER };

typedef struct {
    /* numbers: three, for ELU and HUBER */
    void (*each)(enum each, long count, const float *numbers, const float *x, float *out, int threads);
    void (*pairs)(enum pairs, long count, const float *numbers, const float *x, const float *y, float *out, int threads);
} element_kernels;

extern const element_kernels elements_baseline, elements_avx2, elements_avx512;

#endif
