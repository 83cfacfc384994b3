"""Gather, the scatters and sums into rows in C. What a call takes is in penlight/backends/numpy/places.py."""

from __future__ import annotations

import struct
from functools import lru_cache
from math import prod

import numpy as np

from penlight.backends.native.loading import available, contiguous, kernels
from penlight.backends.numpy import places
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]

_GATHER, _SCATTER, _ADD = range(3)  # `enum places` of native/places.h
_LONG = np.dtype(np.int64)


@lru_cache(maxsize=512)
def _form(kind, type, shared, shape, dim, m) -> bytes:
    return struct.pack("iii4l", kind, type, shared, prod(shape[:dim]), shape[dim], m, prod(shape[dim + 1 :]))


def _bits(a):
    """The array as a type that buffers know."""
    return a.view(f"u{a.itemsize}") if a.dtype.kind in "fVbiu" and a.dtype.char in "E" else a


def gather(x, dim, index):
    out = np.empty(index.shape, x.dtype)
    form = _form(_GATHER, x.itemsize, False, x.shape, dim, index.shape[dim])
    if kernels.at_places(form, contiguous(index), _bits(contiguous(x)), _bits(out), defaults.num_threads):
        return out
    return places.gather(x, dim, index)  # which says what is wrong


def scatter(target, dim, index, values, ufunc=None):
    kind, type = (_SCATTER, target.itemsize) if ufunc is None else (_ADD, ord(target.dtype.char))
    form = _form(kind, type, False, target.shape, dim, index.shape[dim])
    values = contiguous(np.broadcast_to(values, index.shape))
    if kernels.at_places(form, contiguous(index), _bits(target), _bits(values), defaults.num_threads):
        return target
    return places.scatter(target, dim, index, values, ufunc)


def add_rows(target, rows, values, dim=0):
    form = _form(_ADD, ord(target.dtype.char), True, target.shape, dim, rows.size)
    if kernels.at_places(form, contiguous(rows), target, contiguous(values), defaults.num_threads):
        return target
    return places.add_rows(target, rows, values, dim)


def _alike(x, dim, index) -> bool:
    """Of one shape but for `dim`, of elements that are 1, 2, 4 or 8 bytes."""
    a, b = x.shape, index.shape
    return index.dtype == _LONG and x.itemsize < 9 and a[:dim] == b[:dim] and a[dim + 1 :] == b[dim + 1 :]


def _sums(target) -> bool:
    return target.dtype.char in "fdilq" and target.flags.c_contiguous


TABLE = {
    "gather": (gather, _alike),
    "scatter": (
        scatter,
        lambda target, dim, index, values, ufunc=None: (
            _alike(target, dim, index)
            and (ufunc is None or ufunc is np.add and _sums(target))
            and values.dtype == target.dtype
        ),
    ),
    "add_rows": (
        add_rows,
        lambda target, rows, values, dim=0: (
            rows.dtype == _LONG and rows.ndim == 1 and _sums(target) and values.dtype == target.dtype
            and values.shape == (*target.shape[:dim], rows.size, *target.shape[dim + 1 :])
        ),
    ),
}  # fmt: skip
KERNELS = available(TABLE)
