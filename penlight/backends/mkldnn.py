"""`torch.backends.mkldnn`: oneDNN is not part of penlight; its settings are remembered and change nothing."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from penlight.backends.flags import install_flags, switch
from penlight.ledger.missing import module_getattr

enabled = True
deterministic = False
allow_tf32 = False
fp32_precision = "none"
matmul = SimpleNamespace(fp32_precision="none")
conv = SimpleNamespace(fp32_precision="none")
rnn = SimpleNamespace(fp32_precision="none")


def is_available() -> bool:
    """False: penlight computes with NumPy."""
    return False


def flags(
    enabled: bool = False, deterministic: bool = False, allow_tf32: bool = True, fp32_precision: str = "none"
) -> Any:
    """Hold the settings at these values for a `with` block."""
    return switch(sys.modules[__name__], dict(locals()))


install_flags(
    __name__, enabled=(bool, "set_enabled_mkldnn"), deterministic=(bool, "set_deterministic_mkldnn"),
    allow_tf32=(bool, "set_allow_tf32_mkldnn"),
)  # fmt: skip
__getattr__ = module_getattr(__name__)
