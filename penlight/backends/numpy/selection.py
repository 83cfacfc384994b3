"""Which of several equal elements a selection finds: the textbook algorithms that PyTorch's kernels run, on lists.

Sources: Sedgewick 1978 (quickselect with the median of three); Musser 1997 (introselect and introsort, as in the C++
standard library: the median of the second, middle and last element as pivot, insertion sort for short ranges).
"""

from __future__ import annotations

__all__ = ["SHORT", "first_places", "quickselect", "sorted_places"]

SHORT = 16  # what the library's sort leaves to one final insertion sort


def quickselect(keys, k):
    """Which element stands at position `k` in the end. Reorders `keys`."""
    places = list(range(len(keys)))

    def swap(i, j):
        keys[i], keys[j], places[i], places[j] = keys[j], keys[i], places[j], places[i]

    low, high = 0, len(keys) - 1
    while high > low:
        if high == low + 1:
            if keys[low] > keys[high]:
                swap(low, high)
            break
        swap((low + high) >> 1, low + 1)
        for i, j in ((low + 1, high), (low, high), (low + 1, low)):
            if keys[i] > keys[j]:
                swap(i, j)
        i, j, pivot = low + 1, high, keys[low]
        while True:
            i += 1
            while pivot > keys[i]:
                i += 1
            j -= 1
            while keys[j] > pivot:
                j -= 1
            if j < i:
                break
            swap(i, j)
        swap(low, j)
        if j <= k:
            low = i
        if j >= k:
            high = j - 1
    return places[k]


def _partition(pairs, first, last):
    """Put the pivot to `first` and split the rest by it; where the right part starts."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    low, middle, high = pairs[a][0], pairs[b][0], pairs[c][0]
    if low < middle:
        chosen = b if middle < high else c if low < high else a
    else:
        chosen = a if low < high else c if middle < high else b
    pairs[first], pairs[chosen] = pairs[chosen], pairs[first]
    pivot, left, right = pairs[first][0], first + 1, last
    while True:
        while pairs[left][0] < pivot:
            left += 1
        right -= 1
        while pivot < pairs[right][0]:
            right -= 1
        if left >= right:
            return left
        pairs[left], pairs[right] = pairs[right], pairs[left]
        left += 1


def _insertion_sort(pairs, first, last):
    for i in range(first + 1, last):
        pair, j = pairs[i], i
        while j > first and pair[0] < pairs[j - 1][0]:
            pairs[j] = pairs[j - 1]
            j -= 1
        pairs[j] = pair


def _sort(pairs, first, last):
    end = last
    while end - first > SHORT:
        cut = _partition(pairs, first, end)
        _sort_parts(pairs, cut, end)
        end = cut
    _insertion_sort(pairs, first, last)


def _sort_parts(pairs, first, last):
    """Split until all parts are short; the final insertion sort is the caller's."""
    while last - first > SHORT:
        cut = _partition(pairs, first, last)
        _sort_parts(pairs, cut, last)
        last = cut


def sorted_places(keys):
    """Where the elements stand, in the order in which sort leaves them."""
    pairs = [(key, place) for place, key in enumerate(keys)]
    _sort(pairs, 0, len(pairs))
    return [place for _, place in pairs]


def first_places(keys, count):
    """Where the `count` smallest stand, in the order in which nth_element and then sort leave them."""
    pairs = [(key, place) for place, key in enumerate(keys)]
    first, last = 0, len(pairs)
    while last - first > 3:
        cut = _partition(pairs, first, last)
        if cut <= count - 1:
            first = cut
        else:
            last = cut
    _insertion_sort(pairs, first, last)
    _sort(pairs, 0, count - 1)
    return [place for _, place in pairs[:count]]
