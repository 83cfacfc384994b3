"""What stands in the place of a meta tensor's array: shape, dtype and strides."""

from __future__ import annotations

import math
import mmap
import sys
from typing import Any

import numpy as np

from penlight.base.unreadable import NoElements, Unreadable

__all__ = ["Blank", "Refused"]


class Refused(Unreadable, NotImplementedError):
    """Data of a meta tensor were asked for."""


Refused.__name__ = Refused.__qualname__ = "NotImplementedError"  # as it is shown
Refused.__module__ = "builtins"


_RESERVED = 2**26  # bytes; larger arrays come from the system without a claim on memory


def _zeros(count: int, dtype: np.dtype) -> np.ndarray:
    flags = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)  # newer Pythons have the name
    if count * dtype.itemsize < _RESERVED or not flags:
        return np.zeros(count, dtype)
    flags |= mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    return np.ndarray((count,), dtype, mmap.mmap(-1, count * dtype.itemsize, flags=flags))  # type: ignore[call-overload]


class Blank(NoElements):
    """No array, so whatever reads its elements raises. `strides` are in bytes, as NumPy's."""

    base = None  # as arrays have it, for the engine: nobody's view

    def __init__(self, shape: tuple, dtype: np.dtype, strides: tuple) -> None:
        self.shape, self.dtype, self.strides = shape, dtype, strides
        self.ndim, self.size, self.itemsize = len(shape), math.prod(shape), dtype.itemsize

    @staticmethod
    def like(array: Any) -> Blank:
        """That of an array."""
        return Blank(array.shape, array.dtype, array.strides)

    @staticmethod
    def contiguous(shape: tuple, dtype: np.dtype) -> Blank:
        """That of a new array, in row-major order."""
        strides, step = [], dtype.itemsize
        for n in reversed(shape):
            strides.append(step)
            step *= n or 1
        return Blank(tuple(shape), dtype, tuple(reversed(strides)))

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def extent(self) -> int:
        """Elements from the first to the last in memory."""
        if not self.size:
            return 0
        return 1 + sum((n - 1) * s for n, s in zip(self.shape, self.strides)) // self.itemsize

    def array(self, fill: str = "zeros") -> np.ndarray:
        """An array laid out so; zeros take address space and no memory until they are written to.

        Ones and unit matrices are for ops that refuse zeros: a factorisation, the probabilities of a draw.
        """
        flat = _zeros(self.extent, self.dtype)
        if fill != "zeros" and self.dtype.kind in "fc":
            unit = fill == "unit" and self.ndim > 1 and self.shape[-1] == self.shape[-2]
            flat.fill(0 if unit else 1)
            result = np.ndarray(self.shape, self.dtype, flat, 0, self.strides)
            if unit:
                each = np.arange(self.shape[-1])
                result[..., each, each] = 1
            return result
        return np.ndarray(self.shape, self.dtype, flat, 0, self.strides)

    def astype(self, dtype: Any, copy: bool = True) -> Blank:
        """The same in another dtype."""
        d = np.dtype(dtype)
        return Blank(self.shape, d, tuple([s // self.itemsize * d.itemsize for s in self.strides]))

    def copy(self, order: str = "K") -> Blank:
        return Blank(self.shape, self.dtype, self.strides)

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise Refused("Cannot copy out of meta tensor; no data!")
