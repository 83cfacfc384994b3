"""Gradients of one leaf from many small products, computed at the end as one product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["LATER", "Deferred"]

LATER = 2  # in a joint rule's `need`: this gradient goes straight to a leaf, which sums what it gets


class Deferred:
    """sum of compute(*part) over parts, where joining the parts' rows and computing once gives the same.

    A recurrent net multiplies by one weight at every step. Each step's weight gradient is a product of a few rows, which
    costs little to compute and much to add up; the engine adds Deferred values by joining their lists.
    """

    __slots__ = ("compute", "dtype", "parts")
    __array_ufunc__ = None  # so that `array += deferred` comes to __radd__
    base = None  # no view of an array

    def __init__(self, compute: Callable[..., np.ndarray], *part: np.ndarray) -> None:
        self.compute = compute
        self.dtype = part[0].dtype
        self.parts = [part]

    def flush(self) -> np.ndarray:
        """The sum, as an array of its own."""
        if len(self.parts) == 1:
            return self.compute(*self.parts[0])
        return self.compute(*[np.concatenate(column) for column in zip(*self.parts)])

    def joined(self, other: Deferred) -> Any:
        """The sum with another one: the lists are joined where both compute alike."""
        if other.compute is self.compute:
            self.parts += other.parts
            return self
        return self + other

    def __add__(self, other: Any) -> np.ndarray:
        total = self.flush()
        total += other.flush() if other.__class__ is Deferred else other
        return total

    __radd__ = __add__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.flush()
