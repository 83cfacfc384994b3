"""Subclasses of Tensor: `__torch_function__` and `as_subclass`."""

from __future__ import annotations

from typing import Any

from penlight.base.mode import mode
from penlight.tensor.override import PLAIN
from penlight.tensor.tensor import Tensor

__all__ = ["DisableTorchFunction", "convert_result", "install_subclassing"]


class DisableTorchFunction:
    """A block in which subclasses count as plain tensors."""

    def __enter__(self) -> None:
        self.before = mode.override_off
        mode.override_off = True

    def __exit__(self, *exc_info: Any) -> None:
        mode.override_off = self.before


def convert_result(value: Any, cls: type) -> Any:
    """Tensors of a result as `cls`, as the default `__torch_function__` gives them back."""
    if cls is Tensor:
        return value
    if isinstance(value, Tensor):
        return value if isinstance(value, cls) else value.as_subclass(cls)
    if type(value) in (tuple, list):
        return type(value)([convert_result(v, cls) for v in value])
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[convert_result(v, cls) for v in value])
    return value


def _torch_function(cls: type, func: Any, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
    """Run the function on plain tensors and give its results the subclass."""
    if not all(issubclass(cls, t) or t in PLAIN for t in types):
        return NotImplemented
    with DisableTorchFunction():
        result = func(*args, **(kwargs or {}))
    return result if getattr(func, "__name__", "") in _UNCHANGED else convert_result(result, cls)


_UNCHANGED = {"grad", "data_ptr", "numpy", "item", "tolist"}


def as_subclass(self: Tensor, cls: type) -> Any:
    """The same data and graph position as an instance of `cls`."""
    new = object.__new__(cls)
    new._a = self._a
    new._node = self._node
    new._v = self._v
    new._view = self._view
    return new


def _make_subclass(cls: type, data: Tensor, require_grad: bool = False) -> Any:
    new = object.__new__(cls)
    new._a = data._a
    new._v = data._v
    if require_grad:
        new.requires_grad_(True)
    return new


def install_subclassing() -> None:
    Tensor.__torch_function__ = classmethod(_torch_function)  # type: ignore[assignment]
    Tensor.as_subclass = as_subclass  # type: ignore[attr-defined]
    Tensor._make_subclass = classmethod(_make_subclass)  # type: ignore[attr-defined]

