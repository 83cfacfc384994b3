"""The few names of PyTorch's inner module `torch._C` that programs touch, where they can be honest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from penlight.base.device import CPU, device
from penlight.base.errors import LinAlgError as _LinAlgError  # noqa: F401
from penlight.base.mode import mode
from penlight.base.size import Size as Size
from penlight.ledger.missing import module_getattr, placeholder
from penlight.tensor.conversion import read_to
from penlight.tensor.function_mode import DisableTorchFunction as DisableTorchFunction
from penlight.tensor.generator import Generator as Generator
from penlight.tensor.override import disabled_torch_function
from penlight.tensor.subclass import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass
from penlight.tensor.tensor import Tensor, TensorMeta

_disabled_torch_function_impl = disabled_torch_function
_TensorMeta = TensorMeta
_FILES = "torch.save and torch.load write and read the files"
PyTorchFileReader, PyTorchFileWriter = (
    placeholder(f"torch.{n}", _FILES) for n in ("PyTorchFileReader", "PyTorchFileWriter")
)
DeviceObjType = placeholder("torch.DeviceObjType", "torch.device is the type of devices")
_NO_SCRIPT = "there is no TorchScript, which types and graphs belong to"
TensorType = placeholder("torch.TensorType", _NO_SCRIPT)
Graph, Node, Value = (placeholder(f"torch._C.{n}", _NO_SCRIPT) for n in ("Graph", "Node", "Value"))


def _parse_to(*args: Any, **kwargs: Any) -> tuple:
    """(device, dtype, non_blocking, memory_format) of a `to(...)` call; None for what it does not name.

    >>> import penlight as torch
    >>> torch._C._nn._parse_to("cpu", torch.float64)
    (device(type='cpu'), torch.float64, False, None)
    """
    target, _, memory_format = read_to(args, kwargs)
    places = [a for a in (*args[:1], kwargs.get("device"), kwargs.get("other")) if a is not None]
    placed = any(isinstance(a, (str, int, device, Tensor)) for a in places)
    flags = [a for a in args[1:] if isinstance(a, bool)]
    return (
        CPU if placed else None,
        target,
        bool(kwargs.get("non_blocking", flags[0] if flags else False)),
        memory_format,
    )


_nn = SimpleNamespace(_parse_to=_parse_to)


def _get_tracing_state() -> None:
    """None: nothing is traced."""
    return None


def _are_functorch_transforms_active() -> bool:
    """Whether this is inside vmap, grad or another function transform."""
    return bool(mode.levels)


def _log_api_usage_once(event: str) -> None:
    """Nothing is logged."""


def _jit_set_profiling_executor(enabled: bool) -> bool:
    """False: there is no TorchScript executor."""
    return False


def _jit_set_profiling_mode(enabled: bool) -> bool:
    """False: there is no TorchScript executor."""
    return False


__getattr__ = module_getattr(__name__)
