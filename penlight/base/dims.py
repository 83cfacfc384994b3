"""Reading dimension and size arguments, with PyTorch's checks."""

from __future__ import annotations

from operator import index as as_index

__all__ = ["dimension", "dimensions", "int_list"]


def dimension(dim, ndim: int, name: str = "dim") -> int:
    """Wrap one dimension into [0, ndim). A 0-d tensor takes 0 and -1."""
    if dim.__class__ is not int:
        if dim.__class__ is bool or not hasattr(dim, "__index__"):
            raise TypeError(f"argument '{name}' must be int, not {type(dim).__name__}")
        dim = as_index(dim)
    limit = ndim or 1
    if dim < -limit or dim >= limit:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})")
    return dim + limit if dim < 0 else dim


def needs_dimension(function: str, ndim: int) -> None:
    """Raise for a tensor without dimensions."""
    if not ndim:
        raise IndexError(f"{function}() cannot be applied to a 0-dim tensor.")


def dimensions(dims, ndim: int, name: str = "dim") -> tuple[int, ...]:
    """Wrap an int or a sequence of ints; repeated dimensions raise."""
    if isinstance(dims, (tuple, list)):
        wrapped = tuple(dimension(d, ndim, name) for d in dims)
        if len(set(wrapped)) != len(wrapped):
            again = next(d for i, d in enumerate(wrapped) if d in wrapped[:i])
            raise RuntimeError(f"dim {again} appears multiple times in the list of dims")
        return wrapped
    return (dimension(dims, ndim, name),)


def int_list(value, count: int | None = None, name: str = "size") -> tuple[int, ...]:
    """Read an int or a sequence of ints; a single int is repeated `count` times."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1 and count is not None and count > 1:
            value = tuple(value) * count
        try:
            result = tuple([v if v.__class__ is int else as_index(v) for v in value])
        except TypeError:
            bad = next(v for v in value if not hasattr(v, "__index__"))
            raise TypeError(f"'{name}' must be tuple of ints, but found element of type {type(bad).__name__}") from None
    else:
        try:
            result = (as_index(value),) * (count or 1)
        except TypeError:
            raise TypeError(f"argument '{name}' must be tuple of ints, not {type(value).__name__}") from None
    if count is not None and len(result) != count:
        raise RuntimeError(f"{name} must be a single int or {count} ints, but got {len(result)}: {list(result)}")
    return result
