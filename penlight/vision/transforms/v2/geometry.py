"""Transforms that flip, resize, crop and pad."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.vision.ops import box_iou
from penlight.vision.pillow import is_pil
from penlight.vision.transforms import framing as v1
from penlight.vision.transforms.framing import draw
from penlight.vision.transforms.v2 import functional as F
from penlight.vision.transforms.v2.functional.arguments import edges_of, pair_of
from penlight.vision.transforms.v2.functional.dispatch import is_pure_tensor
from penlight.vision.transforms.v2.transform import (
    RandomApplied,
    Transform,
    fill_for,
    fills_of,
    get_bounding_boxes,
    has_all,
    has_any,
    query_size,
)
from penlight.vision.tv_tensors import BoundingBoxes, Image, KeyPoints, Mask

__all__ = [
    "CenterCrop", "FiveCrop", "Pad", "RandomCrop", "RandomHorizontalFlip", "RandomIoUCrop", "RandomResize",
    "RandomResizedCrop", "RandomShortestSize", "RandomVerticalFlip", "RandomZoomOut", "Resize", "ScaleJitter",
    "TenCrop",
]  # fmt: skip


class RandomHorizontalFlip(RandomApplied):
    """Exchange left and right with probability `p`."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.horizontal_flip, inpt)


class RandomVerticalFlip(RandomApplied):
    """Exchange top and bottom with probability `p`."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.vertical_flip, inpt)


class Resize(Transform):
    """`functional.resize`: a single number is the length that the shorter side gets, None leaves it to `max_size`.

    >>> Resize((4, 6))(torch.zeros(3, 8, 8)).shape
    torch.Size([3, 4, 6])
    """

    def __init__(
        self, size: Any, interpolation: Any = "bilinear", max_size: int | None = None, antialias: bool | None = True
    ) -> None:
        super().__init__()
        if isinstance(size, int):
            size = [size]
        elif isinstance(size, Sequence) and len(size) in (1, 2):
            size = list(size)
        elif size is not None:
            raise ValueError(
                f"size can be an integer, a sequence of one or two integers, or None, but got {size} instead."
            )
        elif not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        self.size, self.interpolation, self.max_size, self.antialias = size, interpolation, max_size, antialias

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.resize, inpt, self.size, self.interpolation, self.max_size, self.antialias)


class _Resizes(Transform):
    """What those share that draw a size."""

    interpolation: Any
    antialias: Any

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(
            F.resize, inpt, params["size"], interpolation=self.interpolation, antialias=self.antialias
        )


class ScaleJitter(_Resizes):
    """Resize by a drawn factor times the one that fits the image into `target_size`."""

    def __init__(
        self, target_size: tuple[int, int], scale_range: tuple[float, float] = (0.1, 2.0),
        interpolation: Any = "bilinear", antialias: bool | None = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.target_size, self.scale_range = target_size, scale_range
        self.interpolation, self.antialias = interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        low, high = self.scale_range
        factor = low + torch.rand(1) * (high - low)
        factor = min(self.target_size[1] / height, self.target_size[0] / width) * factor
        return {"size": (int(height * factor), int(width * factor))}


class RandomShortestSize(_Resizes):
    """Resize so that the shorter side gets one of the lengths `min_size`, the longer one at most `max_size`."""

    def __init__(
        self, min_size: Any, max_size: int | None = None, interpolation: Any = "bilinear",
        antialias: bool | None = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.min_size = [min_size] if isinstance(min_size, int) else list(min_size)
        self.max_size, self.interpolation, self.antialias = max_size, interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        factor = self.min_size[int(torch.randint(len(self.min_size), ()))] / min(height, width)
        if self.max_size is not None:
            factor = min(factor, self.max_size / max(height, width))
        return {"size": (int(height * factor), int(width * factor))}


class RandomResize(_Resizes):
    """Resize so that the shorter side gets a length of [min_size, max_size)."""

    def __init__(
        self, min_size: int, max_size: int, interpolation: Any = "bilinear", antialias: bool | None = True
    ) -> None:
        super().__init__()
        self.min_size, self.max_size = min_size, max_size
        self.interpolation, self.antialias = interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"size": [int(torch.randint(self.min_size, self.max_size, ()))]}


class CenterCrop(Transform):
    """The middle, of size (height, width)."""

    def __init__(self, size: Any) -> None:
        super().__init__()
        self.size = _setup(size)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.center_crop, inpt, output_size=self.size)


def _setup(size: Any) -> Any:
    """(height, width); a pair stays as it is."""
    if not isinstance(size, (int, Sequence)):
        raise TypeError(f"Size should be int or sequence, got {type(size)}")
    pair = pair_of(size)
    return size if not isinstance(size, int) and len(size) == 2 else pair


class RandomResizedCrop(Transform):
    """A window of random area and aspect ratio, resized to `size`.

    Args: scale: range of the window's share of the area. ratio: range of width / height.
    """

    get_params = staticmethod(v1.RandomResizedCrop.get_params)

    def __init__(
        self, size: Any, scale: Sequence[float] = (0.08, 1.0), ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Any = "bilinear", antialias: bool | None = True,
    ) -> None:  # fmt: skip
        super().__init__()
        self.size = _setup(size)
        for name, pair in (("Scale", scale), ("Ratio", ratio)):
            if not isinstance(pair, Sequence) or len(pair) != 2:
                raise TypeError(f"{name} should be a sequence of two floats.")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        self.scale, self.ratio = scale, ratio
        self.interpolation, self.antialias = interpolation, antialias

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        window = v1.resized_window(height, width, self.scale, self.ratio)
        return dict(zip(("top", "left", "height", "width"), window))

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        options = {"size": self.size, "interpolation": self.interpolation, "antialias": self.antialias}
        return self._call_kernel(F.resized_crop, inpt, **params, **options)


def warn_of_passing(transform: Transform, inpt: Any) -> None:
    """Warn of what a transform of images leaves as it is."""
    if isinstance(inpt, (BoundingBoxes, KeyPoints, Mask)):
        warnings.warn(
            f"{type(transform).__name__}() is currently passing through inputs of type "
            f"tv_tensors.{type(inpt).__name__}. This will likely change in the future.",
            stacklevel=3,
        )


class FiveCrop(Transform):
    """The four corners and the middle, as a tuple. Images and videos only."""

    def __init__(self, size: Any) -> None:
        super().__init__()
        self.size = _setup(size)

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        if has_any(flat_inputs, BoundingBoxes, Mask):
            raise TypeError(f"BoundingBoxes'es and Mask's are not supported by {type(self).__name__}()")

    def _call_kernel(self, functional: Callable, inpt: Any, *args: Any, **kwargs: Any) -> Any:
        warn_of_passing(self, inpt)
        return super()._call_kernel(functional, inpt, *args, **kwargs)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.five_crop, inpt, self.size)


class TenCrop(FiveCrop):
    """`FiveCrop` of the image and of the flipped image, as a tuple."""

    def __init__(self, size: Any, vertical_flip: bool = False) -> None:
        super().__init__(size)
        self.vertical_flip = vertical_flip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.ten_crop, inpt, self.size, vertical_flip=self.vertical_flip)


def _check_padding(padding: Any) -> None:
    is_good = isinstance(padding, int)
    if isinstance(padding, (tuple, list)):
        is_good = len(padding) in (1, 2, 4) and all(isinstance(p, int) for p in padding)
    if not is_good:
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element of tuple or list, got {padding}.")


def _check_padding_mode(mode: str) -> None:
    if mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")


class Pad(Transform):
    """`functional.pad`. Args: fill: for all, or by type of input."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> None:
        super().__init__()
        _check_padding(padding)
        _check_padding_mode(padding_mode)
        self.padding = padding if isinstance(padding, int) else list(padding)
        self.fill, self._fill, self.padding_mode = fill, fills_of(fill), padding_mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        fill = fill_for(self._fill, inpt)
        return self._call_kernel(F.pad, inpt, padding=self.padding, fill=fill, padding_mode=self.padding_mode)


class RandomZoomOut(RandomApplied):
    """Put the image at a random place of a larger one, with probability `p`.

    Args: side_range: range of the factor of the sides.
    """

    def __init__(self, fill: Any = 0, side_range: Sequence[float] = (1.0, 4.0), p: float = 0.5) -> None:
        super().__init__(p=p)
        self.fill, self._fill = fill, fills_of(fill)
        if not isinstance(side_range, Sequence):
            raise TypeError("side_range should be a sequence of length 2.")
        if len(side_range) != 2:
            raise ValueError("side_range should be a sequence of length 2.")
        self.side_range = side_range
        if side_range[0] < 1.0 or side_range[0] > side_range[1]:
            raise ValueError(f"Invalid side range provided {side_range}.")

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        low, high = self.side_range
        factor = low + torch.rand(1) * (high - low)
        across, down = int(width * factor) - width, int(height * factor) - height
        place = torch.rand(2)
        left, top = int(across * place[0]), int(down * place[1])
        return {"padding": [left, top, across - left, down - top]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._call_kernel(F.pad, inpt, **params, fill=fill_for(self._fill, inpt))


class RandomCrop(Transform):
    """A window of size (height, width) at a random place, of a sample that may be padded first."""

    get_params = staticmethod(v1.RandomCrop.get_params)

    def __init__(
        self, size: Any, padding: Any = None, pad_if_needed: bool = False, fill: Any = 0,
        padding_mode: str = "constant",
    ) -> None:  # fmt: skip
        super().__init__()
        self.size = _setup(size)
        if padding is not None:
            _check_padding(padding)
        if pad_if_needed or padding is not None:
            _check_padding_mode(padding_mode)
        self.padding = None
        if padding:
            left, top, right, bottom = edges_of(padding)
            self.padding = [left, right, top, bottom]
        self.pad_if_needed = pad_if_needed
        self.fill, self._fill, self.padding_mode = fill, fills_of(fill), padding_mode

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        sizes = list(query_size(flat_inputs))
        left, right, top, bottom = self.padding or [0, 0, 0, 0]
        before, after = [top, left], [bottom, right]
        places = []
        for axis, target in enumerate(self.size):
            sizes[axis] += before[axis] + after[axis]
            missing = target - sizes[axis]
            if self.pad_if_needed and missing > 0:
                before[axis], after[axis] = before[axis] + missing, after[axis] + missing
                sizes[axis] += 2 * missing
        if sizes[0] < self.size[0] or sizes[1] < self.size[1]:
            padded = "padded " if self.padding is not None else ""
            raise ValueError(
                f"Required crop size {tuple(self.size)} is larger than {padded}input image size {tuple(sizes)}."
            )
        for size, target in zip(sizes, self.size):
            places.append(int(torch.randint(0, size - target + 1, size=())) if size > target else 0)
        return {
            "padding": [before[1], before[0], after[1], after[0]], "needs_crop": sizes != list(self.size),
            "window": (*places, *self.size),
        }  # fmt: skip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if any(params["padding"]):
            options = {"fill": fill_for(self._fill, inpt), "padding_mode": self.padding_mode}
            inpt = self._call_kernel(F.pad, inpt, padding=params["padding"], **options)
        return self._call_kernel(F.crop, inpt, *params["window"]) if params["needs_crop"] else inpt


class RandomIoUCrop(Transform):
    """A random window that keeps the overlap with a box above a drawn bound; boxes with their centre outside become 0.

    Args: sampler_options: the bounds, of intersection over union; 1 or more leaves the sample as it is. trials: how
    many windows are drawn before another bound is.
    Raises: TypeError for a sample without an image or without boxes.
    Source: Liu et al., "SSD: Single Shot MultiBox Detector", https://arxiv.org/abs/1512.02325
    """

    def __init__(
        self, min_scale: float = 0.3, max_scale: float = 1.0, min_aspect_ratio: float = 0.5,
        max_aspect_ratio: float = 2.0, sampler_options: list[float] | None = None, trials: int = 40,
    ) -> None:  # fmt: skip
        super().__init__()
        self.min_scale, self.max_scale = min_scale, max_scale
        self.min_aspect_ratio, self.max_aspect_ratio = min_aspect_ratio, max_aspect_ratio
        self.options = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0] if sampler_options is None else sampler_options
        self.trials = trials

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        if not (has_all(flat_inputs, BoundingBoxes) and has_any(flat_inputs, is_pil, Image, is_pure_tensor)):
            raise TypeError(
                f"{type(self).__name__}() requires input sample to contain tensor or PIL images and bounding boxes. "
                "Sample can also contain masks."
            )

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        boxes = get_bounding_boxes(flat_inputs)
        corners = F.convert_bounding_box_format(boxes.as_subclass(Tensor), boxes.format, "XYXY")
        center_x, center_y = 0.5 * (corners[..., 0] + corners[..., 2]), 0.5 * (corners[..., 1] + corners[..., 3])
        while True:
            bound = self.options[draw(0, len(self.options))]
            if bound >= 1.0:
                return {}
            for _ in range(self.trials):
                scale = self.min_scale + (self.max_scale - self.min_scale) * torch.rand(2)
                w, h = int(width * scale[0]), int(height * scale[1])
                if not (self.min_aspect_ratio <= w / h <= self.max_aspect_ratio):
                    continue
                place = torch.rand(2)
                left, top = int((width - w) * place[0]), int((height - h) * place[1])
                if w == 0 or h == 0:
                    continue
                inside = (left < center_x) & (center_x < left + w) & (top < center_y) & (center_y < top + h)
                if not inside.any():
                    continue
                window = torch.tensor([[left, top, left + w, top + h]], dtype=corners.dtype)
                if box_iou(corners[inside], window).max() >= bound:
                    return {"window": (top, left, h, w), "inside": inside}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if not params:
            return inpt
        output = self._call_kernel(F.crop, inpt, *params["window"])
        if isinstance(output, BoundingBoxes):
            output[~params["inside"]] = 0
        return output
