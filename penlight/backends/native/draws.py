"""Random words, and normals and permutations of them, in C. What they compute is in penlight/base/random."""

from __future__ import annotations

from penlight.backends.native.loading import available, kernels

__all__ = ["KERNELS"]

KERNELS = available({name: getattr(kernels, name, None) for name in ("normals", "shuffle", "words")})
