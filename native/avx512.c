#if defined(__x86_64__)
#pragma GCC target("avx512f,fma")
#define SET avx512
#define WIDTH 16
#include "kernels.inc"
#endif
