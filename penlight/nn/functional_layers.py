"""Functions that are compositions of others: bilinear, normalize, local response norm and some more."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from penlight.base.dims import dimension, items_or_int
from penlight.nn.modules.utils import _ntuple
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.override import asking
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor

__all__ = [
    "assert_int_or_pair", "bilinear", "fold", "fractional_max_pool2d", "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d", "fractional_max_pool3d_with_indices", "local_response_norm", "normalize",
    "triplet_margin_with_distance_loss", "unfold", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip


def assert_int_or_pair(arg: Any, arg_name: str, message: str) -> None:
    """Raise unless `arg` is an int or has two elements."""
    if not (isinstance(arg, int) or len(arg) == 2):
        raise AssertionError(message.format(arg_name))


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Any = None) -> Tensor:
    """x1^T W_k x2 + b_k. Shape: (*, I), (*, J), (O, I, J) -> (*, O).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
    """
    if input1.dim() != input2.dim():
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}")
    if input1.shape[:-1] != input2.shape[:-1]:
        raise RuntimeError(
            f"bilinear(): input batch dimensions do not match: got {list(input1.shape)} and {list(input2.shape)}"
        )
    for at, (name, given) in enumerate((("input1", input1.shape[-1]), ("input2", input2.shape[-1])), 1):
        wanted = weight.shape[dimension(at, weight.dim())]
        if given != wanted:
            raise RuntimeError(f"bilinear(): {name} size does not match weight size: got {given} but expected {wanted}")
    if bias is not None and not bias.dim():
        raise IndexError("bilinear(): Dimension specified as 0 but the bias has no dimensions")
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {weight.shape[0]}"
        )
    outputs, size1, size2 = weight.shape
    left = input1.reshape(-1, size1)  # (N, I)
    right = input2.reshape(-1, size2)  # (N, J)
    partial = ops.mm(left, weight.permute(1, 0, 2).reshape(size1, outputs * size2)).reshape(-1, outputs, size2)
    result = (partial * right.unsqueeze(1)).sum(-1, dtype=partial.dtype).reshape(*input1.shape[:-1], outputs)
    return result if bias is None else result + bias


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of an image as columns. Shape: (N, C, H, W) or (C, H, W) -> (N, C * kernel, windows).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
    """
    return ops.im2col(input, kernel_size, dilation, padding, stride)


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns summed back into an image. Shape: (N, C * kernel, windows) -> (N, C, *output_size).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
    """
    return ops.col2im(input, output_size, kernel_size, dilation, padding, stride)


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """x / max(||x||_p, eps) along `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
    """
    length = input.norm(p, dim, keepdim=True).clamp_min(eps)
    return ops.div(input, length.expand_as(input)) if out is None else ops.div(input, length.expand_as(input), out=out)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta. Shape: (N, C, *)."""
    if input.dim() < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality                          input (got {input.dim()} dimensions)"
        )
    if input.numel() == 0:
        return input
    shape = input.shape
    squares = input.mul(input).reshape(shape[0], 1, shape[1], -1)  # channels as the rows of an image
    squares = ops.constant_pad_nd(squares, (0, 0, size // 2, (size - 1) // 2), 0)
    means = ops.avg_pool2d(squares, (size, 1), 1).reshape(shape)
    return input / means.mul(alpha).add(k).pow(beta)


def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: Any = None, margin: float = 1.0,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """max(0, d(anchor, positive) - d(anchor, negative) + margin) for any distance d."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = {anchor.ndim, positive.ndim, negative.ndim}
    if len(dims) != 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but "
            "got: anchor "
            f"{anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    distance = ops.pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = ops.minimum(far, distance(positive, negative))
    loss = (margin + near - far).clamp_min(0)
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Deprecated in PyTorch: `interpolate` with mode "nearest"."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return ops.interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Deprecated in PyTorch: `interpolate` with mode "bilinear" and aligned corners."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return ops.interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _fractional_starts(sample: float, size: int, out: int, kernel: int, dtype: Any) -> np.ndarray:
    """Where windows start: steps of (size - kernel) / (out - 1), shifted by the sample; the last touches the end."""
    starts = np.full(out, size - kernel, np.int64)
    if out > 1:
        alpha = dtype.type(size - kernel) / dtype.type(out - 1)
        sample = dtype.type(sample)
        for i in range(out - 1):
            starts[i] = int((dtype.type(i) + sample) * alpha) - int(sample * alpha)
    return starts


def _sizes(dims: int, value: Any, name: str) -> tuple[int, ...]:
    read = items_or_int(value, name)
    read = (read,) * dims if isinstance(read, int) else read
    if len(read) != dims:
        raise RuntimeError(f"{name} must be a single int or {dims} ints, but got {list(read)}")
    return read


def _fractional(dims: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any) -> tuple:
    name = f"fractional_max_pool{dims}d"
    shape = tuple(input.shape)
    if len(shape) <= dims:
        raise IndexError(f"{name}: Dimension {-dims - 1} out of range: expected {dims + 1}D or {dims + 2}D, got {list(shape)}")
    if 0 in shape[1:]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got {list(shape)} with "
            f"dimension {shape.index(0, 1)} being empty"
        )
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    kernel = _sizes(dims, kernel_size, "kernel_size")
    spatial = tuple(input.shape[-dims:])
    if output_size is None:
        output_size = [int(n * r) for n, r in zip(spatial, _ntuple(dims)(output_ratio))]
    out = _sizes(dims, output_size, "output_size")
    if input.dim() not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}: Expected {dims + 1}D or {dims + 2}D tensor, but got: {list(input.shape)}")
    for n, k, o in zip(spatial, kernel, out):
        if o + k - 1 > n - (dims == 3):
            raise RuntimeError(
                f"{name}(): pool size {k} is too large relative to the input size {n} for output size {o}"
            )
    x = input if input.dim() == dims + 2 else input.unsqueeze(0)
    if samples is None:
        samples = rand((x.shape[0], x.shape[1], dims), dtype=x.dtype)
    values, where = _fractional_at(name, x, samples[: x.shape[0]], spatial, kernel, out)
    return (values, where) if x is input else (values.squeeze(0), where.squeeze(0))


@asking
def _fractional_at(name: str, x: Tensor, samples: Tensor, spatial: tuple, kernel: tuple, out: tuple) -> tuple:
    """The maxima with the windows' shifts given. Shape: (N, C, *), (N, C, dims) -> (N, C, *out)."""
    dims, planes, drawn = len(out), x.shape[0] * x.shape[1], samples._a
    positions = np.zeros((planes, *out, *kernel), np.int64)  # flat positions of the windows' elements in their plane
    for plane, sample in enumerate(drawn.reshape(planes, dims)):
        total: Any = 0
        for d in range(dims):
            # images take their samples with the last dimension first, volumes with the first one first
            drawn_for = sample[d] if dims == 3 else sample[dims - 1 - d]
            starts = _fractional_starts(drawn_for, spatial[d], out[d], kernel[d], x._a.dtype)
            shape = [1] * (2 * dims)
            shape[d], shape[dims + d] = out[d], kernel[d]
            total = total * spatial[d] + (starts[:, None] + np.arange(kernel[d])).reshape(shape)
        positions[plane] = total
    positions = positions.reshape(planes, int(np.prod(out)), int(np.prod(kernel)))
    windows = x._a.reshape(planes, 1, int(np.prod(spatial)))
    flat = positions.reshape(planes, 1, int(np.prod(out) * np.prod(kernel)))
    windows = np.take_along_axis(windows, flat, 2).reshape(positions.shape)
    indices = np.take_along_axis(positions, windows.argmax(-1)[..., None], -1)
    where = Tensor._wrap(indices.reshape(*x.shape[:2], *out))
    return getattr(ops, f"_{name}")(x, where), where


def fractional_max_pool2d_with_indices(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> tuple:  # fmt: skip
    """`fractional_max_pool2d` and the flat positions of the maxima in each plane."""
    return _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """Maxima of windows at random steps. Shape: (N, C, H, W) or (C, H, W). Source: Graham, 2014."""
    result = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return result if return_indices else result[0]


def fractional_max_pool3d_with_indices(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> tuple:  # fmt: skip
    """`fractional_max_pool3d` and the flat positions of the maxima in each volume."""
    return _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d(
    input: Tensor, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:  # fmt: skip
    """Maxima of windows at random steps. Shape: (N, C, D, H, W) or (C, D, H, W). Source: Graham, 2014."""
    result = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return result if return_indices else result[0]
