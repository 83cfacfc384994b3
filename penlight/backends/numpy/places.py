"""Elements and rows at places that an index gives: gather, the scatters, sums into rows."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["add_rows", "check_index", "gather", "positions", "scatter"]


def check_index(index, n, dim, what="index"):
    """RuntimeError where an index is outside [0, n). As unsigned numbers, negative ones are large."""
    if index.size and index.view(f"u{index.itemsize}").max() >= n:
        bad = index[(index < 0) | (index >= n)].flat[0]
        raise RuntimeError(f"{what} {bad} is out of bounds for dimension {dim} with size {n}")


def positions(shape, dim, index):
    """The place of each element in a row-major array of `shape`."""
    rest, stride, own = 0, 1, 1
    for d in range(len(shape) - 1, -1, -1):
        if d == dim:
            own = stride
        elif index.shape[d] > 1:
            rest = rest + (np.arange(index.shape[d]) * stride).reshape((-1,) + (1,) * (len(shape) - d - 1))
        stride *= shape[d]
    return (index if own == 1 else index * own) + rest


def gather(x, dim: int, index) -> np.ndarray:
    """x[..., index[i], ...] along a dimension; `index` has as many dimensions, in the others it is no longer than x.

    Raises: RuntimeError where an index is outside the dimension.
    """
    check_index(index, x.shape[dim], dim)
    if x.flags.c_contiguous:
        return x.reshape(-1).take(positions(x.shape, dim, index))
    window = x[tuple([slice(None) if d == dim else slice(0, n) for d, n in enumerate(index.shape)])]
    return np.ascontiguousarray(np.take_along_axis(window, index, dim))


def scatter(target, dim: int, index, values, ufunc=None) -> np.ndarray:
    """target[..., index[i], ...] = values[i], or combined by `ufunc`, in the contiguous `target`; checks as in `gather`."""
    check_index(index, target.shape[dim], dim)
    where = positions(target.shape, dim, index)
    if ufunc is None:
        target.reshape(-1)[where] = values
    else:
        ufunc.at(target.reshape(-1), where.reshape(-1), values.reshape(-1))
    return target


def add_rows(target, rows, values, dim: int = 0) -> np.ndarray:
    """target[rows[i]] += values[i] for every i, in order; the rows along a dimension. Shape: (n, *), (m), (m, *).

    NumPy adds 3 to 8 times faster at flat positions (its indexed loop over one dimension) than at rows.
    """
    width = math.prod(target.shape[1:])
    if not target.size or not rows.size:
        return target
    if dim or not target.flags.c_contiguous:
        np.add.at(target, ((slice(None),) * dim + (rows,)), values)
        return target
    rows = np.where(rows < 0, rows + target.shape[0], rows)
    if width == 1:
        np.add.at(target.reshape(-1), rows, values.reshape(-1))
    else:
        flat = (rows * width)[:, None] + np.arange(width)
        np.add.at(target.reshape(-1), flat.reshape(-1), values.reshape(-1))
    return target
