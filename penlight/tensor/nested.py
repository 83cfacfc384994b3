"""Reading nested Python sequences as arrays, with PyTorch's dtype inference and errors."""

from __future__ import annotations

import contextlib
import itertools
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
    shape, flat, kinds = _regular(values)
    if not kinds:
        shape = _shape(values)
        _flatten(values, shape, 0, flat)
        kinds = set(map(type, flat))
    if d is None:
        d = _infer(flat, kinds)
    if not kinds <= _FAST:
        if d.category in (dtypes.SIGNED, dtypes.UNSIGNED, dtypes.BOOL):
            _check_whole(flat, "iub" if d.category == dtypes.BOOL else "iu")
        flat = [
            v._a.item() if hasattr(v, "_a") else v.item() if isinstance(v, (np.generic, np.ndarray)) else v for v in flat
        ]
        kinds = set(map(type, flat))
    return _convert(flat, d, kinds).reshape(shape)


def _check_whole(flat: list, kinds: str) -> None:
    """PyTorch asks for `__index__`, which floating tensors and NumPy's numbers that are no Python float do not have."""
    for v in flat:
        if hasattr(v, "_a") and v._a.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        if isinstance(v, np.generic) and v.dtype.kind not in kinds and not isinstance(v, float):
            raise TypeError(f"'{type(v).__module__}.{type(v).__name__}' object cannot be interpreted as an integer")


def _regular(values: Any) -> tuple[tuple[int, ...], list, set]:
    """(shape, elements, their types) of lists and tuples of one length at each depth, of numbers; else no types."""
    shape: list[int] = []
    level: Any = (values,)
    while level:
        kinds = set(map(type, level))
        if kinds <= _LISTS:
            lengths = set(map(len, level))
            shape.append(lengths.pop())
            if lengths:
                break
            level = list(itertools.chain.from_iterable(level))
        elif shape and (
            kinds <= _FAST
            or all(issubclass(k, np.generic) and issubclass(k, np.number) or k in _FAST for k in kinds)
            or all(getattr(getattr(v, "_a", None), "ndim", 1) == 0 for v in level)
        ):
            return tuple(shape), level, kinds
        else:
            break
    return (), [], set()


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
    if depth == len(shape) - 1 and type(values) in (list, tuple) and _FAST.issuperset(map(type, values)):
        flat.extend(values)
        return
    if isinstance(values, np.ndarray):
        flat.extend(values.ravel().tolist() if values.dtype.kind not in "f" else list(values.ravel()))
        return
    for v in values:
        _flatten(v, shape, depth + 1, flat)


_FAST = {int, float, bool}
_LISTS = {list, tuple}


def _infer(flat: list, kinds: set) -> dtype:
    if not flat:
        return defaults.float_dtype
    found: dtype | None = None
    for cls in kinds:
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


def _convert(flat: list, d: dtype, kinds: set) -> np.ndarray:
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED):
        if kinds <= {int, bool}:
            with contextlib.suppress(OverflowError):
                return np.array(flat, d.np)
        for cls in kinds:
            if issubclass(cls, complex):
                raise TypeError("can't convert complex to int")
            if not (issubclass(cls, float) or hasattr(cls, "__index__")):  # a Decimal, say
                raise TypeError(f"'{cls.__name__}' object cannot be interpreted as an integer")
        limits = np.iinfo(d.np)
        odd = next((v for v in flat if isinstance(v, float) and not math.isfinite(v)), None)
        if odd is not None:
            raise RuntimeError(f"value cannot be converted to type {d.np.name} without overflow: {odd}")
        # unsigned ones take the negative integers of one period, too, and wrap them
        whole = [int(v) + limits.max + 1 if d.category == dtypes.UNSIGNED and isinstance(v, int)
                and -limits.max <= v < 0 else int(v) for v in flat]  # fmt: skip
        if whole and (max(whole) > limits.max or min(whole) < limits.min):
            bad = next(v for v, n in zip(flat, whole) if n > limits.max or n < limits.min)
            if isinstance(bad, int) and not -(2**63) <= bad < 2**63:
                raise ValueError(f"Overflow when unpacking long long: {bad}")
            raise RuntimeError(f"value cannot be converted to type {d.np.name} without overflow: {bad}")
        flat = whole
    elif d.category in (dtypes.FLOAT, dtypes.COMPLEX) and not kinds <= _FAST:
        if d.category == dtypes.FLOAT and any(issubclass(k, complex) for k in kinds):
            raise TypeError("can't convert complex to float")
        for k in kinds:
            if not any(hasattr(k, name) for name in ("__float__", "__index__", "__complex__")):  # NumPy would take None for NaN
                raise TypeError(f"must be real number, not {k.__name__}")
    elif d.category == dtypes.BOOL and kinds != {bool}:
        for k in kinds:
            if not (issubclass(k, (float, complex)) or hasattr(k, "__index__")):
                raise TypeError(f"'{k.__name__}' object cannot be interpreted as an integer")
        flat = [bool(v) for v in flat]
    if d.is_half or d.itemsize == 1 and d.category == dtypes.FLOAT:
        return np.array(flat, dtype=np.float64).astype(d.np)
    with np.errstate(over="ignore"):
        return np.array(flat, dtype=d.np)
