"""The default device: `with torch.device("meta"):` and `set_default_device`."""

from __future__ import annotations

from typing import Any

from penlight.base.device import default, device
from penlight.tensor import function_mode
from penlight.tensor.function_mode import TorchFunctionMode

__all__ = ["DeviceMode", "enter", "leave", "set_default"]

_CREATORS = {
    "arange", "as_tensor", "asarray", "empty", "empty_permuted", "empty_strided", "eye", "full", "linspace", "logspace",
    "ones", "rand", "randint", "randn", "randperm", "range", "scalar_tensor", "tensor", "zeros",
}  # fmt: skip
_MOVED = {
    "bartlett_window", "blackman_window", "fftfreq", "hamming_window", "hann_window", "kaiser_window", "rfftfreq",
    "tril_indices", "triu_indices",
}  # fmt: skip


class DeviceMode(TorchFunctionMode):
    """A block in which functions that make tensors make them on a device, unless they are told another."""

    def __init__(self, place: device) -> None:
        self.device = place

    def __torch_function__(self, func: Any, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = func.__name__
        if name in _CREATORS and kwargs.get("device") is None and not (name == "as_tensor" and len(args) > 2):
            kwargs["device"] = self.device
        if name in _MOVED and kwargs.get("device") is None:
            return func(*args, **{**kwargs, "device": "cpu"}).to(self.device)
        return func(*args, **kwargs)


def enter(place: device) -> None:
    default.stack = (*default.stack, DeviceMode(place))
    default.stack[-1].__enter__()


def leave() -> None:
    *rest, last = default.stack
    default.stack = tuple(rest)
    last.__exit__()


def set_default(place: device | None) -> None:
    """Replace the device that counts where no block names another; None stands for the CPU."""
    stack = function_mode._stack
    if default.base is not None:
        stack.modes = tuple([m for m in stack.modes if m is not default.base])
        default.base = None
        function_mode._close()
    if place is not None and place.type != "cpu":
        function_mode._open()
        default.base = DeviceMode(place)
        stack.modes = (default.base, *stack.modes)
