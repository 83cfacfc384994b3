/* Kernels for whatever the compiler takes for granted: SSE2 on x86-64, NEON on ARM. */
#define SET baseline
#define WIDTH 4
#include "kernels.inc"
