"""`torch.utils._python_dispatch`: what is not there, by name."""

from penlight.ledger.missing import module_getattr, placeholder

__all__ = ["TorchDispatchMode"]

TorchDispatchMode = placeholder(
    "torch.utils._python_dispatch.TorchDispatchMode",
    "ops call NumPy and dispatch nothing below __torch_function__; subclass Tensor with __torch_function__ instead",
)
__getattr__ = module_getattr("torch.utils._python_dispatch")
