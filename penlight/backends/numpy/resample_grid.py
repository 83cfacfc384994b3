"""Sampling images at arbitrary places: `grid_sample`, forward and backward.

Every mode is a short weighted sum of elements, its *taps*, per output place: one (nearest), 2^d (linear) or 16 (cubic).
A tap knows the flat index of its element, its weight, where it exists, and its weight's derivative by each coordinate;
forward and both gradients follow from these alone.
"""

from functools import partial, reduce
from itertools import product
from operator import mul
from typing import NamedTuple

import numpy as np

from penlight.base.ranges import evenly

from .resample import _cubic

_CUBIC = -0.75  # Keys' parameter, as PyTorch's bicubic has it


class Tap(NamedTuple):
    """One element of the weighted sum. Shapes: (N * places,)."""

    index: np.ndarray  # into the images of one channel, one after the other; 0 where there is none
    present: np.ndarray | None  # None: everywhere
    weight: np.ndarray | None  # 0 where there is none; None: 1
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
    flat = grid.reshape(-1, d)
    axes = [
        _axis_taps(np.ascontiguousarray(flat[:, i]), size[d - 1 - i], mode, padding, align_corners) for i in range(d)
    ]
    steps = [reduce(mul, size[d - i :], 1) for i in range(d)]  # x, y, z
    image = np.repeat(np.arange(n) * reduce(mul, size, 1), reduce(mul, grid.shape[1:-1], 1))
    result = []
    for combination in product(*axes):
        index = sum([c[0] * s for c, s in zip(combination[1:], steps[1:])], combination[0][0] + image)
        masks = [c[1] for c in combination if c[1] is not None]
        present = reduce(np.logical_and, masks) if masks else None
        if mode == "nearest":
            result.append(Tap(index, present, None if present is None else present.astype(grid.dtype), [], []))
            continue

        derivative = partial(_derivative, combination, present)
        slopes = [derivative(i) for i in range(d)] if order else []
        curves = [[derivative(i, j) for j in range(d)] for i in range(d)] if order > 1 else []
        result.append(Tap(index, present, derivative(), slopes, curves))
    return result


def _derivative(combination, present, *by):
    """The product of the axes' weights, each derived as often as its axis is named in `by`."""
    factors = [c[2 + by.count(axis)] for axis, c in enumerate(combination)]
    if any(f is None for f in factors):
        return None
    return reduce(mul, factors if present is None else [*factors, present])


def _channels_first(x):
    """Shape: (N, C, *) -> (C, N * prod(*))."""
    return np.ascontiguousarray(np.moveaxis(x, 1, 0)).reshape(x.shape[1], -1 if x.size else 0)


def _batch_first(flat, shape):
    """The way back of `_channels_first`."""
    n, c, *size = shape
    return np.ascontiguousarray(np.moveaxis(flat.reshape(c, n, *size), 0, 1))


class _Image:
    """A batch of images, flattened, to read taps from."""

    def __init__(self, x) -> None:
        self.flat = _channels_first(x)
        self.finite = bool(np.isfinite(self.flat.sum(dtype=np.float64)))

    def at(self, tap: Tap):
        """What a tap reads, 0 where there is nothing. Shape: (C, N * places)."""
        values = self.flat.take(tap.index, axis=1)
        if not self.finite and tap.present is not None:  # elsewhere the weight of 0 is enough
            values[:, ~tap.present] = 0
        return values


def _weighted(values, weight):
    return values if weight is None else np.multiply(values, weight, values)


def _scatter(taps, parts, shape):
    """Images with the sums of what each tap has for its element."""
    index = np.concatenate([tap.index for tap in taps])
    together = np.concatenate(parts, axis=1)
    if not np.isfinite(together).all():  # 0 * inf: leave out what has no element
        kept = np.concatenate([np.ones(len(t.index), bool) if t.present is None else t.present for t in taps])
        index, together = index[kept], together[:, kept]
    n, c, *size = shape
    count = n * reduce(mul, size, 1)
    result = np.empty((c, count), together.dtype)
    for channel in range(c):
        result[channel] = np.bincount(index, together[channel], count)
    return _batch_first(result, shape)


def _product(a, b):
    """Sums over the channels. Shape: (C, N * places) twice -> (N * places,)."""
    if a.dtype.kind == "V" or b.dtype.kind == "V":  # einsum knows no bfloat16
        return np.einsum("cp,cp->p", a.astype(np.float32), b.astype(np.float32)).astype(a.dtype)
    return np.einsum("cp,cp->p", a, b)


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
    shape = (*x.shape[:2], *grid.shape[1:-1])
    if 0 in shape:
        return np.zeros(shape, x.dtype)
    image, out = _Image(x), None
    for tap in _taps(grid, x.shape[2:], mode, padding, align_corners):
        values = _weighted(image.at(tap), tap.weight)
        out = values if out is None else np.add(out, values, out)
    return _batch_first(out, shape)


def grid_sample_backward(g, x, grid, mode: str, padding: str, align_corners: bool, need):
    """The gradients of `grid_sample_forward` for the image and the grid; None where `need` says so."""
    if not g.size:
        return np.zeros_like(x) if need[0] else None, np.zeros_like(grid) if need[1] else None
    taps = _taps(grid, x.shape[2:], mode, padding, align_corners, int(need[1]))
    flat, for_image, for_grid = _channels_first(g), None, None
    if need[0]:
        parts = [flat if tap.weight is None else flat * tap.weight for tap in taps]
        for_image = _scatter(taps, parts, x.shape)
    if need[1]:
        for_grid = np.zeros((grid.shape[-1], flat.shape[1]), grid.dtype)
        image = _Image(x) if taps[0].slopes else None
        for tap in taps if taps[0].slopes else ():
            through = _product(flat, image.at(tap))
            for coordinate, slope in enumerate(tap.slopes):
                for_grid[coordinate] += through * slope
        for_grid = for_grid.T.reshape(grid.shape)
    return for_image, for_grid


def grid_sample_second(for_image, for_grid, g, x, grid, mode: str, padding: str, align_corners: bool):
    """The gradients of `grid_sample_backward` for g, x and grid; `for_image` and `for_grid` may be None."""
    if not g.size:
        return np.zeros_like(g), np.zeros_like(x), np.zeros_like(grid)
    taps = _taps(grid, x.shape[2:], mode, padding, align_corners, 2)
    flat = _channels_first(g)
    to_g, to_x = np.zeros_like(flat), np.zeros_like(x)
    to_grid = np.zeros((grid.shape[-1], flat.shape[1]), grid.dtype)
    if for_image is not None:
        along = _Image(for_image)
        for tap in taps:
            values = along.at(tap)
            through = _product(flat, values)
            to_g += _weighted(values, tap.weight)
            for j, slope in enumerate(tap.slopes):
                to_grid[j] += through * slope
    if for_grid is not None and mode != "nearest":
        image, parts = _Image(x), []
        along = for_grid.reshape(-1, grid.shape[-1]).T
        for tap in taps:
            values = image.at(tap)
            turned = sum(a * slope for a, slope in zip(along, tap.slopes))
            through = _product(flat, values)
            to_g += _weighted(values, turned)
            parts.append(flat * turned)
            for j, row in enumerate(tap.curves):
                to_grid[j] += through * sum(a * curve for a, curve in zip(along, row) if curve is not None)
        to_x = _scatter(taps, parts, x.shape)
    return _batch_first(to_g, g.shape), to_x, to_grid.T.reshape(grid.shape)


def affine_base(size, align_corners: bool, dtype):
    """The places of an image's elements in grid coordinates, with a 1 after them. Shape: (prod(size), d + 1)."""
    axes = []
    for n in size:
        axis = evenly(-1.0, 1.0, n, dtype) if n > 1 else np.zeros(n, dtype)
        # in this order: a place's last bit picks the cell it falls into
        axes.append(axis if align_corners else axis * dtype.type(n - 1) / dtype.type(n))
    places = np.meshgrid(*axes, indexing="ij")
    columns = [p.reshape(-1) for p in reversed(places)]
    return np.stack([*columns, np.ones_like(columns[0])], axis=1).astype(dtype)
