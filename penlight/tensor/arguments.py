"""Reading arguments at the public edge: tensors, numbers, promotion, casts."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.dtypes import dtype, from_numpy
from penlight.base.promotion import can_cast, number_dtype, promote_types, result_dtype

__all__ = ["MISSING", "common_dtype", "fit", "number_array", "type_error", "wrong_in_place"]

NUMBERS = (int, float, complex, bool, np.number, np.bool_)


class Missing:
    """The default of a required argument that may come under NumPy's name, or of one that None does not stand for."""

    def __repr__(self) -> str:
        return "<required>"


MISSING = Missing()


def type_name(value: Any) -> str:
    return "Tensor" if hasattr(value, "_a") else type(value).__name__


def type_error(function: str, name: str, position: int, value: Any, expected: str = "Tensor") -> TypeError:
    if value is MISSING:
        return TypeError(f'{function}() missing 1 required positional arguments: "{name}" ({expected})')
    return TypeError(
        f"{function}(): argument '{name}' (position {position}) must be {expected}, not {type_name(value)}"
    )


def common_dtype(values: list) -> dtype:
    """PyTorch's result type of tensors and numbers."""
    dimensioned = zero_dim = number = None
    for v in values:
        array = getattr(v, "_a", None)
        if array is None:
            d = number_dtype(v.item() if isinstance(v, np.generic) else v)
            number = d if number is None else promote_types(number, d)
        elif array.ndim:
            d = from_numpy(array.dtype)
            dimensioned = d if dimensioned is None else promote_types(dimensioned, d)
        else:
            d = from_numpy(array.dtype)
            zero_dim = d if zero_dim is None else promote_types(zero_dim, d)
    return result_dtype(dimensioned, zero_dim, number)


def number_array(value: Any, d: dtype) -> np.ndarray:
    """A 0-d array; integers wrap around, as in PyTorch's kernels."""
    if d.category in (dtypes.UNSIGNED, dtypes.SIGNED) and isinstance(value, (int, np.integer)):
        bits = 8 * d.itemsize
        value = int(value) & ((1 << bits) - 1)
        if d.is_signed and value >> (bits - 1):
            value -= 1 << bits
    try:
        return np.asarray(value, dtype=d.np)
    except (OverflowError, TypeError, ValueError):
        raise RuntimeError(f"value cannot be converted to type {d.name} without overflow: {value!r}") from None


def fit(g: Any, like: tuple) -> Any:
    """Bring a raw gradient to an argument's (shape, dtype): sum what was broadcast, drop an imaginary part, cast."""
    shape, d = like
    if g.shape != shape:
        extra = g.ndim - len(shape)
        axes = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1)
        if axes:
            wide = g.astype(np.float32) if g.dtype.itemsize == 2 and g.dtype.kind in "fV" else g
            g = wide.sum(axis=axes, keepdims=True).astype(g.dtype, copy=False)
        g = g.reshape(shape) if g.shape != shape and g.size == int(np.prod(shape)) else np.broadcast_to(g, shape)
    if g.dtype is not d:
        if g.dtype.kind == "c" and d.kind != "c":
            g = g.real
        g = g.astype(d, copy=False)
    return g


def wrong_in_place(source: dtype, target: dtype) -> None:
    """Raise unless a result of `source` may be stored into `target`."""
    if not can_cast(source, target):
        raise RuntimeError(f"result type {source.legacy} can't be cast to the desired output type {target.legacy}")
