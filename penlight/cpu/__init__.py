"""`torch.cpu`: the device that tensors live on, asked in the way GPUs are.

Source: https://docs.pytorch.org/docs/stable/cpu.html
"""

from penlight.cpu import amp
from penlight.cpu.queries import (
    Event,
    Stream,
    StreamContext,
    current_device,
    current_stream,
    device_count,
    is_available,
    is_initialized,
    set_device,
    stream,
    synchronize,
)
from penlight.ledger.missing import module_getattr

__all__ = [
    "Event", "Stream", "StreamContext", "amp", "current_device", "current_stream", "device_count", "is_available",
    "is_initialized", "set_device", "stream", "synchronize",
]  # fmt: skip
__getattr__ = module_getattr(__name__)
