"""Multiply-adds that round once, and optimizer steps, in C. What a call takes is in penlight/backends/numpy/fused.py."""

from __future__ import annotations

import struct
from functools import lru_cache

import numpy as np

from penlight.backends.native.loading import FLOAT, available, kernels
from penlight.base.defaults import defaults

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


@lru_cache(maxsize=64)
def _adam_form(weight, beta2, eps, decay, shrink, step_size, correction, maximize) -> bytes:
    inside, factor = (decay, 1) if shrink is None else (0, shrink)
    return struct.pack("8fi", weight, beta2, 1 - beta2, eps, inside, factor, -step_size, correction, maximize)


def adam_step(arrays, numbers) -> bool:
    """p, its gradient, the two averages, perhaps the largest second one; the numbers of penlight/optim/adam.py."""
    p, g, m, v, *largest = arrays
    kernels.adam(_adam_form(*numbers), p.size, p, g, m, v, largest[0] if largest else None, defaults.num_threads)
    return True


@lru_cache(maxsize=64)
def _sgd_form(rate, momentum, dampening, decay, nesterov, maximize, first) -> bytes:
    return struct.pack("4f3i", -rate, momentum, 1 - dampening, decay, nesterov, maximize, first)


def sgd_step(arrays, numbers) -> bool:
    """p, its gradient, perhaps the momentum buffer; the numbers of penlight/optim/sgd.py."""
    p, g, *buffer = arrays
    kernels.sgd(_sgd_form(*numbers), p.size, p, g, buffer[0] if buffer else None, defaults.num_threads)
    return True


def _steps(arrays, numbers) -> bool:
    """Of apart and whole arrays alone, and of numbers that float32 holds."""
    for a in arrays:
        if a.dtype != FLOAT or not a.flags.c_contiguous:
            return False
    return arrays[0].size > 0 and all(n is None or -1e38 < n < 1e38 for n in numbers)


TABLE = {f.__name__: (f, _takes) for f in (add_scaled, approach, add_product)}
TABLE.update({f.__name__: (f, _steps) for f in (adam_step, sgd_step)})
KERNELS = available({**TABLE, "fuses": (lambda: True, lambda: True)})
