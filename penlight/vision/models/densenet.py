"""DenseNet: https://arxiv.org/abs/1608.06993."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.vision.models.weights import builder

__all__ = ["DenseNet", "densenet121", "densenet161", "densenet169", "densenet201"]


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, growth_rate: int, bn_size: int, drop_rate: float, memory_efficient: bool = False):
        super().__init__()
        self.norm1, self.relu1 = nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(channels, bn_size * growth_rate, kernel_size=1, stride=1, bias=False)
        self.norm2, self.relu2 = nn.BatchNorm2d(bn_size * growth_rate), nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, stride=1, padding=1, bias=False)
        self.drop_rate, self.memory_efficient = float(drop_rate), memory_efficient

    def forward(self, input: Any) -> Tensor:
        features = torch.cat([input] if isinstance(input, Tensor) else input, 1)
        y = self.conv2(self.relu2(self.norm2(self.conv1(self.relu1(self.norm1(features))))))
        return nn.functional.dropout(y, p=self.drop_rate, training=self.training) if self.drop_rate > 0 else y


class _DenseBlock(nn.ModuleDict):
    def __init__(self, layers: int, channels: int, bn_size: int, growth_rate: int, drop_rate: float, saving: bool):
        super().__init__()
        for i in range(layers):
            layer = _DenseLayer(channels + i * growth_rate, growth_rate, bn_size, drop_rate, saving)
            self.add_module(f"denselayer{i + 1}", layer)

    def forward(self, init_features: Tensor) -> Tensor:
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return torch.cat(features, 1)


class _Transition(nn.Sequential):
    def __init__(self, channels: int, width: int):
        super().__init__()
        self.norm, self.relu = nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(channels, width, kernel_size=1, stride=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """(N, 3, H, W) -> (N, num_classes). `memory_efficient` computes the same; here it saves nothing."""

    def __init__(
        self, growth_rate: int = 32, block_config: tuple[int, ...] = (6, 12, 24, 16), num_init_features: int = 64,
        bn_size: int = 4, drop_rate: float = 0, num_classes: int = 1000, memory_efficient: bool = False,
    ):  # fmt: skip
        super().__init__()
        first = nn.Conv2d(3, num_init_features, kernel_size=7, stride=2, padding=3, bias=False)
        self.features = nn.Sequential(
            OrderedDict(
                conv0=first, norm0=nn.BatchNorm2d(num_init_features), relu0=nn.ReLU(inplace=True),
                pool0=nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
            )
        )  # fmt: skip
        channels = num_init_features
        for i, layers in enumerate(block_config):
            block = _DenseBlock(layers, channels, bn_size, growth_rate, drop_rate, memory_efficient)
            self.features.add_module(f"denseblock{i + 1}", block)
            channels += layers * growth_rate
            if i != len(block_config) - 1:
                self.features.add_module(f"transition{i + 1}", _Transition(channels, channels // 2))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.constant_(module.weight, 1)
                nn.init.constant_(module.bias, 0)
            elif isinstance(module, nn.Linear):
                nn.init.constant_(module.bias, 0)

    def forward(self, x: Tensor) -> Tensor:
        features = nn.functional.relu(self.features(x), inplace=True)
        return self.classifier(nn.functional.adaptive_avg_pool2d(features, (1, 1)).flatten(1))


_OLD_KEY = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var))$")


def _load(function: Callable, kwargs: dict[str, Any], state: dict[str, Any]) -> nn.Module:
    """The published files write norm.1 for what is called norm1."""
    model = function(**kwargs)
    model.load_state_dict({_OLD_KEY.sub(r"\1\2", key): value for key, value in state.items()})
    return model


def _register(name: str, growth_rate: int, block_config: tuple[int, ...], first: int) -> Callable:
    def make(**kwargs: Any) -> DenseNet:
        return DenseNet(growth_rate, block_config, first, **kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"DenseNet-{name[8:]}."
    make.prepare = _load  # type: ignore[attr-defined]
    return builder(make)


densenet121 = _register("densenet121", 32, (6, 12, 24, 16), 64)
densenet161 = _register("densenet161", 48, (6, 12, 36, 24), 96)
densenet169 = _register("densenet169", 32, (6, 12, 32, 32), 64)
densenet201 = _register("densenet201", 32, (6, 12, 48, 32), 64)
