"""Checking what data pipes are given and what they give, by their annotations."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, Union

from penlight.utils.data.datapipes.datapipe import IterDataPipe

__all__ = ["argument_validation", "runtime_validation", "runtime_validation_disabled"]


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value, with what is in it, is what a type hint says; of generic types without contents only the class."""
    if hint is Any or isinstance(hint, TypeVar):
        return True
    if hint is None:
        return value is None
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return isinstance(value, hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in inside)
    if origin is typing.Literal:
        return value in inside
    if not isinstance(value, origin):
        return False
    if origin is tuple and inside:
        if len(inside) == 2 and inside[1] is ...:
            return all(_fits(v, inside[0]) for v in value)
        return len(value) == len(inside) and all(map(_fits, value, inside))
    if isinstance(value, dict) and len(inside) == 2:
        return all(_fits(k, inside[0]) and _fits(v, inside[1]) for k, v in value.items())
    if isinstance(value, (list, set, frozenset, tuple)) and len(inside) == 1:
        return all(_fits(v, inside[0]) for v in value)
    return True


def _element_hint(cls: type) -> Any:
    """int for a class that derives from IterDataPipe[int]."""
    for c in cls.__mro__:
        for base in getattr(c, "__orig_bases__", ()):
            origin = typing.get_origin(base)
            if isinstance(origin, type) and issubclass(origin, IterDataPipe):
                return typing.get_args(base)[0]
    return Any


def argument_validation(f: Callable) -> Callable:
    """Let a function refuse arguments that are annotated as IterDataPipe, or a subclass, and are none.

    Raises: TypeError, when it is called.
    """
    signature = inspect.signature(f)

    @functools.wraps(f)
    def checked(*args: Any, **kwargs: Any) -> Any:
        hints = typing.get_type_hints(f)
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            hint = hints.get(name)
            if isinstance(hint, type) and issubclass(hint, IterDataPipe) and not isinstance(value, hint):
                raise TypeError(f"Expected argument '{name}' as a {hint.__name__}, but found {type(value)}")
        return f(*args, **kwargs)

    return checked


def runtime_validation(f: Callable) -> Callable:
    """Let `__iter__` of a class that derives from `IterDataPipe[hint]` refuse to give what is not of that type.

    Raises: TypeError for another function; RuntimeError when a wrong element comes.
    Differs from PyTorch 2.13, where a pipe with this decorator raises AttributeError.

    >>> from penlight.utils.data import IterDataPipe, runtime_validation
    >>> class Numbers(IterDataPipe[int]):
    ...     @runtime_validation
    ...     def __iter__(self):
    ...         yield from (1, 2, "three")
    >>> list(Numbers())
    Traceback (most recent call last):
    RuntimeError: Expected an instance as subtype of <class 'int'>, but found three(<class 'str'>)
    """
    if f.__name__ != "__iter__":
        raise TypeError(f"Can not decorate function {f.__name__} with 'runtime_validation'")

    @functools.wraps(f)
    def checked(self: Any) -> Iterator[Any]:
        hint = _element_hint(type(self))
        for value in f(self):
            if runtime_validation_disabled.held is False and not _fits(value, hint):
                raise RuntimeError(f"Expected an instance as subtype of {hint}, but found {value}({type(value)})")
            yield value

    return checked


class runtime_validation_disabled:
    """While it holds, `runtime_validation` checks nothing."""

    held = False

    def __init__(self) -> None:
        self._before = runtime_validation_disabled.held
        runtime_validation_disabled.held = True

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        runtime_validation_disabled.held = self._before
