"""`torch.signal`: window functions."""

from penlight.ledger.missing import module_getattr
from penlight.signal import windows

__all__ = ["windows"]
__getattr__ = module_getattr("torch.signal")
