"""Merging the coordinates of two sparse tensors: unions for sums, intersections for products."""

from __future__ import annotations

from itertools import chain

import numpy as np

from penlight.base.coo import Coo

__all__ = ["added", "shared", "union"]


def union(a: Coo, b: Coo) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """(indices of the sum, where the entries of `a` go, where those of `b` go, whether it is coalesced).

    As PyTorch merges: two runs from front to back, entries at one place join; coalesced where both are.
    """
    first, second = a.linear(), b.linear()
    if a.coalesced and b.coalesced:
        places, where = np.unique(np.concatenate((first, second)), return_inverse=True)
        to_first, to_second = where[: len(first)], where[len(first) :]
        count = len(places)
    else:
        to_first, to_second, count = _walk(first, second)
    indices = np.empty((a.sparse_dim, count), np.int64)
    indices[:, to_first] = a.indices
    indices[:, to_second] = b.indices
    return indices, to_first, to_second, a.coalesced and b.coalesced


def _walk(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """The merge of coordinates in any order, one entry at a time."""
    to_first, to_second = np.empty(len(first), np.int64), np.empty(len(second), np.int64)
    end = None
    left, right = chain(first.tolist(), (end,)), chain(second.tolist(), (end,))
    x, y = next(left), next(right)
    i = j = place = 0
    while x is not end or y is not end:
        takes_left = x is not end and (y is end or x <= y)
        takes_right = y is not end and (x is end or y <= x)
        if takes_left:
            to_first[i] = place
            i, x = i + 1, next(left)
        if takes_right:
            to_second[j] = place
            j, y = j + 1, next(right)
        place += 1
    return to_first, to_second, place


def added(a: Coo, b: Coo) -> Coo:
    """a + b, entry by entry. Raises RuntimeError for other shapes or other numbers of sparse dimensions."""
    check_match(a, b)
    indices, to_first, to_second, coalesced = union(a, b)
    values = np.zeros((indices.shape[1], *a.values.shape[1:]), np.result_type(a.dtype, b.dtype))
    values[to_first] = a.values
    values[to_second] += b.values
    return Coo(indices, values, a.shape, coalesced)


def check_match(a: Coo, b: Coo) -> None:
    """Raise RuntimeError unless two sparse tensors can be added."""
    if a.shape != b.shape:
        raise RuntimeError(
            f"add: expected sizes of 'self' and 'other' to match, but {list(a.shape)} != {list(b.shape)}"
        )
    if a.sparse_dim != b.sparse_dim:
        raise RuntimeError(
            f"add: expected 'self' and 'other' to have same number of sparse dimensions, but {a.sparse_dim} != "
            f"{b.sparse_dim}"
        )


def shared(a: Coo, b: Coo) -> tuple[np.ndarray, np.ndarray]:
    """Which entries of `a`, and which of a coalesced `b`, stand at the same places."""
    known, wanted = b.linear(), a.linear()
    if not len(known):
        none = np.zeros(0, np.int64)
        return none, none
    found = np.searchsorted(known, wanted).clip(max=len(known) - 1)
    mine = np.flatnonzero(known[found] == wanted)
    return mine, found[mine]
