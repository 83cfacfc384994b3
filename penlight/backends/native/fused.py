"""Multiply-adds that round once, in C. What a call takes is in penlight/backends/numpy/fused.py."""

from __future__ import annotations

import numpy as np

from penlight.backends.native.loading import FLOAT, available, kernels

__all__ = ["KERNELS", "TABLE"]

_ADD_SCALED, _APPROACH, _APPROACH_FAR, _ADD_PRODUCT = range(4)  # `enum fused` of native/fused.h


def _run(kind, scale, a, b, c, out):
    if out is None:
        out = np.empty(a.shape, FLOAT)
    kernels.fused(kind, a.size, scale, a, b, c, out)
    return out


def add_scaled(a, b, scale, out=None):
    return _run(_ADD_SCALED, scale, a, b, None, out)


def approach(a, b, weight, out=None):
    if abs(weight) < 0.5:
        return _run(_APPROACH, weight, a, b, None, out)
    return _run(_APPROACH_FAR, FLOAT.type(weight) - FLOAT.type(1), a, b, None, out)


def add_product(a, b, c, scale, out=None):
    return _run(_ADD_PRODUCT, scale, a, b, c, out)


def _takes(a, b, *others) -> bool:
    if a.__class__ is not np.ndarray or b.__class__ is not np.ndarray or not a.size:
        return False
    arrays = [a, b, *[v for v in others if isinstance(v, (np.ndarray, np.generic)) and v.ndim == a.ndim]]
    return all(v.__class__ is np.ndarray and v.shape == a.shape and v.dtype == FLOAT and v.flags.c_contiguous for v in arrays)


TABLE = {f.__name__: (f, _takes) for f in (add_scaled, approach, add_product)}
KERNELS = available({**TABLE, "fuses": (lambda: True, lambda: True)})
