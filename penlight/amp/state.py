"""What autocast is set to in this thread, and the functions that ask for it or set it.

Source: https://docs.pytorch.org/docs/stable/amp.html
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

from penlight.base import dtypes
from penlight.base.device import device

__all__ = [
    "autocast_decrement_nesting", "autocast_increment_nesting", "clear_autocast_cache", "get_autocast_cpu_dtype",
    "get_autocast_dtype", "get_autocast_gpu_dtype", "is_autocast_cache_enabled", "is_autocast_cpu_enabled",
    "is_autocast_enabled", "set_autocast_cache_enabled", "set_autocast_cpu_dtype", "set_autocast_cpu_enabled",
    "set_autocast_dtype", "set_autocast_enabled", "set_autocast_gpu_dtype", "state",
]  # fmt: skip

# The device types that PyTorch has autocast for.
AVAILABLE = ("cpu", "cuda", "mtia", "maia", "xpu", "ipu", "hpu", "xla", "mps", "privateuseone")
_DEFAULTS = {"cpu": dtypes.bfloat16, "mps": dtypes.float16, "cuda": dtypes.float16, "ipu": dtypes.float16}


class _State(threading.local):
    def __init__(self) -> None:
        self.enabled: dict[str, bool] = {}
        self.dtypes: dict[str, dtypes.dtype] = {}
        self.cache_enabled = True
        self.nesting = 0
        self.cache: dict[tuple, tuple] = {}  # casts of parameters: (id, dtype, recording) -> (parameter, its cast)

    @property
    def casts(self) -> bool:
        return self.enabled.get("cpu", False)


state = _State()


def device_name(device_type: Any) -> str:
    """The device type's name, checked."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    return device(device_type).type


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether autocast is on for a device type (without one: for CUDA)."""
    return state.enabled.get("cuda" if device_type is None else device_name(device_type), False)


def set_autocast_enabled(*args: Any) -> None:
    """Switch autocast for a device type: `set_autocast_enabled("cpu", True)`; with one argument, for CUDA."""
    name, enabled = args if len(args) == 2 else ("cuda", *args)
    name = device_name(name)
    if enabled and name == "cpu":
        for prepare in on_first_use:
            prepare()
        on_first_use.clear()
    state.enabled[name] = bool(enabled)


on_first_use: list = []  # what makes ops ask `state`; filled by casting.py


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """The dtype that autocast casts to on a device type.

    >>> from penlight.amp.state import get_autocast_dtype
    >>> get_autocast_dtype("cpu")
    torch.bfloat16
    """
    name = device_name(device_type)
    if name not in AVAILABLE:
        raise RuntimeError(f"unknown device type for autocast in get_autocast_dispatch_key_from_device_type: {name}")
    return state.dtypes.get(
        name, _DEFAULTS.get(name, dtypes.bfloat16 if name in ("xla", "xpu", "hpu") else dtypes.float16)
    )


def set_autocast_dtype(device_type: str, dtype: Any) -> None:
    """Set the dtype that autocast casts to on a device type."""
    state.dtypes[device_name(device_type)] = dtypes.of(dtype)


def is_autocast_cache_enabled() -> bool:
    """Whether the casts of parameters are kept for the length of the block."""
    return state.cache_enabled


def set_autocast_cache_enabled(enabled: bool) -> None:
    """Set whether the casts of parameters are kept for the length of the block."""
    state.cache_enabled = bool(enabled)


def clear_autocast_cache() -> None:
    """Forget the casts of parameters."""
    state.cache.clear()


def autocast_increment_nesting() -> int:
    """Note that a block begins; returns how many are open."""
    state.nesting += 1
    return state.nesting


def autocast_decrement_nesting() -> int:
    """Note that a block ends; returns how many are open."""
    state.nesting -= 1
    return state.nesting


def _deprecated(old: str, new: str) -> None:
    warnings.warn(f"torch.{old} is deprecated. Please use torch.{new} instead.", DeprecationWarning, stacklevel=3)


def is_autocast_cpu_enabled() -> bool:
    """Whether autocast is on for the CPU (deprecated in PyTorch)."""
    _deprecated("is_autocast_cpu_enabled()", "is_autocast_enabled('cpu')")
    return is_autocast_enabled("cpu")


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """Switch autocast for the CPU (deprecated in PyTorch)."""
    _deprecated("set_autocast_cpu_enabled(enabled)", "set_autocast_enabled('cpu', enabled)")
    set_autocast_enabled("cpu", enabled)


def get_autocast_cpu_dtype() -> dtypes.dtype:
    """The dtype that autocast casts to on the CPU (deprecated in PyTorch)."""
    _deprecated("get_autocast_cpu_dtype()", "get_autocast_dtype('cpu')")
    return get_autocast_dtype("cpu")


def set_autocast_cpu_dtype(dtype: Any) -> None:
    """Set the dtype that autocast casts to on the CPU (deprecated in PyTorch)."""
    _deprecated("set_autocast_cpu_dtype(dtype)", "set_autocast_dtype('cpu', dtype)")
    set_autocast_dtype("cpu", dtype)


def get_autocast_gpu_dtype() -> dtypes.dtype:
    """The dtype that autocast casts to on a GPU (deprecated in PyTorch)."""
    _deprecated("get_autocast_gpu_dtype()", "get_autocast_dtype('cuda')")
    return get_autocast_dtype("cuda")


def set_autocast_gpu_dtype(dtype: dtypes.dtype, /) -> None:
    """Deprecated: `set_autocast_dtype("cuda", dtype)`."""
    _deprecated("set_autocast_gpu_dtype(dtype)", "set_autocast_dtype('cuda', dtype)")
    set_autocast_dtype("cuda", dtype)
