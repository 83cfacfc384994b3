"""Flipping, resizing, cropping and padding, as in `torchvision.transforms.v2.functional`."""

from __future__ import annotations

import warnings
from typing import Any

import penlight as torch
import penlight.nn.functional as F
from penlight import Tensor
from penlight.vision.transforms import functional as v1
from penlight.vision.transforms import on_pil, on_tensor
from penlight.vision.transforms.interpolation import InterpolationMode, pil_filter
from penlight.vision.transforms.v2.functional import boxes
from penlight.vision.transforms.v2.functional.arguments import center_place, edges_of, mode_of, pair_of, resized_size
from penlight.vision.transforms.v2.functional.bytes_resize import resize_bytes
from penlight.vision.transforms.v2.functional.dispatch import IMAGES, PIL, functional, kernel, mask_kernel
from penlight.vision.tv_tensors import BoundingBoxes, KeyPoints

__all__ = [
    "center_crop", "center_crop_image", "center_crop_mask", "center_crop_video", "crop", "crop_image", "crop_mask",
    "crop_video", "five_crop", "five_crop_image", "five_crop_video", "hflip", "horizontal_flip",
    "horizontal_flip_image", "horizontal_flip_mask", "horizontal_flip_video", "pad", "pad_image", "pad_mask",
    "pad_video", "resize", "resize_image", "resize_mask", "resize_video", "resized_crop", "resized_crop_image",
    "resized_crop_mask", "resized_crop_video", "ten_crop", "ten_crop_image", "ten_crop_video", "vertical_flip",
    "vertical_flip_image", "vertical_flip_mask", "vertical_flip_video", "vflip",
]  # fmt: skip

_BILINEAR = InterpolationMode.BILINEAR


@functional
def horizontal_flip(inpt: Any) -> Any:
    """Exchange left and right.

    >>> horizontal_flip(torch.tensor([[[1, 2]]]))
    tensor([[[2, 1]]])
    """
    raise AssertionError


@functional
def vertical_flip(inpt: Any) -> Any:
    """Exchange top and bottom."""
    raise AssertionError


@kernel(horizontal_flip, *IMAGES)
def horizontal_flip_image(image: Tensor) -> Tensor:
    """An image (…, W), mirrored."""
    return image.flip(-1)


@kernel(vertical_flip, *IMAGES)
def vertical_flip_image(image: Tensor) -> Tensor:
    """An image (…, H, W) upside down."""
    return image.flip(-2)


kernel(horizontal_flip, PIL)(on_pil.hflip)
kernel(vertical_flip, PIL)(on_pil.vflip)
horizontal_flip_mask = mask_kernel(horizontal_flip)(horizontal_flip_image)
vertical_flip_mask = mask_kernel(vertical_flip)(vertical_flip_image)
kernel(horizontal_flip, BoundingBoxes)(boxes.horizontal_flip_bounding_boxes)
kernel(horizontal_flip, KeyPoints)(boxes.horizontal_flip_keypoints)
kernel(vertical_flip, BoundingBoxes)(boxes.vertical_flip_bounding_boxes)
kernel(vertical_flip, KeyPoints)(boxes.vertical_flip_keypoints)


@functional
def resize(
    inpt: Any, size: Any, interpolation: Any = _BILINEAR, max_size: int | None = None, antialias: bool | None = True
) -> Any:
    """Resize to (height, width); a single number is the length of the shorter side, None leaves it to `max_size`.

    >>> resize(torch.zeros(3, 4, 8), None, max_size=4).shape
    torch.Size([3, 2, 4])
    """
    raise AssertionError


@kernel(resize, *IMAGES)
def resize_image(
    image: Tensor, size: Any, interpolation: Any = _BILINEAR, max_size: int | None = None, antialias: bool | None = True
) -> Tensor:
    """A tensor (…, C, H, W), resized; bytes are computed in whole numbers, with a rounding between the two passes."""
    mode = mode_of(interpolation)
    smooth = bool(antialias) and mode.value not in ("nearest", "nearest-exact")
    if mode is InterpolationMode.LANCZOS and not antialias:
        raise ValueError("InterpolationMode.LANCZOS requires antialias=True")
    height, width = (int(length) for length in image.shape[-2:])
    target = resized_size(size, height, width, max_size)
    if target == (height, width):
        return image
    if image.numel() == 0:
        return image.reshape(*image.shape[:-2], *target)
    if image.dtype is torch.uint8 and mode.value not in ("nearest", "nearest-exact"):
        return resize_bytes(image, *target, mode.value, smooth)
    return on_tensor.resize(image, target, mode.value, smooth)


@kernel(resize, PIL)
def _resize_pil(
    image: Any, size: Any, interpolation: Any = _BILINEAR, max_size: int | None = None, antialias: bool | None = True
) -> Any:
    if antialias is False:
        warnings.warn("Anti-alias option is always applied for PIL Image input. It is ignored.", stacklevel=2)
    target = resized_size(size, image.height, image.width, max_size)
    mode = mode_of(interpolation)
    return image if target == (image.height, image.width) else on_pil.resize(image, target, pil_filter(mode))


@mask_kernel(resize)
def resize_mask(mask: Tensor, size: Any, interpolation: Any = _BILINEAR, max_size: int | None = None) -> Tensor:
    """A mask, resized without mixing its values."""
    mode = mode_of(interpolation)
    exact = InterpolationMode.NEAREST_EXACT
    return resize_image(mask, size, exact if mode is exact else InterpolationMode.NEAREST, max_size)


kernel(resize, BoundingBoxes)(boxes.resize_bounding_boxes)
kernel(resize, KeyPoints)(boxes.resize_keypoints)


@functional
def pad(inpt: Any, padding: Any, fill: Any = None, padding_mode: str = "constant") -> Any:
    """Add a border: of one width, of (left and right, top and bottom), or of (left, top, right, bottom).

    Args: padding_mode: constant, edge, reflect or symmetric. fill: a number, or one a channel.
    """
    raise AssertionError


@kernel(pad, *IMAGES)
def pad_image(image: Tensor, padding: Any, fill: Any = None, padding_mode: str = "constant") -> Tensor:
    """A tensor (…, C, H, W) with a border."""
    edges = edges_of(padding)
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError(
            "`padding_mode` should be either `'constant'`, `'edge'`, `'reflect'` or `'symmetric'`, "
            f"but got `'{padding_mode}'`."
        )
    values = [0 if fill is None else fill] if fill is None or isinstance(fill, (int, float)) else list(fill)
    flat = image.reshape(-1, *image.shape[-3:]) if image.ndim > 4 else image
    if len(values) == 1:
        padded = on_tensor.pad(flat, edges, values[0], padding_mode)
    elif padding_mode != "constant":
        raise ValueError(f"Padding mode '{padding_mode}' is not supported if fill is not scalar")
    else:
        colour = torch.tensor(values).to(image.dtype).reshape(-1, 1, 1)
        padded = on_tensor.pad(flat, edges, 0, "constant")
        inside = on_tensor.pad(torch.ones(flat.shape[-2:], dtype=torch.bool)[None], edges, 0, "constant")
        padded = torch.where(inside, padded, colour)
    return padded.reshape(*image.shape[:-2], *padded.shape[-2:])


@kernel(pad, PIL)
def _pad_pil(image: Any, padding: Any, fill: Any = None, padding_mode: str = "constant") -> Any:
    return v1.pad(image, padding, 0 if fill is None else fill, padding_mode)


@mask_kernel(pad)
def pad_mask(mask: Tensor, padding: Any, fill: Any = None, padding_mode: str = "constant") -> Tensor:
    """A mask with a border."""
    if isinstance(fill, (tuple, list)):
        raise ValueError("Non-scalar fill value is not supported")
    return pad_image(mask, padding, fill, padding_mode)


kernel(pad, BoundingBoxes)(boxes.pad_bounding_boxes)
kernel(pad, KeyPoints)(boxes.pad_keypoints)


@functional
def crop(inpt: Any, top: int, left: int, height: int, width: int) -> Any:
    """Cut out height x width pixels from (top, left); what lies outside of the image is black."""
    raise AssertionError


@kernel(crop, *IMAGES)
def crop_image(image: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A window of a tensor (…, H, W)."""
    return on_tensor.crop(image, top, left, height, width)


kernel(crop, PIL)(on_pil.crop)
crop_mask = mask_kernel(crop)(crop_image)
kernel(crop, BoundingBoxes)(boxes.crop_bounding_boxes)
kernel(crop, KeyPoints)(boxes.crop_keypoints)


@functional
def center_crop(inpt: Any, output_size: Any) -> Any:
    """Cut out the middle; smaller images are padded with 0 first."""
    raise AssertionError


@kernel(center_crop, *IMAGES)
def center_crop_image(image: Tensor, output_size: Any) -> Tensor:
    """The middle of a tensor (…, H, W)."""
    target_height, target_width = pair_of(output_size)
    height, width = (int(size) for size in image.shape[-2:])
    if target_height > height or target_width > width:
        across, down = max(target_width - width, 0), max(target_height - height, 0)
        image = F.pad(image, [across // 2, (across + 1) // 2, down // 2, (down + 1) // 2], value=0.0)
        height, width = height + down, width + across
    top, left = center_place((height, width), target_height, target_width)
    return image[..., top : top + target_height, left : left + target_width]


kernel(center_crop, PIL)(lambda image, output_size: v1.center_crop(image, pair_of(output_size)))
center_crop_mask = mask_kernel(center_crop)(center_crop_image)
kernel(center_crop, BoundingBoxes)(boxes.center_crop_bounding_boxes)
kernel(center_crop, KeyPoints)(boxes.center_crop_keypoints)


@functional
def resized_crop(
    inpt: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = _BILINEAR,
    antialias: bool | None = True,
) -> Any:  # fmt: skip
    """`crop`, then `resize`."""
    raise AssertionError


@kernel(resized_crop, *IMAGES)
def resized_crop_image(
    image: Tensor, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = _BILINEAR,
    antialias: bool | None = True,
) -> Tensor:  # fmt: skip
    """A window of a tensor (…, C, H, W), resized."""
    return resize_image(crop_image(image, top, left, height, width), size, interpolation, antialias=antialias)


@kernel(resized_crop, PIL)
def _resized_crop_pil(
    image: Any, top: int, left: int, height: int, width: int, size: Any, interpolation: Any = _BILINEAR,
    antialias: bool | None = True,
) -> Any:  # fmt: skip
    return _resize_pil(on_pil.crop(image, top, left, height, width), size, interpolation, antialias=antialias)


@mask_kernel(resized_crop)
def resized_crop_mask(mask: Tensor, top: int, left: int, height: int, width: int, size: Any) -> Tensor:
    """A window of a mask, resized."""
    return resize_mask(crop_image(mask, top, left, height, width), size)


kernel(resized_crop, BoundingBoxes)(boxes.resized_crop_bounding_boxes)
kernel(resized_crop, KeyPoints)(boxes.resized_crop_keypoints)


@functional
def five_crop(inpt: Any, size: Any) -> tuple:
    """The four corners and the middle: top left, top right, bottom left, bottom right, centre."""
    raise AssertionError


@functional
def ten_crop(inpt: Any, size: Any, vertical_flip: bool = False) -> tuple:
    """`five_crop` of the image and of the flipped image."""
    raise AssertionError


@kernel(five_crop, *IMAGES)
def five_crop_image(image: Tensor, size: Any) -> tuple[Tensor, ...]:
    """The four corners and the middle of a tensor (…, H, W)."""
    return v1.five_crop(image, pair_of(size))


@kernel(ten_crop, *IMAGES)
def ten_crop_image(image: Tensor, size: Any, vertical_flip: bool = False) -> tuple[Tensor, ...]:
    """`five_crop_image` of the image and of the flipped image."""
    return v1.ten_crop(image, pair_of(size), vertical_flip)


kernel(five_crop, PIL)(lambda image, size: v1.five_crop(image, pair_of(size)))
kernel(ten_crop, PIL)(lambda image, size, vertical_flip: v1.ten_crop(image, pair_of(size), vertical_flip))

hflip, vflip = horizontal_flip, vertical_flip
horizontal_flip_video, vertical_flip_video, resize_video = horizontal_flip_image, vertical_flip_image, resize_image
pad_video, crop_video, center_crop_video = pad_image, crop_image, center_crop_image
resized_crop_video, five_crop_video, ten_crop_video = resized_crop_image, five_crop_image, ten_crop_image
