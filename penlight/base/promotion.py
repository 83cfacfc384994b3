"""PyTorch's type promotion.

Operands rank in three groups: tensors with dimensions, 0-dim tensors, Python numbers. A lower group only matters when
its category (bool < integer < float < complex) is higher than that of the groups above it.
Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.dtypes import BOOL, COMPLEX, DTYPES, FLOAT, SIGNED, UNSIGNED, dtype

__all__ = ["can_cast", "number_dtype", "promote_types", "result_dtype"]

_RANK = {name: i for i, name in enumerate(["bool", "uint8", "int8", "int16", "int32", "int64"])}
_WIDE_UNSIGNED = ("uint16", "uint32", "uint64")
_FLOAT_RANK = {"float16": 1, "bfloat16": 1, "float32": 2, "float64": 3}
_COMPLEX_BY_RANK = {1: "complex32", 2: "complex64", 3: "complex128"}
_COMPLEX_RANK = {"complex32": 1, "complex64": 2, "complex128": 3}
_cache: dict[tuple[dtype, dtype], dtype] = {}


def promote_types(a: dtype, b: dtype) -> dtype:
    """The smallest dtype that both convert to, by PyTorch's table."""
    if a is b and isinstance(a, dtype):
        return a
    found = _cache.get((a, b))
    if found is None:
        found = _cache[a, b] = DTYPES[_promote(a, b)]
    return found


def _promote(a: dtype, b: dtype) -> str:
    a, b = (dtypes.of(d) if d in (float, int, bool, complex) else d for d in (a, b))
    for value, name, position in ((a, "type1", 1), (b, "type2", 2)):
        if not isinstance(value, dtype):
            raise TypeError(
                f"promote_types(): argument '{name}' (position {position}) must be torch.dtype, not {type(value).__name__}"
            )
    for d in (a, b):
        if d.itemsize == 1 and d.is_floating_point or d.category == dtypes.OPAQUE:
            raise RuntimeError(
                f"Promotion for Float8 Types is not supported, attempted to promote {a.legacy} and {b.legacy}"
            )
    if a.name in _WIDE_UNSIGNED or b.name in _WIDE_UNSIGNED:
        other = b if a.name in _WIDE_UNSIGNED else a
        if other.category != FLOAT:
            raise RuntimeError(
                "Promotion for uint16, uint32, uint64 types is not supported, "
                f"attempted to promote {a.legacy} and {b.legacy}"
            )
        return other.name
    if COMPLEX in (a.category, b.category):
        ranks = [
            _COMPLEX_RANK.get(d.name) or (2 if d is dtypes.bfloat16 else _FLOAT_RANK.get(d.name, 0)) for d in (a, b)
        ]
        return _COMPLEX_BY_RANK[max(ranks)]
    if FLOAT in (a.category, b.category):
        ranks = [_FLOAT_RANK.get(d.name, 0) for d in (a, b)]
        if ranks == [1, 1]:
            return "float32"  # float16 with bfloat16
        return (a if ranks[0] >= ranks[1] else b).name
    if {a.name, b.name} == {"uint8", "int8"}:
        return "int16"
    return max(a.name, b.name, key=_RANK.__getitem__)


def number_dtype(value) -> dtype:
    """The dtype a Python number stands for."""
    if isinstance(value, bool):
        return dtypes.bool_
    if isinstance(value, int):
        return dtypes.int64
    if isinstance(value, float):
        return defaults.float_dtype
    if isinstance(value, complex):
        return defaults.complex_dtype
    raise TypeError(f"expected a number or a Tensor, but got {type(value).__name__}")


def _combine(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """The dtype of a group, given a group of lower rank: the lower one matters only if its category is higher."""
    if higher is None or lower is None:
        return higher or lower
    if higher.is_complex:
        return higher
    if higher.is_floating_point:
        return higher.to_complex() if lower.is_complex else higher
    if higher.category == BOOL or lower.is_floating_point or lower.is_complex:
        return promote_types(higher, lower)
    return higher


def result_dtype(dimensioned: dtype | None, zero_dim: dtype | None, number: dtype | None) -> dtype:
    """Combine the promoted dtypes of the three groups (None where a group is empty)."""
    result = _combine(dimensioned, _combine(zero_dim, number))
    assert result is not None
    return result


def can_cast(source: dtype, target: dtype) -> bool:
    """Whether `source` values may be stored into a `target` tensor by an in-place op (category must not fall)."""
    for value, name, position in ((source, "from_", 1), (target, "to", 2)):
        if value.__class__ is not dtype:
            if float in (source, target) or int in (source, target) or bool in (source, target) or complex in (source, target):
                return can_cast(dtypes.of(source), dtypes.of(target))
            raise TypeError(
                f"can_cast(): argument '{name}' (position {position}) must be torch.dtype, not {type(value).__name__}"
            )
    if source.category == COMPLEX and target.category != COMPLEX:
        return False
    if source.category == FLOAT and target.category in (BOOL, UNSIGNED, SIGNED):
        return False
    return not (source.category != BOOL and target.category == BOOL)
