"""EfficientNet: https://arxiv.org/abs/1905.11946, V2: https://arxiv.org/abs/2104.00298."""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import Conv2dNormActivation, SqueezeExcitation, make_divisible, pooled
from penlight.vision.models.weights import register
from penlight.vision.ops.layers import StochasticDepth

__all__ = [
    "EfficientNet", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
    "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l", "efficientnet_v2_m",
    "efficientnet_v2_s",
]  # fmt: skip

_SiLU: dict[str, Any] = {"activation_layer": nn.SiLU}


class MBConvConfig:
    """The sizes of a stage; the factors widen channels and repeat blocks."""

    def __init__(
        self, expand_ratio: float, kernel: int, stride: int, input_channels: int, out_channels: int, num_layers: int,
        width_mult: float = 1.0, depth_mult: float = 1.0, block: Callable | None = None,
    ):  # fmt: skip
        self.expand_ratio, self.kernel, self.stride, self.block = expand_ratio, kernel, stride, block or MBConv
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.num_layers = math.ceil(num_layers * depth_mult)

    @staticmethod
    def adjust_channels(channels: int, width_mult: float, min_value: int | None = None) -> int:
        return make_divisible(channels * width_mult, 8, min_value)


class FusedMBConvConfig(MBConvConfig):
    """The sizes of a stage of `FusedMBConv`."""

    def __init__(
        self, expand_ratio: float, kernel: int, stride: int, input_channels: int, out_channels: int, num_layers: int,
        block: Callable | None = None,
    ):  # fmt: skip
        sizes = (input_channels, out_channels, num_layers)
        super().__init__(expand_ratio, kernel, stride, *sizes, block=block or FusedMBConv)


class MBConv(nn.Module):
    """Widen, convolve each channel, squeeze and excite, narrow; with a shortcut where the sizes are equal."""

    def __init__(
        self, cnf: MBConvConfig, stochastic_depth_prob: float, norm_layer: Callable,
        se_layer: Callable = SqueezeExcitation,
    ):  # fmt: skip
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        kernel, stride, inp, out, norm = cnf.kernel, cnf.stride, cnf.input_channels, cnf.out_channels, norm_layer
        self.use_res_connect = stride == 1 and inp == out
        options = {"norm_layer": norm, **_SiLU}
        width = cnf.adjust_channels(inp, cnf.expand_ratio)
        layers: list[nn.Module] = []
        if width != inp:
            layers.append(Conv2dNormActivation(inp, width, kernel_size=1, **options))
        layers += [
            Conv2dNormActivation(width, width, kernel_size=kernel, stride=stride, groups=width, **options),
            se_layer(width, max(1, inp // 4), activation=functools.partial(nn.SiLU, inplace=True)),
            Conv2dNormActivation(width, out, kernel_size=1, norm_layer=norm, activation_layer=None),
        ]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = out

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


class FusedMBConv(nn.Module):
    """A widening convolution and a narrowing one; with a shortcut where the sizes are equal."""

    def __init__(self, cnf: MBConvConfig, stochastic_depth_prob: float, norm_layer: Callable):
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        kernel, stride, inp, out, norm = cnf.kernel, cnf.stride, cnf.input_channels, cnf.out_channels, norm_layer
        self.use_res_connect = stride == 1 and inp == out
        options = {"norm_layer": norm, **_SiLU}
        width = cnf.adjust_channels(inp, cnf.expand_ratio)
        if width != inp:
            layers = [
                Conv2dNormActivation(inp, width, kernel_size=kernel, stride=stride, **options),
                Conv2dNormActivation(width, out, kernel_size=1, norm_layer=norm, activation_layer=None),
            ]
        else:
            layers = [Conv2dNormActivation(inp, out, kernel_size=kernel, stride=stride, **options)]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = out

    def forward(self, input: Tensor) -> Tensor:
        result = self.block(input)
        return self.stochastic_depth(result) + input if self.use_res_connect else result


# Expansion, kernel, stride, input channels, output channels, blocks; in V2 the first stages are fused
_B = [
    (1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
]  # fmt: skip
_V2: dict[str, list] = {
    "s": [
        (1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4),
        (4, 3, 2, 64, 128, 6), (6, 3, 1, 128, 160, 9), (6, 3, 2, 160, 256, 15),
    ],
    "m": [
        (1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5),
        (4, 3, 2, 80, 160, 7), (6, 3, 1, 160, 176, 14), (6, 3, 2, 176, 304, 18),
        (6, 3, 1, 304, 512, 5),
    ],
    "l": [
        (1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7),
        (4, 3, 2, 96, 192, 10), (6, 3, 1, 192, 224, 19), (6, 3, 2, 224, 384, 25),
        (6, 3, 1, 384, 640, 7),
    ],
}  # fmt: skip


class EfficientNet(nn.Module):
    """(N, 3, H, W) -> (N, num_classes).

    Raises: ValueError, TypeError for an empty plan, or one of other things than MBConvConfig.
    """

    def __init__(
        self, inverted_residual_setting: Sequence[MBConvConfig], dropout: float, stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000, norm_layer: Callable | None = None, last_channel: int | None = None,
    ):  # fmt: skip
        super().__init__()
        plan = inverted_residual_setting
        if not plan:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(plan, (list, tuple)) and all(isinstance(stage, MBConvConfig) for stage in plan)):
            raise TypeError("The inverted_residual_setting should be List[MBConvConfig]")
        norm = norm_layer or nn.BatchNorm2d
        options = {"norm_layer": norm, **_SiLU}
        layers: list[nn.Module] = [Conv2dNormActivation(3, plan[0].input_channels, 3, stride=2, **options)]
        total, number = sum(stage.num_layers for stage in plan), 0
        for stage in plan:
            blocks = []
            for i in range(stage.num_layers):
                sizes = copy.copy(stage)
                if i > 0:
                    sizes.input_channels, sizes.stride = sizes.out_channels, 1
                blocks.append(sizes.block(sizes, stochastic_depth_prob * float(number) / total, norm))
                number += 1
            layers.append(nn.Sequential(*blocks))
        width = plan[-1].out_channels
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


def _b(number: int, width: float, depth: float, dropout: float, norm: Callable | None = None) -> Callable:
    plan = [MBConvConfig(*row, width, depth) for row in _B]
    return _register(f"b{number}", plan, dropout, norm_layer=norm)


def _v2(size: str, dropout: float) -> Callable:
    plan = [(FusedMBConvConfig if i < 3 else MBConvConfig)(*row) for i, row in enumerate(_V2[size])]
    return _register(f"v2_{size}", plan, dropout, norm_layer=_v2_norm, last_channel=1280)


def _register(name: str, plan: list[MBConvConfig], dropout: float, **options: Any) -> Callable:
    title = f"EfficientNet {name.replace('_', ' ').upper()}."
    return register(f"efficientnet_{name}", title, EfficientNet, plan, dropout=dropout, **options)


_slow_norm = functools.partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
_v2_norm = functools.partial(nn.BatchNorm2d, eps=1e-3)
efficientnet_b0 = _b(0, 1.0, 1.0, 0.2)
efficientnet_b1 = _b(1, 1.0, 1.1, 0.2)
efficientnet_b2 = _b(2, 1.1, 1.2, 0.3)
efficientnet_b3 = _b(3, 1.2, 1.4, 0.3)
efficientnet_b4 = _b(4, 1.4, 1.8, 0.4)
efficientnet_b5 = _b(5, 1.6, 2.2, 0.4, _slow_norm)
efficientnet_b6 = _b(6, 1.8, 2.6, 0.5, _slow_norm)
efficientnet_b7 = _b(7, 2.0, 3.1, 0.5, _slow_norm)
efficientnet_v2_s, efficientnet_v2_m, efficientnet_v2_l = _v2("s", 0.2), _v2("m", 0.3), _v2("l", 0.4)
