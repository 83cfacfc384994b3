"""`torch._tensor`: the module in which PyTorch keeps its Tensor class."""

from penlight.ledger.missing import module_getattr
from penlight.tensor.tensor import Tensor

__all__ = ["Tensor"]

__getattr__ = module_getattr(__name__)
