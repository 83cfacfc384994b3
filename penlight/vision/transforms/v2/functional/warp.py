"""Rotating and warping, as in `torchvision.transforms.v2.functional`."""

from __future__ import annotations

from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.vision.transforms import functional as v1
from penlight.vision.transforms import on_pil, on_tensor_warp
from penlight.vision.transforms.interpolation import InterpolationMode, pil_filter
from penlight.vision.transforms.v2.functional import boxes
from penlight.vision.transforms.v2.functional.arguments import (
    affine_arguments,
    affine_matrix,
    mode_of,
    perspective_coefficients,
    warp_mode,
)
from penlight.vision.transforms.v2.functional.dispatch import IMAGES, PIL, functional, kernel, mask_kernel
from penlight.vision.tv_tensors import BoundingBoxes, KeyPoints

__all__ = [
    "affine", "affine_image", "affine_mask", "affine_video", "elastic", "elastic_image", "elastic_mask",
    "elastic_transform", "elastic_video", "perspective", "perspective_image", "perspective_mask",
    "perspective_video", "rotate", "rotate_image", "rotate_mask", "rotate_video",
]  # fmt: skip

_NEAREST, _BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR


@functional
def affine(
    inpt: Any, angle: float, translate: Any, scale: float, shear: Any, interpolation: Any = _NEAREST, fill: Any = None,
    center: Any = None,
) -> Any:  # fmt: skip
    """Rotate clockwise (degrees), translate (x, y in pixels), scale and shear (degrees along x and y).

    Args: fill: what is outside of the image. center: (x, y), by default the middle.
    """
    raise AssertionError


@kernel(affine, *IMAGES)
def affine_image(
    image: Tensor, angle: float, translate: Any, scale: float, shear: Any, interpolation: Any = _NEAREST,
    fill: Any = None, center: Any = None,
) -> Tensor:  # fmt: skip
    """A tensor (…, C, H, W), warped."""
    mode = warp_mode(interpolation)
    angle, translate, shear, center = affine_arguments(angle, translate, scale, shear, center)
    matrix = affine_matrix(_from_middle(image, center), angle, [float(t) for t in translate], scale, shear)
    return on_tensor_warp.affine(image, matrix, mode, fill) if image.numel() else image


def _from_middle(image: Tensor, center: Any) -> list[float]:
    return [0.0, 0.0] if center is None else [c - 0.5 * s for c, s in zip(center, (image.shape[-1], image.shape[-2]))]


@kernel(affine, PIL)
def _affine_pil(
    image: Any, angle: float, translate: Any, scale: float, shear: Any, interpolation: Any = _NEAREST,
    fill: Any = None, center: Any = None,
) -> Any:  # fmt: skip
    mode = pil_filter(mode_of(interpolation))
    angle, translate, shear, center = affine_arguments(angle, translate, scale, shear, center)
    middle = [image.width * 0.5, image.height * 0.5] if center is None else center
    matrix = affine_matrix(middle, angle, translate, scale, shear)
    return on_pil.transform(image, image.size, "AFFINE", matrix, mode, fill)


@mask_kernel(affine)
def affine_mask(
    mask: Tensor, angle: float, translate: Any, scale: float, shear: Any, fill: Any = None, center: Any = None
) -> Tensor:
    """A mask, warped without mixing its values."""
    return affine_image(mask, angle, translate, scale, shear, _NEAREST, fill, center)


kernel(affine, BoundingBoxes)(boxes.affine_bounding_boxes)
kernel(affine, KeyPoints)(boxes.affine_keypoints)


@functional
def rotate(
    inpt: Any, angle: float, interpolation: Any = _NEAREST, expand: bool = False, center: Any = None, fill: Any = None
) -> Any:
    """Turn counter-clockwise by `angle` degrees about `center` (x, y), by default the middle.

    Args: expand: let the frame grow to hold the whole image. fill: what is outside of the image.
    """
    raise AssertionError


@kernel(rotate, *IMAGES)
def rotate_image(
    image: Tensor, angle: float, interpolation: Any = _NEAREST, expand: bool = False, center: Any = None,
    fill: Any = None,
) -> Tensor:  # fmt: skip
    """A tensor (…, C, H, W), rotated; quarter turns about the middle are exact."""
    angle = angle % 360
    height, width = image.shape[-2:]
    if center is None and angle in (0, 90, 180, 270):
        if angle == 0:
            return image.clone()
        if angle == 180 or expand or height == width:
            return torch.rot90(image, k=int(angle // 90), dims=(-2, -1))
    mode = warp_mode(interpolation)
    matrix = affine_matrix(_from_middle(image, center), -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    return on_tensor_warp.rotate(image, matrix, mode, expand, fill) if image.numel() else image


@kernel(rotate, PIL)
def _rotate_pil(
    image: Any, angle: float, interpolation: Any = _NEAREST, expand: bool = False, center: Any = None, fill: Any = None
) -> Any:
    return on_pil.rotate(image, angle, pil_filter(mode_of(interpolation)), expand, center, fill)


@mask_kernel(rotate)
def rotate_mask(mask: Tensor, angle: float, expand: bool = False, center: Any = None, fill: Any = None) -> Tensor:
    """A mask, rotated without mixing its values."""
    return rotate_image(mask, angle, _NEAREST, expand, center, fill)


kernel(rotate, BoundingBoxes)(boxes.rotate_bounding_boxes)
kernel(rotate, KeyPoints)(boxes.rotate_keypoints)


@functional
def perspective(
    inpt: Any, startpoints: Any, endpoints: Any, interpolation: Any = _BILINEAR, fill: Any = None,
    coefficients: Any = None,
) -> Any:  # fmt: skip
    """Move four points (x, y) to four others, or use the eight `coefficients` a…h of the reverse.

    It reads (x, y) at ((a x + b y + c) / (g x + h y + 1), (d x + e y + f) / (g x + h y + 1)).
    """
    raise AssertionError


@kernel(perspective, *IMAGES)
def perspective_image(
    image: Tensor, startpoints: Any, endpoints: Any, interpolation: Any = _BILINEAR, fill: Any = None,
    coefficients: Any = None,
) -> Tensor:  # fmt: skip
    """A tensor (…, C, H, W), warped."""
    numbers = perspective_coefficients(startpoints, endpoints, coefficients)
    mode = warp_mode(interpolation)
    return on_tensor_warp.perspective(image, numbers, mode, fill) if image.numel() else image


@kernel(perspective, PIL)
def _perspective_pil(
    image: Any, startpoints: Any, endpoints: Any, interpolation: Any = _BILINEAR, fill: Any = None,
    coefficients: Any = None,
) -> Any:  # fmt: skip
    numbers = perspective_coefficients(startpoints, endpoints, coefficients)
    return on_pil.transform(image, image.size, "PERSPECTIVE", numbers, pil_filter(mode_of(interpolation)), fill)


@mask_kernel(perspective)
def perspective_mask(
    mask: Tensor, startpoints: Any, endpoints: Any, fill: Any = None, coefficients: Any = None
) -> Tensor:
    """A mask, warped without mixing its values."""
    return perspective_image(mask, startpoints, endpoints, _NEAREST, fill, coefficients)


kernel(perspective, BoundingBoxes)(boxes.perspective_bounding_boxes)
kernel(perspective, KeyPoints)(boxes.perspective_keypoints)


@functional
def elastic(inpt: Any, displacement: Tensor, interpolation: Any = _BILINEAR, fill: Any = None) -> Any:
    """Read each pixel where `displacement` (1, H, W, 2) moves it to, in shares of half the image."""
    raise AssertionError


@kernel(elastic, *IMAGES)
def elastic_image(image: Tensor, displacement: Tensor, interpolation: Any = _BILINEAR, fill: Any = None) -> Tensor:
    """A tensor (…, C, H, W), warped."""
    if not isinstance(displacement, Tensor):
        raise TypeError(f"Argument displacement should be a Tensor, got {type(displacement)}")
    mode = warp_mode(interpolation)
    height, width = image.shape[-2:]
    expected = (1, int(height), int(width), 2)
    if tuple(displacement.shape) != expected:
        raise ValueError(f"Argument displacement shape should be {expected}, but given {tuple(displacement.shape)}")
    dtype = torch.float64 if image.dtype is torch.float64 else torch.float32
    grid = on_tensor_warp.identity_grid(height, width, dtype) + displacement.to(dtype)
    return on_tensor_warp.sample(image, grid, mode, fill) if image.numel() else image


@kernel(elastic, PIL)
def _elastic_pil(image: Any, displacement: Tensor, interpolation: Any = _BILINEAR, fill: Any = None) -> Any:
    moved = elastic_image(v1.pil_to_tensor(image), displacement, interpolation, fill)
    return v1.to_pil_image(moved, mode=image.mode)


@mask_kernel(elastic)
def elastic_mask(mask: Tensor, displacement: Tensor, fill: Any = None) -> Tensor:
    """A mask, warped without mixing its values."""
    return elastic_image(mask, displacement, _NEAREST, fill)


kernel(elastic, BoundingBoxes)(boxes.elastic_bounding_boxes)
kernel(elastic, KeyPoints)(boxes.elastic_keypoints)

elastic_transform = elastic
affine_video, rotate_video, perspective_video, elastic_video = (
    affine_image,
    rotate_image,
    perspective_image,
    elastic_image,
)
