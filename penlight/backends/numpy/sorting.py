"""The order in which PyTorch's unstable sort leaves equal elements."""

from __future__ import annotations

import numpy as np

__all__ = ["unstable_order"]

_SHORT = 16  # stretches of at most so many elements are left to the insertion sort at the end


def unstable_order(keys: np.ndarray) -> np.ndarray:
    """The positions of the elements in rising order, equal ones as PyTorch's CPU sort leaves them. Shape: (N) -> (N).

    PyTorch sorts with C++'s std::sort, which is deterministic: quicksort around a median of three, then one pass of
    insertion sort. Up to 16 elements, and where no two are equal, that is the stable order. Sort -keys to fall. (It
    sorts integers upward by their digits, stably, where there are 32,768 or more.)

    Source: D. R. Musser, "Introspective sorting and selection algorithms", 1997, as libstdc++ has it.

    >>> unstable_order(np.array([2, 1, 2, 1])).tolist()
    [1, 3, 0, 2]
    """
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    if len(keys) <= _SHORT or not (ranked[1:] == ranked[:-1]).any():
        return order
    k, at = keys.tolist(), list(range(len(keys)))
    stretches = [(0, len(at), 2 * (len(at).bit_length() - 1))]
    while stretches:
        first, last, depth = stretches.pop()
        while last - first > _SHORT:
            if depth == 0:  # C++ goes over to a heap here; only adversarial input comes so far
                at[first:last] = sorted(at[first:last], key=k.__getitem__)
                break
            depth -= 1
            _median_to_front(k, at, first, last)
            cut = _partition(k, at, first, last)
            stretches.append((cut, last, depth))
            last = cut
    _insertion_sort(k, at)
    return np.array(at, order.dtype)


def _median_to_front(k: list, at: list, first: int, last: int) -> None:
    """Exchange the first element with the median of the second, the middle and the last one."""
    candidates = (first + 1, (first + last) // 2, last - 1)
    a, b, c = (k[at[i]] for i in candidates)
    if a < b:
        median = 1 if b < c else 2 if a < c else 0
    else:
        median = 0 if a < c else 2 if b < c else 1
    chosen = candidates[median]
    at[first], at[chosen] = at[chosen], at[first]


def _partition(k: list, at: list, first: int, last: int) -> int:
    """Bring what is below the first element before what is above it; equal ones go either way. Returns the border."""
    pivot = k[at[first]]
    first += 1
    while True:
        while k[at[first]] < pivot:
            first += 1
        last -= 1
        while pivot < k[at[last]]:
            last -= 1
        if first >= last:
            return first
        at[first], at[last] = at[last], at[first]
        first += 1


def _insertion_sort(k: list, at: list) -> None:
    for i in range(1, len(at)):
        element = at[i]
        key = k[element]
        j = i
        while j and key < k[at[j - 1]]:
            at[j] = at[j - 1]
            j -= 1
        at[j] = element
