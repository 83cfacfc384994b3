"""Sizes, and the formats of boxes: as in `torchvision.transforms.v2.functional`."""

from __future__ import annotations

import warnings
from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.vision.transforms import functional as v1
from penlight.vision.transforms import on_pil
from penlight.vision.transforms.v2.functional.dispatch import (
    IMAGES,
    PIL,
    functional,
    is_pure_tensor,
    kernel,
    unwrapped,
)
from penlight.vision.tv_tensors import (
    BoundingBoxes,
    BoundingBoxFormat,
    KeyPoints,
    Mask,
    Video,
    is_rotated_bounding_format,
    wrap,
)
from penlight.vision.tv_tensors.boxes import as_format

__all__ = [
    "clamp_bounding_boxes", "clamp_keypoints", "convert_bounding_box_format", "get_dimensions",
    "get_dimensions_image", "get_dimensions_video", "get_image_num_channels", "get_image_size", "get_num_channels",
    "get_num_channels_image", "get_num_channels_video", "get_num_frames", "get_num_frames_video", "get_size",
    "get_size_bounding_boxes", "get_size_image", "get_size_keypoints", "get_size_mask", "get_size_video",
    "sanitize_bounding_boxes", "sanitize_keypoints",
]  # fmt: skip

XYXY, XYWH, CXCYWH = BoundingBoxFormat.XYXY, BoundingBoxFormat.XYWH, BoundingBoxFormat.CXCYWH
XYWHR, CXCYWHR, CORNERS = BoundingBoxFormat.XYWHR, BoundingBoxFormat.CXCYWHR, BoundingBoxFormat.XYXYXYXY


@functional
def get_dimensions(inpt: Any) -> list[int]:
    """[channels, height, width] of an image or video."""
    raise AssertionError


@kernel(get_dimensions, *IMAGES)
def get_dimensions_image(image: Tensor) -> list[int]:
    """[channels, height, width] of a tensor (…, C, H, W) or (H, W)."""
    if image.ndim < 2:
        raise TypeError(f"Input tensor should have at least two dimensions, but got {image.ndim}")
    return [1, *image.shape] if image.ndim == 2 else [int(size) for size in image.shape[-3:]]


@functional
def get_num_channels(inpt: Any) -> int:
    """The number of channels of an image or video."""
    raise AssertionError


@kernel(get_num_channels, *IMAGES)
def get_num_channels_image(image: Tensor) -> int:
    """The number of channels of a tensor (…, C, H, W) or (H, W)."""
    return get_dimensions_image(image)[0]


@functional
def get_size(inpt: Any) -> list[int]:
    """[height, width] of an image, video or mask, or of the image that boxes or key points belong to."""
    raise AssertionError


@kernel(get_size, *IMAGES, Mask)
def get_size_image(image: Tensor) -> list[int]:
    """[height, width] of a tensor (…, H, W)."""
    if image.ndim < 2:
        raise TypeError(f"Input tensor should have at least two dimensions, but got {image.ndim}")
    return [int(size) for size in image.shape[-2:]]


kernel(get_dimensions, PIL)(v1.get_dimensions)
kernel(get_num_channels, PIL)(on_pil.channels)
kernel(get_size, PIL)(lambda image: [image.height, image.width])
kernel(get_size, BoundingBoxes, KeyPoints)(lambda inpt, canvas_size: list(canvas_size))


def get_size_bounding_boxes(bounding_box: BoundingBoxes) -> list[int]:
    """[height, width] of the boxes' image."""
    return list(bounding_box.canvas_size)


def get_size_keypoints(keypoints: KeyPoints) -> list[int]:
    """[height, width] of the points' image."""
    return list(keypoints.canvas_size)


@functional
def get_num_frames(inpt: Any) -> int:
    """The number of frames of a video (…, T, C, H, W)."""
    raise AssertionError


@kernel(get_num_frames, Tensor, Video)
def get_num_frames_video(video: Tensor) -> int:
    """The number of frames of a tensor (…, T, C, H, W)."""
    return int(video.shape[-4])


def get_image_size(inpt: Any) -> list[int]:
    """[width, height] of an image. Deprecated in favour of `get_size`."""
    warnings.warn("get_image_size(...) is deprecated, use get_size(...), which returns [h, w]", stacklevel=2)
    return v1.get_image_size(inpt)


def _half(x: Tensor) -> Tensor:
    return x.div(2, rounding_mode=None if x.is_floating_point() else "floor")


def _turn(boxes: Tensor) -> tuple[Tensor, Tensor]:
    angle = boxes[..., 4].mul(torch.pi).div(180.0)
    return angle.cos(), angle.sin()


def _to_corner(boxes: Tensor, format: BoundingBoxFormat) -> Tensor:
    """Boxes of any format as XYXY, or rotated ones as XYWHR."""
    if format in (XYXY, XYWHR):
        return boxes
    if format is XYWH:
        return torch.cat([boxes[..., :2], boxes[..., 2:] + boxes[..., :2]], -1)
    if format is CXCYWH:
        centre, size = boxes.float() if not boxes.is_floating_point() else boxes, boxes[..., 2:]
        low = centre[..., :2] - centre[..., 2:] / 2
        return torch.cat([low, size + low], -1).to(boxes.dtype)
    if format is CXCYWHR:
        (w, h), (cosine, sine) = (boxes[..., 2:4] / 2).abs().unbind(-1), _turn(boxes)
        x, y = boxes[..., 0] - w * cosine - h * sine, boxes[..., 1] + w * sine - h * cosine
        return torch.cat([torch.stack([x, y], -1), boxes[..., 2:]], -1)
    points = boxes.to(torch.float32) if boxes.dtype not in (torch.float32, torch.float64) else boxes
    x1, y1, x2, y2, x3, y3 = points[..., :6].unbind(-1)
    w = ((x2 - x1).pow(2) + (y2 - y1).pow(2)).sqrt()
    h = ((x3 - x2).pow(2) + (y3 - y2).pow(2)).sqrt()
    angle = torch.atan2(y1 - y2, x2 - x1) / torch.pi * 180.0
    return torch.stack([x1, y1, w, h, angle], -1).to(boxes.dtype)


def _from_corner(boxes: Tensor, format: BoundingBoxFormat) -> Tensor:
    """The reverse of `_to_corner`."""
    if format in (XYXY, XYWHR):
        return boxes
    if format is XYWH:
        return torch.cat([boxes[..., :2], boxes[..., 2:] - boxes[..., :2]], -1)
    if format is CXCYWH:
        size = boxes[..., 2:] - boxes[..., :2]
        return torch.cat([_half(boxes[..., :2] * 2 + size), size], -1)
    cosine, sine = _turn(boxes)
    x, y, w, h = boxes[..., :4].unbind(-1)
    if format is CXCYWHR:
        w, h = (w / 2).abs(), (h / 2).abs()
        x, y = x + w * cosine + h * sine, y - w * sine + h * cosine
        return torch.cat([torch.stack([x, y], -1), boxes[..., 2:]], -1)
    corners = [
        x, y, x + w * cosine, y - w * sine, x + (w * cosine + h * sine), y - (w * sine - h * cosine), x + h * sine,
        y + h * cosine,
    ]  # fmt: skip
    return torch.stack(corners, -1)


def convert_boxes(boxes: Tensor, old: BoundingBoxFormat, new: BoundingBoxFormat) -> Tensor:
    """Plain boxes in another format.

    Raises: ValueError for one format that can be rotated and one that cannot.
    """
    if old is new:
        return boxes
    if is_rotated_bounding_format(old) != is_rotated_bounding_format(new):
        raise ValueError("Cannot convert between rotated and unrotated bounding boxes.")
    if (old, new) == (XYWH, CXCYWH):
        return torch.cat([boxes[..., :2] + _half(boxes[..., 2:]), boxes[..., 2:]], -1)
    if (old, new) == (CXCYWH, XYWH):
        if boxes.is_floating_point():
            return torch.cat([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., 2:]], -1)
        low = boxes[..., :2].float() - boxes[..., 2:].float() / 2
        high = (low + boxes[..., 2:]).to(boxes.dtype)
        low = low.to(boxes.dtype)
        return torch.cat([low, high - low], -1)
    return _from_corner(_to_corner(boxes, old), new)


def convert_bounding_box_format(
    inpt: Any, old_format: Any = None, new_format: Any = None, inplace: bool = False
) -> Any:
    """Boxes, a BoundingBoxes or a plain tensor of `old_format`, in another format.

    Args: inplace: put the result into the memory of the input, where the two have as many numbers.
    Raises: TypeError without a new format or for other values; ValueError for an old format missing or not needed.

    >>> convert_bounding_box_format(torch.tensor([[1, 2, 3, 4]]), "xywh", "xyxy")
    tensor([[1, 2, 4, 6]])
    """
    if new_format is None:
        raise TypeError("convert_bounding_box_format() missing 1 required argument: 'new_format'")
    old_format, new_format = as_format(old_format), as_format(new_format)
    is_plain = is_pure_tensor(inpt)
    if is_plain and old_format is None:
        raise ValueError("For pure tensor inputs, `old_format` has to be passed.")
    if not is_plain and not isinstance(inpt, BoundingBoxes):
        raise TypeError(
            f"Input can either be a plain tensor or a bounding box tv_tensor, but got {type(inpt)} instead."
        )
    if not is_plain and old_format is not None:
        raise ValueError("For bounding box tv_tensor inputs, `old_format` must not be passed.")
    boxes = unwrapped(inpt)
    result = convert_boxes(boxes, old_format if is_plain else inpt.format, new_format)
    if inplace and result.shape == boxes.shape and result is not boxes:
        result = boxes.copy_(result)
    return result if is_plain else wrap(result, like=inpt, format=new_format)


def no_rotated(format: BoundingBoxFormat, what: str) -> None:
    """Raise NotImplementedError for rotated boxes."""
    if is_rotated_bounding_format(format):
        raise NotImplementedError(
            f"penlight cannot {what} rotated boxes ({format.value}); it converts them and holds them only"
        )


def clamp_boxes(boxes: Tensor, format: BoundingBoxFormat, canvas_size: Any, clamping_mode: str | None) -> Tensor:
    """Plain boxes cut at the image's border, unless the mode is None."""
    if clamping_mode is None:
        return boxes.clone()
    no_rotated(format, "clamp")
    floats = boxes.clone() if boxes.is_floating_point() else boxes.float()
    corners = convert_boxes(floats, format, XYXY)
    x, y = corners[..., 0::2].clamp(0, canvas_size[1]), corners[..., 1::2].clamp(0, canvas_size[0])
    cut = torch.stack([x[..., 0], y[..., 0], x[..., 1], y[..., 1]], -1)
    return convert_boxes(cut, XYXY, format).to(boxes.dtype)


def clamp_bounding_boxes(
    inpt: Any, format: Any = None, canvas_size: Any = None, clamping_mode: str | None = "auto"
) -> Any:
    """Cut boxes at the image's border.

    Args: format, canvas_size, clamping_mode: for plain tensors; a BoundingBoxes knows its own, which "auto" takes.
    Raises: ValueError for arguments missing or not needed, TypeError for other values, NotImplementedError for rotated
    boxes.
    """
    if clamping_mode not in (None, "soft", "hard", "auto"):
        raise ValueError(f"clamping_mode must be soft, hard, auto or None, got {clamping_mode}")
    if is_pure_tensor(inpt):
        if format is None or canvas_size is None or clamping_mode == "auto":
            raise ValueError("For pure tensor inputs, `format`, `canvas_size` and `clamping_mode` have to be passed.")
        return clamp_boxes(inpt, as_format(format), canvas_size, clamping_mode)
    if not isinstance(inpt, BoundingBoxes):
        raise TypeError(
            f"Input can either be a plain tensor or a bounding box tv_tensor, but got {type(inpt)} instead."
        )
    if format is not None or canvas_size is not None:
        raise ValueError("For bounding box tv_tensor inputs, `format` and `canvas_size` must not be passed.")
    mode = inpt.clamping_mode if clamping_mode == "auto" else clamping_mode
    return wrap(clamp_boxes(unwrapped(inpt), inpt.format, inpt.canvas_size, mode), like=inpt)


def clamp_keypoints(inpt: Any, canvas_size: Any = None) -> Any:
    """Move points outside of the image to its border pixels.

    Args: canvas_size: for plain tensors; KeyPoints know theirs.
    Raises: ValueError for a size missing or not needed, TypeError for other values.
    """
    if is_pure_tensor(inpt):
        if canvas_size is None:
            raise ValueError("For pure tensor inputs, `canvas_size` has to be passed.")
        size = canvas_size
    elif not isinstance(inpt, KeyPoints):
        raise TypeError(f"Input can either be a plain tensor or a keypoints tv_tensor, but got {type(inpt)} instead.")
    elif canvas_size is not None:
        raise ValueError("For keypoints tv_tensor inputs, `canvas_size` must not be passed.")
    else:
        size = inpt.canvas_size
    points = unwrapped(inpt)
    floats = points if points.is_floating_point() else points.float()
    x, y = floats[..., 0].clamp(0, size[1] - 1), floats[..., 1].clamp(0, size[0] - 1)
    result = torch.stack([x, y], -1).to(points.dtype)
    return result if is_pure_tensor(inpt) else wrap(result, like=inpt)


def valid_boxes(
    boxes: Tensor, format: BoundingBoxFormat, canvas_size: Any, min_size: float = 1.0, min_area: float = 1.0
) -> Tensor:
    """Which boxes are large enough and inside of the image."""
    no_rotated(format, "check")
    boxes = convert_boxes(boxes, format, XYXY)
    height, width = canvas_size
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    large = (w >= min_size) & (h >= min_size) & (w * h >= min_area)
    inside = (boxes[:, 0::2] <= width).all(dim=-1) & (boxes[:, 1::2] <= height).all(dim=-1)
    return large & inside & (boxes >= 0).all(dim=-1)


def valid_keypoints(points: Tensor, canvas_size: Any) -> Tensor:
    """Which points, or groups of points (N, …, 2), are inside of the image."""
    height, width = canvas_size
    x, y = points[..., 0], points[..., 1]
    valid = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return valid.flatten(start_dim=1).all(dim=1) if valid.ndim > 1 else valid


def sanitize_bounding_boxes(
    bounding_boxes: Any, format: Any = None, canvas_size: Any = None, min_size: float = 1.0, min_area: float = 1.0
) -> tuple[Any, Tensor]:
    """(the boxes that are large enough and inside of the image, which those are).

    Raises: ValueError for other values, and for a format or size missing or not needed.
    """
    if is_pure_tensor(bounding_boxes):
        if format is None or canvas_size is None:
            raise ValueError(
                "format and canvas_size cannot be None if bounding_boxes is a pure tensor. "
                f"Got format={format} and canvas_size={canvas_size}."
            )
        valid = valid_boxes(bounding_boxes, as_format(format), canvas_size, min_size, min_area)
        return bounding_boxes[valid], valid
    if not isinstance(bounding_boxes, BoundingBoxes):
        raise ValueError("bounding_boxes must be a tv_tensors.BoundingBoxes instance or a pure tensor.")
    if format is not None or canvas_size is not None:
        raise ValueError(
            "format and canvas_size must be None when bounding_boxes is a tv_tensors.BoundingBoxes instance. "
            f"Got format={format} and canvas_size={canvas_size}."
        )
    boxes = unwrapped(bounding_boxes)
    valid = valid_boxes(boxes, bounding_boxes.format, bounding_boxes.canvas_size, min_size, min_area)
    return wrap(boxes[valid], like=bounding_boxes), valid


def sanitize_keypoints(key_points: Any, canvas_size: Any = None) -> tuple[Any, Tensor]:
    """(the points inside of the image, which those are).

    Raises: ValueError for other values, and for a size missing or not needed.
    """
    if is_pure_tensor(key_points):
        if canvas_size is None:
            raise ValueError("canvas_size cannot be None if key_points is a pure tensor.")
        valid = valid_keypoints(key_points, canvas_size)
        return key_points[valid], valid
    if not isinstance(key_points, KeyPoints):
        raise ValueError("key_points must be a tv_tensors.KeyPoints instance or a pure tensor.")
    if canvas_size is not None:
        raise ValueError(
            f"canvas_size must be None when key_points is a tv_tensors.KeyPoints instance. Got {canvas_size}."
        )
    valid = valid_keypoints(unwrapped(key_points), key_points.canvas_size)
    return wrap(unwrapped(key_points)[valid], like=key_points), valid


get_image_num_channels = get_num_channels
get_dimensions_video, get_num_channels_video = get_dimensions_image, get_num_channels_image
get_size_video = get_size_mask = get_size_image
