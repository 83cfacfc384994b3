"""Switching recording on and off: `no_grad`, `enable_grad`, `inference_mode`, `set_grad_enabled`."""

from __future__ import annotations

import functools
from typing import Any

from penlight.base.dims import read
from penlight.base.mode import mode
from penlight.tensor import inference

__all__ = [
    "enable_grad", "inference_mode", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "is_grad_enabled",
    "is_inference_mode_enabled", "no_grad", "set_grad_enabled", "set_multithreading_enabled",
]  # fmt: skip


class _Switch:
    """A context manager that is a decorator too (of functions, generators and classes' methods)."""

    def __init__(self) -> None:
        self._before: list = []

    def clone(self) -> Any:
        return type(self)()

    def changes(self) -> dict:
        raise NotImplementedError

    def __enter__(self) -> None:
        changes = self.changes()
        self._before.append({name: getattr(mode, name) for name in changes})
        mode.set(**changes)

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(**self._before.pop())

    def __call__(self, function: Any) -> Any:
        if isinstance(function, type):
            raise RuntimeError(
                f"{type(self).__name__} cannot decorate a class: decorate its __init__ (or another method) instead"
            )
        import inspect  # late, for a short start-up

        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapped

    def _wrap_generator(self, function: Any) -> Any:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            try:
                with self.clone():
                    item = generator.send(None)
                while True:
                    try:
                        sent = yield item
                    except GeneratorExit:
                        with self.clone():
                            generator.close()
                        raise
                    except BaseException as error:
                        with self.clone():
                            item = generator.throw(error)
                    else:
                        with self.clone():
                            item = generator.send(sent)
            except StopIteration as end:
                return end.value

        return wrapped


class _BareDecorator(_Switch):
    """Usable without parentheses as well: `@no_grad`."""

    def __new__(cls, orig_func: Any = None) -> Any:
        self = object.__new__(cls)
        if orig_func is None:
            return self
        self._before = []
        return self(orig_func)

    def __init__(self, orig_func: Any = None) -> None:
        super().__init__()


class no_grad(_BareDecorator):
    """Ops in this block record nothing.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html

    >>> import penlight as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> with torch.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    def changes(self) -> dict:
        return {"grad": False}


class enable_grad(_BareDecorator):
    """Ops in this block record again, inside `no_grad`."""

    def changes(self) -> dict:
        return {"grad": True}


class set_grad_enabled(_Switch):
    """Recording on or off: a context manager, or a plain call that lasts."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.wanted = mode if mode is True or mode is False else read("bool", mode, "enabled", "set_grad_enabled", 1)
        self._at_call = _current()
        _set(mode)

    def __call__(self, function: Any) -> Any:
        _set(self._at_call)  # as a decorator it changes nothing outside the function
        return super().__call__(function)

    def clone(self) -> Any:
        before = _current()
        fresh = type(self)(self.wanted)
        _set(before)
        return fresh

    def __enter__(self) -> None:
        self._before.append({"grad": self._at_call})
        _set(self.wanted)

    def changes(self) -> dict:
        return {"grad": self.wanted}


def _current() -> bool:
    return mode.grad


def _set(on: bool) -> None:
    mode.set(grad=bool(on))


class inference_mode(_Switch):
    """Like `no_grad`; tensors made inside are for inference only (`is_inference()`).

    Outside they refuse to be changed, to require gradients, and to be saved for a backward pass; their `_version` raises.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html
    """

    def __new__(cls, mode: Any = True) -> Any:
        self = object.__new__(cls)
        if isinstance(mode, bool):
            return self
        self.__init__(True)
        return self(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.wanted = mode

    def clone(self) -> Any:
        return type(self)(self.wanted)

    def changes(self) -> dict:
        return {"grad": False, "inference": mode.inference or inference.Mark()} if self.wanted else {"inference": False}

    def __enter__(self) -> None:
        super().__enter__()
        inference.enter()

    def __exit__(self, *exc_info: Any) -> None:
        inference.leave()
        super().__exit__(*exc_info)


class set_multithreading_enabled(_Switch):
    """Accepted for PyTorch's sake: a backward pass runs in the calling thread either way."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.wanted = mode

    def clone(self) -> Any:
        return type(self)(self.wanted)

    def changes(self) -> dict:
        return {}


def is_anomaly_enabled() -> bool:
    return mode.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    return mode.anomaly_check_nan


def is_grad_enabled() -> bool:
    """Whether ops record in this thread."""
    return mode.grad


def is_inference_mode_enabled() -> bool:
    return bool(mode.inference)
