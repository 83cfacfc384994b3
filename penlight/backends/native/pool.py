"""Max pooling in C. What a call takes is in penlight/backends/numpy/pool.py."""

from __future__ import annotations

import struct
from functools import lru_cache
from math import prod

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, floats, kernels
from penlight.backends.numpy.pool import pool_output_size
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]


def pair_max_pool_forward(x) -> np.ndarray:
    samples, channels, height, width = x.shape
    out = np.empty((samples, channels, height // 2, width // 2), FLOAT)
    x = contiguous(x)
    kernels.pair_max_pool(samples * channels, height, width, x, out, defaults.num_threads)
    return out


def pair_max_pool_backward(g, x, out) -> np.ndarray:
    samples, channels, height, width = x.shape
    grad = np.empty(x.shape, FLOAT)
    g, x = contiguous(g), contiguous(x)
    kernels.pair_max_pool_grad(samples * channels, height, width, g, x, grad, defaults.num_threads)
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
    out = np.empty(shape, FLOAT)
    indices = np.empty(shape, np.int64) if want_indices else None
    kernels.max_pool(form, contiguous(x), out, indices, defaults.num_threads)
    return out, indices


def max_pool_backward(g, indices, input_shape, overlapping: bool = True) -> np.ndarray:
    grad = np.empty(input_shape, FLOAT)
    planes = input_shape[0] * input_shape[1]
    sizes = planes, grad.size // planes, g.size // planes
    kernels.max_pool_grad(*sizes, contiguous(g), contiguous(indices), grad, defaults.num_threads)
    return grad


TABLE = {
    "max_pool_forward": (max_pool_forward, lambda x, kernel, *form: floats(x) and len(kernel) < 3 and 0 < x.size < 1 << 31),
    "max_pool_backward": (
        max_pool_backward,
        lambda g, indices, shape, *_: floats(g) and indices.dtype == np.int64 and g.size > 0 and prod(shape) > 0,
    ),
    "pair_max_pool_forward": (pair_max_pool_forward, floats),
    "pair_max_pool_backward": (pair_max_pool_backward, lambda g, x, out: floats(g, x)),
}
KERNELS = available(TABLE)
