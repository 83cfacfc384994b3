"""`torch.xpu`: Intel's GPUs are not used; what needs one raises PyTorch's error.

Source: https://docs.pytorch.org/docs/stable/xpu.html
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


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def empty_cache() -> None:
    """Nothing to free."""


def manual_seed(seed: int) -> None:
    """Accepted: it would seed a GPU, if there were one."""
    int(seed)


def manual_seed_all(seed: int) -> None:
    """Accepted: it would seed every GPU, if there were some."""
    int(seed)


def memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def _raise(*args: Any, **kwargs: Any) -> Any:
    """Raise PyTorch's error."""
    raise AssertionError("Torch not compiled with XPU enabled")


synchronize = init = current_device = set_device = get_device_name = get_device_properties = get_device_capability = (
    _raise
)
__getattr__ = module_getattr(__name__)
