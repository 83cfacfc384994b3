"""The few names of PyTorch's inner module `torch._C` that programs touch, where they can be honest."""

from __future__ import annotations

from penlight.base.size import Size as Size
from penlight.ledger.missing import module_getattr
from penlight.tensor.override import disabled_torch_function
from penlight.tensor.random import Generator as Generator
from penlight.tensor.subclass import DisableTorchFunction
from penlight.tensor.tensor import TensorMeta

_disabled_torch_function_impl = disabled_torch_function
DisableTorchFunctionSubclass = DisableTorchFunction
_TensorMeta = TensorMeta


def _get_tracing_state() -> None:
    """None: nothing is traced."""
    return None


def _log_api_usage_once(event: str) -> None:
    """Nothing is logged."""


def _jit_set_profiling_executor(enabled: bool) -> bool:
    """False: there is no TorchScript executor."""
    return False


def _jit_set_profiling_mode(enabled: bool) -> bool:
    """False: there is no TorchScript executor."""
    return False


__getattr__ = module_getattr(__name__)
