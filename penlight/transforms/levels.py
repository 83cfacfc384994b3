"""Wrapped tensors: the stack of open transforms, the arrays that may not be read, peeling and burying levels."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from itertools import count
from typing import Any

import numpy as np

from penlight.base.dtypes import from_numpy
from penlight.base.mode import mode
from penlight.base.unreadable import NoElements, Unreadable
from penlight.tensor.subclass import OVERRIDABLE_METHODS as _METHODS
from penlight.tensor.tensor import Tensor
from penlight.transforms.pytree import tree_flatten

__all__ = [
    "Level", "Unreadable", "Wrapped", "below", "found_in", "guard", "mapped", "plain_parts", "released", "top_level",
]  # fmt: skip

_serial = count(1).__next__


class _Flags:
    c_contiguous = f_contiguous = writeable = False


class Guarded(NoElements):
    """Shape and dtype of a wrapped tensor, in the place of its array. It has no values: reading them raises."""

    flags = _Flags

    def __init__(self, shape: tuple, dtype: np.dtype) -> None:
        self.shape, self.dtype = shape, dtype
        self.ndim, self.size, self.itemsize = len(shape), math.prod(shape), dtype.itemsize
        self.nbytes = self.size * self.itemsize
        self.strides = (0,) * len(shape)

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise Unreadable(
            "this function reads a tensor's values directly and has no rule for tensors inside torch.vmap or "
            "forward-mode differentiation"
        )


@lru_cache(maxsize=1024)
def guard(shape: tuple, dtype: np.dtype) -> Any:
    """What stands for an array of this shape and dtype."""
    return Guarded(shape, dtype)


class Level:
    """One open transform. Subclasses handle the ops on tensors of this level."""

    functional = True  # of torch.func; False for forward_ad.dual_level

    def __init__(self) -> None:
        self.serial = _serial()
        self.alive = False
        self.depth = 0

    def __enter__(self) -> Any:
        self.alive = True
        mode.levels = (*mode.levels, self)
        self.depth = len(mode.levels)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.alive = False
        mode.levels = tuple([level for level in mode.levels if level is not self])

    def process(self, function: Any, args: tuple, kwargs: dict) -> Any:
        raise NotImplementedError

    def draw(self, function: Any, args: tuple, kwargs: dict) -> Any:
        """Carry out a call that takes random numbers."""
        with below(self):
            return function(*args, **kwargs)


class below:
    """A block in which a level and those opened after it do not count as open."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def __enter__(self) -> None:
        self.before = mode.levels
        mode.levels = tuple([open for open in mode.levels if open.serial < self.level.serial])

    def __exit__(self, *exc_info: Any) -> None:
        mode.levels = self.before


class Wrapped(Tensor):
    """A tensor of a level around a tensor of lower levels, `_p`."""

    _p: Tensor
    _level: Any  # a Level; each subclass has its own kind

    def _physical(self) -> Tensor:
        return self._p

    # the place in the graph is that of what is inside
    _node = property(lambda self: self._p._node, lambda self, node: setattr(self._p, "_node", node))  # type: ignore
    _grad = property(lambda self: None)  # type: ignore[assignment]

    @property
    def _a(self) -> Any:  # type: ignore[override]
        a = self._p._a
        return guard(a.shape, a.dtype)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(function, "__name__", None) in _METHODS:
            function = _by_name(function.__name__)
        level = top_level((args, kwargs))
        assert level is not None
        if not level.alive:
            return function(*mapped(args, lambda t: released(t, level)), **mapped(kwargs, lambda t: released(t, level)))
        return level.process(function, args, kwargs)

    @property
    def requires_grad(self) -> bool:
        return self._p._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._p.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` in place."""
        self._p.requires_grad_(requires_grad)
        return self

    @property
    def data(self) -> Any:  # type: ignore[override]
        raise RuntimeError("accessing `data` under vmap transform is not allowed")

    @property
    def dtype(self) -> Any:
        return from_numpy(self._p._a.dtype)

    def __deepcopy__(self, memo: dict) -> Any:
        return self.clone()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise RuntimeError("a tensor inside torch.vmap or forward-mode differentiation cannot be pickled")

    def _value(self) -> Tensor:
        """The tensor whose number Python may see."""
        return self._p

    def __bool__(self) -> bool:
        return bool(self._value())

    def __int__(self) -> int:
        return int(self._value())

    def __float__(self) -> float:
        return float(self._value())

    def __complex__(self) -> complex:
        return complex(self._value())

    def __index__(self) -> int:
        return self._value().__index__()

    def __contains__(self, element: Any) -> bool:
        return bool((self == element).any())

    def __format__(self, spec: str) -> str:
        return object.__format__(repr(self), "") if not spec else format(self._value(), spec)


def _geometry_method(name: str) -> Any:
    """`transpose_` and its like: this object takes the view's inside."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        moved = getattr(self, name)(*args, **kwargs)
        self.__dict__.update(moved.__dict__)
        return self

    method.__name__ = method.__qualname__ = name + "_"
    return method


for _name in ("unsqueeze", "squeeze", "transpose", "swapaxes", "swapdims", "t"):
    setattr(Wrapped, _name + "_", _geometry_method(_name))


@cache
def _by_name(name: str) -> Any:
    """A method that asks its tensor's class again, whatever is inside."""

    def method(t: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(t, name)(*args, **kwargs)

    method.__name__ = method.__qualname__ = name
    return method


def released(t: Any, level: Level) -> Any:
    """What a tensor is outside its level."""
    return t._level.released(t) if isinstance(t, Wrapped) and t._level is level else t  # type: ignore[attr-defined]


def found_in(tree: Any) -> list[Wrapped]:
    """The wrapped tensors of nested arguments."""
    return [t for t in tree_flatten(tree)[0] if isinstance(t, Wrapped)]


def mapped(tree: Any, function: Any) -> Any:
    """The arguments or results with `function` applied to their tensors."""
    if isinstance(tree, Tensor):
        return function(tree)
    leaves, spec = tree_flatten(tree)
    return spec.unflatten([function(t) if isinstance(t, Tensor) else t for t in leaves])


def top_level(tree: Any) -> Level | None:
    """The level that handles a call: the youngest of its arguments."""
    return max((t._level for t in found_in(tree)), key=lambda level: level.serial, default=None)


def plain_parts(t: Tensor) -> list[Tensor]:
    """The ordinary tensors inside, tangents included."""
    if not isinstance(t, Wrapped):
        return [t]
    return [part for inner in t._inside() for part in plain_parts(inner)]  # type: ignore[attr-defined]
