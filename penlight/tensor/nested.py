"""Reading nested Python sequences as arrays, with PyTorch's dtype inference and errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.dtypes import dtype, from_numpy
from penlight.base.promotion import promote_types

__all__ = ["nested_array"]


def nested_array(values: Any, d: dtype | None) -> np.ndarray:
    """An array of numbers, sequences, arrays or tensors. Shape: as nested. Raises ValueError where lengths differ."""
    if isinstance(values, np.ndarray):
        return np.array(values, dtype=d.np if d else None)
    if hasattr(values, "_a"):
        return np.array(values._a, dtype=d.np if d else None)
    shape = _shape(values)
    flat: list = []
    _flatten(values, shape, 0, flat)
    if d is None:
        d = _infer(flat)
    flat = [
        v._a.item() if hasattr(v, "_a") else v.item() if isinstance(v, (np.generic, np.ndarray)) else v for v in flat
    ]
    return _convert(flat, d).reshape(shape)


def _is_sequence(value: Any) -> bool:
    return (
        hasattr(value, "__len__")
        and hasattr(value, "__getitem__")
        and not isinstance(value, (str, bytes, dict))
        and getattr(value, "ndim", 1) != 0
        and not hasattr(value, "_a")  # a tensor inside a list stands for its one element
    )


def _shape(values: Any) -> tuple[int, ...]:
    shape: list[int] = []
    while _is_sequence(values):
        if isinstance(values, np.ndarray):
            return (*shape, *values.shape)
        shape.append(len(values))
        if not len(values):
            break
        values = values[0]
    return tuple(shape)


def _flatten(values: Any, shape: tuple[int, ...], depth: int, flat: list) -> None:
    if depth == len(shape):
        if _is_sequence(values):
            raise TypeError(f"must be real number, not {type(values).__name__} (at dim {depth})")
        if isinstance(values, str) and not flat and depth:
            raise ValueError(f"too many dimensions '{type(values).__name__}'")
        if isinstance(values, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(values).__name__}'")
        if hasattr(values, "_a") and values._a.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, but got one of shape "
                f"{list(values._a.shape)}; torch.stack joins tensors"
            )
        flat.append(values)
        return
    if hasattr(values, "_a") and values._a.shape == shape[depth:]:
        flat.extend(list(values._a.ravel()))
        return
    if not _is_sequence(values):
        raise TypeError(
            f"not a sequence: expected sequence of length {shape[depth]} at dim {depth}, got {type(values).__name__}"
        )
    if len(values) != shape[depth]:
        raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(values)})")
    if depth == len(shape) - 1 and type(values) in (list, tuple) and all(type(v) in _FAST for v in values):
        flat.extend(values)
        return
    if isinstance(values, np.ndarray):
        flat.extend(values.ravel().tolist() if values.dtype.kind not in "f" else list(values.ravel()))
        return
    for v in values:
        _flatten(v, shape, depth + 1, flat)


_FAST = (int, float, bool)


def _infer(flat: list) -> dtype:
    if not flat:
        return defaults.float_dtype
    found: dtype | None = None
    for cls in {type(v) for v in flat}:
        if cls is bool:
            d = dtypes.bool_
        elif cls is int:
            d = dtypes.int64
        elif cls is float:
            d = defaults.float_dtype
        elif cls is complex:
            d = defaults.complex_dtype
        else:
            sample = next(v for v in flat if type(v) is cls)
            d = _scalar_dtype(sample)
            if hasattr(sample, "_a"):
                for v in flat:
                    if type(v) is cls:
                        d = promote_types(d, from_numpy(v._a.dtype))
        found = d if found is None else promote_types(found, d)
    assert found is not None
    return found


def _scalar_dtype(value: Any) -> dtype:
    if hasattr(value, "_a"):
        return from_numpy(value._a.dtype)
    if isinstance(value, (np.generic, np.ndarray)):
        return from_numpy(value.dtype)
    if isinstance(value, bool):
        return dtypes.bool_
    if isinstance(value, int):
        return dtypes.int64
    if isinstance(value, float):
        return defaults.float_dtype
    if isinstance(value, complex):
        return defaults.complex_dtype
    raise RuntimeError(f"Could not infer dtype of {type(value).__name__}")


def _convert(flat: list, d: dtype) -> np.ndarray:
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED):
        for cls in {type(v) for v in flat}:
            if issubclass(cls, complex):
                raise TypeError("can't convert complex to int")
            if not (issubclass(cls, float) or hasattr(cls, "__index__")):  # a Decimal, say
                raise TypeError(f"'{cls.__name__}' object cannot be interpreted as an integer")
        limits = np.iinfo(d.np)
        odd = next((v for v in flat if isinstance(v, float) and not math.isfinite(v)), None)
        if odd is not None:
            raise RuntimeError(f"value cannot be converted to type {d.np.name} without overflow: {odd}")
        # unsigned ones take the negative integers of one period, too, and wrap them
        flat = [int(v) + limits.max + 1 if d.category == dtypes.UNSIGNED and isinstance(v, int)
                and -limits.max <= v < 0 else int(v) for v in flat]  # fmt: skip
        if flat and (max(flat) > limits.max or min(flat) < limits.min):
            bad = next(v for v in flat if v > limits.max or v < limits.min)
            if d is dtypes.int64:
                raise ValueError(f"Overflow when unpacking long long: {bad}")
            raise RuntimeError(f"value cannot be converted to type {d.np.name} without overflow: {bad}")
    elif d.category == dtypes.FLOAT and any(isinstance(v, complex) for v in flat):
        raise TypeError("can't convert complex to float")
    elif d.category == dtypes.BOOL:
        flat = [bool(v) for v in flat]
    if d.is_half or d.itemsize == 1 and d.category == dtypes.FLOAT:
        return np.array(flat, dtype=np.float64).astype(d.np)
    with np.errstate(over="ignore"):
        return np.array(flat, dtype=d.np)
