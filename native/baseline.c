/* Kernels for whatever the compiler takes for granted: SSE2 on x86-64, NEON on ARM. */
#define SET baseline
#if defined(__aarch64__)
#define FUSED_MULTIPLY_ADD
#endif
#define WIDTH 4
#include "kernels.inc"
