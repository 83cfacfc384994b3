"""Functions of rows and of channels in C. What a call takes is in penlight/backends/numpy."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, floats, kernels
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]


def _columns(x, axis) -> tuple[int, int, int]:
    axis %= x.ndim
    return prod(x.shape[:axis]), x.shape[axis], prod(x.shape[axis + 1 :])


def _softmax(logarithm: int) -> Any:
    def forward(x, axis):
        out, (samples, length, inner) = np.empty(x.shape, FLOAT), _columns(x, axis)
        if inner == 1:
            kernels.softmax(logarithm, samples, length, contiguous(x), out, defaults.num_threads)
        else:
            kernels.softmax_columns(logarithm, samples, length, inner, None, contiguous(x), out, defaults.num_threads)
        return out

    return forward


def _softmax_backward(logarithm: int) -> Any:
    def backward(g, y, axis):
        grad, (samples, length, inner) = np.empty(y.shape, FLOAT), _columns(y, axis)
        g, y, threads = contiguous(g), contiguous(y), defaults.num_threads
        if inner == 1:
            kernels.softmax_grad(logarithm, samples, length, g, y, grad, threads)
        else:
            kernels.softmax_columns(logarithm, samples, length, inner, g, y, grad, threads)
        return grad

    return backward


@lru_cache(maxsize=1024)
def _runs(shape, axes, keepdims) -> tuple:
    """((outer, n, inner) of each run of neighbouring axes, from the inside out; the result's shape)."""
    reduced = set(range(len(shape)) if axes is None else [axis % len(shape) for axis in axes])
    kept = [1 if i in reduced else n for i, n in enumerate(shape)]
    runs, left = [], sorted(reduced)
    while left:
        first = last = left.pop()
        while left and left[-1] == first - 1:
            first = left.pop()
        runs.append((prod(shape[:first]), prod(shape[first : last + 1]), prod(kept[last + 1 :])))
    return runs, tuple(kept if keepdims else [n for i, n in enumerate(shape) if i not in reduced])


def sums(x, axes, keepdims):
    runs, shape = _runs(x.shape, axes, keepdims)
    for outer, n, inner in runs:
        total = np.empty(outer * inner, FLOAT)
        kernels.sums(outer, n, inner, x, total, defaults.num_threads)
        x = total
    return x.reshape(shape)


def layer_norm_forward(x, normalized_dims: int, weight, bias, eps: float):
    length = prod(x.shape[x.ndim - normalized_dims :])
    rows = x.size // length
    out, mean, inverse = np.empty(x.shape, FLOAT), np.empty((rows, 1), FLOAT), np.empty((rows, 1), FLOAT)
    weight, bias = (None if v is None else contiguous(v) for v in (weight, bias))
    kernels.layer_norm(rows, length, eps, contiguous(x), weight, bias, out, mean, inverse, defaults.num_threads)
    return out, mean, inverse


def layer_norm_backward(g, x, weight, mean, inverse, normalized_dims: int, needed=(True, True, True)):
    inner = x.shape[x.ndim - normalized_dims :]
    length = prod(inner)
    grads = [np.empty(shape, FLOAT) if n else None for shape, n in zip((x.shape, inner, inner), needed)]
    arrays = [None if v is None else contiguous(v) for v in (g, x, weight, mean, inverse)]
    kernels.layer_norm_grad(x.size // length, length, *arrays, *grads, defaults.num_threads)
    return tuple(grads)


def _sizes(x) -> tuple[int, int, int]:
    """(samples, channels, numbers of a channel in a sample)."""
    return x.shape[0], x.shape[1], prod(x.shape[2:])


def batch_norm_statistics(x):
    mean, variance = np.empty(x.shape[1], FLOAT), np.empty(x.shape[1], FLOAT)
    kernels.channel_statistics(*_sizes(x), contiguous(x), mean, variance, defaults.num_threads)
    return mean, variance


def batch_norm_forward(x, weight, bias, mean, var, eps: float):
    inverse = 1 / np.sqrt(var + FLOAT.type(eps))
    scale = inverse if weight is None else inverse * weight
    out = np.empty(x.shape, FLOAT)
    bias = None if bias is None else contiguous(bias)
    kernels.channel_scale(*_sizes(x), contiguous(x), contiguous(mean), scale, bias, out, defaults.num_threads)
    return out, inverse


def batch_norm_backward(g, x, weight, mean, inverse, training: bool, needed=(True, True, True)):
    sizes, threads = _sizes(x), defaults.num_threads
    g, x, mean = contiguous(g), contiguous(x), contiguous(mean)
    count = sizes[0] * sizes[2]
    scale = inverse if weight is None else inverse * weight
    total, dot = np.empty(sizes[1]), np.empty(sizes[1])
    if (needed[0] and training) or needed[1] or needed[2]:
        kernels.channel_sums(*sizes, g, x, mean, total, dot, threads)
    grad = None
    if needed[0]:
        grad = np.empty(x.shape, FLOAT)
        slope = (dot * inverse.astype(np.float64) ** 2 / count).astype(FLOAT) if training else np.zeros_like(mean)
        shift = (total / count).astype(FLOAT) if training else np.zeros_like(mean)
        kernels.channel_grad(*sizes, g, x, mean, slope, shift, contiguous(scale), grad, threads)
    return (
        grad,
        (dot * inverse).astype(FLOAT) if needed[1] else None,
        total.astype(FLOAT) if needed[2] else None,
    )


def group_norm_forward(x, groups: int, weight, bias, eps: float):
    """Rows without weights, then the channels' weights."""
    rows = x.shape[0] * groups
    out, mean, inverse = np.empty(x.shape, FLOAT), *np.empty((2, x.shape[0], groups), FLOAT)
    kernels.layer_norm(rows, x.size // rows, eps, contiguous(x), None, None, out, mean, inverse, defaults.num_threads)
    planes = out.reshape(*x.shape[:2], -1)
    if weight is not None:
        planes *= weight[:, None]
    if bias is not None:
        planes += bias[:, None]
    return out, mean, inverse


def group_norm_backward(g, x, weight, mean, inverse, groups: int, needed=(True, True, True)):
    planes = *x.shape[:2], -1
    g, x, mean, inverse = contiguous(g).reshape(planes), contiguous(x), contiguous(mean), contiguous(inverse)
    grad = grad_weight = None
    if needed[0]:
        grad, rows = np.empty(x.shape, FLOAT), mean.size
        scaled = g if weight is None else g * weight[:, None]
        kernels.layer_norm_grad(
            rows, x.size // rows, scaled, x, None, mean, inverse, grad, None, None, defaults.num_threads
        )
    if needed[1]:
        normal = x.reshape(*mean.shape, -1) - mean[..., None]
        normal *= inverse[..., None]
        grad_weight = np.einsum("ncl,ncl->nc", g, normal.reshape(planes)).sum(0, dtype=np.float64).astype(FLOAT)
    return grad, grad_weight, g.sum(2).sum(0, dtype=np.float64).astype(FLOAT) if needed[2] else None


def _channels(*arrays) -> bool:
    """Long enough stretches that vectors pay; short ones are columns, which NumPy takes at once."""
    x = arrays[0]
    return floats(*arrays) and x.ndim > 2 and x.size > 0 and prod(x.shape[2:]) >= 4


def _some_floats(x, *others) -> bool:
    return floats(x, *others) and x.size > 0


TABLE = {
    "softmax": (_softmax(0), lambda x, axis: floats(x) and x.ndim > 0 and x.size > 0),
    "softmax_backward": (_softmax_backward(0), lambda g, y, axis: floats(g, y) and y.ndim > 0 and y.size > 0),
    "log_softmax": (_softmax(1), lambda x, axis: floats(x) and x.ndim > 0 and x.size > 0),
    "log_softmax_backward": (_softmax_backward(1), lambda g, y, axis: floats(g, y) and y.ndim > 0 and y.size > 0),
    "sums": (sums, lambda x, axes, _: x.dtype == FLOAT and x.size > 0 and x.ndim and axes != () and x.flags.c_contiguous),
    "layer_norm_forward": (layer_norm_forward, lambda x, _, weight, bias, eps: _some_floats(x, weight, bias)),
    "layer_norm_backward": (layer_norm_backward, lambda *arrays: _some_floats(*arrays[:5])),
    "group_norm_forward": (group_norm_forward, lambda x, _, weight, bias, eps: _some_floats(x, weight, bias)),
    "group_norm_backward": (group_norm_backward, lambda *arrays: _some_floats(*arrays[:5])),
    "batch_norm_statistics": (batch_norm_statistics, _channels),
    "batch_norm_forward": (
        batch_norm_forward,
        lambda x, weight, bias, mean, var, eps: _channels(x, weight, bias, mean, var),
    ),
    "batch_norm_backward": (
        batch_norm_backward,
        lambda g, x, weight, mean, inverse, *_: _channels(x, g, weight, mean, inverse),
    ),
}
KERNELS = available(TABLE)
