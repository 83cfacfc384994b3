"""Feature pyramids: https://arxiv.org/abs/1612.03144."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from penlight import Tensor, nn
from penlight.nn import functional as F
from penlight.vision.ops.layers import Conv2dNormActivation

__all__ = ["ExtraFPNBlock", "FeaturePyramidNetwork", "LastLevelMaxPool", "LastLevelP6P7"]


class ExtraFPNBlock(nn.Module):
    """What adds levels: (results, inputs, names) -> (results, names)."""

    def forward(self, results: list[Tensor], x: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        raise NotImplementedError(f"{type(self).__name__} has no forward")


class FeaturePyramidNetwork(nn.Module):
    """Each level plus the coarser one, enlarged: OrderedDict of (N, C_i, H_i, W_i) -> the same of `out_channels`.

    Args: in_channels_list: the C_i, from fine to coarse; extra_blocks: adds levels.
    Raises: ValueError for a level of 0 channels; TypeError for other extra blocks.

    >>> import penlight as torch
    >>> net = FeaturePyramidNetwork([2, 4], 3)
    >>> [*net(OrderedDict(a=torch.ones(1, 2, 8, 8), b=torch.ones(1, 4, 4, 4))).values()][1].shape
    torch.Size([1, 3, 4, 4])
    """

    _version = 2  # the blocks of version 1 are bare convolutions

    def __init__(
        self, in_channels_list: list[int], out_channels: int, extra_blocks: ExtraFPNBlock | None = None,
        norm_layer: Callable | None = None,
    ):  # fmt: skip
        super().__init__()
        self.inner_blocks, self.layer_blocks = nn.ModuleList(), nn.ModuleList()
        options: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": None}
        for channels in in_channels_list:
            if channels == 0:
                raise ValueError("in_channels=0 is currently not supported")
            self.inner_blocks.append(Conv2dNormActivation(channels, out_channels, 1, padding=0, **options))
            self.layer_blocks.append(Conv2dNormActivation(out_channels, out_channels, 3, **options))
        _initialize(self)
        if extra_blocks is not None and not isinstance(extra_blocks, ExtraFPNBlock):
            raise TypeError(f"extra_blocks should be of type ExtraFPNBlock not {type(extra_blocks)}")
        self.extra_blocks = extra_blocks

    def _load_from_state_dict(self, state_dict: dict, prefix: str, local_metadata: dict, *rest: Any) -> None:
        if (local_metadata.get("version") or 1) < 2:
            for block in ("inner_blocks", "layer_blocks"):
                for i in range(len(self.inner_blocks)):
                    for kind in ("weight", "bias"):
                        old = f"{prefix}{block}.{i}.{kind}"
                        if old in state_dict:
                            state_dict[f"{prefix}{block}.{i}.0.{kind}"] = state_dict.pop(old)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    def forward(self, x: dict[str, Tensor]) -> OrderedDict[str, Tensor]:
        names, levels = list(x.keys()), list(x.values())
        above = self.inner_blocks[-1](levels[-1])
        results = [self.layer_blocks[-1](above)]
        for i in range(len(levels) - 2, -1, -1):
            inner = self.inner_blocks[i](levels[i])
            above = inner + F.interpolate(above, size=inner.shape[-2:], mode="nearest")
            results.insert(0, self.layer_blocks[i](above))
        if self.extra_blocks is not None:
            results, names = self.extra_blocks(results, levels, names)
        return OrderedDict(zip(names, results))


def _initialize(module: nn.Module) -> None:
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_uniform_(part.weight, a=1)
            if part.bias is not None:
                nn.init.constant_(part.bias, 0)


class LastLevelMaxPool(ExtraFPNBlock):
    """Adds "pool": every second pixel of the coarsest level."""

    def forward(self, x: list[Tensor], y: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        return [*x, F.max_pool2d(x[-1], kernel_size=1, stride=2, padding=0)], [*names, "pool"]


class LastLevelP6P7(ExtraFPNBlock):
    """Adds "p6" and "p7" by convolutions of stride 2: https://arxiv.org/abs/1708.02002."""

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.p6 = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p7 = nn.Conv2d(out_channels, out_channels, 3, 2, 1)
        _initialize(self)
        self.use_P5 = in_channels == out_channels

    def forward(self, p: list[Tensor], c: list[Tensor], names: list[str]) -> tuple[list[Tensor], list[str]]:
        sixth = self.p6((p if self.use_P5 else c)[-1])
        return [*p, sixth, self.p7(F.relu(sixth))], [*names, "p6", "p7"]
