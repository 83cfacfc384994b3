"""Reading dimension and size arguments, with PyTorch's checks."""

from __future__ import annotations

from operator import index as as_index

__all__ = ["dimension", "dimensions", "int_list", "whole"]


def whole(value, name: str, expected: str | None = None) -> int:
    """An int, of NumPy's integers and integer tensors of one element too; bools are refused."""
    try:
        if value.__class__ is not bool:
            return as_index(value)
    except TypeError:
        pass
    raise TypeError(f"argument '{name}' must be {expected or 'int, not ' + type(value).__name__}")


def dimension(dim, ndim: int, name: str = "dim") -> int:
    """Wrap one dimension into [0, ndim). A 0-d tensor takes 0 and -1."""
    if dim.__class__ is not int:
        dim = whole(dim, name)
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


def _found(value, place: int) -> str:
    return f"tuple of ints, but found element of type {type(value).__name__} at pos {place}"


def int_list(value, count: int | None = None, name: str = "size") -> tuple[int, ...]:
    """Read an int or a sequence of ints; a single int is repeated `count` times."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1 and count is not None and count > 1:
            value = tuple(value) * count
        result = tuple([v if v.__class__ is int else whole(v, name, _found(v, i)) for i, v in enumerate(value)])
    else:
        result = (whole(value, name, f"tuple of ints, not {type(value).__name__}"),) * (count or 1)
    if count is not None and len(result) != count:
        raise RuntimeError(f"{name} must be a single int or {count} ints, but got {len(result)}: {list(result)}")
    return result
