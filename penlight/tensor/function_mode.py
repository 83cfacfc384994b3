"""Modes: blocks in which every function of torch asks one object, whatever its arguments are.

Nothing is added to a function for this. While a mode is open, the functions carry other code, which asks it; their own
code is kept in twins and put back when the last mode closes. Threads without a mode of their own go on to the twins.
"""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable
from typing import Any

from penlight.tensor import create, random, ranges
from penlight.tensor.install import tensor_ops
from penlight.tensor.override import MADE, TWINS, relevant
from penlight.tensor.subclass import DisableTorchFunctionSubclass
from penlight.tensor.tensor import Tensor

__all__ = ["BaseTorchFunctionMode", "DisableTorchFunction", "TorchFunctionMode"]

_LOCK = threading.Lock()
_PLACE = 271828182845


def _template(*args: Any, **kwargs: Any) -> Any:
    ask = 271828182845  # the place of the function that asks
    return ask(*args, **kwargs)  # type: ignore[operator]


class _Stack(threading.local):
    modes: tuple = ()


_stack = _Stack()


class _Open:
    count = 0  # open modes, of all threads


def _asking_code(function: Any) -> types.CodeType:
    def ask(*args: Any, **kwargs: Any) -> Any:
        modes = _stack.modes
        if not modes:
            return twin(*args, **kwargs)
        _stack.modes = modes[:-1]
        try:
            kinds = tuple(type(a) for a in relevant((*args, *kwargs.values())))
            result = modes[-1].__torch_function__(function, kinds, args, kwargs)
        finally:
            _stack.modes = modes
        if result is NotImplemented:
            raise TypeError(
                f"Multiple dispatch failed for 'torch.{function.__qualname__}'; the mode {type(modes[-1]).__name__} "
                "returned NotImplemented"
            )
        return result

    twin = TWINS[function]
    own, code = function.__code__, _template.__code__
    return code.replace(
        co_consts=tuple([ask if c == _PLACE else c for c in code.co_consts]), co_freevars=own.co_freevars,
        co_name=own.co_name,
    )  # fmt: skip


def _swap(function: Any) -> None:
    if not isinstance(function, types.FunctionType) or function in TWINS:
        return
    twin = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__dict__.update(function.__dict__)
    TWINS[function] = twin
    function.__code__ = _asking_code(function)


def _functions() -> list:
    """What asks modes: ops, functions that make tensors, methods, `nn.functional`."""
    found = list(vars(tensor_ops).values())
    for module in (create, ranges, random):
        found += [getattr(module, name) for name in module.__all__]
    for cls in Tensor.__mro__[:-1]:
        own = vars(cls).items()
        found += [value for name, value in own if name[0] != "_" or name in ("__getitem__", "__setitem__", "__len__")]
    layers = sys.modules.get("penlight.nn.functional")
    if layers is not None:
        found += [getattr(layers, name) for name in layers.__all__]
    return found


def _open() -> None:
    with _LOCK:
        _Open.count += 1
        if _Open.count == 1:
            for function in _functions():
                _swap(function)
            MADE.append(_swap)


def _close() -> None:
    with _LOCK:
        _Open.count -= 1
        if not _Open.count:
            MADE.clear()
            for function, twin in TWINS.items():
                function.__code__ = twin.__code__
            TWINS.clear()


class TorchFunctionMode:
    """A block in which functions call `__torch_function__(func, types, args, kwargs)` of this object instead.

    Inside, further modes count, the same one does not; `func(*args, **kwargs)` carries the call out.
    Differs from PyTorch: properties (`x.shape`) do not ask, operators show as the functions they are (`x == y` as `eq`).
    Source: https://docs.pytorch.org/docs/stable/torch.overrides.html

    >>> import penlight as torch
    >>> class Names(torch.overrides.TorchFunctionMode):
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         print(func.__name__)
    ...         return func(*args, **(kwargs or {}))
    >>> with Names():
    ...     _ = torch.zeros(2) + 1
    zeros
    add
    """

    def __init__(self) -> None:
        pass

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> Any:
        _open()
        _stack.modes = (*_stack.modes, self)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        _stack.modes = _stack.modes[:-1]
        _close()


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


class DisableTorchFunction(DisableTorchFunctionSubclass):
    """A block in which subclasses count as plain tensors and modes are not asked."""

    def __enter__(self) -> None:
        super().__enter__()
        self.modes, _stack.modes = _stack.modes, ()

    def __exit__(self, *exc_info: Any) -> None:
        _stack.modes = self.modes
        super().__exit__(*exc_info)


def current_modes() -> list:
    """The open modes of this thread, the innermost last."""
    return list(_stack.modes)
