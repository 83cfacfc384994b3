"""Sums whose rounding error stays small: NumPy adds pairwise only along the innermost axis.

Over any other axis it adds row after row, so that 10**6 rows of float32 lose two more digits. Adding in slabs of 16
bounds the error of n terms by 16 * log16(n) roundings, and is faster for narrow rows.
"""

from __future__ import annotations

import math

__all__ = ["accurate_sum", "sum_axes"]

SLABS = 16
PLAIN_ROWS = 256  # up to here, row after row is as good
SMALL = 1024


def _sum_axis(xp, array, axis):
    """The sum over one axis that is not the innermost, kept with length 1."""
    while True:
        n = array.shape[axis]
        if n <= PLAIN_ROWS:
            return xp.add.reduce(array, axis, keepdims=True)
        rows = n // SLABS
        before, after = array.shape[:axis], array.shape[axis + 1 :]
        head = array[(slice(None),) * axis + (slice(0, rows * SLABS),)]
        total = xp.add.reduce(head.reshape(*before, SLABS, rows, *after), axis)
        for rest in range(rows * SLABS, n):
            total[(slice(None),) * axis + (slice(0, 1),)] += array[(slice(None),) * axis + (slice(rest, rest + 1),)]
        array = total


def sum_axes(xp, array, axes, keepdims):
    """The sum of a floating array over `axes` (a tuple of wrapped dimensions, or None for all)."""
    if array.size <= SMALL or not array.ndim:
        return xp.add.reduce(array, axes, keepdims=keepdims)
    if array.dtype.char == "f":
        total = xp.sums(array, axes, keepdims)
        if total is not None:
            return total
    flags = array.flags
    if axes is None or len(axes) == array.ndim:
        if not (flags.c_contiguous or flags.f_contiguous):
            array = xp.ascontiguousarray(array)
        return xp.add.reduce(array, None, keepdims=keepdims)
    if not axes:
        return array.copy()
    shape = array.shape
    if array.itemsize > 8 or array.dtype.kind not in "fc":
        return xp.add.reduce(array, axes, keepdims=keepdims)
    if math.prod([shape[a] for a in axes]) <= PLAIN_ROWS:
        return xp.add.reduce(array, axes, keepdims=keepdims)
    if not flags.c_contiguous:
        # the same sum over the axes in memory order
        order = sorted(range(array.ndim), key=lambda i: (-abs(array.strides[i]), i))
        turned = array.transpose(order)
        if not turned.flags.c_contiguous:
            turned = xp.ascontiguousarray(array)
            order = list(range(array.ndim))
        if order != list(range(array.ndim)):
            total = sum_axes(xp, turned, tuple(sorted(order.index(a) for a in axes)), True)
            total = total.transpose([order.index(i) for i in range(array.ndim)])
            return total if keepdims else total.squeeze(tuple(axes))
        array = turned
    # the trailing run of reduced axes at once (pairwise), then the others from the inside out
    remaining = sorted(axes)
    trailing = []
    while remaining and remaining[-1] == array.ndim - 1 - len(trailing):
        trailing.append(remaining.pop())
    total = xp.add.reduce(array, tuple(trailing), keepdims=True) if trailing else array
    while remaining:
        total = _sum_axis(xp, total, remaining.pop())
    return total if keepdims else total.squeeze(tuple(axes))


def accurate_sum(xp, array, axes=None, keepdims=False):
    """`sum_axes` with integers and booleans summed to int64."""
    if array.dtype.kind in "biu":
        return xp.add.reduce(array, axes, keepdims=keepdims, dtype="int64")
    return sum_axes(xp, array, axes, keepdims)
