"""`torch.cuda.amp`: the older names of `torch.amp` for GPUs."""

from penlight.cuda.amp import autocast_mode, common, grad_scaler
from penlight.cuda.amp.autocast_mode import autocast, custom_bwd, custom_fwd
from penlight.cuda.amp.common import amp_definitely_not_available
from penlight.cuda.amp.grad_scaler import GradScaler
from penlight.ledger.missing import module_getattr

__all__ = [
    "GradScaler", "amp_definitely_not_available", "autocast", "autocast_mode", "common", "custom_bwd", "custom_fwd",
    "grad_scaler",
]  # fmt: skip
__getattr__ = module_getattr(__name__)
