"""GPU memory, of which there is none.

Source: https://docs.pytorch.org/docs/stable/cuda.html#memory-management
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from typing import Any

from penlight.cuda.errors import not_compiled, without_binding
from penlight.ledger.missing import module_getattr

__all__ = [
    "caching_allocator_alloc", "caching_allocator_delete", "empty_cache", "get_allocator_backend",
    "get_per_process_memory_fraction", "host_memory_stats", "list_gpu_processes", "max_memory_allocated",
    "max_memory_cached", "max_memory_reserved", "mem_get_info", "memory_allocated", "memory_cached", "memory_reserved",
    "memory_snapshot", "memory_stats", "memory_summary", "reset_accumulated_memory_stats", "reset_max_memory_allocated",
    "reset_max_memory_cached", "reset_peak_memory_stats", "set_per_process_memory_fraction",
]  # fmt: skip


def empty_cache() -> None:
    """Nothing to free."""


def memory_stats(device: Any = None) -> dict[str, Any]:
    """An empty dictionary."""
    return OrderedDict()


def host_memory_stats() -> dict[str, Any]:
    """An empty dictionary."""
    return OrderedDict()


def memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


def _renamed(old: str, new: str) -> None:
    warnings.warn(f"`torch.cuda.{old}` has been renamed to `torch.cuda.{new}`", FutureWarning, stacklevel=3)


def memory_cached(device: Any = None) -> int:
    """0 bytes; the former name of `memory_reserved`."""
    _renamed("memory_cached", "memory_reserved")
    return 0


def max_memory_cached(device: Any = None) -> int:
    """0 bytes; the former name of `max_memory_reserved`."""
    _renamed("max_memory_cached", "max_memory_reserved")
    return 0


def reset_peak_memory_stats(device: Any = None) -> None:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    raise without_binding("_cuda_resetPeakMemoryStats")


def reset_accumulated_memory_stats(device: Any = None) -> None:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    raise without_binding("_cuda_resetAccumulatedMemoryStats")


def _now_calls(name: str) -> None:
    warnings.warn(
        f"torch.cuda.{name} now calls torch.cuda.reset_peak_memory_stats, which resets /all/ peak memory stats.",
        FutureWarning,
        stacklevel=3,
    )


def reset_max_memory_allocated(device: Any = None) -> None:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    _now_calls("reset_max_memory_allocated")
    reset_peak_memory_stats()


def reset_max_memory_cached(device: Any = None) -> None:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    _now_calls("reset_max_memory_cached")
    reset_peak_memory_stats()


def memory_summary(device: Any = None, abbreviated: bool = False) -> str:
    """Raises, as PyTorch built without CUDA does: there are no statistics to show."""
    raise KeyError("allocated_bytes.all.current")


def memory_snapshot(mempool_id: Any = None) -> Any:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    raise without_binding("_cuda_memorySnapshot")


def _record_memory_history(*args: Any, **kwargs: Any) -> None:
    raise without_binding("_cuda_record_memory_history")


def _snapshot(device: Any = None, augment_with_fx_traces: bool = False) -> Any:
    raise without_binding("_cuda_memorySnapshot")


def get_allocator_backend() -> str:
    """Raises, as PyTorch built without CUDA does: AttributeError."""
    raise without_binding("_cuda_getAllocatorBackend")


def list_gpu_processes(device: Any = None) -> str:
    """A sentence that says why there is no list."""
    return "pynvml module not found, please install nvidia-ml-py"


mem_get_info: Any = not_compiled
set_per_process_memory_fraction: Any = not_compiled
get_per_process_memory_fraction: Any = not_compiled
caching_allocator_alloc: Any = not_compiled
caching_allocator_delete: Any = not_compiled
__getattr__ = module_getattr(__name__)
