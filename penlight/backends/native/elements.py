"""Functions of each number and of each pair in C. What a call takes is in penlight/backends/numpy: elementwise, special."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, kernels
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]


@lru_cache(maxsize=64)
def _numbers(values: tuple) -> bytes | None:
    return struct.pack("3f", *values, *(0,) * (3 - len(values))) if values else None


def _each(kind: int) -> Any:
    def apply(x, *numbers):
        given = _numbers(numbers)
        if x.flags.c_contiguous and x.ndim:
            out = np.empty(x.shape, FLOAT)
            kernels.each(kind, given, x.size, x, out, defaults.num_threads)
            return out
        x = x.copy("K")
        out = np.empty_like(x)  # in the same order in memory
        kernels.each(kind, given, x.size, x.ravel("K"), out.ravel("K"), defaults.num_threads)
        return out

    return apply


def _pairs(kind: int) -> Any:
    def apply(x, y, *numbers):
        out = np.empty(x.shape, FLOAT)
        kernels.pairs(kind, _numbers(numbers), x.size, contiguous(x), contiguous(y), out, defaults.num_threads)
        return out

    return apply


def _some_floats(x, *numbers) -> bool:
    return x.dtype == FLOAT and x.size > 0 and all(0 < n < 1e38 for n in numbers)


def _alike(x, y, *numbers) -> bool:
    return _some_floats(x, *numbers) and y.__class__ is np.ndarray and y.dtype == FLOAT and x.shape == y.shape


# in the order of `enum each` and `enum pairs` in native/elements.h
_EACH = (
    "gelu", "gelu_slope", "gelu_tanh", "gelu_tanh_slope", "sigmoid", "silu", "softplus", "log_sigmoid", "erf", "hardswish",
    "elu",
)  # fmt: skip
_PAIRS = "gate", "logits_loss", "huber"
TABLE = {
    **{name: (_each(kind), _some_floats) for kind, name in enumerate(_EACH)},
    **{name: (_pairs(kind), _alike) for kind, name in enumerate(_PAIRS)},
}
KERNELS = available(TABLE)
