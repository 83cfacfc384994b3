"""Regions of interest: a fixed grid of values for each box of an image's features.

All take features (N, C, H, W) and boxes, as a tensor (K, 5) of (number of the image, x1, y1, x2, y2) or as a list of
tensors (K_i, 4), one an image; boxes times `spatial_scale` are in pixels of the features. Gradients flow to the features
only, and once, as in torchvision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor, nn
from penlight.autograd import Function
from penlight.autograd.function import once_differentiable

__all__ = [
    "PSRoIAlign", "PSRoIPool", "RoIAlign", "RoIPool", "ps_roi_align", "ps_roi_pool", "roi_align", "roi_pool",
]  # fmt: skip


def _boxes(input: Tensor, boxes: Any) -> Tensor:
    """(K, 5) of either form. Raises: RuntimeError, AssertionError, TypeError for other forms."""
    if isinstance(boxes, (list, tuple)):
        for box in boxes:
            if box.ndim != 2 or box.size(1) != 4:
                raise AssertionError(
                    "The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]]: "
                    f"got {tuple(box.shape)}"
                )
        numbers = [torch.full_like(box[:, :1], i) for i, box in enumerate(boxes)]
        boxes = torch.cat([torch.cat(numbers), torch.cat(list(boxes))], 1)
    elif not isinstance(boxes, Tensor):
        raise AssertionError(f"boxes is expected to be a Tensor[L, 5] or a List[Tensor[K, 4]], got {type(boxes)}")
    if boxes.ndim != 2 or boxes.size(1) != 5:
        raise AssertionError(f"The boxes tensor shape is not correct as Tensor[K, 5]: got {tuple(boxes.shape)}")
    if input.ndim != 4:
        raise RuntimeError(f"expected features of shape (N, C, H, W), got {tuple(input.shape)}")
    if input.dtype != boxes.dtype:
        raise RuntimeError(f"Expected features and boxes of the same type, got {input.dtype} and {boxes.dtype}")
    numbers = boxes[:, 0].detach()
    if numbers.numel() and not (0 <= float(numbers.min()) and float(numbers.max()) < input.size(0)):
        raise IndexError(
            f"expected boxes of the images 0 to {input.size(0) - 1}, got numbers from {float(numbers.min()):g} to "
            f"{float(numbers.max()):g}"
        )
    return boxes.detach()


def _pair(size: Any) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[-1]))


def _axis_weights(start: Any, length: Any, bins: int, size: int, ratio: int, empty_is_nan: bool) -> np.ndarray:
    """The weight of each of `size` pixels in each bin (bins, size): linear interpolation at the bin's sample points."""
    width = length / bins
    count = ratio if ratio > 0 else math.ceil(width)
    weights = np.zeros((bins, size), width.dtype)
    if count <= 0:
        weights[:] = np.nan if empty_is_nan else 0
        return weights
    dtype = width.dtype.type
    steps = (np.arange(count, dtype=dtype) + dtype(0.5)) * width / dtype(count)
    places = start + np.arange(bins, dtype=dtype)[:, None] * width + steps  # (bins, count)
    valid = (places >= -1.0) & (places <= size)
    places = np.clip(places, 0, size - 1)
    low = places.astype(np.int64)
    high = np.minimum(low + 1, size - 1)
    rest = places - low
    rows = np.broadcast_to(np.arange(bins)[:, None], low.shape)
    np.add.at(weights, (rows, low), (1 - rest) * valid / dtype(count))
    np.add.at(weights, (rows, high), rest * valid / dtype(count))
    return weights


def _crop(weights: np.ndarray) -> tuple[slice, np.ndarray]:
    """The columns that are not zero."""
    used = np.flatnonzero(weights.any(0))
    span = slice(used[0], used[-1] + 1) if used.size else slice(0, 1)
    return span, weights[:, span]


class _Align(Function):
    """Means of bilinear samples; the weights are a product of those of the rows and those of the columns."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, boxes: Tensor, size: tuple, scale: float, ratio: int, kind: str) -> Tensor:
        x = input.detach().numpy()
        exact: Any = np.float64 if x.dtype == np.float64 else np.float32
        (ph, pw), (_, C, H, W) = size, x.shape
        rois = boxes.numpy().astype(exact)
        corners = rois[:, 1:] * exact(scale) - exact(0.0 if kind == "plain" else 0.5)
        sizes = corners[:, 2:] - corners[:, :2]
        if kind == "plain":  # malformed boxes count as one pixel
            sizes = np.maximum(sizes, exact(1.0))
        by_place = kind == "by place"
        plan: list[tuple] = []
        for k in range(len(rois)):
            rows = _axis_weights(corners[k, 1], sizes[k, 1], ph, H, ratio, by_place)
            columns = _axis_weights(corners[k, 0], sizes[k, 0], pw, W, ratio, by_place)
            plan.append((int(rois[k, 0]), *_crop(rows), *_crop(columns)))
        ctx.plan, ctx.shape, ctx.dtype, ctx.by_place = plan, x.shape, x.dtype, by_place
        out = np.empty((len(rois), C // (ph * pw) if by_place else C, ph, pw), exact)
        for k, (image, down, rows, across, columns) in enumerate(plan):
            part = x[image, :, down, across].astype(exact, copy=False)
            if by_place:  # channel (c, p, q) is for bin (p, q)
                out[k] = np.einsum("pH,cpqHW,qW->cpq", rows, part.reshape(-1, ph, pw, *part.shape[1:]), columns)
            else:
                out[k] = rows @ part @ columns.T
        return torch.from_numpy(out.astype(x.dtype, copy=False))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple:
        g = grad.numpy()
        result = np.zeros(ctx.shape, np.float64 if ctx.dtype == np.float64 else np.float32)
        for k, (image, down, rows, across, columns) in enumerate(ctx.plan):
            part = g[k].astype(result.dtype, copy=False)
            if ctx.by_place:
                sent = np.einsum("pH,cpq,qW->cpqHW", rows, part, columns)
                result[image, :, down, across] += sent.reshape(-1, *sent.shape[3:])
            else:
                result[image, :, down, across] += rows.T @ part @ columns
        return torch.from_numpy(result.astype(ctx.dtype, copy=False)), None, None, None, None, None


def _rounded(values: np.ndarray) -> np.ndarray:
    """The nearest integers, halves away from zero."""
    return (np.sign(values) * np.floor(np.abs(values) + 0.5)).astype(np.int64)


def _bounds(start: int, length: int, bins: int, last: int) -> list[tuple[int, int]]:
    """First and last (exclusive) pixel of each bin, cut off at 0 and `last`."""
    width = np.float32(length) / np.float32(bins)
    return [
        (
            min(max(math.floor(np.float32(i) * width) + start, 0), last),
            min(max(math.ceil(np.float32(i + 1) * width) + start, 0), last),
        )
        for i in range(bins)
    ]


class _Pool(Function):
    """Maxima, or (`by_place`) means of the bin's own channels, over the whole pixels of each bin."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, boxes: Tensor, size: tuple, scale: float, by_place: bool) -> Tensor:
        x = input.detach().numpy()
        (ph, pw), (_, C, H, W) = size, x.shape
        rois = boxes.numpy()
        corners = _rounded(rois[:, 1:] * rois.dtype.type(scale))
        extra, short = (0, 1) if by_place else (1, 0)
        channels = C // (ph * pw) if by_place else C
        out = np.zeros((len(rois), channels, ph, pw), x.dtype)
        ctx.plan, ctx.shape, ctx.by_place = [], x.shape, by_place
        for k, (x1, y1, x2, y2) in enumerate(corners):
            image = int(rois[k, 0])
            rows = _bounds(y1, max(y2 - y1 + extra, 1), ph, H - short)
            columns = _bounds(x1, max(x2 - x1 + extra, 1), pw, W - short)
            for p, (top, bottom) in enumerate(rows):
                for q, (left, right) in enumerate(columns):
                    if bottom <= top or right <= left:
                        continue
                    chosen = slice(p * pw + q, None, ph * pw) if by_place else slice(None)
                    part = x[image, chosen, top:bottom, left:right].reshape(channels, -1)
                    best = None
                    if by_place:
                        out[k, :, p, q] = part.mean(1)
                    else:
                        best = part.argmax(1)
                        out[k, :, p, q] = part[np.arange(channels), best]
                    ctx.plan.append((k, image, p, q, chosen, top, bottom, left, right, best))
        return torch.from_numpy(out)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple:
        g = grad.numpy()
        result = np.zeros(ctx.shape, g.dtype)
        for k, image, p, q, chosen, top, bottom, left, right, best in ctx.plan:
            part = result[image, chosen, top:bottom, left:right]  # a view
            if ctx.by_place:
                part += (g[k, :, p, q] / ((bottom - top) * (right - left)))[:, None, None]
            else:
                places = np.arange(len(part)), *np.divmod(best, right - left)
                part[places] += g[k, :, p, q]
        return torch.from_numpy(result), None, None, None, None


def roi_align(
    input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0, sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:  # fmt: skip
    """Means of bilinear samples in each bin of each box. Shape: (N, C, H, W), K boxes -> (K, C, *output_size).

    Args:
        sampling_ratio: samples a bin along each side; if not positive, one a pixel (rounded up).
        aligned: shift by half a pixel, so that the centre of pixel i is i + 0.5. Without it boxes are at least 1 wide.

    Raises: AssertionError for boxes of other forms; RuntimeError for other dtypes; IndexError for unknown images.
    Source: https://arxiv.org/abs/1703.06870; https://docs.pytorch.org/vision/stable/generated/torchvision.ops.roi_align.html

    >>> roi_align(torch.arange(16.0).reshape(1, 1, 4, 4), [torch.tensor([[0.0, 0, 4, 4]])], 2, aligned=True)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    kind = "aligned" if aligned else "plain"
    return _Align.apply(input, _boxes(input, boxes), _pair(output_size), spatial_scale, sampling_ratio, kind)


def roi_pool(input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Tensor:
    """Maxima over the pixels of each bin of each box, 0 for bins outside. Shape: (N, C, H, W) -> (K, C, *output_size).

    Raises: as for `roi_align`.
    Source: https://arxiv.org/abs/1504.08083; https://docs.pytorch.org/vision/stable/generated/torchvision.ops.roi_pool.html

    >>> roi_pool(torch.arange(16.0).reshape(1, 1, 4, 4), [torch.tensor([[0.0, 0, 3, 3]])], 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    return _Pool.apply(input, _boxes(input, boxes), _pair(output_size), spatial_scale, False)


def _by_place(input: Tensor, boxes: Any, output_size: Any) -> tuple[Tensor, tuple[int, int]]:
    size, rois = _pair(output_size), _boxes(input, boxes)
    if input.size(1) % (size[0] * size[1]) != 0:
        raise RuntimeError(
            f"input channels must be a multiple of pooling height * pooling width: {input.size(1)} channels, {size}"
        )
    return rois, size


def ps_roi_align(
    input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0, sampling_ratio: int = -1
) -> Tensor:
    """`roi_align` of which each bin has channels of its own. Shape: (N, C P Q, H, W) -> (K, C, P, Q).

    Raises: RuntimeError when the channels are no multiple of the bins; others as for `roi_align`.
    Source: https://arxiv.org/abs/1711.07264
    """
    rois, size = _by_place(input, boxes, output_size)
    return _Align.apply(input, rois, size, spatial_scale, sampling_ratio, "by place")


def ps_roi_pool(input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Tensor:
    """Means over the pixels of each bin, which has channels of its own. Shape: (N, C P Q, H, W) -> (K, C, P, Q).

    As in torchvision, the last row and column of pixels are in no bin.

    Raises: RuntimeError when the channels are no multiple of the bins; others as for `roi_align`.
    Source: https://arxiv.org/abs/1605.06409
    """
    rois, size = _by_place(input, boxes, output_size)
    return _Pool.apply(input, rois, size, spatial_scale, True)


class _Layer(nn.Module):
    function: Callable

    def __init__(self, output_size: Any, spatial_scale: float, **options: Any):
        super().__init__()
        self._options = {"output_size": output_size, "spatial_scale": spatial_scale, **options}
        for name, value in self._options.items():
            setattr(self, name, value)

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        return type(self).function(input, rois, **{name: getattr(self, name) for name in self._options})

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)}" for name in self._options)
        return f"{type(self).__name__}({values})"


class RoIAlign(_Layer):
    """`roi_align` of (features, boxes)."""

    function = staticmethod(roi_align)

    def __init__(self, output_size: Any, spatial_scale: float, sampling_ratio: int, aligned: bool = False):
        super().__init__(output_size, spatial_scale, sampling_ratio=sampling_ratio, aligned=aligned)


class RoIPool(_Layer):
    """`roi_pool` of (features, boxes)."""

    function = staticmethod(roi_pool)

    def __init__(self, output_size: Any, spatial_scale: float):
        super().__init__(output_size, spatial_scale)


class PSRoIAlign(_Layer):
    """`ps_roi_align` of (features, boxes)."""

    function = staticmethod(ps_roi_align)

    def __init__(self, output_size: Any, spatial_scale: float, sampling_ratio: int):
        super().__init__(output_size, spatial_scale, sampling_ratio=sampling_ratio)


class PSRoIPool(_Layer):
    """`ps_roi_pool` of (features, boxes)."""

    function = staticmethod(ps_roi_pool)

    def __init__(self, output_size: Any, spatial_scale: float):
        super().__init__(output_size, spatial_scale)
