/* Running sums and products of float32. */
#ifndef PENLIGHT_SCAN_H
#define PENLIGHT_SCAN_H

/* Along the middle dimension of (outer, n, inner), in double, each result rounded; returns 0 where memory is short. */
int running(int multiply, long outer, long n, long inner, const float *x, float *out, int threads);

#endif
