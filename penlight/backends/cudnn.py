"""`torch.backends.cudnn`: cuDNN is not there; its settings are remembered and change nothing.

Source: https://docs.pytorch.org/docs/stable/backends.html#module-torch.backends.cudnn

>>> import penlight as torch
>>> torch.backends.cudnn.benchmark = False
>>> torch.backends.cudnn.is_available()
False
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from penlight.backends.flags import install_flags, switch
from penlight.base.dtypes import float16, float32, float64
from penlight.ledger.missing import module_getattr

enabled = True
benchmark = False
benchmark_limit = None
deterministic = False
allow_tf32 = True
fp32_precision = "none"
conv = SimpleNamespace(fp32_precision="tf32")
rnn = SimpleNamespace(fp32_precision="tf32")
CUDNN_TENSOR_DTYPES = {float16, float32, float64}


def is_available() -> bool:
    """False: penlight computes on the CPU."""
    return False


def version() -> None:
    """None: there is no cuDNN."""
    return None


def is_acceptable(tensor: Any) -> bool:
    """False for every tensor: none is on a GPU."""
    return False


def set_flags(
    _enabled: bool | None = None,
    _benchmark: bool | None = None,
    _benchmark_limit: int | None = None,
    _deterministic: bool | None = None,
    _allow_tf32: bool | None = None,
    _fp32_precision: str | None = None,
) -> tuple:
    """Change several settings; returns what they were."""
    module: Any = sys.modules[__name__]
    before = (enabled, benchmark, None, deterministic, allow_tf32, fp32_precision)
    given = (_enabled, _benchmark, _benchmark_limit, _deterministic, _allow_tf32, _fp32_precision)
    names = ("enabled", "benchmark", "benchmark_limit", "deterministic", "allow_tf32", "fp32_precision")
    for name, value in zip(names, given):
        if value is not None:
            setattr(module, name, value)
    return before


def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> Any:
    """Hold the settings at these values for a `with` block."""
    values = dict(locals())
    values.pop("benchmark_limit")  # unset without cuDNN
    return switch(sys.modules[__name__], values)


install_flags(
    __name__,
    enabled=(bool, "set_enabled_cudnn"),
    benchmark=(bool, "set_benchmark_cudnn"),
    deterministic=(bool, "set_deterministic_cudnn"),
    allow_tf32=(bool, "set_allow_tf32_cudnn"),
    benchmark_limit=(int, "set_benchmark_limit_cudnn"),
)
__getattr__ = module_getattr(__name__)
