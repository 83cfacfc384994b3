"""Running sums and products along a dimension."""

from __future__ import annotations

import numpy as np

__all__ = ["running_product", "running_sum"]


def _running(ufunc, x, dim):
    """Integers in int64, floats in double as PyTorch's CPU kernels, rounded once per element; contiguous as theirs."""
    if not x.flags.c_contiguous:
        x = np.ascontiguousarray(x)
    if x.dtype.kind in "biu":
        x = x.astype(np.int64, copy=False)
        return ufunc.accumulate(x, dim) if x.ndim else x.copy()
    if not x.ndim:
        return x.copy()
    if x.dtype == np.float32:
        return ufunc.accumulate(x, dim, dtype=np.float64).astype(np.float32)
    if x.dtype == np.complex64:
        return ufunc.accumulate(x, dim, dtype=np.complex128).astype(np.complex64)
    return ufunc.accumulate(x, dim)


def running_sum(x, dim):
    """The sums of the elements up to each.

    >>> running_sum(np.array([1, 2, 3]), 0)
    array([1, 3, 6])
    """
    return _running(np.add, x, dim)


def running_product(x, dim):
    """The products of the elements up to each."""
    return _running(np.multiply, x, dim)
