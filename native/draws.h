/* What random words become. */
#ifndef PENLIGHT_DRAWS_H
#define PENLIGHT_DRAWS_H

typedef struct {
    /* Blocks of 16 words into 16 normals, by the Box-Muller transform on the lower 24 bits of each. */
    void (*normals)(long blocks, const unsigned *words, float mean, float deviation, float *out);
} draw_kernels;

extern const draw_kernels draws_baseline, draws_avx2, draws_avx512;

#endif
