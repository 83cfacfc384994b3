/* Multiply-adds of float32 that round once. */
#ifndef PENLIGHT_FUSED_H
#define PENLIGHT_FUSED_H

/* ADD_SCALED: a + scale b. APPROACH: a + scale (b - a). APPROACH_FAR: b + scale (b - a). ADD_PRODUCT: a + (scale b) c. */
enum fused { ADD_SCALED, APPROACH, APPROACH_FAR, ADD_PRODUCT };

typedef struct {
    /* out may be a; c is read for ADD_PRODUCT alone */
    void (*fused)(enum fused, long n, float scale, const float *a, const float *b, const float *c, float *out);
} fused_kernels;

extern const fused_kernels fused_baseline, fused_avx2, fused_avx512;

#endif
