#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define SET avx2
#define FUSED_MULTIPLY_ADD
#define WIDTH 8
#include "kernels.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
