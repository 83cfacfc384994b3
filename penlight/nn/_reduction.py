"""The old loss arguments `size_average` and `reduce`."""

from __future__ import annotations

from typing import Any

from penlight.ops.losses import reduction_name

__all__ = ["get_enum", "legacy_get_enum", "legacy_get_string"]


def get_enum(reduction: str) -> int:
    """0, 1, 2 for "none", "mean", "sum"."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return ("none", "mean", "sum").index(reduction)


def legacy_get_string(size_average: Any, reduce: Any, emit_warning: bool = True) -> str:
    """The `reduction` that the old arguments mean."""
    if emit_warning:
        return reduction_name(size_average, reduce, "mean")
    size_average = True if size_average is None else size_average
    reduce = True if reduce is None else reduce
    return "none" if not reduce else "mean" if size_average else "sum"


def legacy_get_enum(size_average: Any, reduce: Any, emit_warning: bool = True) -> int:
    """The same as a number."""
    return get_enum(legacy_get_string(size_average, reduce, emit_warning))
