"""Normals and permutations of random words in C. What they compute is in penlight/base/random."""

from __future__ import annotations

from penlight.backends.native.loading import available, kernels

__all__ = ["KERNELS"]

KERNELS = available({} if kernels is None else {"normals": kernels.normals, "shuffle": kernels.shuffle})
