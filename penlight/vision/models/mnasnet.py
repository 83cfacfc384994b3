"""MNASNet: https://arxiv.org/abs/1807.11626."""

from __future__ import annotations

import warnings
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import make_divisible
from penlight.vision.models.weights import register

__all__ = ["MNASNet", "mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3"]

_MOMENTUM = 1 - 0.9997
# Kernel, stride, expansion, blocks of the six stacks
_STACKS = [(3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1)]


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, momentum=_MOMENTUM)


def _conv(inp: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution that keeps the size up to the stride, and its norm."""
    return [nn.Conv2d(inp, out, kernel, padding=kernel // 2, stride=stride, groups=groups, bias=False), _norm(out)]


class _InvertedResidual(nn.Module):
    """Widen, convolve each channel, narrow; with a shortcut where the sizes are equal."""

    def __init__(self, in_ch: int, out_ch: int, kernel_size: int, stride: int, expansion_factor: int):
        super().__init__()
        wide = in_ch * expansion_factor
        self.apply_residual = in_ch == out_ch and stride == 1
        self.layers = nn.Sequential(
            *_conv(in_ch, wide, 1), nn.ReLU(inplace=True),
            *_conv(wide, wide, kernel_size, stride, wide), nn.ReLU(inplace=True),
            *_conv(wide, out_ch, 1),
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        return self.layers(input) + input if self.apply_residual else self.layers(input)


def _stem(widths: list[int]) -> list[nn.Module]:
    first, second = widths
    return [
        *_conv(3, first, 3, 2), nn.ReLU(inplace=True),
        *_conv(first, first, 3, 1, first), nn.ReLU(inplace=True),
        *_conv(first, second, 1),
    ]  # fmt: skip


class MNASNet(nn.Module):
    """(N, 3, H, W) -> (N, num_classes). Args: alpha: the factor of the numbers of channels."""

    _version = 2  # version 1 did not scale the stem

    def __init__(self, alpha: float, num_classes: int = 1000, dropout: float = 0.2):
        super().__init__()
        if alpha <= 0.0:
            raise ValueError(f"alpha should be greater than 0.0 instead of {alpha}")
        self.alpha, self.num_classes = alpha, num_classes
        widths = [make_divisible(width * alpha, 8) for width in (32, 16, 24, 40, 80, 96, 192, 320)]
        layers = _stem(widths[:2])
        for (kernel, stride, expansion, count), inp, out in zip(_STACKS, widths[1:], widths[2:]):
            blocks = [_InvertedResidual(inp, out, kernel, stride, expansion)]
            blocks += [_InvertedResidual(out, out, kernel, 1, expansion) for _ in range(1, count)]
            layers.append(nn.Sequential(*blocks))
        self.layers = nn.Sequential(*layers, *_conv(widths[7], 1280, 1), nn.ReLU(inplace=True))
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(1280, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="sigmoid")
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.layers(x).mean([2, 3]))

    def _load_from_state_dict(self, state_dict: dict, prefix: str, local_metadata: dict, *rest: Any) -> None:
        version = local_metadata.get("version")
        if version not in (1, 2):
            raise ValueError(f"version should be set to 1 or 2 instead of {version}")
        if version == 1 and self.alpha != 1.0:
            self.layers[:9] = nn.Sequential(*_stem([32, 16]), self._first_stack())
            self._version = 1
            warnings.warn(
                "An MNASNet of version 1 is loaded: its stem is not scaled by alpha, and this model is changed to that",
                UserWarning,
            )
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    def _first_stack(self) -> nn.Sequential:
        """The first stack behind 16 channels."""
        kernel, stride, expansion, count = _STACKS[0]
        out = make_divisible(24 * self.alpha, 8)
        blocks = [_InvertedResidual(16, out, kernel, stride, expansion)]
        return nn.Sequential(*blocks, *(_InvertedResidual(out, out, kernel, 1, expansion) for _ in range(1, count)))


mnasnet0_5 = register("mnasnet0_5", "MNASNet, width 0.5.", MNASNet, 0.5)
mnasnet0_75 = register("mnasnet0_75", "MNASNet, width 0.75.", MNASNet, 0.75)
mnasnet1_0 = register("mnasnet1_0", "MNASNet.", MNASNet, 1.0)
mnasnet1_3 = register("mnasnet1_3", "MNASNet, width 1.3.", MNASNet, 1.3)
