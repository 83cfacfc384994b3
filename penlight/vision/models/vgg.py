"""VGG: https://arxiv.org/abs/1409.1556."""

from __future__ import annotations

from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import initialize, small_linear
from penlight.vision.models.weights import builder

__all__ = ["VGG", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"]

# Channels of the convolutions, "M" for pooling, by the paper's letters
cfgs: dict[str, list[str | int]] = {
    letter: [v for width, n in zip((64, 128, 256, 512, 512), counts) for v in (*[width] * n, "M")]
    for letter, counts in {
        "A": (1, 1, 2, 2, 2),
        "B": (2, 2, 2, 2, 2),
        "D": (2, 2, 3, 3, 3),
        "E": (2, 2, 4, 4, 4),
    }.items()
}


class VGG(nn.Module):
    """(N, 3, H, W) -> (N, num_classes), from a module of features with 512 channels."""

    def __init__(self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )  # fmt: skip
        if init_weights:
            initialize(self, small_linear)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def make_layers(cfg: list[str | int], batch_norm: bool = False) -> nn.Sequential:
    """The features that one of `cfgs` describes. Shape: (N, 3, H, W) -> (N, 512, H / 32, W / 32)."""
    layers: list[nn.Module] = []
    channels = 3
    for v in cfg:
        if isinstance(v, str):
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, v, kernel_size=3, padding=1))
        layers += [nn.BatchNorm2d(v)] if batch_norm else []
        layers.append(nn.ReLU(inplace=True))
        channels = v
    return nn.Sequential(*layers)


def _vgg(letter: str, batch_norm: bool, **kwargs: Any) -> VGG:
    return VGG(make_layers(cfgs[letter], batch_norm), **kwargs)


@builder
def vgg11(**kwargs: Any) -> VGG:
    """VGG-11."""
    return _vgg("A", False, **kwargs)


@builder
def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG-11 with batch normalization."""
    return _vgg("A", True, **kwargs)


@builder
def vgg13(**kwargs: Any) -> VGG:
    """VGG-13."""
    return _vgg("B", False, **kwargs)


@builder
def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG-13 with batch normalization."""
    return _vgg("B", True, **kwargs)


@builder
def vgg16(**kwargs: Any) -> VGG:
    """VGG-16."""
    return _vgg("D", False, **kwargs)


@builder
def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG-16 with batch normalization."""
    return _vgg("D", True, **kwargs)


@builder
def vgg19(**kwargs: Any) -> VGG:
    """VGG-19."""
    return _vgg("E", False, **kwargs)


@builder
def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG-19 with batch normalization."""
    return _vgg("E", True, **kwargs)
