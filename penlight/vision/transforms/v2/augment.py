"""Transforms that erase, mix samples of a batch, or compress."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import penlight as torch
import penlight.nn.functional as nn_functional
from penlight import Tensor
from penlight.vision.pillow import is_pil
from penlight.vision.transforms import warping as v1
from penlight.vision.transforms.framing import draw
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.functional.dispatch import is_pure_tensor
from penlight.vision.transforms.v2.geometry import warn_of_passing
from penlight.vision.transforms.v2.transform import (
    RandomApplied,
    Transform,
    flatten,
    has_any,
    labels_getter_of,
    query_chw,
    query_size,
    unflatten,
)
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask, Video, wrap

__all__ = ["CutMix", "JPEG", "MixUp", "RandomErasing"]


class RandomErasing(RandomApplied):
    """Fill a random rectangle of an image or video with probability `p`.

    Args: scale: range of the share of the area. ratio: range of height / width. value: a number, one a channel, or
    "random" for normal noise.
    """

    get_params = staticmethod(v1.RandomErasing.get_params)

    def __init__(
        self, p: float = 0.5, scale: Sequence[float] = (0.02, 0.33), ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0.0, inplace: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(p=p)
        if not isinstance(value, (int, float, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        if not isinstance(scale, Sequence):
            raise TypeError("Scale should be a sequence")
        if not isinstance(ratio, Sequence):
            raise TypeError("Ratio should be a sequence")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError("Scale should be between 0 and 1")
        self.scale, self.ratio = scale, ratio
        if isinstance(value, str):
            self.value: list[float] | None = None
        else:
            self.value = [float(value)] if isinstance(value, (int, float)) else [float(v) for v in value]
        self.inplace = inplace

    def _call_kernel(self, functional: Callable, inpt: Any, *args: Any, **kwargs: Any) -> Any:
        warn_of_passing(self, inpt)
        return super()._call_kernel(functional, inpt, *args, **kwargs)

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        channels, height, width = query_chw(flat_inputs)
        if self.value is not None and len(self.value) not in (1, channels):
            raise ValueError(
                f"If value is a sequence, it should have either a single value or {channels} (number of inpt channels)"
            )
        return {"window": v1.erased_window(channels, height, width, self.scale, self.ratio, self.value)}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        window = params["window"]
        return inpt if window is None else self._call_kernel(F.erase, inpt, *window, inplace=self.inplace)


class _MixesBatch(Transform):
    """What MixUp and CutMix share: they mix each sample of a batch with its neighbour, and the labels alike.

    Args: alpha: of the Beta distribution of the share. num_classes: for labels that are numbers of classes.
    labels_getter: finds the labels in the sample; "default" takes what is called so.
    Raises: ValueError for Pillow images, boxes, masks and key points, and labels of other forms.
    """

    def __init__(self, *, alpha: float = 1.0, num_classes: int | None = None, labels_getter: Any = "default") -> None:
        super().__init__()
        self.alpha = float(alpha)
        self._dist = torch.distributions.Beta(torch.tensor([alpha]), torch.tensor([alpha]))
        self.num_classes, self._labels_getter = num_classes, labels_getter_of(labels_getter)

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        leaves = flatten(sample)
        needed = self._needs_transform_list(leaves)
        name = type(self).__name__
        if has_any(leaves, is_pil, BoundingBoxes, Mask, KeyPoints):
            raise ValueError(f"{name}() does not support PIL images, bounding boxes, keypoints and masks.")
        labels = self._labels_getter(sample)
        if not isinstance(labels, Tensor):
            raise ValueError(f"The labels must be a tensor, but got {type(labels)} instead.")
        if labels.ndim not in (1, 2):
            raise ValueError(
                "labels should be index based with shape (batch_size,) or probability based with shape "
                f"(batch_size, num_classes), but got a tensor of shape {labels.shape} instead."
            )
        if labels.ndim == 2 and self.num_classes is not None and labels.shape[-1] != self.num_classes:
            raise ValueError(
                "When passing 2D labels, the number of elements in last dimension must match num_classes: "
                f"{labels.shape[-1]} != {self.num_classes}. You can Leave num_classes to None."
            )
        if labels.ndim == 1 and self.num_classes is None:
            raise ValueError("num_classes must be passed if the labels are index-based (1D)")
        params = {"labels": labels, "batch_size": labels.shape[0]}
        params.update(self.make_params([leaf for leaf, is_needed in zip(leaves, needed) if is_needed]))
        results = [
            self.transform(leaf, params) if is_needed or leaf is labels else leaf
            for leaf, is_needed in zip(leaves, needed)
        ]
        return unflatten(sample, results)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if inpt is params["labels"]:
            labels = nn_functional.one_hot(inpt, self.num_classes or -1) if inpt.ndim == 1 else inpt
            return _mixed(labels if labels.is_floating_point() else labels.float(), params["share"])
        if not (isinstance(inpt, (Image, Video)) or is_pure_tensor(inpt)):
            return inpt
        wanted = 5 if isinstance(inpt, Video) else 4
        if inpt.ndim != wanted:
            raise ValueError(f"Expected a batched input with {wanted} dims, but got {inpt.ndim} dimensions instead.")
        if inpt.shape[0] != params["batch_size"]:
            raise ValueError(
                "The batch size of the image or video does not match the batch size of the labels: "
                f"{inpt.shape[0]} != {params['batch_size']}."
            )
        mixed = self.mix(inpt.as_subclass(Tensor), params)
        return wrap(mixed, like=inpt) if isinstance(inpt, (Image, Video)) else mixed

    def mix(self, batch: Tensor, params: dict[str, Any]) -> Tensor:
        """Mix plain images or videos."""
        raise NotImplementedError


def _mixed(batch: Tensor, share: float) -> Tensor:
    return batch.roll(1, 0).mul_(1.0 - share).add_(batch.mul(share))


class MixUp(_MixesBatch):
    """share * sample + (1 - share) * neighbour, images and labels.

    Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", https://arxiv.org/abs/1710.09412

    >>> images, labels = MixUp(num_classes=3)(torch.rand(2, 3, 4, 4), torch.tensor([0, 2]))
    >>> labels.sum(dim=1)
    tensor([1., 1.])
    """

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"share": float(self._dist.sample(()))}

    def mix(self, batch: Tensor, params: dict[str, Any]) -> Tensor:
        return _mixed(batch, params["share"])


class CutMix(_MixesBatch):
    """A window of the neighbour on each sample, and the labels mixed by its area.

    Source: Yun et al., "CutMix", https://arxiv.org/abs/1905.04899
    """

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        share = float(self._dist.sample(()))
        height, width = query_size(flat_inputs)
        x, y = draw(0, width), draw(0, height)
        half = 0.5 * math.sqrt(1.0 - share)
        half_width, half_height = int(half * width), int(half * height)
        left, right = max(x - half_width, 0), min(x + half_width, width)
        top, bottom = max(y - half_height, 0), min(y + half_height, height)
        share = float(1.0 - (right - left) * (bottom - top) / (width * height))
        return {"window": (slice(top, bottom), slice(left, right)), "share": share}

    def mix(self, batch: Tensor, params: dict[str, Any]) -> Tensor:
        rows, columns = params["window"]
        mixed = batch.clone()
        mixed[..., rows, columns] = batch.roll(1, 0)[..., rows, columns]
        return mixed


class JPEG(Transform):
    """Compress as JPEG of a quality drawn from a range, or of one, and decompress. For uint8 and Pillow images."""

    def __init__(self, quality: int | Sequence[int]) -> None:
        super().__init__()
        if isinstance(quality, bool):
            raise TypeError("quality can't be bool")
        if isinstance(quality, int):
            quality = [quality, quality]
        if not isinstance(quality, Sequence):
            raise TypeError("quality should be a sequence of length 2.")
        if len(quality) != 2:
            raise ValueError("quality should be a sequence of length 2.")
        if not (all(isinstance(q, int) for q in quality) and 1 <= quality[0] <= quality[1] <= 100):
            raise ValueError(f"quality must be an integer from 1 to 100, got quality ={quality!r}")
        self.quality = quality

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"quality": int(torch.randint(self.quality[0], self.quality[1] + 1, ()))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.jpeg, inpt, quality=params["quality"])
