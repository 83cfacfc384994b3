/* The steps of recurrent layers over equal batches, float32. Rows of time t are rows t * batch .. of each matrix. */
#ifndef PENLIGHT_RECURRENT_H
#define PENLIGHT_RECURRENT_H

/* Each returns 0 where memory is short. Names as in penlight/backends/numpy/recurrent.py. */
typedef struct {
    int (*lstm)(long times, long batch, long size, int reverse, const float *w, float *gates, const float *before,
                float *after, const float *cells_before, float *cells, float *squashed, int threads);
    int (*lstm_grad)(long times, long batch, long size, int reverse, const float *w, const float *g, const float *gates,
                     const float *cells_before, const float *squashed, float *carry, float *carry_cell, float *d_rows,
                     int threads);
    int (*gru)(long times, long batch, long size, int reverse, const float *w, const float *bias, float *gates,
               const float *before, float *after, float *hidden, int threads);
    int (*gru_grad)(long times, long batch, long size, int reverse, const float *w, const float *g, const float *gates,
                    const float *hidden, const float *before, float *carry, float *d_hidden, float *d_new, int threads);
} recurrent_kernels;

extern const recurrent_kernels recurrent_baseline, recurrent_avx2, recurrent_avx512;

#endif
