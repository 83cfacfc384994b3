"""RegNet: https://arxiv.org/abs/2003.13678."""

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import Conv2dNormActivation, SqueezeExcitation, make_divisible, pooled, small_linear
from penlight.vision.models.weights import register

__all__ = ["RegNet"]


class BottleneckTransform(nn.Sequential):
    """1 x 1, grouped 3 x 3 (with the stride), squeeze and excite if asked for, 1 x 1."""

    def __init__(
        self, width_in: int, width_out: int, stride: int, norm_layer: Callable, activation_layer: Callable,
        group_width: int, bottleneck_multiplier: float, se_ratio: float | None,
    ):  # fmt: skip
        width = int(round(width_out * bottleneck_multiplier))
        options: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": activation_layer}
        layers: OrderedDict[str, nn.Module] = OrderedDict(
            a=Conv2dNormActivation(width_in, width, kernel_size=1, **options),
            b=Conv2dNormActivation(width, width, 3, stride, groups=width // group_width, **options),
        )
        if se_ratio:
            layers["se"] = SqueezeExcitation(width, int(round(se_ratio * width_in)), activation=activation_layer)
        layers["c"] = Conv2dNormActivation(width, width_out, 1, norm_layer=norm_layer, activation_layer=None)
        super().__init__(layers)


class ResBottleneckBlock(nn.Module):
    """`BottleneckTransform` and a shortcut, projected where the sizes differ."""

    def __init__(
        self, width_in: int, width_out: int, stride: int, norm_layer: Callable, activation_layer: Callable,
        group_width: int = 1, bottleneck_multiplier: float = 1.0, se_ratio: float | None = None,
    ):  # fmt: skip
        super().__init__()
        self.proj: nn.Module | None = None
        if width_in != width_out or stride != 1:
            self.proj = Conv2dNormActivation(
                width_in, width_out, 1, stride, norm_layer=norm_layer, activation_layer=None
            )
        self.f = BottleneckTransform(
            width_in, width_out, stride, norm_layer, activation_layer, group_width, bottleneck_multiplier, se_ratio
        )
        self.activation = activation_layer(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation((x if self.proj is None else self.proj(x)) + self.f(x))


class BlockParams:
    """The sizes of the stages; `from_init_params` computes them from the paper's few numbers."""

    def __init__(
        self, depths: list[int], widths: list[int], group_widths: list[int], bottleneck_multipliers: list[float],
        strides: list[int], se_ratio: float | None = None,
    ):  # fmt: skip
        self.depths, self.widths, self.group_widths = depths, widths, group_widths
        self.bottleneck_multipliers, self.strides, self.se_ratio = bottleneck_multipliers, strides, se_ratio

    @classmethod
    def from_init_params(
        cls, depth: int, w_0: int, w_a: float, w_m: float, group_width: int, bottleneck_multiplier: float = 1.0,
        se_ratio: float | None = None, **kwargs: Any,
    ) -> BlockParams:  # fmt: skip
        """Widths w_0 + w_a i, moved to the nearest w_0 w_m ** k, and that to a multiple of 8 and of the groups' width.

        >>> BlockParams.from_init_params(16, 48, 27.89, 2.09, 8).widths
        [48, 104, 208, 440]
        """
        if w_a < 0 or w_0 <= 0 or w_m <= 1 or w_0 % 8 != 0:
            raise ValueError("Invalid RegNet settings")
        widths = []
        for i in range(depth):
            power = round(math.log((w_0 + w_a * i) / w_0) / math.log(w_m))
            widths.append(int(round(w_0 * w_m**power / 8) * 8))
        stages = list(dict.fromkeys(widths))
        depths = [widths.count(width) for width in stages]
        inner = [int(width * bottleneck_multiplier) for width in stages]
        groups = [min(group_width, width) for width in inner]
        inner = [make_divisible(width, group) for width, group in zip(inner, groups)]
        final = [int(width / bottleneck_multiplier) for width in inner]
        count = len(stages)
        return cls(depths, final, groups, [bottleneck_multiplier] * count, [2] * count, se_ratio)


class RegNet(nn.Module):
    """(N, 3, H, W) -> (N, num_classes)."""

    def __init__(
        self, block_params: BlockParams, num_classes: int = 1000, stem_width: int = 32,
        stem_type: Callable | None = None, block_type: Callable | None = None, norm_layer: Callable | None = None,
        activation: Callable | None = None,
    ):  # fmt: skip
        super().__init__()
        block, norm, activation = block_type or ResBottleneckBlock, norm_layer or nn.BatchNorm2d, activation or nn.ReLU
        if stem_type is None:
            self.stem = Conv2dNormActivation(3, stem_width, 3, 2, norm_layer=norm, activation_layer=activation)
        else:
            self.stem = stem_type(3, stem_width, norm, activation)
        p, width = block_params, stem_width
        stages = []
        for i, (depth, out, group, multiplier, stride) in enumerate(
            zip(p.depths, p.widths, p.group_widths, p.bottleneck_multipliers, p.strides), 1
        ):
            blocks: OrderedDict[str, nn.Module] = OrderedDict()
            for j in range(depth):
                sizes = (width, out, stride if j == 0 else 1)
                blocks[f"block{i}-{j}"] = block(*sizes, norm, activation, group, multiplier, p.se_ratio)
                width = out
            stages.append((f"block{i}", nn.Sequential(blocks)))
        self.trunk_output = nn.Sequential(OrderedDict(stages))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels
                nn.init.normal_(module.weight, mean=0.0, std=math.sqrt(2.0 / fan_out))
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                small_linear(module)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(pooled(self.trunk_output(self.stem(x))))


# Depth, w_0, w_a, w_m, width of the groups; Y squeezes and excites.
_SIZES: dict[str, tuple] = {
    "y_400mf": (16, 48, 27.89, 2.09, 8), "y_800mf": (14, 56, 38.84, 2.4, 16), "y_1_6gf": (27, 48, 20.71, 2.65, 24),
    "y_3_2gf": (21, 80, 42.63, 2.66, 24), "y_8gf": (17, 192, 76.82, 2.19, 56), "y_16gf": (18, 200, 106.23, 2.48, 112),
    "y_32gf": (20, 232, 115.89, 2.53, 232), "y_128gf": (27, 456, 160.83, 2.52, 264),
    "x_400mf": (22, 24, 24.48, 2.54, 16), "x_800mf": (16, 56, 35.73, 2.28, 16), "x_1_6gf": (18, 80, 34.01, 2.25, 24),
    "x_3_2gf": (25, 88, 26.31, 2.25, 48), "x_8gf": (23, 80, 49.56, 2.88, 120), "x_16gf": (22, 216, 55.59, 2.1, 128),
    "x_32gf": (23, 320, 69.86, 2.0, 168),
}  # fmt: skip
_norm = functools.partial(nn.BatchNorm2d, eps=1e-05, momentum=0.1)
for _name, _numbers in _SIZES.items():
    _plan = BlockParams.from_init_params(*_numbers, se_ratio=0.25 if _name[0] == "y" else None)
    _title = f"RegNet {_name[0].upper()} of {_name[2:].replace('_', '.')}."
    globals()[f"regnet_{_name}"] = register(f"regnet_{_name}", _title, RegNet, _plan, norm_layer=_norm)
    __all__.append(f"regnet_{_name}")
