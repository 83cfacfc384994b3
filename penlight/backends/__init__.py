"""`torch.backends`: the settings that scripts read and write. The array backends behind the ops live here as well.

Source: https://docs.pytorch.org/docs/stable/backends.html
"""

from penlight.backends.flags import disable_global_flags, flags_frozen, install_flags
from penlight.ledger.missing import module_getattr

__all__ = ["disable_global_flags", "flags_frozen", "fp32_precision"]
fp32_precision = "none"
install_flags(__name__, fp32_precision=(str, "set_fp32_precision", ("none", "ieee", "tf32", "bf16")))
__getattr__ = module_getattr(
    __name__,
    lazy=(
        "cpu", "cuda", "cudnn", "cusparselt", "kleidiai", "mha", "mkl", "mkldnn", "mps", "nnpack", "openmp",
        "opt_einsum",
        "quantized",
    ),
)  # fmt: skip
