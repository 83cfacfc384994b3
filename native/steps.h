/* Whole steps of optimizers on float32. */
#ifndef PENLIGHT_STEPS_H
#define PENLIGHT_STEPS_H

/* As in penlight/optim/adam.py; `rest` is 1 - beta2, `rate` minus the step size, `decay` 0 or that of the gradient. */
typedef struct {
    float weight, beta2, rest, eps, decay, shrink, rate, correction;
    int maximize;
} adam_form;

/* As in penlight/optim/sgd.py; `rest` is 1 - dampening, `rate` minus the learning rate. */
typedef struct {
    float rate, momentum, rest, decay;
    int nesterov, maximize, first;
} sgd_form;

typedef struct {
    /* largest may be NULL */
    void (*adam)(const adam_form *, long n, float *p, const float *g, float *m, float *v, float *largest, int threads);
    /* buffer may be NULL */
    void (*sgd)(const sgd_form *, long n, float *p, const float *g, float *buffer, int threads);
} step_kernels;

extern const step_kernels steps_baseline, steps_avx2, steps_avx512;

#endif
