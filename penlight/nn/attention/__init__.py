"""`torch.nn.attention`: which kernels scaled dot-product attention may use."""

from penlight.ledger.missing import module_getattr
from penlight.nn.attention.kernels import WARN_FOR_UNFUSED_KERNELS, SDPBackend, sdpa_kernel

__all__ = ["SDPBackend", "WARN_FOR_UNFUSED_KERNELS", "sdpa_kernel"]
__getattr__ = module_getattr(__name__, lazy=("bias", "flex_attention"))
