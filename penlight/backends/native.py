"""Kernels in C (the folder `native/` of the source), attached to the NumPy backend where they were built.

They are optional: without a C compiler at installation, or with PENLIGHT_NATIVE=0 in the environment, the NumPy kernels
do all the work. Each has a predicate for the calls it takes (float32, sizes where it is the faster one); the rest goes to
the NumPy kernel, which is also its oracle in the tests.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from penlight.backends.numpy import conv
from penlight.backends.numpy.pool import pool_output_size
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "built"]

try:
    from penlight.backends import _native  # type: ignore[attr-defined]
except ImportError:
    _native = None

_FLOAT = np.dtype(np.float32)
# Shorter lines of output positions leave most of a tile unused; the products of matrices are faster.
_SHORTEST_RUN = 12


def built() -> str | None:
    """The instruction set the kernels in C use here ("avx2", "avx512", "baseline"); None where they were not built.

    >>> built() in ("avx512", "avx2", "baseline", None)
    True
    """
    return None if _native is None else _native.instruction_set


def _floats(*arrays: Any) -> bool:
    return all(a is None or a.dtype == _FLOAT for a in arrays)


@lru_cache(maxsize=512)
def _conv_form(shape, weight_shape, stride, before, dilation, groups, out_size) -> bytes | None:
    """`conv_form` of native/conv.h; None where the NumPy kernels are to be used."""
    dims = len(out_size)
    outputs, channels, *kernel = weight_shape
    line = np.add(shape[2:], 2 * max(before, default=0))
    run = sum((o - 1) * prod(line[i + 1 :]) // s for i, (o, s) in enumerate(zip(out_size, stride))) + 1
    if dims > 3 or 0 in (*shape, *weight_shape, *out_size) or prod(kernel) == 1 or run < _SHORTEST_RUN:
        return None
    if channels * prod(n + 2 * abs(b) + k * d for n, b, k, d in zip(shape[2:], before, kernel, dilation)) >= 1 << 31:
        return None
    ones, zeros = (1,) * (3 - dims), (0,) * (3 - dims)
    axes = [*ones, *shape[2:], *ones, *kernel, *ones, *stride, *zeros, *before, *ones, *dilation, *ones, *out_size]
    return struct.pack("22l", shape[0], groups, channels, outputs // groups, *axes)


def _correlate(x, w, bias, kernel, stride, before, after, dilation, groups, out_size) -> np.ndarray:
    form = _conv_form(x.shape, w.shape, tuple(stride), tuple(before), tuple(dilation), groups, tuple(out_size))
    if form is None:
        return conv._correlate(x, w, bias, kernel, stride, before, after, dilation, groups, out_size)
    out = np.empty((len(x), len(w), *out_size), _FLOAT)
    bias = None if bias is None else np.ascontiguousarray(bias)
    _native.correlate(form, np.ascontiguousarray(x), np.ascontiguousarray(w), bias, out, defaults.num_threads)
    return out


def _forward_form(x_shape, weight_shape, stride, padding, dilation, groups) -> bytes | None:
    out_size = tuple(map(conv.output_size, x_shape[2:], weight_shape[2:], stride, padding, dilation))
    return _conv_form(x_shape, weight_shape, stride, padding, dilation, groups, out_size)


def conv_forward(x, w, bias, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    out_size = tuple(map(conv.output_size, x.shape[2:], w.shape[2:], stride, padding, dilation))
    return _correlate(x, w, bias, w.shape[2:], stride, padding, padding, dilation, groups, out_size)


def conv_input_grad(g, w, input_shape, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    return conv.input_grad_by_phases(g, w, input_shape, stride, padding, dilation, groups, _correlate)


def conv_weight_grad(g, x, weight_shape, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    form = _forward_form(x.shape, weight_shape, stride, padding, dilation, groups)
    grad = np.empty(weight_shape, _FLOAT)
    _native.weight_grad(form, np.ascontiguousarray(g), np.ascontiguousarray(x), grad, defaults.num_threads)
    return grad


def pair_max_pool_forward(x) -> np.ndarray:
    samples, channels, height, width = x.shape
    out = np.empty((samples, channels, height // 2, width // 2), _FLOAT)
    x = np.ascontiguousarray(x)
    _native.pair_max_pool(samples * channels, height, width, x, out, defaults.num_threads)
    return out


def pair_max_pool_backward(g, x, out) -> np.ndarray:
    samples, channels, height, width = x.shape
    grad = np.empty(x.shape, _FLOAT)
    g, x = np.ascontiguousarray(g), np.ascontiguousarray(x)
    _native.pair_max_pool_grad(samples * channels, height, width, g, x, grad, defaults.num_threads)
    return grad


@lru_cache(maxsize=256)
def _pool_form(shape, kernel, stride, padding, dilation, ceil_mode) -> tuple:
    """(`pool_form` of native/pool.h, size of the output); a line counts as a plane of one row."""
    size = shape[2:]
    out_size = tuple(pool_output_size(*args, ceil_mode) for args in zip(size, kernel, stride, padding, dilation))
    axes = [size, kernel, stride, padding, dilation, out_size]
    if len(size) == 1:
        axes = [(unused, *axis) for unused, axis in zip((1, 1, 1, 0, 1, 1), axes)]
    return struct.pack("13l", shape[0] * shape[1], *[n for axis in axes for n in axis]), (*shape[:2], *out_size)


def max_pool_forward(x, kernel, stride, padding, dilation, ceil_mode: bool = False, want_indices: bool = True):
    form, shape = _pool_form(x.shape, *map(tuple, (kernel, stride, padding, dilation)), bool(ceil_mode))
    out = np.empty(shape, _FLOAT)
    indices = np.empty(shape, np.int64) if want_indices else None
    _native.max_pool(form, np.ascontiguousarray(x), out, indices, defaults.num_threads)
    return out, indices


def max_pool_backward(g, indices, input_shape, overlapping: bool = True) -> np.ndarray:
    grad = np.empty(input_shape, _FLOAT)
    planes = input_shape[0] * input_shape[1]
    sizes = planes, grad.size // planes, g.size // planes
    _native.max_pool_grad(*sizes, np.ascontiguousarray(g), np.ascontiguousarray(indices), grad, defaults.num_threads)
    return grad


_KERNELS = {
    "max_pool_forward": (max_pool_forward, lambda x, kernel, *form: _floats(x) and len(kernel) < 3 and x.size > 0),
    "max_pool_backward": (
        max_pool_backward,
        lambda g, indices, shape, *_: _floats(g) and indices.dtype == np.int64 and g.size > 0 and prod(shape) > 0,
    ),
    "conv_forward": (
        conv_forward,
        lambda x, w, bias, *form: _floats(x, w, bias) and _forward_form(x.shape, w.shape, *form) is not None,
    ),
    "conv_input_grad": (
        conv_input_grad,
        lambda g, w, shape, *form: _floats(g, w) and _forward_form(shape, w.shape, *form) is not None,
    ),
    "conv_weight_grad": (
        conv_weight_grad,
        lambda g, x, shape, *form: _floats(g, x) and _forward_form(x.shape, shape, *form) is not None,
    ),
    "pair_max_pool_forward": (pair_max_pool_forward, _floats),
    "pair_max_pool_backward": (pair_max_pool_backward, lambda g, x, out: _floats(g, x)),
}
# kernel name -> (kernel in C, for which arguments); empty where there is none
KERNELS = {} if _native is None or os.environ.get("PENLIGHT_NATIVE") == "0" else _KERNELS
