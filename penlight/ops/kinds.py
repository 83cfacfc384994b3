"""What elementwise ops share: their decorators, the refusal of dtypes, exact masks."""

from __future__ import annotations

import math

from penlight.base.dims import read
from penlight.base.dtypes import from_numpy
from penlight.base.promotion import number_dtype, promote_types, result_dtype
from penlight.ops.table import op

__all__ = [
    "NUMBERS",
    "as_element",
    "blend",
    "common_dtype",
    "in_float32",
    "keep",
    "not_implemented",
    "refuse",
    "refuse_narrow",
    "unary",
    "wrapped",
    "zero_of",
]

NUMBERS = (bool, int, float, complex)
_C_NAMES = {"float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16"}
_C_NAMES["complex64"] = "c10::complex<float>"
_LARGEST = dict.fromkeys("fF", 3.4028234663852886e38) | {"e": 65504.0, "E": 3.3895313892515355e38}  # by dtype.char
_zeros: dict = {}


def unary(signature, **fields):
    """Declare an elementwise op of one tensor whose kernel takes several steps; integers become the default float."""
    return op(signature, **{"promote": "float", "inplace": True, "out": True, **fields})


def not_implemented(kernel, dtype):
    """PyTorch's error for a dtype that a kernel does not take."""
    return NotImplementedError(f"\"{kernel}\" not implemented for '{from_numpy(dtype).legacy}'")


def refuse(kernel, kinds, *arrays):
    """Raise where the NumPy kind of an array or a Tensor is among `kinds`; h is for 16-bit floats, l for int64."""
    for array in arrays:
        if array is not None:
            d = getattr(array.dtype, "np", array.dtype)
            kind = "h" if d.itemsize == 2 and d.kind in "fV" else "l" if d.char in "lq" else d.kind
            if d.kind in kinds or kind in kinds:
                raise not_implemented(kernel, d)


def refuse_narrow(kernel, array):
    """Raise where an array is not of float32 or float64."""
    if array.dtype.char not in "fd":
        raise not_implemented(kernel, array.dtype)


def in_float32(k, rule, g, *values):
    """A rule over 16-bit numbers, computed in float32 and rounded once, as where PyTorch has one kernel for it."""
    narrow = getattr(g.dtype, "np", g.dtype)
    return k.cast(rule(k, *[k.cast(v, "float32") for v in (g, *values)]), narrow)


def zero_of(xp, dtype):
    """A 0-d zero; a ufunc takes it twice as fast as a Python number."""
    zero = _zeros.get(dtype)
    if zero is None:
        zero = _zeros[dtype] = xp.zeros((), dtype)
    return zero


def common_dtype(values):
    """PyTorch's result type of tensors, raw arrays and numbers."""
    groups = [None, None, None]  # tensors with dimensions, 0-dim tensors, numbers
    for value in values:
        if isinstance(value, NUMBERS):
            place, d = 2, number_dtype(value)
        else:
            place, d = (0 if value.ndim else 1), value.dtype
            d = d if hasattr(d, "legacy") else from_numpy(d)
        groups[place] = d if groups[place] is None else promote_types(groups[place], d)
    return result_dtype(*groups)


def keep(xp, values, mask):
    """`values` where `mask`, zero elsewhere, even where values are infinite or NaN.

    The bits are multiplied by 0 or 1 as integers, which is ten times as fast as a selection.
    """
    size = values.dtype.itemsize
    if size > 8 or values.__class__ is not xp.ndarray:
        return xp.where(mask, values, zero_of(xp, values.dtype))
    if size == 1:
        return xp.multiply(values, mask)
    return xp.multiply(values.view(f"i{size}"), mask.view("i1")).view(values.dtype)


def blend(xp, mask, a, b):
    """`a` where `mask`, else `b`; arrays of one shape and dtype: b ^ ((a ^ b) * mask) on the bits."""
    bits = f"i{a.dtype.itemsize}"
    b = b.view(bits)
    difference = xp.bitwise_xor(a.view(bits), b)
    xp.multiply(difference, mask, difference)
    return xp.bitwise_xor(difference, b, difference).view(a.dtype)


def as_element(xp, value, d):
    """A Python number as a 0-d array of a tensor's dtype; floats are cut off, too large numbers raise."""
    kind = d.kind
    if kind in "iu":
        number = value.real if isinstance(value, complex) and not value.imag else value
        limits = xp.iinfo(d)
        fits = not isinstance(number, complex) and math.isfinite(number)
        if fits:  # a negative integer wraps, a negative float does not
            fits = (-limits.max if kind == "u" and int(number) is number else limits.min) <= number <= limits.max
            number = int(number)
        if not fits:
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise ValueError("Overflow when unpacking long long")
            raise RuntimeError(f"value cannot be converted to type {d.name}_t without overflow")
        return xp.array(number & limits.max if kind == "u" else number, d)
    if kind in "fV" and isinstance(value, complex):
        if value.imag:
            raise RuntimeError(f"value cannot be converted to type {_C_NAMES.get(d.name, d.name)} without overflow")
        value = value.real
    size = abs(value) if kind in "fV" else max(abs(value.real), abs(value.imag)) if kind == "c" else 0
    if _LARGEST.get(d.char, math.inf) < size < math.inf:
        raise RuntimeError(f"value cannot be converted to type {_C_NAMES[d.name]} without overflow")
    if kind == "b":
        return xp.array(bool(value))
    return xp.asarray(value).astype(d)


def wrapped(factor, dtype):
    """A Python number in a NumPy dtype; integers wrap around, as in C."""
    if isinstance(factor, complex) and dtype.kind != "c":
        factor = read("real", factor, "")
    if dtype.kind not in "iu":
        return dtype.type(factor)
    bits = 8 * dtype.itemsize
    number = int(factor) & ((1 << bits) - 1)
    return dtype.type(number - (1 << bits) if dtype.kind == "i" and number >> (bits - 1) else number)
