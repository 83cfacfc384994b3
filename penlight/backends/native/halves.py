"""float32 from and to 16 bits in C. What a call takes is in penlight/backends/numpy/halves.py."""

from __future__ import annotations

import numpy as np

from penlight.backends.native.loading import FLOAT, available, kernels
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]

_WIDEN = {"e": 0, "E": 2}  # `enum halves` of native/halves.h, of float16 and bfloat16
_BITS = np.dtype(np.uint16)


def widened(x) -> np.ndarray:
    out = np.empty(x.shape, FLOAT)
    kernels.convert(_WIDEN[x.dtype.char], x.size, x.view(_BITS), out, defaults.num_threads)
    return out


def halved(x, dtype) -> np.ndarray:
    out = np.empty(x.shape, dtype)
    kernels.convert(_WIDEN[dtype.char] + 1, x.size, x, out.view(_BITS), defaults.num_threads)
    return out


def _whole(x) -> bool:
    return x.__class__ is np.ndarray and x.flags.c_contiguous and x.dtype.isnative


TABLE = {
    "widened": (widened, lambda x: _whole(x) and x.dtype.char in _WIDEN),
    "halved": (halved, lambda x, dtype: _whole(x) and x.dtype == FLOAT and dtype.char in _WIDEN),
}
KERNELS = available(TABLE)
