"""16-bit numbers in gradient rules: what stands beside them is promoted as in PyTorch's kernels.

A Python number is rounded to 16 bits first, but as a factor or a divisor; so is a tensor of integers, so that large ones
are infinite, save a second factor or a divisor of one element.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Narrow", "is_half", "narrowed", "plain", "promoted"]


def is_half(d: np.dtype) -> bool:
    return d.itemsize == 2 and d.kind in "fV"


class Narrow(np.ndarray):
    """An array whose operators, where it is 16-bit, take numbers and integers as PyTorch's do."""


def _gives_way(value: Any, half: np.ndarray) -> bool:
    """Whether promotion rounds `value` to the 16 bits of the array: integers, and wider floats without dimensions."""
    if not isinstance(value, (np.ndarray, np.generic)):
        return False
    kind = value.dtype.kind
    return kind in "iu" or kind == "f" and value.dtype.itemsize > 2 and not value.ndim and half.ndim > 0


def _operator(name: str) -> Callable:
    ordinary = getattr(np.ndarray, name)
    factor = name in ("__mul__", "__truediv__")

    def operator(self: Narrow, other: Any) -> Any:
        d = self.dtype
        if is_half(d):
            number, gives_way = other.__class__ in (float, int), _gives_way(other, self)
            if number and (factor or name == "__rmul__") or gives_way and factor and other.size == 1:
                return ordinary(self.astype(np.float32), other).astype(d)
            if number or gives_way:
                other = np.asarray(other).astype(d)
        elif other.__class__ is Narrow and is_half(other.dtype) and _gives_way(self, other):
            self = self.astype(other.dtype)
        return ordinary(self, other)

    return operator


for _name in "add radd sub rsub mul rmul truediv rtruediv pow rpow lt le gt ge eq ne".split():
    setattr(Narrow, f"__{_name}__", _operator(f"__{_name}__"))


def promoted(values: tuple) -> list:
    """Arguments of an elementwise op, those that give way beside a 16-bit array in its dtype."""
    half = next((v for v in values if v.__class__ is Narrow and is_half(v.dtype)), None)
    return list(values) if half is None else [v.astype(half.dtype) if _gives_way(v, half) else v for v in values]


def narrowed(value: Any) -> Any:
    """16-bit arrays and what gives way to them, alone or in a tuple, as `Narrow`; everything else as it is."""
    if value.__class__ is tuple:
        return tuple([narrowed(v) for v in value])
    if isinstance(value, (np.ndarray, np.generic)) and (
        is_half(value.dtype) or value.dtype.kind in "iu" or value.dtype.kind == "f" and not value.ndim
    ):
        return np.asarray(value).view(Narrow)
    return value


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
