"""`torch.autograd`: gradients, custom functions, grad modes. The engine itself is `penlight.engine`."""

import importlib as _importlib
from typing import Any as _Any

from penlight.autograd import function, grad_mode, graph
from penlight.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from penlight.autograd.function import Function, FunctionCtx, NestedIOFunction
from penlight.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from penlight.autograd.gradcheck import gradcheck, gradgradcheck
from penlight.autograd.variable import Variable, variable
from penlight.ledger.missing import module_getattr as _module_getattr
from penlight.tensor.backward import backward, grad

__all__ = [
    "Function", "FunctionCtx", "NestedIOFunction", "Variable", "backward", "detect_anomaly", "enable_grad", "function",
    "grad", "grad_mode", "gradcheck", "gradgradcheck", "graph", "inference_mode", "no_grad", "set_detect_anomaly",
    "set_grad_enabled", "set_multithreading_enabled", "variable",
]  # fmt: skip

_missing = _module_getattr(__name__)


def __getattr__(name: str) -> _Any:  # imported when first asked for
    if name in ("functional", "forward_ad", "profiler", "profiler_util"):
        return _importlib.import_module(f"penlight.autograd.{name}")
    return _missing(name)
