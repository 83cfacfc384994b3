"""`torch.cuda.amp.GradScaler`, which warns and does nothing where no GPU is."""

from __future__ import annotations

import warnings

from penlight.amp.grad_scaler import GradScaler as _GradScaler
from penlight.amp.grad_scaler import OptState

__all__ = ["GradScaler", "OptState"]


class GradScaler(_GradScaler):
    """`torch.amp.GradScaler("cuda", …)` by its deprecated name."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        warnings.warn(
            "`torch.cuda.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cuda', "
            "args...)` instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
