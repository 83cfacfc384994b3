"""What can be asked of a GPU where there is none.

Source: https://docs.pytorch.org/docs/stable/cuda.html
"""

from __future__ import annotations

from typing import Any

from penlight.base.device import device as _device_class
from penlight.cuda.errors import not_compiled, without_binding

__all__ = [
    "can_device_access_peer",
    "clock_rate",
    "cudart",
    "current_blas_handle",
    "current_device",
    "default_generators",
    "device",
    "device_count",
    "device_of",
    "get_arch_list",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_gencode_flags",
    "get_sync_debug_mode",
    "has_half",
    "has_magma",
    "init",
    "ipc_collect",
    "is_available",
    "is_bf16_supported",
    "is_current_stream_capturing",
    "is_initialized",
    "is_tf32_supported",
    "memory_usage",
    "power_draw",
    "set_device",
    "set_sync_debug_mode",
    "synchronize",
    "temperature",
    "utilization",
]

default_generators: tuple = ()
has_half = True
has_magma = False


def is_available() -> bool:
    """False: penlight computes on the CPU."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def _is_compiled() -> bool:
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def is_tf32_supported() -> bool:
    """False."""
    return False


def get_arch_list() -> list[str]:
    """An empty list."""
    return []


def get_gencode_flags() -> str:
    """An empty text."""
    return ""


def _index(device: Any) -> int:
    if isinstance(device, int):
        return device
    if device is None:
        return -1
    chosen = _device_class(device)
    if chosen.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {chosen}")
    return 0 if chosen.index is None else chosen.index


def set_device(device: Any) -> None:
    """Accepts a negative index, which means none; raises AttributeError otherwise, as PyTorch built without
    CUDA does.
    """
    if _index(device) >= 0:
        raise without_binding("_cuda_setDevice")


class device:
    """A block on a GPU: `device(None)` and negative indices do nothing, others raise on entering.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cuda.device.html
    """

    def __init__(self, device: Any) -> None:
        self.idx = _index(device)
        self.prev_idx = -1

    def __enter__(self) -> None:
        if self.idx >= 0:
            raise RuntimeError("PyTorch was compiled without CUDA support")

    def __exit__(self, *exc_info: Any) -> None:
        pass


class device_of(device):
    """A block on the GPU of a tensor; tensors are on the CPU, so it does nothing."""

    def __init__(self, obj: Any) -> None:
        super().__init__(None)


def _stream_capture(*args: Any) -> bool:
    """Raises, as PyTorch built without CUDA does: RuntimeError."""
    raise RuntimeError("Tried to instantiate dummy base class _cuda_isCurrentStreamCapturing")


def _management(*args: Any) -> int:
    """Raises ModuleNotFoundError, as PyTorch does without NVIDIA's management library."""
    raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed or it can't be imported.")


is_current_stream_capturing = _stream_capture
utilization = temperature = power_draw = clock_rate = memory_usage = _management
synchronize = current_device = init = _lazy_init = ipc_collect = not_compiled
get_device_name = get_device_capability = get_device_properties = not_compiled
can_device_access_peer = current_blas_handle = cudart = get_sync_debug_mode = set_sync_debug_mode = not_compiled
