"""Convolution in C. What a call takes is in penlight/backends/numpy/conv.py."""

from __future__ import annotations

import struct
from functools import lru_cache
from math import prod

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, floats, kernels
from penlight.backends.numpy import conv
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]

# Shorter lines of output positions leave most of a tile unused; the products of matrices are faster.
_SHORTEST_RUN = 12


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
    out = np.empty((len(x), len(w), *out_size), FLOAT)
    bias = None if bias is None else contiguous(bias)
    kernels.correlate(form, contiguous(x), contiguous(w), bias, out, defaults.num_threads)
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
    form = _conv_form(x.shape, weight_shape, stride, padding, dilation, groups, g.shape[2:])
    grad = np.empty(weight_shape, FLOAT)
    kernels.weight_grad(form, contiguous(g), contiguous(x), grad, defaults.num_threads)
    return grad


TABLE = {
    "conv_forward": (
        conv_forward,
        lambda x, w, bias, *form: floats(x, w, bias) and _forward_form(x.shape, w.shape, *form) is not None,
    ),
    "conv_input_grad": (
        conv_input_grad,
        lambda g, w, shape, *form: floats(g, w) and _forward_form(shape, w.shape, *form) is not None,
    ),
    "conv_weight_grad": (
        conv_weight_grad,
        lambda g, x, shape, *form: floats(g, x) and _conv_form(x.shape, shape, *form, g.shape[2:]) is not None,
    ),
}
KERNELS = available(TABLE)  # kernel name -> (kernel in C, for which arguments)
