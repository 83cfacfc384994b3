"""16-bit numbers in gradient rules: a Python number beside them is not rounded to 16 bits, as in PyTorch's kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Narrow", "is_half", "narrowed", "plain"]


def is_half(d: np.dtype) -> bool:
    return d.itemsize == 2 and d.kind in "fV"


class Narrow(np.ndarray):
    """An array whose operators, where it is 16-bit, compute with a number in float32 and round the result."""


def _operator(name: str) -> Callable:
    ordinary = getattr(np.ndarray, name)

    def operator(self: Narrow, other: Any) -> Any:
        if other.__class__ not in (float, int) or not is_half(self.dtype):
            return ordinary(self, other)
        return ordinary(self.astype(np.float32), other).astype(self.dtype)

    return operator


for _name in "add radd sub rsub mul rmul truediv rtruediv pow rpow".split():
    setattr(Narrow, f"__{_name}__", _operator(f"__{_name}__"))


def narrowed(value: Any) -> Any:
    """16-bit arrays, alone or in a tuple, as `Narrow`; everything else as it is."""
    if value.__class__ is tuple:
        return tuple([narrowed(v) for v in value])
    return np.asarray(value).view(Narrow) if isinstance(value, (np.ndarray, np.generic)) and is_half(value.dtype) else value


def plain(results: tuple, g: Any) -> tuple:
    """A rule's results as ordinary arrays, those in float32 in the gradient's dtype."""
    return tuple(
        [
            r
            if r is None or not isinstance(r, (np.ndarray, np.generic))
            else np.asarray(r).astype(g.dtype if r.dtype == np.float32 else r.dtype, copy=False)
            for r in results
        ]
    )
