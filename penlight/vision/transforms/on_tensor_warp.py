"""The transforms of tensors (…, C, H, W) that move or mix pixels: affine, perspective, elastic, blur."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import penlight as torch
import penlight.nn.functional as F
from penlight import Tensor
from penlight.vision.transforms.on_tensor import with_batch


def inverse_affine_matrix(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """The two rows of the inverse of: move the centre to 0, shear, rotate, scale, move back and translate.

    Angles are in degrees.

    >>> [round(x) for x in inverse_affine_matrix([0.0, 0.0], 90.0, [0.0, 0.0], 1.0, [0.0, 0.0])]
    [0, 1, 0, -1, 0, 0]
    """
    rotation, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    (cx, cy), (tx, ty) = center, translate
    cosine, sine, shrink = math.cos(rotation - shear_y), math.sin(rotation - shear_y), math.cos(shear_y)
    # The order of the operations is torchvision's: the last bit decides which pixel is nearest.
    a, b = cosine / shrink, -cosine * math.tan(shear_x) / shrink - math.sin(rotation)
    c, d = sine / shrink, -sine * math.tan(shear_x) / shrink + math.cos(rotation)
    # The rotation with shears has determinant 1, so its inverse is [[d, -b], [-c, a]].
    m = [d / scale, -b / scale, 0.0, -c / scale, a / scale, 0.0]
    m[2] = m[0] * (-cx - tx) + m[1] * (-cy - ty) + cx
    m[5] = m[3] * (-cx - tx) + m[4] * (-cy - ty) + cy
    return m


def perspective_coefficients(start: Sequence[Sequence[int]], end: Sequence[Sequence[int]]) -> list[float]:
    """The eight numbers a…h of x' = (a x + b y + c) / (g x + h y + 1) that take each end point to its start point."""
    if len(start) != 4 or len(end) != 4:
        raise ValueError(f"Please provide exactly four corners, got {len(start)} startpoints and {len(end)} endpoints.")
    rows = []
    for (x, y), (u, v) in zip(end, start):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    wanted = np.asarray(start, np.float64).reshape(8)
    return np.linalg.lstsq(np.asarray(rows, np.float64), wanted, rcond=None)[0].astype(np.float32).tolist()


def sample(image: Tensor, grid: Tensor, mode: str, fill: Any) -> Tensor:
    """Read the image at a grid (1, H, W, 2) of positions in [-1, 1]; outside of it is `fill`."""
    if fill is not None and not isinstance(fill, (int, float)) and len(fill) not in (1, image.shape[-3]):
        raise ValueError(
            "The number of elements in 'fill' cannot broadcast to match the number of channels of the image "
            f"({len(fill)} != {image.shape[-3]})"
        )

    def work(x: Tensor) -> Tensor:
        places = grid.expand(x.shape[0], *grid.shape[1:])
        if fill is None:
            return F.grid_sample(x, places, mode=mode, padding_mode="zeros", align_corners=False)
        inside = torch.ones((x.shape[0], 1, *x.shape[-2:]), dtype=x.dtype)
        y = F.grid_sample(torch.cat((x, inside), dim=1), places, mode=mode, padding_mode="zeros", align_corners=False)
        y, share = y[:, :-1], y[:, -1:].expand(-1, x.shape[1], -1, -1)
        values = [float(fill)] if isinstance(fill, (int, float)) else [float(v) for v in fill]
        colour = torch.tensor(values, dtype=x.dtype).reshape(1, -1, 1, 1).expand(y.shape)
        if mode == "nearest":
            return torch.where(share < 0.5, colour, y)
        return y * share + (1.0 - share) * colour

    return with_batch(image, (grid.dtype,), work)


def _float_dtype(image: Tensor) -> Any:
    return image.dtype if image.is_floating_point() else torch.float32


def _maps(x: Tensor, y: Tensor, rows: Tensor) -> Tensor:
    """(a x + b y) + c for each row (a, b, c) at all places: (H, W, rows).

    The products are rounded before they are added, as in PyTorch's small matrix products: where a place lies in the
    middle between two pixels, the last bit decides which is nearest.
    """
    return torch.stack([(x * a + y[:, None] * b) + c for a, b, c in rows.unbind(0)], dim=-1)


def affine_grid(image: Tensor, matrix: Sequence[float], out_width: int, out_height: int) -> Tensor:
    """Where each output pixel is read, (1, out_height, out_width, 2), for a matrix about the image's centre."""
    height, width = image.shape[-2:]
    dtype = _float_dtype(image)
    x = torch.linspace((1.0 - out_width) * 0.5, (out_width - 1.0) * 0.5, out_width).to(dtype)
    y = torch.linspace((1.0 - out_height) * 0.5, (out_height - 1.0) * 0.5, out_height).to(dtype)
    rows = torch.tensor(list(matrix), dtype=dtype).reshape(2, 3)
    return _maps(x, y, rows / torch.tensor([[0.5 * width], [0.5 * height]], dtype=dtype)).unsqueeze(0)


def affine(image: Tensor, matrix: Sequence[float], mode: str, fill: Any) -> Tensor:
    height, width = image.shape[-2:]
    return sample(image, affine_grid(image, matrix, width, height), mode, fill)


def rotated_size(matrix: Sequence[float], width: int, height: int) -> tuple[int, int]:
    """The size (width, height) of the frame that holds the whole rotated image."""
    corners = torch.tensor(
        [
            [-0.5 * width, -0.5 * height, 1.0], [-0.5 * width, 0.5 * height, 1.0],
            [0.5 * width, 0.5 * height, 1.0], [0.5 * width, -0.5 * height, 1.0],
        ]
    )  # fmt: skip
    moved = corners @ torch.tensor(list(matrix), dtype=torch.float32).reshape(2, 3).t()
    middle = torch.tensor((width * 0.5, height * 0.5))
    low, high = moved.amin(dim=0) + middle, moved.amax(dim=0) + middle
    # Whole numbers may be off by a rounding error: cut that off before rounding outward.
    low, high = torch.floor(torch.trunc(low / 1e-4) * 1e-4), torch.ceil(torch.trunc(high / 1e-4) * 1e-4)
    size = (high - low).tolist()
    return int(size[0]), int(size[1])


def rotate(image: Tensor, matrix: Sequence[float], mode: str, expand: bool, fill: Any) -> Tensor:
    height, width = image.shape[-2:]
    out_width, out_height = rotated_size(matrix, width, height) if expand else (width, height)
    return sample(image, affine_grid(image, matrix, out_width, out_height), mode, fill)


def perspective(image: Tensor, coefficients: Sequence[float], mode: str, fill: Any) -> Tensor:
    height, width = image.shape[-2:]
    dtype = _float_dtype(image)
    x = torch.linspace(0.5, width - 0.5, width, dtype=dtype)
    y = torch.linspace(0.5, height - 0.5, height, dtype=dtype)
    upper = torch.tensor(list(coefficients[:6]), dtype=dtype).reshape(2, 3)
    lower = torch.tensor([[*coefficients[6:], 1.0]], dtype=dtype)
    grid = _maps(x, y, upper / torch.tensor([[0.5 * width], [0.5 * height]], dtype=dtype)) / _maps(x, y, lower) - 1.0
    return sample(image, grid.unsqueeze(0), mode, fill)


def identity_grid(height: int, width: int, dtype: Any = torch.float32) -> Tensor:
    """The grid (1, height, width, 2) that reads each pixel at its own place."""
    grid = torch.empty((1, height, width, 2), dtype=dtype)
    grid[..., 0] = torch.linspace((-width + 1) / width, (width - 1) / width, width, dtype=dtype)
    grid[..., 1] = torch.linspace((-height + 1) / height, (height - 1) / height, height, dtype=dtype)[:, None]
    return grid


def drawn_displacement(alpha: Sequence[float], sigma: Sequence[float], height: int, width: int, blur: Any) -> Tensor:
    """A random displacement (1, height, width, 2): noise blurred by sigma and as strong as alpha, in pixels."""
    parts = []
    for strength, deviation, size in zip(alpha, sigma, (width, height)):
        noise = torch.rand([1, 1, height, width]) * 2 - 1
        if deviation > 0.0:
            length = int(8 * deviation + 1) | 1  # the next odd number
            noise = blur(noise, [length, length], list(sigma))
        parts.append(noise * strength / size)
    return torch.cat(parts, 1).permute([0, 2, 3, 1])


def gaussian_kernel(size: int, sigma: float, dtype: Any) -> Tensor:
    """exp(-x**2 / (2 sigma**2)) at `size` places one apart, summing to 1."""
    half = (size - 1) * 0.5
    x = torch.linspace(-half, half, size, dtype=dtype)
    weights = torch.exp(-0.5 * (x / sigma).pow(2))
    return weights / weights.sum()


def gaussian_blur(image: Tensor, kernel_size: Sequence[int], sigma: Sequence[float]) -> Tensor:
    dtype = image.dtype if image.is_floating_point() else torch.float32
    across = gaussian_kernel(kernel_size[0], sigma[0], dtype)
    down = gaussian_kernel(kernel_size[1], sigma[1], dtype)
    kernel = (down[:, None] * across[None, :]).expand(image.shape[-3], 1, kernel_size[1], kernel_size[0])
    edges = [kernel_size[0] // 2, kernel_size[0] // 2, kernel_size[1] // 2, kernel_size[1] // 2]

    def work(x: Tensor) -> Tensor:
        return F.conv2d(F.pad(x, edges, mode="reflect"), kernel, groups=x.shape[-3])

    return with_batch(image, (dtype,), work)
