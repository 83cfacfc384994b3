"""Adding rows into places that may repeat: what the gradients of lookups come down to."""

from __future__ import annotations

import math

__all__ = ["add_at", "at"]


def flat_positions(xp, shape, where, arrays):
    """(positions, trailing) of leading integer index arrays in a contiguous array of `shape`, or None.

    Index arrays on dimensions 0 … n-1 act as one index on the merged dimension of length shape[0] * … * shape[n-1].
    """
    if tuple(where) != tuple(range(len(arrays))) or any(a.dtype.kind == "b" for a in arrays):
        return None
    positions = None
    for a, n in zip(arrays, shape):
        a = xp.where(a < 0, a + n, a)
        positions = a if positions is None else positions * n + a
    return positions, shape[len(arrays) :]


def add_at(xp, target, where, arrays, values):
    """target[index] += values with repetitions counted; `where` are the dimensions of the index arrays."""
    if all(a.dtype.kind == "b" for a in arrays) and len(arrays) == 1:
        target[at(where, arrays)] += values
        return target
    merged = flat_positions(xp, target.shape, where, arrays) if target.flags.c_contiguous else None
    if merged is None:
        xp.add.at(target, at(where, arrays), values)
        return target
    positions, rest = merged
    values = xp.broadcast_to(values, positions.shape + rest)
    count = positions.size
    table = target.reshape((math.prod(target.shape[: len(arrays)]), *rest))
    xp.add_rows(table, positions.reshape(-1), values.reshape((count, *rest)))
    return target


def at(where, arrays):
    """The NumPy index with `arrays` on the dimensions `where`; a mask covers as many dimensions as it has."""
    index, dim = [], 0
    for d, a in zip(where, arrays):
        index += [slice(None)] * (d - dim)
        index.append(a)
        dim = d + (a.ndim if a.dtype.kind == "b" else 1)
    return tuple(index)
