"""Sampling images at arbitrary places: `grid_sample`, forward and backward.

Every mode is a short weighted sum of elements, its *taps*, per output place: one (nearest), 2^d (linear) or 16 (cubic).
A tap knows the flat index of its element, its weight, where it exists, and its weight's derivative by each coordinate;
forward and both gradients follow from these alone.
"""

from functools import reduce
from itertools import product
from operator import mul
from typing import NamedTuple

import numpy as np

from .resample import _cubic

_CUBIC = -0.75  # Keys' parameter, as PyTorch's bicubic has it


class Tap(NamedTuple):
    """One element of the weighted sum. Shapes: (N, places)."""

    index: np.ndarray  # into the flattened image, 0 where there is none
    weight: np.ndarray
    present: np.ndarray | None  # None: everywhere
    slopes: list  # by coordinate, in the order of the grid's last dimension; empty: all zero
    curves: list  # second derivatives, by two coordinates; None: zero


def _reflect(x, size: int, align_corners: bool):
    """Mirrored at the borders into the image; and the sign of the derivative."""
    low, span = (0.0, float(size - 1)) if align_corners else (-0.5, float(size))
    if span == 0:
        return np.zeros_like(x), np.zeros_like(x)
    moved = x - x.dtype.type(low)
    sign = np.where(moved < 0, -1, 1).astype(x.dtype)
    moved = np.abs(moved)
    extra = np.fmod(moved, x.dtype.type(span))
    flips = np.floor(moved / x.dtype.type(span))
    even = np.fmod(flips, 2) == 0
    inside = np.where(even, extra, x.dtype.type(span) - extra) + x.dtype.type(low)
    return inside, np.where(even, sign, -sign)


def _clip(x, size: int):
    """Clipped into the image, NaN to 0; and the derivative, 0 from the border on."""
    top = x.dtype.type(size - 1)
    clipped = np.fmin(np.fmax(x, x.dtype.type(0)), top)
    return clipped, ((x > 0) & (x < top)).astype(x.dtype)


def _padded(x, size: int, padding: str, align_corners: bool):
    """Coordinates after padding, and their derivative by those before (None: one)."""
    if padding == "border":
        return _clip(x, size)
    if padding == "reflection":
        inside, sign = _reflect(x, size, align_corners)
        clipped, slope = _clip(inside, size)
        return clipped, sign * slope
    return x, None


def _within(x, size: int):
    """Far-away and NaN coordinates brought to where they still are outside, so that they fit an integer."""
    return np.clip(np.where(np.isnan(x), x.dtype.type(-3), x), x.dtype.type(-3), x.dtype.type(size + 2))


def _axis_taps(x, size: int, mode: str, padding: str, align_corners: bool):
    """[(index, present, weight, slope, second slope)] along one axis for coordinates in the grid's units, -1 … 1."""
    real = x.dtype.type
    scale = real((size - 1) / 2) if align_corners else real(size / 2)
    x = (x + real(1)) * scale if align_corners else ((x + real(1)) * real(size) - real(1)) / real(2)
    if mode != "bicubic":
        x, slope = _padded(x, size, padding, align_corners)
        x = _within(x, size)
        scale = scale if slope is None else slope * scale
        if mode == "nearest":
            place = np.rint(x).astype(np.int64)
            return [(*_element(place, size), None, None, None)]
        low = np.floor(x)
        part = x - low
        place = low.astype(np.int64)
        return [(*_element(place, size), 1 - part, -scale, None), (*_element(place + 1, size), part, scale, None)]
    x = _within(x, size) if padding == "zeros" else x
    low = np.floor(x)
    part = x - low
    a, taps = real(_CUBIC), []
    for offset, weight, slope, curve in zip(
        range(-1, 3), _cubic(part, a), _cubic_slopes(part, a), _cubic_curves(part, a)
    ):
        place, _ = _padded(low + real(offset), size, padding, align_corners)
        taps.append((*_element(_within(place, size).astype(np.int64), size), weight, slope * scale, curve * scale**2))
    return taps


def _cubic_slopes(t, a):
    """The derivatives of `_cubic`'s weights by t."""

    def near(x):
        return (3 * (a + 2) * x - 2 * (a + 3)) * x

    def far(x):
        return (3 * a * x - 10 * a) * x + 8 * a

    return [far(t + 1), near(t), -near(1 - t), -far(2 - t)]


def _cubic_curves(t, a):
    """The second derivatives of `_cubic`'s weights by t."""

    def near(x):
        return 6 * (a + 2) * x - 2 * (a + 3)

    def far(x):
        return 6 * a * x - 10 * a

    return [far(t + 1), near(t), near(1 - t), far(2 - t)]


def _element(place, size: int):
    """An index that is in range, and where the place itself is (None: everywhere)."""
    present = (place >= 0) & (place < size)
    return (place, None) if present.all() else (np.where(present, place, 0), present)


def _taps(grid, size, mode: str, padding: str, align_corners: bool, order: int = 0) -> list:
    """Taps for a grid (N, *out, d), whose last dimension counts x first; `size` counts it last.

    order: up to which the weights' derivatives are wanted.
    """
    n, d = grid.shape[0], grid.shape[-1]
    flat = grid.reshape(n, reduce(mul, grid.shape[1:-1], 1), d)
    axes = [_axis_taps(flat[..., i], size[d - 1 - i], mode, padding, align_corners) for i in range(d)]
    steps = [reduce(mul, size[d - i :], 1) for i in range(d)]  # x, y, z
    result = []
    for combination in product(*axes):
        index = sum([c[0] * s for c, s in zip(combination[1:], steps[1:])], combination[0][0])
        masks = [c[1] for c in combination if c[1] is not None]
        present = reduce(np.logical_and, masks) if masks else None
        if mode == "nearest":
            result.append(Tap(index, np.ones((), grid.dtype), present, [], []))
            continue

        def derivative(*by):
            """The product of the axes' weights, each derived as often as its axis is named."""
            factors = [c[2 + by.count(axis)] for axis, c in enumerate(combination)]
            return None if any(f is None for f in factors) else reduce(mul, factors)

        slopes = [derivative(i) for i in range(d)] if order else []
        curves = [[derivative(i, j) for j in range(d)] for i in range(d)] if order > 1 else []
        result.append(Tap(index, derivative(), present, slopes, curves))
    return result


def _values(image, tap: Tap, n: int):
    """The elements that a tap reads of one image. Shape: (C, *size) flat -> (C, places)."""
    values = image.take(tap.index[n], axis=1)
    if tap.present is not None:
        values[:, ~tap.present[n]] = 0  # not a product: 0 * inf is NaN
    return values


def _scatter(taps, n: int, parts, image):
    """Put the sums of what each tap has for its element into one image."""
    kept = [slice(None) if tap.present is None else tap.present[n] for tap in taps]
    index = np.concatenate([tap.index[n][rows] for tap, rows in zip(taps, kept)])
    together = np.concatenate([part[:, rows] for part, rows in zip(parts, kept)], axis=1)
    for channel in range(len(image)):
        image[channel] = np.bincount(index, together[channel], image.shape[1])


def _weight(tap: Tap, n: int):
    return tap.weight[n] if tap.weight.ndim else tap.weight


def grid_sample_forward(x, grid, mode: str, padding: str, align_corners: bool):
    """Elements of `x` interpolated at the places of `grid`, whose coordinates -1 … 1 span the image.

    Args:
        mode: bilinear (linear in each dimension), nearest, or bicubic (images only).
        padding: zeros, border or reflection.

    Shape: x (N, C, *size), grid (N, *out, d) -> (N, C, *out).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html

    >>> image = np.arange(4.0).reshape(1, 1, 2, 2)
    >>> grid_sample_forward(image, np.zeros((1, 1, 1, 2)), "bilinear", "zeros", False)
    array([[[[1.5]]]])
    """
    n, c = x.shape[:2]
    taps = _taps(grid, x.shape[2:], mode, padding, align_corners)
    flat = x.reshape(n, c, reduce(mul, x.shape[2:], 1))
    out = np.empty((n, c, taps[0].index.shape[1]), x.dtype)
    for i in range(n):
        for number, tap in enumerate(taps):
            values = _values(flat[i], tap, i)
            if tap.weight.ndim:
                values *= tap.weight[i]
            if number:
                out[i] += values
            else:
                out[i] = values
    return out.reshape(n, c, *grid.shape[1:-1])


def grid_sample_backward(g, x, grid, mode: str, padding: str, align_corners: bool, need):
    """The gradients of `grid_sample_forward` for the image and the grid; None where `need` says so."""
    n, c = x.shape[:2]
    count = reduce(mul, x.shape[2:], 1)
    taps = _taps(grid, x.shape[2:], mode, padding, align_corners, int(need[1]))
    flat, g = x.reshape(n, c, count), g.reshape(n, c, taps[0].index.shape[1])
    for_image = np.zeros((n, c, count), x.dtype) if need[0] else None
    for_grid = np.zeros((n, g.shape[2], grid.shape[-1]), grid.dtype) if need[1] else None
    for i in range(n):
        if need[0]:
            _scatter(taps, i, [g[i] * _weight(tap, i) for tap in taps], for_image[i])
        if need[1] and taps[0].slopes:
            for tap in taps:
                through = np.einsum("cp,cp->p", g[i], _values(flat[i], tap, i))
                for coordinate, slope in enumerate(tap.slopes):
                    for_grid[i, :, coordinate] += through * slope[i]
    return (
        None if for_image is None else for_image.reshape(x.shape),
        None if for_grid is None else for_grid.reshape(grid.shape),
    )


def grid_sample_second(for_image, for_grid, g, x, grid, mode: str, padding: str, align_corners: bool):
    """The gradients of `grid_sample_backward` for g, x and grid; `for_image` and `for_grid` may be None."""
    n, c = x.shape[:2]
    count, d = reduce(mul, x.shape[2:], 1), grid.shape[-1]
    taps = _taps(grid, x.shape[2:], mode, padding, align_corners, 2)
    places = taps[0].index.shape[1]
    flat, out = x.reshape(n, c, count), g.reshape(n, c, places)
    to_g, to_x = np.zeros_like(out), np.zeros_like(flat)
    to_grid = np.zeros((n, places, d), grid.dtype)
    along_image = None if for_image is None else for_image.reshape(n, c, count)
    along_grid = None if for_grid is None or mode == "nearest" else for_grid.reshape(n, places, d)
    for i in range(n):
        parts = []
        for tap in taps:
            if along_image is not None:
                values = _values(along_image[i], tap, i)
                to_g[i] += values * _weight(tap, i)
                through = np.einsum("cp,cp->p", out[i], values)
                for j, slope in enumerate(tap.slopes):
                    to_grid[i, :, j] += through * slope[i]
            if along_grid is not None:
                values = _values(flat[i], tap, i)
                turned = sum(along_grid[i, :, j] * slope[i] for j, slope in enumerate(tap.slopes))
                to_g[i] += values * turned
                parts.append(out[i] * turned)
                through = np.einsum("cp,cp->p", out[i], values)
                for j, row in enumerate(tap.curves):
                    bent = [along_grid[i, :, k] * curve[i] for k, curve in enumerate(row) if curve is not None]
                    to_grid[i, :, j] += through * sum(bent)
        if parts:
            _scatter(taps, i, parts, to_x[i])
    return to_g.reshape(g.shape), to_x.reshape(x.shape), to_grid.reshape(grid.shape)


def affine_base(size, align_corners: bool, dtype):
    """The places of an image's elements in grid coordinates, with a 1 after them. Shape: (prod(size), d + 1)."""
    axes = []
    for n in size:
        axis = np.linspace(-1, 1, n, dtype=np.float64) if n > 1 else np.zeros(n)
        axes.append(axis if align_corners else axis * ((n - 1) / n))
    places = np.meshgrid(*axes, indexing="ij")
    columns = [p.reshape(-1) for p in reversed(places)]
    return np.stack([*columns, np.ones_like(columns[0])], axis=1).astype(dtype)
