"""What the geometric functions do to boxes and to key points, as plain tensors with their format and image size."""

from __future__ import annotations

from typing import Any

import penlight as torch
from penlight import Tensor
from penlight.vision.transforms import on_tensor_warp
from penlight.vision.transforms.v2.functional.arguments import (
    affine_arguments,
    affine_matrix,
    center_place,
    edges_of,
    pair_of,
    perspective_coefficients,
    resized_size,
)
from penlight.vision.transforms.v2.functional.meta import (
    CORNERS,
    CXCYWHR,
    XYWH,
    XYWHR,
    XYXY,
    clamp_boxes,
    convert_boxes,
    no_rotated,
)
from penlight.vision.tv_tensors import BoundingBoxFormat
from penlight.vision.tv_tensors.boxes import as_format

__all__ = [
    "affine_bounding_boxes", "affine_keypoints", "center_crop_bounding_boxes", "center_crop_keypoints",
    "crop_bounding_boxes", "crop_keypoints", "elastic_bounding_boxes", "elastic_keypoints",
    "horizontal_flip_bounding_boxes", "horizontal_flip_keypoints", "pad_bounding_boxes", "pad_keypoints",
    "perspective_bounding_boxes", "perspective_keypoints", "resize_bounding_boxes", "resize_keypoints",
    "resized_crop_bounding_boxes", "resized_crop_keypoints", "rotate_bounding_boxes", "rotate_keypoints",
    "vertical_flip_bounding_boxes", "vertical_flip_keypoints",
]  # fmt: skip

Size = tuple[int, int]


def horizontal_flip_bounding_boxes(bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size) -> Tensor:
    """Boxes of the mirrored image."""
    return _flip(bounding_boxes, as_format(format), canvas_size[1], 0)


def vertical_flip_bounding_boxes(bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size) -> Tensor:
    """Boxes of the image turned upside down."""
    return _flip(bounding_boxes, as_format(format), canvas_size[0], 1)


def _flip(boxes: Tensor, format: BoundingBoxFormat, length: int, axis: int) -> Tensor:
    """Mirror along x (0) or y (1)."""
    columns = list(boxes.unbind(-1))
    if format is XYXY:
        columns[axis], columns[axis + 2] = length - columns[axis + 2], length - columns[axis]
    elif format is XYWH:
        columns[axis] = length - (columns[axis] + columns[axis + 2])
    elif format is CORNERS:
        for i in range(axis, 8, 2):
            columns[i] = length - columns[i]
        columns = [columns[i] for i in (2, 3, 0, 1, 6, 7, 4, 5)]  # the first corner stays the upper left one
    else:
        if format is XYWHR:  # the other end of the upper side becomes the corner
            angle = columns[4].mul(torch.pi).div(180)
            columns[0], columns[1] = columns[0] + columns[2] * angle.cos(), columns[1] - columns[2] * angle.sin()
        columns[axis] = length - columns[axis]
        if format in (XYWHR, CXCYWHR):
            columns[4] = -columns[4] + (180 if axis else 0)
    return torch.stack(columns, -1)


def horizontal_flip_keypoints(keypoints: Tensor, canvas_size: Size) -> Tensor:
    """Points of the mirrored image."""
    return torch.stack([canvas_size[1] - 1 - keypoints[..., 0], keypoints[..., 1]], -1)


def vertical_flip_keypoints(keypoints: Tensor, canvas_size: Size) -> Tensor:
    """Points of the image turned upside down."""
    return torch.stack([keypoints[..., 0], canvas_size[0] - 1 - keypoints[..., 1]], -1)


def resize_keypoints(
    keypoints: Tensor, size: Any, canvas_size: Size, max_size: int | None = None
) -> tuple[Tensor, Size]:
    """(points, size) of the resized image."""
    height, width = resized_size(size, canvas_size[0], canvas_size[1], max_size)
    if (height, width) == tuple(canvas_size):
        return keypoints, canvas_size
    ratios = torch.tensor([width / canvas_size[1], height / canvas_size[0]])
    return keypoints.mul(ratios).to(keypoints.dtype), (height, width)


def resize_bounding_boxes(
    bounding_boxes: Tensor, canvas_size: Size, size: Any, max_size: int | None = None,
    format: BoundingBoxFormat = XYXY, clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(boxes, size) of the resized image."""
    height, width = resized_size(size, canvas_size[0], canvas_size[1], max_size)
    if (height, width) == tuple(canvas_size):
        return bounding_boxes, canvas_size
    no_rotated(as_format(format), "resize")
    ratios = torch.tensor([width / canvas_size[1], height / canvas_size[0]] * 2)
    return bounding_boxes.mul(ratios).to(bounding_boxes.dtype), (height, width)


def pad_keypoints(
    keypoints: Tensor, canvas_size: Size, padding: Any, padding_mode: str = "constant"
) -> tuple[Tensor, Size]:
    """(points, size) of the padded image."""
    left, top, right, bottom = _constant_edges(padding, padding_mode, "KeyPoints")
    size = (canvas_size[0] + top + bottom, canvas_size[1] + left + right)
    return keypoints + torch.tensor([left, top], dtype=keypoints.dtype), size


def pad_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, padding: Any,
    padding_mode: str = "constant", clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(boxes, size) of the padded image."""
    left, top, right, bottom = _constant_edges(padding, padding_mode, "bounding boxes")
    size = (canvas_size[0] + top + bottom, canvas_size[1] + left + right)
    return _shift(bounding_boxes, as_format(format), left, top, size, clamping_mode), size


def _constant_edges(padding: Any, mode: str, what: str) -> tuple[int, int, int, int]:
    if mode != "constant":
        raise ValueError(f"Padding mode '{mode}' is not supported with {what} (supported modes are constant)")
    return edges_of(padding)


def _shift(
    boxes: Tensor, format: BoundingBoxFormat, across: int, down: int, size: Size, clamping_mode: str | None
) -> Tensor:
    count = boxes.shape[-1]
    moved = [across, down] * (count // 2) if format in (XYXY, CORNERS) else [across, down] + [0] * (count - 2)
    return clamp_boxes(boxes + torch.tensor(moved, dtype=boxes.dtype), format, size, clamping_mode)


def crop_keypoints(keypoints: Tensor, top: int, left: int, height: int, width: int) -> tuple[Tensor, Size]:
    """(points, size) of the window."""
    return keypoints - torch.tensor([left, top], dtype=keypoints.dtype), (height, width)


def crop_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, top: int, left: int, height: int, width: int,
    clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(boxes, size) of the window."""
    no_rotated(as_format(format), "crop")
    size = (height, width)
    return _shift(bounding_boxes, as_format(format), -left, -top, size, clamping_mode), size


def center_crop_keypoints(inpt: Tensor, canvas_size: Size, output_size: Any) -> tuple[Tensor, Size]:
    """(points, size) of the middle."""
    height, width = pair_of(output_size)
    return crop_keypoints(inpt, *center_place(canvas_size, height, width), height, width)


def center_crop_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, output_size: Any,
    clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(boxes, size) of the middle."""
    height, width = pair_of(output_size)
    place = center_place(canvas_size, height, width)
    return crop_bounding_boxes(bounding_boxes, format, *place, height, width, clamping_mode)


def resized_crop_keypoints(
    keypoints: Tensor, top: int, left: int, height: int, width: int, size: Any
) -> tuple[Tensor, Size]:
    """(points, size) of the resized window."""
    points, window = crop_keypoints(keypoints, top, left, height, width)
    return resize_keypoints(points, size, window)


def resized_crop_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, top: int, left: int, height: int, width: int, size: Any,
    clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(boxes, size) of the resized window."""
    boxes, window = crop_bounding_boxes(bounding_boxes, format, top, left, height, width, clamping_mode)
    return resize_bounding_boxes(boxes, window, size, None, format, clamping_mode)


def _corner_points(boxes: Tensor) -> Tensor:
    """The four corners (N * 4, 2) of XYXY boxes."""
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]].reshape(-1, 2)


def _around(points: Tensor) -> Tensor:
    """The XYXY boxes that hold four points each."""
    points = points.reshape(-1, 4, 2)
    return torch.cat([points.amin(dim=1), points.amax(dim=1)], dim=1)


def _with_one(points: Tensor) -> Tensor:
    return torch.cat([points, torch.ones(points.shape[0], 1, dtype=points.dtype)], dim=-1)


class _Affine:
    """An affine map of points, and of the frame that is to hold the whole image."""

    def __init__(
        self, canvas_size: Size, angle: Any, translate: Any, scale: float, shear: Any, center: Any, dtype: Any
    ):
        angle, translate, shear, center = affine_arguments(angle, translate, scale, shear, center)
        self.size = canvas_size
        self.middle = [canvas_size[1] * 0.5, canvas_size[0] * 0.5] if center is None else center
        self.given = (angle, translate, scale, shear)
        self.matrix = torch.tensor(affine_matrix(self.middle, *self.given, inverted=False), dtype=dtype)
        self.matrix = self.matrix.reshape(2, 3).t()

    def __call__(self, points: Tensor) -> Tensor:
        return _with_one(points) @ self.matrix

    def expanded(self) -> tuple[Tensor, Size]:
        """(the frame's corner, its size)."""
        height, width = self.size
        corners = torch.tensor([[0, 0], [0, height], [width, height], [width, 0]], dtype=self.matrix.dtype)
        inverse = affine_matrix(self.middle, *self.given)
        new_width, new_height = on_tensor_warp.rotated_size(inverse, width, height)
        return self(corners).amin(dim=0, keepdim=True), (new_height, new_width)


def _affine_keypoints(
    points: Tensor, canvas_size: Size, angle: Any, translate: Any, scale: float, shear: Any, center: Any,
    expand: bool = False,
) -> tuple[Tensor, Size]:  # fmt: skip
    if points.numel() == 0:
        return points, canvas_size
    floats = points if points.is_floating_point() else points.float()
    move = _Affine(canvas_size, angle, translate, scale, shear, center, floats.dtype)
    moved = move(floats.reshape(-1, 2))
    if expand:
        corner, canvas_size = move.expanded()
        moved = moved - corner
    return moved.reshape(points.shape).to(points.dtype), canvas_size


def affine_keypoints(
    keypoints: Tensor, canvas_size: Size, angle: Any, translate: Any, scale: float, shear: Any, center: Any = None
) -> tuple[Tensor, Size]:
    """(points, size) of the image that `affine` gives."""
    return _affine_keypoints(keypoints, canvas_size, angle, translate, scale, shear, center)


def rotate_keypoints(
    keypoints: Tensor, canvas_size: Size, angle: float, expand: bool = False, center: Any = None
) -> tuple[Tensor, Size]:
    """(points, size) of the rotated image."""
    return _affine_keypoints(keypoints, canvas_size, -angle, [0.0, 0.0], 1.0, [0.0, 0.0], center, expand)


def _affine_boxes(
    boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, angle: Any, translate: Any, scale: float, shear: Any,
    center: Any, clamping_mode: str | None, expand: bool = False,
) -> tuple[Tensor, Size]:  # fmt: skip
    if boxes.numel() == 0:
        return boxes, canvas_size
    no_rotated(as_format(format), "warp")
    floats = boxes if boxes.is_floating_point() else boxes.float()
    move = _Affine(canvas_size, angle, translate, scale, shear, center, floats.dtype)
    moved = _around(move(_corner_points(convert_boxes(floats, as_format(format), XYXY).reshape(-1, 4))))
    if expand:
        corner, canvas_size = move.expanded()
        moved = moved - corner.repeat((1, 2))
    moved = clamp_boxes(moved, XYXY, canvas_size, clamping_mode)
    return convert_boxes(moved, XYXY, as_format(format)).reshape(boxes.shape).to(boxes.dtype), canvas_size


def affine_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, angle: Any, translate: Any, scale: float,
    shear: Any, center: Any = None, clamping_mode: str | None = "soft",
) -> Tensor:  # fmt: skip
    """The boxes around the boxes of the image that `affine` gives."""
    return _affine_boxes(
        bounding_boxes, format, canvas_size, angle, translate, scale, shear, center, clamping_mode
    )[0]  # fmt: skip


def rotate_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, angle: float, expand: bool = False,
    center: Any = None, clamping_mode: str | None = "soft",
) -> tuple[Tensor, Size]:  # fmt: skip
    """(the boxes around the boxes, size) of the rotated image."""
    still = ([0.0, 0.0], 1.0, [0.0, 0.0])
    return _affine_boxes(bounding_boxes, format, canvas_size, -angle, *still, center, clamping_mode, expand)


def _perspective_points(points: Tensor, coefficients: list[float], what: str) -> Tensor:
    """Points moved by the inverse of x' = (a x + b y + c) / (g x + h y + 1)."""
    a, b, c, d, e, f, g, h = coefficients
    determinant = a * e - b * d
    if determinant == 0:
        raise RuntimeError(
            f"Provided perspective_coeffs {coefficients} can not be inverted to transform {what}. "
            f"Denominator is zero, denom={determinant}"
        )
    dtype = points.dtype if points.is_floating_point() else torch.float32
    rows = [e - f * h, -b + c * h, b * f - c * e, -d + f * g, a - c * g, -a * f + c * d, -e * g + d * h, -a * h + b * g]
    m = [value / determinant for value in rows]
    upper = torch.tensor([m[:3], m[3:6]], dtype=dtype)
    lower = torch.tensor([[m[6], m[7], 1.0]] * 2, dtype=dtype)
    full = _with_one(points.to(dtype))
    return (full @ upper.t()) / (full @ lower.t())


def perspective_keypoints(
    keypoints: Tensor, canvas_size: Size, startpoints: Any, endpoints: Any, coefficients: Any = None
) -> Tensor:
    """Points of the image that `perspective` gives."""
    if keypoints.numel() == 0:
        return keypoints
    numbers = perspective_coefficients(startpoints, endpoints, coefficients)
    moved = _perspective_points(keypoints.reshape(-1, 2), numbers, "keypoints")
    return moved.to(keypoints.dtype).reshape(keypoints.shape)


def perspective_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, startpoints: Any, endpoints: Any,
    coefficients: Any = None, clamping_mode: str | None = "soft",
) -> Tensor:  # fmt: skip
    """The boxes around the boxes of the image that `perspective` gives."""
    if bounding_boxes.numel() == 0:
        return bounding_boxes
    no_rotated(as_format(format), "warp")
    numbers = perspective_coefficients(startpoints, endpoints, coefficients)
    corners = convert_boxes(bounding_boxes, as_format(format), XYXY).reshape(-1, 4)
    moved = _around(_perspective_points(_corner_points(corners), numbers, "bounding boxes"))
    return _back(moved, bounding_boxes, as_format(format), canvas_size, clamping_mode)


def _back(
    boxes: Tensor, like: Tensor, format: BoundingBoxFormat, canvas_size: Size, clamping_mode: str | None
) -> Tensor:
    """XYXY boxes clamped, in the format, shape and dtype that they had."""
    boxes = clamp_boxes(boxes, XYXY, canvas_size, clamping_mode)
    return convert_boxes(boxes, XYXY, format).reshape(like.shape).to(like.dtype)


def _elastic_points(points: Tensor, canvas_size: Size, displacement: Tensor, dtype: Any) -> Tensor:
    """Points moved against the displacement at their pixels: the inverse of small displacements, about."""
    height, width = canvas_size
    inverse = on_tensor_warp.identity_grid(height, width, dtype) - displacement.to(dtype)
    places = points.to(torch.int64)
    x, y = places[:, 0].clamp(0, width - 1), places[:, 1].clamp(0, height - 1)
    size = torch.tensor([width, height], dtype=dtype)
    return (inverse[0, y, x, :] + 1) * (0.5 * size) - 0.5


def _check_displacement(displacement: Any, canvas_size: Size) -> None:
    expected = (1, canvas_size[0], canvas_size[1], 2)
    if not isinstance(displacement, Tensor):
        raise TypeError(f"Argument displacement should be a Tensor, got {type(displacement)}")
    if tuple(displacement.shape) != expected:
        raise ValueError(f"Argument displacement shape should be {expected}, but given {tuple(displacement.shape)}")


def elastic_keypoints(keypoints: Tensor, canvas_size: Size, displacement: Tensor) -> Tensor:
    """Points of the image that `elastic` gives, about."""
    _check_displacement(displacement, canvas_size)
    if keypoints.numel() == 0:
        return keypoints
    dtype = keypoints.dtype if keypoints.is_floating_point() else torch.float32
    moved = _elastic_points(keypoints.reshape(-1, 2), canvas_size, displacement, dtype)
    return moved.to(keypoints.dtype).reshape(keypoints.shape)


def elastic_bounding_boxes(
    bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size, displacement: Tensor,
    clamping_mode: str | None = "soft",
) -> Tensor:  # fmt: skip
    """The boxes around the boxes of the image that `elastic` gives, about."""
    _check_displacement(displacement, canvas_size)
    if bounding_boxes.numel() == 0:
        return bounding_boxes
    no_rotated(as_format(format), "warp")
    dtype = bounding_boxes.dtype if bounding_boxes.is_floating_point() else torch.float32
    points = _corner_points(convert_boxes(bounding_boxes, as_format(format), XYXY).reshape(-1, 4))
    points = points.ceil() if points.is_floating_point() else points
    moved = _around(_elastic_points(points, canvas_size, displacement, dtype)).to(bounding_boxes.dtype)
    return _back(moved, bounding_boxes, as_format(format), canvas_size, clamping_mode)
