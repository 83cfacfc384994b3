"""Sorting and selecting along a dimension. NaN counts as the largest number; equal elements lie as PyTorch leaves them.

PyTorch's CPU kernels are C++'s std::sort, std::nth_element and std::partial_sort, and quickselect, which are deterministic.
The loops that know where these leave equal elements are slow in Python: in larger tensors those keep their order here. The
kernels in C have no such limit.
"""

from __future__ import annotations

import numpy as np

from penlight.backends.numpy.selection import SHORT, first_places, quickselect, sorted_places

__all__ = ["first_ordered", "kth_ordered", "ordered", "unstable_order"]

_MOST_SORTED = 1 << 13
_MOST_SELECTED = 1 << 15
_BY_DIGITS = 1 << 15  # from so many whole numbers on PyTorch sorts a vector upward by their digits


def is_stable(x: np.ndarray, descending: bool, stable: bool) -> bool:
    """Whether equal elements keep their order in PyTorch's sort."""
    return stable or (x.ndim == 1 and not descending and x.dtype.kind in "iu" and x.size >= _BY_DIGITS)


def _order(x, dim, descending):
    """The stable sorting order along a dimension."""
    if not descending:
        return np.argsort(x, dim, kind="stable")
    # reversed, sorted and reversed again: equal elements keep their order, NaN comes first
    order = np.flip(np.argsort(np.flip(x, dim), dim, kind="stable"), dim)
    return x.shape[dim] - 1 - order


def ordered(x, dim, descending, stable):
    """(values, places) in rising or falling order along a dimension."""
    order = _order(x, dim, descending)
    values = np.take_along_axis(x, order, dim)
    if x.shape[dim] > SHORT and x.size <= _MOST_SORTED and not is_stable(x, descending, stable):
        _unstable(values, order, dim)
        values = np.take_along_axis(x, order, dim)  # zeros of either sign are equal
    return values, order


def _unstable(values, order, dim):
    """Bring equal elements into the order in which std::sort leaves them; `order` changes in place."""
    ranked, places = np.moveaxis(values, dim, -1), np.moveaxis(order, dim, -1)
    before, after = ranked[..., :-1], ranked[..., 1:]
    new = (before != after) & ((before == before) | (after == after))  # NaN are equal here
    for row in np.argwhere(~new.all(-1)):
        row = tuple(row)
        ranks = np.empty(places.shape[-1], np.int64)
        ranks[places[row]] = np.append(0, np.cumsum(new[row]))
        places[row] = sorted_places(ranks.tolist())


def unstable_order(x: np.ndarray) -> np.ndarray:
    """The places of a vector's elements in rising order, as PyTorch's sort leaves equal ones. Shape: (N) -> (N).

    >>> unstable_order(np.array([2, 1, 2, 1])).tolist()
    [1, 3, 0, 2]
    """
    return np.array(sorted_places(x.tolist()), np.int64)


def first_ordered(x, count, dim, largest):
    """(values, places) of the `count` largest or smallest along a dimension, in order."""
    n, before = x.shape[dim], (slice(None),) * dim
    if 0 < count * 4 < n and n > 64:  # select first, sort only what was selected
        part = np.argpartition(x, n - count if largest else count - 1, dim)
        part = part[(*before, slice(n - count, None) if largest else slice(0, count))]
        part = np.sort(part, dim)
        order = np.take_along_axis(part, _order(np.take_along_axis(x, part, dim), dim, largest), dim)
    else:
        order = _order(x, dim, largest)[(*before, slice(0, count))]
    if x.size <= _MOST_SELECTED and count * 64 > n:
        _reorder_equals(x, order, dim, count, largest)
    return np.take_along_axis(x, order, dim), order


def _reorder_equals(x, order, dim, count, largest):
    """Where elements that are found equal others, take those that PyTorch takes, in its order."""
    keys, here = np.moveaxis(x, dim, -1), np.moveaxis(order, dim, -1)
    found = np.take_along_axis(keys, here, -1)
    tied = (found[..., 1:] == found[..., :-1]).any(-1) | ((keys == found[..., -1:]).sum(-1) > 1)
    for at in np.argwhere(tied & (keys == keys).all(-1)):
        values = keys[tuple(at)].tolist()
        here[tuple(at)] = first_places([-v for v in values] if largest else values, count)


def kth_ordered(x, count, dim):
    """(values, places) of the element at place `count` of the rising order along a dimension, which is kept."""
    index = _order(x, dim, False)[(*(slice(None),) * dim, slice(count, count + 1))]
    values = np.take_along_axis(x, index, dim)
    if x.size <= _MOST_SELECTED:
        keys, here = np.moveaxis(x, dim, -1), np.moveaxis(index, dim, -1)
        kth = np.take_along_axis(keys, here, -1)
        for at in np.argwhere((keys == kth).sum(-1) > 1):
            here[tuple(at)] = quickselect(keys[tuple(at)].tolist(), count)
    return values, index
