"""Arithmetic that must round exactly as the C library and fused multiply-add do."""

import functools
import math

import numpy as np


class _Exact:
    """An elementary function that agrees with the C library to the last bit.

    NumPy's own loops are vectorised on some machines and then differ in the last bit about
    once in 30 to 1000 numbers. The first use compares them with `math` on 4096 arguments:
    equal everywhere, the NumPy loop serves; otherwise `math` is called per element.
    """

    def __init__(self, ufunc, function, low, high):
        self._ufunc = ufunc
        self._function = function
        self._probe = (low, high)

    @functools.cached_property
    def _numpy_agrees(self):
        low, high = self._probe
        # Multiples of the golden ratio modulo 1 spread evenly over the range.
        spread = np.arange(1, 4097) * 0.6180339887498949 % 1.0
        arguments = low + (high - low) * spread
        return bool(np.array_equal(self._ufunc(arguments), self._by_element(arguments)))

    def _by_element(self, values):
        mapped = map(self._function, values.ravel().tolist())
        return np.fromiter(mapped, np.float64, values.size).reshape(values.shape)

    def __call__(self, values):
        if values.size < 64 or not self._numpy_agrees:
            return self._by_element(values)
        return self._ufunc(values)


log = _Exact(np.log, math.log, 1e-6, 1.0)
log1p = _Exact(np.log1p, math.log1p, -1.0 + 1e-6, 0.0)
exp = _Exact(np.exp, math.exp, -4.0, 4.0)
cos = _Exact(np.cos, math.cos, 0.0, 2 * math.pi)
sin = _Exact(np.sin, math.sin, 0.0, 2 * math.pi)
tan = _Exact(np.tan, math.tan, -1.57, 1.57)


def _split(values):
    """Veltkamp: values = high + low, each with at most 26 significant bits."""
    scaled = values * 134217729.0  # 2**27 + 1
    high = scaled - (scaled - values)
    return high, values - high


def fma64(a, b, c):
    """`a * b + c` rounded once, float64 arrays or numbers.

    Dekker's product gives a*b = p + e exactly and Knuth's sum p + c = s + t exactly; then
    s + (t + e) is the result. (t + e is itself rounded, so a value within 2**-53 of a
    rounding tie could go the other way: about one in 2**50.)
    """
    product = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    product_error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    total = product + c
    shift = total - product
    total_error = (product - (total - shift)) + (c - shift)
    return total + (total_error + product_error)


def round_to(values, dtype):
    """float64 (or int64) values in `dtype`. 16-bit types are reached through float32, as in C."""
    if dtype.itemsize == 2 and dtype.kind not in "iu":
        values = values.astype(np.float32)
    with np.errstate(over="ignore"):  # too large becomes infinite, silently as in PyTorch
        return values.astype(dtype)
