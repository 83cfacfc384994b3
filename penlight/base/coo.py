"""What stands in the place of a sparse tensor's array: coordinates and the values there."""

from __future__ import annotations

import importlib
import math
from functools import reduce
from typing import Any

import numpy as np

from penlight.base.unreadable import NoElements, Unreadable

__all__ = ["Coo", "SparseRefused"]


class SparseRefused(Unreadable, NotImplementedError):
    """An op that has no rule for sparse tensors was given one."""


SparseRefused.__name__ = SparseRefused.__qualname__ = "NotImplementedError"  # as it is shown
SparseRefused.__module__ = "builtins"


class Coo(NoElements):
    """Sparse data in coordinate form; no array, so whatever reads its elements without a rule for it raises.

    Shape: indices (sparse_dim, nnz) int64, values (nnz, *dense shape); `shape` is sparse and dense dimensions together.
    """

    base = None  # as arrays have it, for the engine: nobody's view

    def __init__(self, indices: np.ndarray, values: np.ndarray, shape: tuple, coalesced: bool = False) -> None:
        self.indices, self.values, self.shape = indices, values, shape
        self.coalesced = coalesced or len(values) < 2
        self.dtype, self.ndim, self.size = values.dtype, len(shape), math.prod(shape)
        self.itemsize, self.strides = values.itemsize, (0,) * len(shape)

    @property
    def sparse_dim(self) -> int:
        return len(self.indices)

    def copy(self) -> Coo:
        """The same entries in memory of their own (coordinates, which nobody changes, are shared)."""
        return Coo(self.indices, self.values.copy(), self.shape, self.coalesced)

    def astype(self, dtype: Any, copy: bool = True) -> Coo:
        """The same with values of another dtype."""
        return Coo(self.indices, self.values.astype(dtype, copy=copy), self.shape, self.coalesced)

    def linear(self) -> np.ndarray:
        """The row-major number of each entry's place. Raises RuntimeError for indices outside the shape."""
        check_inside(self.indices, self.shape)
        if not len(self.indices):
            return np.zeros(len(self.values), np.int64)
        return reduce(lambda place, row: place * row[0] + row[1], zip(self.shape, self.indices), 0)  # type: ignore

    def coalesce(self) -> Coo:
        """The same with sorted coordinates, each once; values at one place are added in their order."""
        if self.coalesced:
            return self
        linear = self.linear()
        order = np.argsort(linear, kind="stable")
        linear, values = linear[order], self.values[order]
        first = np.concatenate(([True], linear[1:] != linear[:-1]))
        result = values[first]
        if len(result) < len(values):
            np.add.at(result, (np.cumsum(first) - 1)[~first], values[~first])
        return Coo(self.indices[:, order[first]], result, self.shape, True)

    def dense(self) -> np.ndarray:
        """The array that this stands for."""
        whole = self.coalesce()
        result = np.zeros(self.shape, self.dtype)
        flat = result.reshape(-1, *self.shape[self.sparse_dim :])
        flat[whole.linear()] = whole.values
        return result

    def add_into(self, array: np.ndarray, factor: Any = 1) -> None:
        """array += factor * self, entry by entry. Raises RuntimeError for indices outside the shape."""
        check_inside(self.indices, self.shape)
        values = self.values if factor == 1 else (self.values * factor).astype(self.dtype, copy=False)
        where = tuple(self.indices)
        if not where:
            array += values.sum(0)
        elif self.coalesced:
            array[where] += values
        elif array.flags.c_contiguous and len(where) == 1 and array.ndim == 2:  # NumPy adds faster at flat places
            flat = where[0][:, None] * array.shape[1] + np.arange(array.shape[1])
            np.add.at(array.reshape(-1), flat.reshape(-1), values.reshape(-1))
        else:
            np.add.at(array, where, values)

    def tensor(self) -> Any:
        """A sparse tensor on this."""
        return importlib.import_module("penlight.sparse.tensor").wrap(self)

    def __add__(self, other: Any) -> Any:
        """The sum of two gradients: sparse where both are."""
        if isinstance(other, Coo):
            return importlib.import_module("penlight.sparse.merge").added(self, other)
        result = np.array(other)
        self.add_into(result)
        return result

    __radd__ = __add__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.add and method == "__call__" and not options:
            return self + inputs[inputs[0] is self]
        return self._refused()

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise SparseRefused(
            "penlight: this function reads a dense tensor's elements and has no rule for sparse tensors; call "
            "to_dense() first"
        )



def check_inside(indices: np.ndarray, shape: tuple) -> None:
    """Raise RuntimeError where an index lies outside the shape."""
    for dim, (row, n) in enumerate(zip(indices, shape)):
        if row.size and row.min() < 0:
            raise RuntimeError(f"found negative index {row.min()} for dim {dim}")
        if row.size and row.max() >= n:
            raise RuntimeError(
                f"size is inconsistent with indices: for dim {dim}, size is {n} but found index {row.max()}"
            )
