"""`Tensor.new_*`: tensors with the dtype of another one."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.device import on_meta
from penlight.base.dims import items
from penlight.tensor.create import cast_number, check_layout, empty_strided, finish, on_device, plain_number, read_size
from penlight.tensor.nested import nested_array
from penlight.tensor.tensor import Tensor, legacy_array

__all__ = ["install_new"]


def _dtype(self: Tensor, dtype: Any) -> dtypes.dtype:
    return self.dtype if dtype is None else dtypes.of(dtype)


def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **_: Any
) -> Tensor:
    """A copy of `data` in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_tensor, locals())
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor).",
            UserWarning, stacklevel=2,
        )  # fmt: skip
    return finish(nested_array(data, _dtype(self, dtype)), requires_grad)


def _size(function: str, size: tuple, named: dict[str, Any]) -> tuple[int, ...]:
    """The sizes of a call, among whose other keywords `size` is the only one that there is."""
    unknown = next((name for name in named if name != "size"), None)
    if unknown is not None:
        raise TypeError(f"{function}() got an unexpected keyword argument '{unknown}': it takes sizes, dtype and device")
    if bool(size) == bool(named):
        raise TypeError(f"{function}() takes `size` once, but got {'two of them' if size else 'none'}")
    return read_size(function, size, items(named["size"], "size", function) if named else None)


def new_zeros(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
    **named: Any,
) -> Tensor:
    """Zeros in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_zeros, locals())
    check_layout(layout, pin_memory)
    return finish(
        np.zeros(_size("new_zeros", size, named), _dtype(self, dtype).np), requires_grad
    )


def new_ones(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
    **named: Any,
) -> Tensor:
    """Ones in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_ones, locals())
    check_layout(layout, pin_memory)
    return finish(
        np.ones(_size("new_ones", size, named), _dtype(self, dtype).np), requires_grad
    )


def new_empty(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
    **named: Any,
) -> Tensor:
    """Uninitialised, in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_empty, locals())
    check_layout(layout, pin_memory)
    return finish(
        np.empty(_size("new_empty", size, named), _dtype(self, dtype).np), requires_grad
    )


def new_empty_strided(
    self: Tensor,
    size: Any,
    stride: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Uninitialised, with the given strides, in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_empty_strided, locals())
    check_layout(layout, pin_memory)
    return empty_strided(size, stride, dtype=_dtype(self, dtype), requires_grad=requires_grad)


def new_full(
    self: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """One value in this tensor's dtype."""
    if device is not None and on_meta(device):
        return on_device(new_full, locals())
    check_layout(layout, pin_memory)
    fill_value = plain_number("new_full", "fill_value", 2, fill_value)
    size = items(size, "size", "new_full", 1)
    return finish(
        np.full(read_size("new_full", (size,)), cast_number(fill_value, _dtype(self, dtype))), requires_grad
    )


def new(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The old constructor: sizes or data, in this tensor's dtype."""
    if kwargs.get("device") is not None and on_meta(kwargs["device"]):
        return on_device(new, locals())
    return Tensor._wrap(legacy_array(args, self.dtype))


def install_new() -> None:
    for function in (new_tensor, new_zeros, new_ones, new_empty, new_empty_strided, new_full, new):
        setattr(Tensor, function.__name__, function)
