"""`penlight.device` and what is said where no accelerator is."""

from __future__ import annotations

import importlib
import re
import threading

__all__ = ["CPU", "META", "MetaWanted", "current", "default", "device", "on_meta", "read_device"]

_TYPES = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy",
    "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip

NO_CUDA = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from "
    "http://www.nvidia.com/Download/index.aspx"
)


class device:
    """Where a tensor lives: `device("cpu")`, `device("cuda", 0)`, `device("cuda:0")`.

    Any device type can be named; tensors can be on the CPU and, without data, on "meta". In a `with` block it is the
    device of tensors made there.
    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device

    >>> import penlight as torch
    >>> torch.device("cuda:1").index
    1
    """

    __module__ = "penlight"
    __slots__ = ("index", "type")

    def __new__(cls, type: str | int | device, index: int | None = None):
        if isinstance(type, device):
            if index is not None:
                raise RuntimeError("device(): an index cannot be added to a device object")
            return type
        if isinstance(type, int) and not isinstance(type, bool):
            raise RuntimeError("Cannot access accelerator device when none is available.")
        if isinstance(type, bytes):
            type = type.decode()
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' (position 1) must be str, not {type.__class__.__name__}")
        match = re.fullmatch(r"([a-z_]+)(?::(0|[1-9]\d*))?", type)
        if match is None:
            raise RuntimeError(f"Invalid device string: '{type}'")
        name, number = match.groups()
        if name not in _TYPES:
            raise RuntimeError(f"Expected one of {', '.join(_TYPES)} device type at start of device string: {name}")
        if number is not None:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
            index = int(number)
        self = object.__new__(cls)
        object.__setattr__(self, "type", name)
        object.__setattr__(self, "index", index)
        return self

    def __setattr__(self, name: str, value) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __ne__(self, other) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self):
        return (device, (self.type,) if self.index is None else (self.type, self.index))

    def __enter__(self) -> device:
        if not on_meta(self) and default.base is None and not default.stack:
            default.idle += 1  # the CPU is the default device already, so entering it changes nothing
        else:
            importlib.import_module("penlight.meta.default").enter(self)
        return self

    def __exit__(self, *exc_info) -> None:
        if default.stack:
            importlib.import_module("penlight.meta.default").leave()
        else:
            default.idle -= 1


CPU = device("cpu")
META = device("meta")


class MetaWanted(NotImplementedError):
    """The meta device was named where a function makes nothing there."""


MetaWanted.__name__ = MetaWanted.__qualname__ = "NotImplementedError"  # as it is shown
MetaWanted.__module__ = "builtins"


class _Default(threading.local):
    base = None  # the mode that `set_default_device` opened, with its `device`
    stack: tuple = ()  # those that `with device:` opened
    idle = 0


default = _Default()


def current() -> device:
    """The device on which tensors are made when none is named."""
    mode = default.stack[-1] if default.stack else default.base
    return CPU if mode is None else mode.device


def on_meta(value) -> bool:
    """Whether a user's device argument is the meta device; others are checked as `read_device` does."""
    d = value if type(value) is device else device(value)
    if d.type != "cpu":
        if d.type == "meta":
            return True
        require_cpu(d)
    return False


def require_cpu(d: device) -> None:
    """Raise PyTorch's error for a device this machine does not offer."""
    if d.type == "cpu":
        if d.index not in (None, 0, -1):
            raise RuntimeError(f"CPU device index must be -1 or zero, got {d.index}")
        return
    if d.type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    if d.type == "meta":
        raise MetaWanted(
            "this function makes no tensors on the meta device: call it on the CPU and then .to('meta') on its result"
        )
    if d.type in ("mps", "xpu"):
        # PyTorch: NotImplementedError for a new tensor on `mps`, AssertionError for one on `xpu`
        raise (NotImplementedError if d.type == "mps" else AssertionError)(
            f"Torch not compiled with {d.type.upper()} enabled: expected device='cpu', got device='{d}'"
        )
    raise RuntimeError(
        f"PyTorch is not linked with support for {d.type} devices: expected device='cpu', got device='{d}'"
    )


def read_device(value) -> device:
    """Read a user's device argument and check that tensors can live there."""
    if value is None:
        value = current()
    d = value if type(value) is device else device(value)
    if d.type != "cpu":
        require_cpu(d)
    return CPU
