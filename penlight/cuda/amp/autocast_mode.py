"""`torch.cuda.amp.autocast`, which warns and does nothing where no GPU is."""

from __future__ import annotations

import functools
import warnings
from typing import Any

from penlight.amp import autocast_mode
from penlight.base.dtypes import float16

__all__ = ["autocast", "custom_bwd", "custom_fwd"]


class autocast(autocast_mode.autocast):
    """`torch.amp.autocast("cuda", …)` by its deprecated name."""

    def __init__(self, enabled: bool = True, dtype: Any = float16, cache_enabled: bool = True) -> None:
        warnings.warn(
            "`torch.cuda.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cuda', args...)` "
            "instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__("cuda", dtype, enabled, cache_enabled)


def _deprecated(name: str) -> Any:
    function = functools.partial(getattr(autocast_mode, name), device_type="cuda")

    @functools.wraps(getattr(autocast_mode, name))
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            f"`torch.cuda.amp.{name}(args...)` is deprecated. "
            f"Please use `torch.amp.{name}(args..., device_type='cuda')` instead.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    return wrapped


custom_fwd = _deprecated("custom_fwd")
custom_bwd = _deprecated("custom_bwd")
