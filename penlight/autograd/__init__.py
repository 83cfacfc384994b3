"""`torch.autograd`: gradients, custom functions, grad modes. The engine itself is `penlight.engine`."""

from penlight.autograd.function import Function, FunctionCtx
from penlight.autograd.grad_mode import (
    detect_anomaly,
    enable_grad,
    inference_mode,
    no_grad,
    set_detect_anomaly,
    set_grad_enabled,
)
from penlight.autograd.variable import Variable
from penlight.tensor.backward import backward, grad

__all__ = [
    "Function", "FunctionCtx", "Variable", "backward", "detect_anomaly", "enable_grad", "grad", "inference_mode",
    "no_grad", "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip
