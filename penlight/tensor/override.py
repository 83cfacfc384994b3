"""`__torch_function__`: what happens when an argument is no plain tensor."""

from __future__ import annotations

import inspect
from functools import cache, wraps
from typing import Any

from penlight.base.mode import mode
from penlight.base.unreadable import Unreadable

__all__ = [
    "ALWAYS", "MADE", "PLAIN", "TWINS", "Unreadable", "adopt_methods", "asking", "disabled_torch_function", "override",
    "overridden", "relevant",
]  # fmt: skip


PLAIN: set[type] = set()  # Tensor, Parameter and other classes that ops take without asking
TWINS: dict = {}  # function -> one with its own code, while `function_mode.py` has replaced that
MADE: list = []  # called with every function that is compiled
ALWAYS: set[type] = set()  # classes that are asked even where subclasses count as plain tensors: they hold no array


def adopt_methods(cls: type) -> None:
    """Let errors and printed methods speak of `cls`, not of the parts that it is put together from."""
    for part in cls.__bases__:
        for name, method in vars(part).items():
            if hasattr(method, "__code__"):
                method.__qualname__ = f"{cls.__name__}.{name}"


def disabled_torch_function(cls, func, types, args=(), kwargs=None):
    """`__torch_function__ = torch._C._disabled_torch_function_impl`: results are plain tensors."""
    return NotImplemented


def _active(value: Any) -> bool:
    cls = type(value)
    if cls in PLAIN or isinstance(value, type) or (mode.override_off and cls not in ALWAYS):
        return False
    function = getattr(cls, "__torch_function__", None)
    return function is not None and function is not disabled_torch_function


def relevant(values: Any) -> list:
    """The arguments whose class overrides ops, one per class, subclasses before their bases."""
    found: list = []
    for value in values:
        for v in value if type(value) in (tuple, list) else (value,):
            if _active(v) and all(type(v) is not type(other) for other in found):
                position = next((i for i, o in enumerate(found) if issubclass(type(v), type(o))), len(found))
                found.insert(position, v)
    return found


def overridden(values: Any) -> bool:
    return (not mode.override_off or bool(ALWAYS)) and bool(relevant(values))


@cache
def _defaults(function: Any) -> tuple[tuple, dict]:
    """(default of each positional parameter, defaults of keyword-only ones); _NONE where there is none."""
    positional, keywords = [], {}
    for p in inspect.signature(TWINS.get(function, function)).parameters.values():
        if p.kind is p.POSITIONAL_OR_KEYWORD:
            positional.append(_NONE if p.default is p.empty else p.default)
        elif p.kind is p.KEYWORD_ONLY:
            keywords[p.name] = p.default
    return tuple(positional), keywords


_NONE = object()


def asking(function: Any) -> Any:
    """A function over Tensors that reads their values: inside a function transform it leaves the call to the transform."""

    @wraps(function)
    def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Unreadable:
            if not overridden((*args, *kwargs.values())):
                raise
        return override(asked, args, kwargs)

    return asked


def _as_called(function: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Leave out the arguments that an op's function filled in: those equal to their defaults."""
    positional, keywords = _defaults(function)
    count = len(args)
    while 0 < count <= len(positional) and args[count - 1] is positional[count - 1]:
        count -= 1
    return args[:count], {n: v for n, v in kwargs.items() if n not in keywords or v is not keywords[n]}


def override(function: Any, args: tuple, kwargs: dict) -> Any:
    """Ask each overriding argument in turn; TypeError when none answers."""
    if hasattr(function, "op"):
        args, kwargs = _as_called(function, args, kwargs)
    arguments = relevant((*args, *kwargs.values()))
    types = tuple(type(a) for a in arguments)
    for argument in arguments:
        result = type(argument).__torch_function__(function, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = getattr(function, "__qualname__", function)
    listed = "\n".join(f"  - tensor subclass {t}" for t in types)
    raise TypeError(
        f"Multiple dispatch failed for 'torch.{name}'; all __torch_function__ handlers returned "
        f"NotImplemented:\n\n{listed}"
    )
