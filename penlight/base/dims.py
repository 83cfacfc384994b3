"""Reading arguments at the public edge: what counts as a number of each kind, and PyTorch's checks of dimensions and sizes.

Values of exactly the right type never come here, except in lists: the generated functions test for them. What else counts:

| kind | besides exact values |
|---|---|
| `int` | subclasses of int but bool, NumPy's integers, integer tensors without dimensions |
| `size` | what has `__index__` but bools: integer tensors of one element, NumPy's 0-dim arrays too |
| `float`, `real`, `number` | bools, subclasses, NumPy's scalars, tensors without dimensions that need no gradient |
| `bool` | nothing |
| `str` | subclasses, bytes |

Items of lists are read as `size`; bool tensors count there, and plain bools after the first item.
"""

from __future__ import annotations

from operator import index as as_index

import numpy as np

from penlight.base.dtypes import BOOL, SIGNED, UNSIGNED

__all__ = ["dimension", "dimensions", "int_list", "items", "items_or_int", "numpy_number", "read", "refused", "whole"]


def refused(value, name: str, expected: str, function: str = "", position: int = 0) -> TypeError:
    start = f"{function}(): " * bool(function)
    place = f" (position {position})" * bool(position)
    found = "Tensor" if hasattr(value, "_a") else type(value).__name__
    return TypeError(f"{start}argument '{name}'{place} must be {expected}, not {found}")


def _int(value):
    if hasattr(value, "_a"):
        return value.item() if not value.ndim and value.dtype.category in (UNSIGNED, SIGNED) else None
    return int(value) if isinstance(value, (int, np.integer)) and not isinstance(value, bool) else None


def _size(value):
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        number = as_index(value)
    except TypeError:
        return None
    _refuse_bool_tensor(value)
    return number


def _refuse_bool_tensor(value) -> None:
    if hasattr(value, "_a") and value.dtype.category == BOOL:
        raise RuntimeError("expected an integer tensor for a size, but got a bool tensor")


def _float(value):
    if isinstance(value, np.complexfloating):
        return value.item().real
    if isinstance(value, complex):
        return None
    number = _real(value)
    return float(number) if isinstance(number, bool) else number


def _real(value):
    number = _number(value)
    if isinstance(number, complex):
        if number.imag:
            raise RuntimeError("value cannot be converted to type double without overflow")
        return number.real
    return number


def numpy_number(value):
    """A NumPy scalar as PyTorch reads it: bools are floats, and of a complex64 the real part counts."""
    if isinstance(value, np.bool_) or isinstance(value, np.complexfloating) and not isinstance(value, complex):
        return float(value.real)
    return value.item()


def _number(value):
    if hasattr(value, "_a"):
        return None if value.ndim or value.requires_grad else value.item()
    if isinstance(value, (np.number, np.bool_)):
        return numpy_number(value)
    return value if isinstance(value, (int, float, complex)) else None


_READ = {
    "int": (_int, "int"),
    "size": (_size, "int"),
    "float": (_float, "float"),
    "real": (_real, "Number"),
    "number": (_number, "Number"),
    "bool": (lambda value: value if value is True or value is False else None, "bool"),
    "str": (lambda value: value.decode() if isinstance(value, bytes) else value if isinstance(value, str) else None, "str"),
}


def read(kind: str, value, name: str, function: str = "", position: int = 0):
    """The plain Python value that PyTorch reads from an argument that is none."""
    reader, expected = _READ[kind]
    result = reader(value)
    if result is None:
        raise refused(value, name, expected, function, position)
    return result


def whole(value, name: str, expected: str | None = None, later: bool = False) -> int:
    """An int among sizes or dims; `later`: not the first one, which may be a bool."""
    try:
        if value.__class__ is not np.bool_ and (later or value.__class__ is not bool):
            return as_index(value)
    except TypeError:
        pass
    raise TypeError(f"argument '{name}' must be {expected or 'int, not ' + type(value).__name__}")


def dimension(dim, ndim: int, name: str = "dim") -> int:
    """Wrap one dimension into [0, ndim). A 0-d tensor takes 0 and -1."""
    if dim.__class__ is not int:
        dim = read("int", dim, name)
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
        whole_dims = [d if d.__class__ is int else whole(d, name, None, i > 0) for i, d in enumerate(dims)]
        wrapped = tuple([dimension(d, ndim, name) for d in whole_dims])
        if len(set(wrapped)) != len(wrapped):
            again = next(d for i, d in enumerate(wrapped) if d in wrapped[:i])
            raise RuntimeError(f"dim {again} appears multiple times in the list of dims")
        return wrapped
    return (dimension(dims if dims.__class__ is int else items_or_int(dims, name), ndim, name),)


def _item(value, name: str, place: int) -> int:
    _refuse_bool_tensor(value)
    return whole(value, name, f"tuple of ints, but found element of type {type(value).__name__} at pos {place}", place > 0)


def items(value, name: str, function: str = "", position: int = 0) -> tuple[int, ...]:
    """Read a tuple or list of ints."""
    if not isinstance(value, (tuple, list)):
        raise refused(value, name, "tuple of ints", function, position)
    return tuple([v if v.__class__ is int else _item(v, name, i) for i, v in enumerate(value)])


def items_or_int(value, name: str, function: str = "", position: int = 0):
    """Read a tuple or list of ints, or one int, which stays one."""
    if isinstance(value, (tuple, list)):
        return items(value, name)
    number = whole(value, name, f"tuple of ints, not {type(value).__name__}")
    if not isinstance(value, (int, np.generic)) and not hasattr(value, "_a"):
        raise RuntimeError(f"argument '{name}' must be an int or a tuple of ints, not {type(value).__name__}")
    return number


def int_list(value, count: int | None = None, name: str = "size") -> tuple[int, ...]:
    """Read an int or a sequence of ints; a single int is repeated `count` times."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1 and count is not None and count > 1:
            value = tuple(value) * count
        result = tuple([v if v.__class__ is int else _item(v, name, i) for i, v in enumerate(value)])
    else:
        result = (whole(value, name, f"tuple of ints, not {type(value).__name__}"),) * (count or 1)
    if count is not None and len(result) != count:
        raise RuntimeError(f"{name} must be a single int or {count} ints, but got {len(result)}: {list(result)}")
    return result
