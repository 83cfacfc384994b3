"""MobileNet V3: https://arxiv.org/abs/1905.02244."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import Conv2dNormActivation, initialize, make_divisible, pooled, small_linear
from penlight.vision.models.common import SqueezeExcitation as _SqueezeExcitation
from penlight.vision.models.weights import register

__all__ = ["MobileNetV3", "mobilenet_v3_large", "mobilenet_v3_small"]

SqueezeExcitation = functools.partial(_SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidualConfig:
    """The sizes of one block; channels are multiplied by `width_mult`. Args: activation: "RE" or "HS"."""

    def __init__(
        self, input_channels: int, kernel: int, expanded_channels: int, out_channels: int, use_se: bool,
        activation: str, stride: int, dilation: int, width_mult: float,
    ):  # fmt: skip
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se, self.use_hs = use_se, activation == "HS"
        self.stride, self.dilation = stride, dilation

    @staticmethod
    def adjust_channels(channels: int, width_mult: float) -> int:
        return make_divisible(channels * width_mult, 8)


class InvertedResidual(nn.Module):
    """Widen, convolve each channel, squeeze and excite, narrow; with a shortcut where the sizes are equal."""

    def __init__(self, cnf: InvertedResidualConfig, norm_layer: Callable, se_layer: Callable = SqueezeExcitation):
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        width = cnf.expanded_channels
        options: dict[str, Any] = {
            "norm_layer": norm_layer,
            "activation_layer": nn.Hardswish if cnf.use_hs else nn.ReLU,
        }
        layers: list[nn.Module] = []
        if width != cnf.input_channels:
            layers.append(Conv2dNormActivation(cnf.input_channels, width, kernel_size=1, **options))
        stride = 1 if cnf.dilation > 1 else cnf.stride
        sizes: dict[str, Any] = {"kernel_size": cnf.kernel, "stride": stride, "dilation": cnf.dilation, "groups": width}
        layers.append(Conv2dNormActivation(width, width, **sizes, **options))
        if cnf.use_se:
            layers.append(se_layer(width, make_divisible(width // 4, 8)))
        layers.append(Conv2dNormActivation(width, cnf.out_channels, 1, norm_layer=norm_layer, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.out_channels, self._is_cn = cnf.out_channels, cnf.stride > 1

    def forward(self, input: Tensor) -> Tensor:
        return self.block(input) + input if self.use_res_connect else self.block(input)


class MobileNetV3(nn.Module):
    """(N, 3, H, W) -> (N, num_classes).

    Raises: ValueError, TypeError for an empty plan, or one of other things.
    """

    def __init__(
        self, inverted_residual_setting: list[InvertedResidualConfig], last_channel: int, num_classes: int = 1000,
        block: Callable | None = None, norm_layer: Callable | None = None, dropout: float = 0.2, **kwargs: Any,
    ):  # fmt: skip
        super().__init__()
        plan = inverted_residual_setting
        if not plan:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(plan, (list, tuple)) and all(isinstance(row, InvertedResidualConfig) for row in plan)):
            raise TypeError("The inverted_residual_setting should be List[InvertedResidualConfig]")
        block = block or InvertedResidual
        norm = norm_layer or functools.partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        options: dict[str, Any] = {"norm_layer": norm, "activation_layer": nn.Hardswish}
        layers: list[nn.Module] = [Conv2dNormActivation(3, plan[0].input_channels, 3, stride=2, **options)]
        layers += [block(row, norm) for row in plan]
        width = plan[-1].out_channels
        layers.append(Conv2dNormActivation(width, 6 * width, kernel_size=1, **options))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * width, last_channel), nn.Hardswish(inplace=True), nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )  # fmt: skip
        initialize(self, small_linear)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(pooled(self.features(x)))


# Input channels, kernel, widened channels, output channels, squeeze, activation, stride; the last three rows are the tail
# that `reduced_tail` narrows and `dilated` keeps from shrinking the image.
_LARGE = [
    (16, 3, 16, 16, False, "RE", 1), (16, 3, 64, 24, False, "RE", 2), (24, 3, 72, 24, False, "RE", 1),
    (24, 5, 72, 40, True, "RE", 2), (40, 5, 120, 40, True, "RE", 1), (40, 5, 120, 40, True, "RE", 1),
    (40, 3, 240, 80, False, "HS", 2), (80, 3, 200, 80, False, "HS", 1), (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1), (80, 3, 480, 112, True, "HS", 1), (112, 3, 672, 112, True, "HS", 1),
    (112, 5, 672, 160, True, "HS", 2), (160, 5, 960, 160, True, "HS", 1), (160, 5, 960, 160, True, "HS", 1),
]  # fmt: skip
_SMALL = [
    (16, 3, 16, 16, True, "RE", 2), (16, 3, 72, 24, False, "RE", 2), (24, 3, 88, 24, False, "RE", 1),
    (24, 5, 96, 40, True, "HS", 2), (40, 5, 240, 40, True, "HS", 1), (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 120, 48, True, "HS", 1), (48, 5, 144, 48, True, "HS", 1), (48, 5, 288, 96, True, "HS", 2),
    (96, 5, 576, 96, True, "HS", 1), (96, 5, 576, 96, True, "HS", 1),
]  # fmt: skip


def _make(
    rows: list, last: int, width_mult: float = 1.0, reduced_tail: bool = False, dilated: bool = False, **kwargs: Any
) -> MobileNetV3:
    divider, dilation = 2 if reduced_tail else 1, 2 if dilated else 1
    plan = []
    for i, (inp, kernel, wide, out, *rest) in enumerate(rows):
        place = i - (len(rows) - 3)  # in the tail from 0
        wide = wide // divider if place > 0 else wide
        inp, out = inp // divider if place > 0 else inp, out // divider if place >= 0 else out
        rate = dilation if place >= 0 else 1
        plan.append(InvertedResidualConfig(inp, kernel, wide, out, *rest, rate, width_mult))
    last_channel = InvertedResidualConfig.adjust_channels(last // divider, width_mult)
    return MobileNetV3(plan, last_channel, **kwargs)


mobilenet_v3_large = register("mobilenet_v3_large", "MobileNet V3, large.", _make, _LARGE, 1280)
mobilenet_v3_small = register("mobilenet_v3_small", "MobileNet V3, small.", _make, _SMALL, 1024)
