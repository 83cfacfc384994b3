#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,fma")
#endif
#define SET avx512
#define FUSED_MULTIPLY_ADD
#define WIDTH 16
#include "kernels.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
