"""`penlight.Size`: the shape of a tensor, a tuple of integers."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["Size"]

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
# Types whose own reflected operators know nothing of a Size: they would only give a vaguer error.
_BUILTINS = (int, float, complex, str, bytes, list, tuple)


class Size(tuple):
    """A tensor's shape: a tuple of integers that stays a Size when sliced, joined or repeated.

    Differs from PyTorch in one place: `numpy_integer * size` multiplies the sizes, as arrays do (NumPy repeats only
    sequences written in C); `size * numpy_integer` and any other integer repeat.

    Code that has a shape already and trusts it may call `tuple.__new__(Size, shape)`, without the checks.

    Raises: TypeError for an item that is no integer, ValueError for one beyond 64 bits.
    Source: https://docs.pytorch.org/docs/stable/size.html

    >>> Size([2, 3])[1:] + (4,)
    torch.Size([3, 4])
    >>> Size([2, 3]).numel()
    6
    """

    __module__ = "penlight"
    __slots__ = ()

    def __new__(cls, *arguments: Iterable[Any]) -> Size:
        if len(arguments) > 1:
            raise TypeError(f"tuple expected at most 1 argument, got {len(arguments)}")
        items = tuple(*arguments)
        for item in items:
            if type(item) is not int or not _INT64_MIN <= item <= _INT64_MAX:
                return tuple.__new__(cls, [_read_item(item, position) for position, item in enumerate(items)])
        return tuple.__new__(cls, items)

    def __init_subclass__(cls, **options: Any) -> None:
        raise TypeError("type 'torch.Size' is not an acceptable base type; keep a Size in an attribute instead")

    def numel(self) -> int:
        """Number of elements of a tensor of this shape: the product of its sizes, in 64 bits.

        >>> Size([]).numel()
        1
        """
        product = math.prod(self)
        if product > _INT64_MAX or product < _INT64_MIN:
            product = (product - _INT64_MIN) % 2**64 + _INT64_MIN  # wraps, as PyTorch's int64 product does
        return product

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return tuple.__new__(Size, found) if type(index) is slice else found

    def __add__(self, other: Any) -> Any:
        if isinstance(other, tuple):
            return Size(tuple.__add__(self, other))
        if hasattr(other, "__radd__") and not isinstance(other, _BUILTINS):
            return NotImplemented  # an array adds element by element
        raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")

    def __radd__(self, other: Any) -> Any:
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: Any) -> Any:
        if isinstance(times, np.ndarray):
            return NotImplemented  # element by element
        try:
            count = operator.index(times)
        except TypeError:
            if hasattr(times, "__rmul__") and not isinstance(times, _BUILTINS):
                return NotImplemented
            raise TypeError(f"can't multiply sequence by non-int of type '{type(times).__name__}'") from None
        return tuple.__new__(Size, tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[type[Size], tuple[tuple[int, ...]]]:
        return Size, (tuple(self),)

    def __reduce_ex__(self, protocol: Any) -> tuple[type[Size], tuple[tuple[int, ...]]]:
        return self.__reduce__()


def _read_item(item: Any, position: int) -> Any:
    """Return an item as PyTorch keeps it: NumPy integers as they are, whatever else counts as an int."""
    try:
        if isinstance(item, (np.floating, np.bool_)):
            raise TypeError
        number = operator.index(item)
    except TypeError:
        raise TypeError(f"torch.Size() takes an iterable of 'int' (item {position} is {_quoted_type(item)})") from None
    if not _INT64_MIN <= number <= _INT64_MAX:
        raise ValueError("Overflow when unpacking long long")
    return item if isinstance(item, np.integer) else int(number)


def _quoted_type(item: Any) -> str:
    kind = type(item)
    return f"'numpy.{kind.__name__}'" if isinstance(item, np.generic) else f"'{kind.__name__}'"
