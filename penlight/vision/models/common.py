"""Pieces that several models share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight import Tensor, nn
from penlight.vision.ops.layers import Conv2dNormActivation, SqueezeExcitation

__all__ = ["Conv2dNormActivation", "SqueezeExcitation", "initialize", "make_divisible"]


def make_divisible(v: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The multiple of the divisor that is nearest, and not below 90 % of the value.

    >>> make_divisible(37), make_divisible(10)
    (40, 16)
    """
    rounded = max(divisor if min_value is None else min_value, int(v + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * v else rounded


def initialize(model: nn.Module, linear: Callable[[nn.Linear], Any] | None = None, mode: str = "fan_out") -> None:
    """Kaiming-normal convolutions, norms of one and zero, and what is given for linear layers, in module order."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode=mode)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear) and linear is not None:
            linear(module)


def small_linear(module: nn.Linear) -> None:
    """Weights of deviation 0.01, no bias."""
    nn.init.normal_(module.weight, 0, 0.01)
    nn.init.zeros_(module.bias)


def pooled(features: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C), the means."""
    return nn.functional.adaptive_avg_pool2d(features, (1, 1)).flatten(1)
