"""`torch.backends.quantized`: penlight has no quantized kernels."""

import sys

from penlight.backends.flags import FlagModule
from penlight.ledger.missing import module_getattr

engine = "none"
supported_engines = ["none"]


class _Quantized(FlagModule):
    def __setattr__(self, name: str, value: object) -> None:
        if name == "engine" and value not in supported_engines:
            raise RuntimeError(
                f"{value} is not a valid value for quantized engine: penlight has no quantized kernels, "
                f"expected one of {supported_engines}"
            )
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Quantized
__getattr__ = module_getattr(__name__)
