"""`roi_align` on the level of a pyramid that suits each box's size: https://arxiv.org/abs/1612.03144."""

from __future__ import annotations

import math
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.vision.ops.boxes import box_area
from penlight.vision.ops.roi import roi_align

__all__ = ["LevelMapper", "MultiScaleRoIAlign"]


class LevelMapper:
    """floor(lvl0 + log2(sqrt(area) / s0) + eps) for each box, limited to k_min ... k_max, counted from k_min."""

    def __init__(self, k_min: int, k_max: int, canonical_scale: int = 224, canonical_level: int = 4, eps: float = 1e-6):
        self.k_min, self.k_max, self.s0, self.lvl0, self.eps = k_min, k_max, canonical_scale, canonical_level, eps

    def __call__(self, boxlists: list[Tensor]) -> Tensor:
        sides = torch.sqrt(torch.cat([box_area(boxes) for boxes in boxlists]))
        levels = torch.floor(self.lvl0 + torch.log2(sides / self.s0) + torch.tensor(self.eps, dtype=sides.dtype))
        return torch.clamp(levels, min=self.k_min, max=self.k_max).to(torch.int64) - self.k_min


class MultiScaleRoIAlign(nn.Module):
    """(dict of features, list of boxes (K_i, 4), list of the images' sizes) -> (K, C, *output_size).

    Args: featmap_names: the levels to use, from fine to coarse; canonical_scale, canonical_level: a box of this side is
    pooled from this level.
    Raises: ValueError when none of the levels is among the features.
    """

    def __init__(
        self, featmap_names: list[str], output_size: Any, sampling_ratio: int, *, canonical_scale: int = 224,
        canonical_level: int = 4,
    ):  # fmt: skip
        super().__init__()
        self.featmap_names, self.sampling_ratio = featmap_names, sampling_ratio
        self.output_size = (output_size, output_size) if isinstance(output_size, int) else tuple(output_size)
        self.scales: list[float] | None = None
        self.map_levels: LevelMapper | None = None
        self.canonical_scale, self.canonical_level = canonical_scale, canonical_level

    def _settle(self, features: list[Tensor], image_shapes: list[tuple[int, int]]) -> None:
        """The levels' scales, from the sizes of the features and of the largest image."""
        if not image_shapes:
            raise ValueError("images list should not be empty")
        tall = max(shape[0] for shape in image_shapes)
        scales = [2.0 ** float(torch.tensor(f.shape[-2] / tall).log2().round()) for f in features]
        self.scales = scales
        limits = int(-math.log2(scales[0])), int(-math.log2(scales[-1]))
        self.map_levels = LevelMapper(*limits, self.canonical_scale, self.canonical_level)

    def forward(self, x: dict[str, Tensor], boxes: list[Tensor], image_shapes: list[tuple[int, int]]) -> Tensor:
        features = [level for name, level in x.items() if name in self.featmap_names]
        if not features:
            raise ValueError(f"expected features named {self.featmap_names}, got {list(x)}")
        if self.scales is None or self.map_levels is None:
            self._settle(features, image_shapes)
        scales: Any = self.scales
        numbers = [torch.full_like(b[:, :1], i) for i, b in enumerate(boxes)]
        rois = torch.cat([torch.cat(numbers), torch.cat(list(boxes))], 1)
        if len(features) == 1:
            return roi_align(features[0], rois, self.output_size, scales[0], self.sampling_ratio)
        mapper: Any = self.map_levels
        levels = mapper(boxes)
        result = torch.zeros((len(rois), features[0].shape[1], *self.output_size), dtype=features[0].dtype)
        for number, (feature, scale) in enumerate(zip(features, scales)):
            places = torch.where(levels == number)[0]
            pooled = roi_align(feature, rois[places], self.output_size, scale, self.sampling_ratio)
            result = result.index_put((places,), pooled.to(result.dtype))
        return result

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(featmap_names={self.featmap_names}, output_size={self.output_size}, "
            f"sampling_ratio={self.sampling_ratio})"
        )
