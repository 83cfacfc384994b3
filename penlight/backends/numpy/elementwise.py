"""Elementwise kernels of several passes.

Long arrays go block by block, so that the temporaries stay in the second-level cache. In float32, log1p and expm1, which
NumPy computes one element at a time, are made of exp, log and tanh, which it computes eight at a time.
"""

from __future__ import annotations

import functools

import numpy as np

try:
    from numpy._core.umath import clip  # the ufunc: np.clip costs more than the work on small arrays
except ImportError:
    from numpy import clip  # type: ignore[assignment]

_BLOCK = 1 << 14  # elements of a block


def blockwise(function):
    """Run an elementwise function of arrays of one shape, and numbers, on stretches of long arrays."""

    @functools.wraps(function)
    def wrapped(x, *others):
        if x.ndim == 0:  # NumPy would make scalars of it, which take no `out`
            result = function(x.reshape(1), *others)
            return result if any(getattr(o, "ndim", 0) for o in others) else result.reshape(())
        if x.size <= 2 * _BLOCK or not x.flags.c_contiguous:
            return function(x, *others)
        arrays = [o.__class__ is np.ndarray and o.ndim > 0 for o in others]
        if any(o.shape != x.shape or not o.flags.c_contiguous for o, given in zip(others, arrays) if given):
            return function(x, *others)
        flat = x.reshape(-1)
        columns = [o.reshape(-1) if given else o for o, given in zip(others, arrays)]
        out = None
        for start in range(0, flat.size, _BLOCK):
            here = slice(start, start + _BLOCK)
            part = function(flat[here], *[c[here] if given else c for c, given in zip(columns, arrays)])
            if out is None:
                out = np.empty(flat.shape, part.dtype)
            out[here] = part
        return out.reshape(x.shape)

    return wrapped


def _log1p_exp(x):
    """log(1 + exp(-|x|)), in memory of its own."""
    z = np.abs(x)
    np.negative(z, z)
    np.exp(z, z)
    if z.dtype != np.float32:
        return np.log1p(z, z)
    # log(u) + (z - (u - 1)) / u with u = 1 + z rounded: the second term is what the rounding lost
    u = z + 1
    z -= u - 1
    z /= u
    np.log(u, u)
    u += z
    return u


def _expm1(x):
    """exp(x) - 1 = tanh(x / 2) * (exp(x) + 1), for x <= 0; uses up x."""
    if x.dtype != np.float32:
        return np.expm1(x, x)
    result = np.exp(x)
    result += 1
    x *= x.dtype.type(0.5)
    result *= np.tanh(x, x)
    return result


@blockwise
def sigmoid(x):
    """1 / (1 + exp(-x)).

    >>> sigmoid(np.array([0.0]))
    array([0.5])
    """
    result = np.negative(x)
    np.exp(result, result)
    result += 1
    return np.divide(1, result, result)


@blockwise
def silu(x):
    """x / (1 + exp(-x)) of real x."""
    result = np.negative(x)
    np.exp(result, result)
    result += 1
    return np.divide(x, result, result)


@blockwise
def log_sigmoid(x):
    """min(0, x) - log(1 + exp(-|x|))."""
    return np.minimum(x, 0) - _log1p_exp(x)


@blockwise
def softplus(x):
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).

    >>> softplus(np.array([0.0])).round(6)
    array([0.693147])
    """
    result = _log1p_exp(x)
    result += clip(x, 0, np.inf)
    return result


@blockwise
def elu(x, factor, scale, input_scale):
    """scale * x where positive, factor * (exp(input_scale * x) - 1) elsewhere; the numbers are Python's."""
    number = x.dtype.type
    negative = clip(x, -np.inf, 0)
    if input_scale != 1:
        negative *= number(input_scale)
    result = _expm1(negative)
    if factor != 1:
        result *= number(factor)
    positive = clip(x, 0, np.inf)
    if scale != 1:
        positive *= number(scale)
    result += positive
    return result


@blockwise
def hardswish(x):
    """x * min(max(x + 3, 0), 6) / 6."""
    result = x + 3
    clip(result, 0, 6, result)
    result *= x
    result /= 6
    return result


@blockwise
def huber(x, target, delta):
    """0.5 d^2 where |d| < delta, else delta * (|d| - 0.5 delta), for d = x - target: m (|d| - m / 2), m = min(|d|, delta)."""
    distance = np.subtract(x, target)
    np.abs(distance, distance)
    near = np.minimum(distance, delta)
    distance -= near * x.dtype.type(0.5)
    distance *= near
    return distance


@blockwise
def logits_loss(x, target):
    """(1 - target) x + max(-x, 0) + log(1 + exp(-|x|)): the binary cross-entropy of sigmoid(x)."""
    result = _log1p_exp(x)
    result += np.maximum(-x, 0)
    rest = 1 - target
    rest *= x
    result += rest
    return result


@blockwise
def lerp(x, end, weight):
    """x + weight (end - x), from the nearer end; `weight` is one number of the arrays' dtype."""
    difference = np.subtract(end, x)
    if abs(weight) < 0.5:
        difference *= weight
        difference += x
        return difference
    difference *= 1 - weight
    return np.subtract(end, difference, difference)


def limit(x, low, high):
    """max(x, low), then min(that, high), for floats; None is no limit. NaN stays.

    >>> limit(np.array([-1.0, 0.5, 2.0]), 0, 1)
    array([0. , 0.5, 1. ])
    """
    return clip(x, -np.inf if low is None else low, np.inf if high is None else high)


def gate(g, opened):
    """g where `opened` is not 0 (NaN is not), exactly 0 elsewhere; of one dtype.

    The bits are multiplied by 0 or 1 as integers, which is ten times as fast as a selection.
    """
    bits = f"i{g.itemsize}"
    return np.multiply(g.view(bits), np.not_equal(opened, 0).view("i1")).view(g.dtype)
