"""`torch.cpu.amp.autocast`."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.amp import autocast_mode
from penlight.base.dtypes import bfloat16

__all__ = ["autocast"]


class autocast(autocast_mode.autocast):
    """`torch.amp.autocast("cpu", …)` by its deprecated name."""

    def __init__(self, enabled: bool = True, dtype: Any = bfloat16, cache_enabled: bool = True) -> None:
        warnings.warn(
            "`torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__("cpu", dtype, enabled, cache_enabled)
