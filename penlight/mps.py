"""`torch.mps`: Apple's GPU is not used; what needs it raises PyTorch's error.

Source: https://docs.pytorch.org/docs/stable/mps.html
"""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr


def is_available() -> bool:
    """False: penlight computes on the CPU."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Accepted: it would seed the GPU, if there were one."""
    int(seed)


def _needs(function: str) -> Any:
    def raises(*args: Any, **kwargs: Any) -> Any:
        """Raise PyTorch's error."""
        raise RuntimeError(f"Cannot execute {function}() without MPS backend.")

    return raises


synchronize = _needs("deviceSynchronize")
empty_cache = _needs("emptyCache")
set_per_process_memory_fraction = _needs("setMemoryFraction")
current_allocated_memory = _needs("getCurrentAllocatedMemory")
driver_allocated_memory = _needs("getDriverAllocatedMemory")
seed = get_rng_state = set_rng_state = _needs("getDefaultGenerator")


class Event:
    """Raises RuntimeError when made."""

    def __new__(cls, enable_timing: bool = False) -> Any:
        raise RuntimeError("Cannot execute acquireEvent() without MPS backend.")


__getattr__ = module_getattr(__name__)
