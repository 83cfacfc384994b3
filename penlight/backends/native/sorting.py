"""Sorting and selecting in C. What a call takes is in penlight/backends/numpy/sorting.py."""

from __future__ import annotations

import numpy as np

from penlight.backends.native.loading import available, contiguous, kernels
from penlight.backends.numpy.sorting import is_stable
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]

_STABLE, _SORTED, _FIRST, _KTH = range(4)  # `enum order` of native/order.h


def _rows(kind, x, dim, descending, count):
    last = dim in (-1, x.ndim - 1)
    rows = contiguous(x if last else np.moveaxis(x, dim, -1))
    n = rows.shape[-1]
    shape = (*rows.shape[:-1], count if kind == _FIRST else 1 if kind == _KTH else n)
    places, values = np.empty(shape, np.int64), np.empty(shape, x.dtype)
    kernels.order(
        kind, ord(x.dtype.char), descending, rows.size // n, n, count, rows, places, values, defaults.num_threads
    )
    if last:
        return values, places
    return contiguous(np.moveaxis(values, -1, dim)), contiguous(np.moveaxis(places, -1, dim))


def ordered(x, dim, descending, stable):
    return _rows(_STABLE if is_stable(x, descending, stable) else _SORTED, x, dim, descending, 0)


def first_ordered(x, count, dim, largest):
    return _rows(_FIRST, x, dim, largest, count)


def kth_ordered(x, count, dim):
    return _rows(_KTH, x, dim, False, count)


def unstable_order(x):
    return _rows(_SORTED, x, 0, False, 0)[1]


def _plain(x, *_) -> bool:
    return x.size > 0 and x.dtype.char in "?bBhHiIlLqQefd" and x.dtype.isnative


TABLE = {f.__name__: (f, _plain) for f in (ordered, first_ordered, kth_ordered, unstable_order)}
KERNELS = available(TABLE)
