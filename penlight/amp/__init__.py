"""`torch.amp`: automatic mixed precision, `autocast` and `GradScaler`.

Source: https://docs.pytorch.org/docs/stable/amp.html
"""

from penlight.amp import autocast_mode, grad_scaler
from penlight.amp.autocast_mode import autocast, custom_bwd, custom_fwd, is_autocast_available
from penlight.amp.grad_scaler import GradScaler
from penlight.ledger.missing import module_getattr

__all__ = [
    "GradScaler", "autocast", "autocast_mode", "custom_bwd", "custom_fwd", "grad_scaler", "is_autocast_available",
]  # fmt: skip
__getattr__ = module_getattr(__name__)
