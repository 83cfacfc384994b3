"""`torch.accelerator`: there is none.

Source: https://docs.pytorch.org/docs/stable/accelerator.html

>>> import penlight as torch
>>> device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else "cpu"
>>> device
'cpu'
"""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr

__all__ = [
    "current_accelerator", "current_device_idx", "current_device_index", "current_stream", "device_count",
    "device_index",
    "empty_cache", "is_available", "max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved",
    "memory_stats", "reset_accumulated_memory_stats", "reset_peak_memory_stats", "set_device_idx", "set_device_index",
    "set_stream", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False: penlight computes on the CPU."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: there is no accelerator."""
    return None


def _raise(*args: Any, **kwargs: Any) -> Any:
    """Raise PyTorch's error."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


class device_index:
    """A block on an accelerator: None does nothing, an index raises on entering."""

    def __init__(self, device: int | None, /) -> None:
        self.idx = device

    def __enter__(self) -> None:
        if self.idx is not None:
            _raise()

    def __exit__(self, *exc_info: Any) -> None:
        pass


set_device_index = set_device_idx = current_device_index = current_device_idx = _raise
synchronize = current_stream = set_stream = empty_cache = _raise
memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = memory_stats = _raise
reset_peak_memory_stats = reset_accumulated_memory_stats = _raise
__getattr__ = module_getattr(__name__)
