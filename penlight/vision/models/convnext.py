"""ConvNeXt: https://arxiv.org/abs/2201.03545."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.vision.models.common import Conv2dNormActivation
from penlight.vision.models.weights import register
from penlight.vision.ops.layers import Permute, StochasticDepth

__all__ = ["ConvNeXt", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny"]


class LayerNorm2d(nn.LayerNorm):
    """Layer norm over the channels of (N, C, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """A 7 x 7 convolution of each channel and an MLP over the channels, scaled, with a shortcut."""

    def __init__(self, dim: int, layer_scale: float, stochastic_depth_prob: float, norm_layer: Callable | None = None):
        super().__init__()
        norm = norm_layer or functools.partial(nn.LayerNorm, eps=1e-6)
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True), Permute([0, 2, 3, 1]), norm(dim),
            nn.Linear(dim, 4 * dim, bias=True), nn.GELU(), nn.Linear(4 * dim, dim, bias=True), Permute([0, 3, 1, 2]),
        )  # fmt: skip
        self.layer_scale = nn.Parameter(torch.ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input: Tensor) -> Tensor:
        return self.stochastic_depth(self.layer_scale * self.block(input)) + input


class CNBlockConfig:
    """One stage: its channels, those after it (None for the last), how many blocks."""

    def __init__(self, input_channels: int, out_channels: int | None, num_layers: int):
        self.input_channels, self.out_channels, self.num_layers = input_channels, out_channels, num_layers


class ConvNeXt(nn.Module):
    """(N, 3, H, W) -> (N, num_classes).

    Raises: ValueError, TypeError for an empty plan, or one of other things than CNBlockConfig.
    """

    def __init__(
        self, block_setting: list[CNBlockConfig], stochastic_depth_prob: float = 0.0, layer_scale: float = 1e-6,
        num_classes: int = 1000, block: Callable | None = None, norm_layer: Callable | None = None, **kwargs: Any,
    ):  # fmt: skip
        super().__init__()
        if not block_setting:
            raise ValueError("The block_setting should not be empty")
        if not (isinstance(block_setting, (list, tuple)) and all(isinstance(s, CNBlockConfig) for s in block_setting)):
            raise TypeError("The block_setting should be List[CNBlockConfig]")
        block, norm = block or CNBlock, norm_layer or functools.partial(LayerNorm2d, eps=1e-6)
        width = block_setting[0].input_channels
        stem = Conv2dNormActivation(3, width, 4, 4, 0, norm_layer=norm, activation_layer=None, bias=True)
        layers: list[nn.Module] = [stem]
        total, number = sum(stage.num_layers for stage in block_setting), 0
        for stage in block_setting:
            blocks = []
            for _ in range(stage.num_layers):
                drop = stochastic_depth_prob * number / (total - 1.0)
                blocks.append(block(stage.input_channels, layer_scale, drop))
                number += 1
            layers.append(nn.Sequential(*blocks))
            width = stage.input_channels
            if stage.out_channels is not None:
                half = nn.Conv2d(width, stage.out_channels, kernel_size=2, stride=2)
                layers.append(nn.Sequential(norm(width), half))
                width = stage.out_channels
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(norm(width), nn.Flatten(1), nn.Linear(width, num_classes))
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)))


def _register(size: str, drop: float, third: int, *widths: int) -> Callable:
    stages = [CNBlockConfig(w, after, n) for w, after, n in zip(widths, (*widths[1:], None), (3, 3, third, 3))]
    title = f"ConvNeXt {size.capitalize()}."
    return register(f"convnext_{size}", title, ConvNeXt, stages, stochastic_depth_prob=drop)


convnext_tiny = _register("tiny", 0.1, 9, 96, 192, 384, 768)
convnext_small = _register("small", 0.4, 27, 96, 192, 384, 768)
convnext_base = _register("base", 0.5, 27, 128, 256, 512, 1024)
convnext_large = _register("large", 0.5, 27, 192, 384, 768, 1536)
