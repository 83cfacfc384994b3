"""EfficientNet: https://arxiv.org/abs/1905.11946, V2: https://arxiv.org/abs/2104.00298."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import Conv2dNormActivation, SqueezeExcitation, make_divisible, pooled
from penlight.vision.models.weights import builder
from penlight.vision.ops.layers import StochasticDepth

__all__ = [
    "EfficientNet", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
    "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l", "efficientnet_v2_m",
    "efficientnet_v2_s",
]  # fmt: skip

_SiLU: dict[str, Any] = {"activation_layer": nn.SiLU}


class MBConv(nn.Module):
    """Widen, convolve each channel, squeeze and excite, narrow; with a shortcut where the sizes are equal."""

    def __init__(self, expand: int, kernel: int, stride: int, inp: int, out: int, drop: float, norm: Callable):
        super().__init__()
        self.use_res_connect = stride == 1 and inp == out
        options = {"norm_layer": norm, **_SiLU}
        width = make_divisible(inp * expand, 8)
        layers: list[nn.Module] = []
        if width != inp:
            layers.append(Conv2dNormActivation(inp, width, kernel_size=1, **options))
        layers += [
            Conv2dNormActivation(width, width, kernel_size=kernel, stride=stride, groups=width, **options),
            SqueezeExcitation(width, max(1, inp // 4), activation=functools.partial(nn.SiLU, inplace=True)),
            Conv2dNormActivation(width, out, kernel_size=1, norm_layer=norm, activation_layer=None),
        ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop, "row")
        self.out_channels = out

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


class FusedMBConv(nn.Module):
    """A widening convolution and a narrowing one; with a shortcut where the sizes are equal."""

    def __init__(self, expand: int, kernel: int, stride: int, inp: int, out: int, drop: float, norm: Callable):
        super().__init__()
        self.use_res_connect = stride == 1 and inp == out
        options = {"norm_layer": norm, **_SiLU}
        width = make_divisible(inp * expand, 8)
        if width != inp:
            layers = [
                Conv2dNormActivation(inp, width, kernel_size=kernel, stride=stride, **options),
                Conv2dNormActivation(width, out, kernel_size=1, norm_layer=norm, activation_layer=None),
            ]
        else:
            layers = [Conv2dNormActivation(inp, out, kernel_size=kernel, stride=stride, **options)]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(drop, "row")
        self.out_channels = out

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


# (block, expansion, kernel, stride, input channels, output channels, blocks)
_B = [
    (MBConv, 1, 3, 1, 32, 16, 1), (MBConv, 6, 3, 2, 16, 24, 2), (MBConv, 6, 5, 2, 24, 40, 2),
    (MBConv, 6, 3, 2, 40, 80, 3), (MBConv, 6, 5, 1, 80, 112, 3), (MBConv, 6, 5, 2, 112, 192, 4),
    (MBConv, 6, 3, 1, 192, 320, 1),
]  # fmt: skip
_V2: dict[str, list] = {
    "s": [
        (FusedMBConv, 1, 3, 1, 24, 24, 2), (FusedMBConv, 4, 3, 2, 24, 48, 4), (FusedMBConv, 4, 3, 2, 48, 64, 4),
        (MBConv, 4, 3, 2, 64, 128, 6), (MBConv, 6, 3, 1, 128, 160, 9), (MBConv, 6, 3, 2, 160, 256, 15),
    ],
    "m": [
        (FusedMBConv, 1, 3, 1, 24, 24, 3), (FusedMBConv, 4, 3, 2, 24, 48, 5), (FusedMBConv, 4, 3, 2, 48, 80, 5),
        (MBConv, 4, 3, 2, 80, 160, 7), (MBConv, 6, 3, 1, 160, 176, 14), (MBConv, 6, 3, 2, 176, 304, 18),
        (MBConv, 6, 3, 1, 304, 512, 5),
    ],
    "l": [
        (FusedMBConv, 1, 3, 1, 32, 32, 4), (FusedMBConv, 4, 3, 2, 32, 64, 7), (FusedMBConv, 4, 3, 2, 64, 96, 7),
        (MBConv, 4, 3, 2, 96, 192, 10), (MBConv, 6, 3, 1, 192, 224, 19), (MBConv, 6, 3, 2, 224, 384, 25),
        (MBConv, 6, 3, 1, 384, 640, 7),
    ],
}  # fmt: skip


class EfficientNet(nn.Module):
    """(N, 3, H, W) -> (N, num_classes).

    Args: plan: rows (block, expansion, kernel, stride, input channels, output channels, blocks); this differs from
    torchvision, whose rows are objects.
    """

    def __init__(
        self, plan: list, dropout: float, stochastic_depth_prob: float = 0.2, num_classes: int = 1000,
        norm_layer: Callable | None = None, last_channel: int | None = None,
    ):  # fmt: skip
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        options = {"norm_layer": norm, **_SiLU}
        layers: list[nn.Module] = [Conv2dNormActivation(3, plan[0][4], kernel_size=3, stride=2, **options)]
        total, number = sum(row[-1] for row in plan), 0
        for block, expand, kernel, stride, inp, out, count in plan:
            stage = []
            for i in range(count):
                sizes = (stride, inp, out) if i == 0 else (1, out, out)
                stage.append(block(expand, kernel, *sizes, stochastic_depth_prob * float(number) / total, norm))
                number += 1
            layers.append(nn.Sequential(*stage))
        width = plan[-1][5]
        last = last_channel if last_channel is not None else 4 * width
        layers.append(Conv2dNormActivation(width, last, kernel_size=1, **options))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                bound = 1.0 / math.sqrt(module.out_features)
                nn.init.uniform_(module.weight, -bound, bound)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(pooled(self.features(x)))


def _scaled(width_mult: float, depth_mult: float) -> list:
    def channels(count: int) -> int:
        return make_divisible(count * width_mult, 8)

    return [(*row[:4], channels(row[4]), channels(row[5]), math.ceil(row[6] * depth_mult)) for row in _B]


def _register(name: str, plan: list, dropout: float, norm: Callable | None = None, last: int | None = None) -> Callable:
    def make(**kwargs: Any) -> EfficientNet:
        options = {"norm_layer": norm, "last_channel": last, **kwargs}
        return EfficientNet(plan, options.pop("dropout", dropout), **options)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"EfficientNet {name[13:].upper()}."
    return builder(make)


_slow_norm = functools.partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
_v2_norm = functools.partial(nn.BatchNorm2d, eps=1e-3)
efficientnet_b0 = _register("efficientnet_b0", _scaled(1.0, 1.0), 0.2)
efficientnet_b1 = _register("efficientnet_b1", _scaled(1.0, 1.1), 0.2)
efficientnet_b2 = _register("efficientnet_b2", _scaled(1.1, 1.2), 0.3)
efficientnet_b3 = _register("efficientnet_b3", _scaled(1.2, 1.4), 0.3)
efficientnet_b4 = _register("efficientnet_b4", _scaled(1.4, 1.8), 0.4)
efficientnet_b5 = _register("efficientnet_b5", _scaled(1.6, 2.2), 0.4, _slow_norm)
efficientnet_b6 = _register("efficientnet_b6", _scaled(1.8, 2.6), 0.5, _slow_norm)
efficientnet_b7 = _register("efficientnet_b7", _scaled(2.0, 3.1), 0.5, _slow_norm)
efficientnet_v2_s = _register("efficientnet_v2_s", _V2["s"], 0.2, _v2_norm, 1280)
efficientnet_v2_m = _register("efficientnet_v2_m", _V2["m"], 0.3, _v2_norm, 1280)
efficientnet_v2_l = _register("efficientnet_v2_l", _V2["l"], 0.4, _v2_norm, 1280)
