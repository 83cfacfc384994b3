"""Arguments of the geometric functions, checked and in one form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from penlight.vision.transforms import on_tensor_warp
from penlight.vision.transforms.functional import resized_size as resized_size_v1
from penlight.vision.transforms.interpolation import InterpolationMode, as_mode

_BY_VALUE = {mode.value: mode for mode in InterpolationMode}


def mode_of(interpolation: Any) -> InterpolationMode:
    """The mode of a mode, of its value such as "bilinear", or of Pillow's number.

    Raises: ValueError for others.
    """
    if isinstance(interpolation, str):
        if interpolation not in _BY_VALUE:
            raise ValueError(
                f"Invalid interpolation mode: '{interpolation}'. Supported string values are: {list(_BY_VALUE)}."
            )
        return _BY_VALUE[interpolation]
    if not isinstance(interpolation, (int, InterpolationMode)):
        raise ValueError(
            "Argument interpolation should be an `InterpolationMode` or a corresponding Pillow integer constant, "
            f"but got {interpolation}."
        )
    return as_mode(interpolation)


def warp_mode(interpolation: Any) -> str:
    """The name of a mode that `grid_sample` is used with."""
    mode = mode_of(interpolation).value
    if mode not in ("nearest", "bilinear"):
        raise ValueError(f"Interpolation mode '{mode}' is unsupported with Tensor input")
    return mode


def resized_size(size: Any, height: int, width: int, max_size: int | None) -> tuple[int, int]:
    """(height, width) after `resize`; with a size of None the longer side gets `max_size`."""
    if size is None:
        if not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        short = int(max_size * min(height, width) / max(height, width))
        return (max_size, short) if width <= height else (short, max_size)
    if max_size is not None and not isinstance(size, int) and len(size) != 1:
        raise ValueError(
            "max_size should only be passed if size is None or specifies the length of the smaller edge, i.e. size "
            "should be an int or a sequence of length 1"
        )
    new_height, new_width = resized_size_v1(size, height, width, max_size)
    return new_height, new_width


def edges_of(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a padding of 1, 2 or 4 numbers."""
    if isinstance(padding, int):
        return (padding,) * 4
    if not isinstance(padding, (tuple, list)):
        raise TypeError(f"`padding` should be an integer or tuple or list of integers, but got {padding}")
    if len(padding) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple or list. Found {len(padding)}")
    return tuple(padding) if len(padding) == 4 else (padding[0], padding[-1]) * 2  # type: ignore[return-value]


def pair_of(size: Any) -> tuple[int, int]:
    """(height, width) of a size of 1 or 2 numbers."""
    if isinstance(size, (int, float)):
        return int(size), int(size)
    if len(size) not in (1, 2):
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    return size[0], size[-1]


def center_place(canvas_size: Sequence[int], height: int, width: int) -> tuple[int, int]:
    """(top, left) of the window in the middle."""
    return round((canvas_size[0] - height) / 2.0), round((canvas_size[1] - width) / 2.0)


def affine_arguments(
    angle: Any, translate: Any, scale: float, shear: Any, center: Any
) -> tuple[float, list, list, Any]:
    """(angle, translate, shear, center) of `affine`; TypeError, ValueError for other forms."""
    if not isinstance(angle, (int, float)):
        raise TypeError("Argument angle should be int or float")
    if not isinstance(translate, (list, tuple)):
        raise TypeError("Argument translate should be a sequence")
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    if not isinstance(shear, (int, float, list, tuple)):
        raise TypeError("Shear should be either a single value or a sequence of two values")
    shear = [shear, 0.0] if isinstance(shear, (int, float)) else list(shear)
    shear = shear * 2 if len(shear) == 1 else shear
    if len(shear) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    if center is not None and not isinstance(center, (list, tuple)):
        raise TypeError("Argument center should be a sequence")
    return float(angle), list(translate), shear, None if center is None else [float(c) for c in center]


def affine_matrix(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float],
    inverted: bool = True,
) -> list[float]:  # fmt: skip
    """The two rows of: move the centre to 0, shear, rotate, scale, move back and translate, or of its inverse.

    The same map as `on_tensor_warp.inverse_affine_matrix`, with the operations in the order of torchvision's v2: the
    last bit decides which pixel is nearest.
    """
    rotation, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    (cx, cy), (tx, ty) = center, translate
    shrink, slope = math.cos(shear_y), math.tan(shear_x)
    a, c = math.cos(rotation - shear_y) / shrink, math.sin(rotation - shear_y) / shrink
    b, d = -(a * slope + math.sin(rotation)), math.cos(rotation) - c * slope
    if inverted:
        m = [d / scale, -b / scale, 0.0, -c / scale, a / scale, 0.0]
        m[2] += cx - m[0] * (cx + tx) - m[1] * (cy + ty)
        m[5] += cy - m[3] * (cx + tx) - m[4] * (cy + ty)
    else:
        m = [a * scale, b * scale, 0.0, c * scale, d * scale, 0.0]
        m[2] += cx + tx - m[0] * cx - m[1] * cy
        m[5] += cy + ty - m[3] * cx - m[4] * cy
    return m


def perspective_coefficients(startpoints: Any, endpoints: Any, coefficients: Any) -> list[float]:
    """The eight numbers of `perspective`, given or from four points and their places."""
    if coefficients is not None:
        if startpoints is not None and endpoints is not None:
            raise ValueError("The startpoints/endpoints and the coefficients shouldn't be defined concurrently.")
        if len(coefficients) != 8:
            raise ValueError(f"Argument coefficients should have 8 float values, got {len(coefficients)}")
        return list(coefficients)
    if startpoints is None or endpoints is None:
        raise ValueError("Either the startpoints/endpoints or the coefficients must have non `None` values.")
    return on_tensor_warp.perspective_coefficients(startpoints, endpoints)
