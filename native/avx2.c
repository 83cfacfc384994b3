#if defined(__x86_64__)
#pragma GCC target("avx2,fma")
#define SET avx2
#define WIDTH 8
#include "kernels.inc"
#endif
