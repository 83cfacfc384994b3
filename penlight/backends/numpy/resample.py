"""Interpolation of images and signals to another size, forward and backward.

Every mode is separable: per axis, each output element is a short weighted sum of input elements, its *taps*. The
backward is the same computation with the taps transposed. Only taps that exist are multiplied, never a dense matrix
with zeros, since 0 * inf would spread NaN. Positions and weights are computed in the input's precision (float32 for
float16, bfloat16 and the nearest modes), because floor() of them decides which element is taken.
"""

from functools import lru_cache

import numpy as np

from .pool import adaptive_avg_pool_backward, adaptive_avg_pool_forward
from .softmax import widen

_LINEAR = ("linear", "bilinear", "trilinear")


def _ratio(size: int, out: int, align_corners: bool, scale: float | None, real):
    """Input elements per output element, in the type `real`."""
    if align_corners:
        return real(size - 1) / real(out - 1) if out > 1 else real(0)
    if scale is not None and scale > 0:
        return real(1.0 / scale)
    return real(size) / real(out)


def _cubic(t, a):
    """The weights of the elements at -1, 0, 1 and 2 for a position t in [0, 1): Keys' kernel with parameter a."""

    def near(x):  # |x| <= 1
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):  # 1 < |x| < 2
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(t + 1), near(t), near(1 - t), far(2 - t)]


def _antialias_filter(name: str, x):
    """The triangle filter, or Keys' kernel with parameter -0.5 (as Pillow's)."""
    x = np.abs(x)
    if name in _LINEAR:
        return np.maximum(1 - x, 0)
    a = x.dtype.type(-0.5)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, near, np.where(x < 2, far, 0)).astype(x.dtype)


def _tap_table(size: int, out: int, mode: str, align_corners: bool, scale, antialias: bool, real):
    """(input index, weight, present), each (out, taps): which elements an output sums. Weight None: one."""
    place = np.arange(out, dtype=real)
    if mode in ("nearest", "nearest-exact"):
        real = np.float32  # whatever the input's type
        ratio = _ratio(size, out, False, scale, real)
        place = place.astype(real)
        source = (place + real(0.5)) * ratio if mode == "nearest-exact" else place * ratio
        index = np.minimum(np.floor(source).astype(np.int64), size - 1)[:, None]
        return index, None, np.ones(index.shape, bool)
    ratio = _ratio(size, out, align_corners, scale, real)
    half = real(0.5)
    if antialias:
        width = 2 if mode in _LINEAR else 4
        support = real(width * 0.5) * ratio if ratio >= 1 else real(width * 0.5)
        narrow = 1 / ratio if ratio >= 1 else real(1)
        centre = ratio * (place + half)
        first = np.maximum((centre - support + half).astype(np.int64), 0)
        count = np.minimum((centre + support + half).astype(np.int64), size) - first
        taps = np.arange(int(count.max()))
        index = first[:, None] + taps
        present = taps < count[:, None]
        weight = _antialias_filter(mode, (index.astype(real) - centre[:, None] + half) * narrow)
        weight = np.where(present, weight, real(0))
        weight /= weight.sum(axis=1, keepdims=True)
        return np.minimum(index, size - 1), weight, present
    source = ratio * place if align_corners else ratio * (place + half) - half
    if mode in _LINEAR:
        if out == size:
            index = np.arange(size)[:, None]
            return index, None, np.ones(index.shape, bool)
        source = np.maximum(source, 0)
        low = np.minimum(source.astype(np.int64), size - 1)
        part = np.clip(source - low.astype(real), real(0), real(1))
        index = np.stack([low, np.minimum(low + 1, size - 1)], 1)
        weight = np.stack([1 - part, part], 1)
    else:
        low = np.floor(source)
        weight = np.stack(_cubic(source - low, real(-0.75)), 1)
        index = np.clip(low.astype(np.int64)[:, None] + np.arange(-1, 3), 0, size - 1)
    return index, weight.astype(real), np.ones(index.shape, bool)


@lru_cache(maxsize=128)
def _taps(size: int, out: int, mode: str, align_corners: bool, scale, antialias: bool, real, transposed: bool):
    """A list of (targets, sources, weights): target[targets] += weights * source[sources], one tap of each target.

    `targets` None means all of them; `weights` None means one.
    """
    index, weight, present = _tap_table(size, out, mode, align_corners, scale, antialias, real)
    if not transposed:
        rounds = []
        for k in range(index.shape[1]):
            rows = None if present[:, k].all() else np.flatnonzero(present[:, k])
            kept = slice(None) if rows is None else rows
            rounds.append((rows, index[kept, k], None if weight is None else weight[kept, k]))
        return rounds
    # (input, output, weight) of every tap, sorted by input; the k-th tap of each input makes round k
    outputs, ks = np.nonzero(present)
    inputs = index[outputs, ks]
    order = np.argsort(inputs, kind="stable")
    inputs, outputs = inputs[order], outputs[order]
    weights = None if weight is None else weight[present][order]
    counts = np.bincount(inputs, minlength=size)
    rank = np.arange(len(inputs)) - np.repeat(np.cumsum(counts) - counts, counts)
    rounds = []
    for k in range(int(counts.max(initial=0))):
        kept = rank == k
        rows = None if kept.sum() == size else inputs[kept]
        rounds.append((rows, outputs[kept], None if weights is None else weights[kept]))
    return rounds


def _apply(x: np.ndarray, axis: int, length: int, rounds) -> np.ndarray:
    """The weighted sums along `axis`, giving it `length`."""
    if len(rounds) == 1 and rounds[0][0] is None and rounds[0][2] is None:
        return x.take(rounds[0][1], axis=axis)
    out = None
    for rows, sources, weights in rounds:
        part = x.take(sources, axis=axis)
        if weights is not None:
            part *= weights.reshape(-1, *(1,) * (x.ndim - 1 - axis))
        if out is None and rows is None:
            out = part
            continue
        if out is None:
            out = np.zeros((*x.shape[:axis], length, *x.shape[axis + 1 :]), x.dtype)
        if rows is None:
            out += part
        else:  # each row at most once in a round, so += on the index is exact
            out[(slice(None),) * axis + (rows,)] += part
    return np.zeros((*x.shape[:axis], length, *x.shape[axis + 1 :]), x.dtype) if out is None else out


def _resample(x, size, out_size, mode, align_corners, scales, antialias, transposed):
    real = np.float64 if x.dtype == np.float64 else np.float32
    scales = scales or (None,) * len(size)
    # the axis that shrinks most goes first: the others then have less to do
    target, source = (size, out_size) if transposed else (out_size, size)
    order = sorted(range(len(size)), key=lambda axis: (target[axis] / max(1, source[axis]), -axis))
    for axis in order:
        rounds = _taps(
            size[axis], out_size[axis], mode, bool(align_corners), scales[axis], bool(antialias), real, transposed
        )
        identity = len(rounds) == 1 and rounds[0][0] is None and rounds[0][2] is None and target[axis] == source[axis]
        if identity and (rounds[0][1] == np.arange(size[axis])).all():
            continue
        x = _apply(x, 2 + axis, target[axis], rounds)
    return x


@lru_cache(maxsize=32)
def _byte_weights(size: int, out: int, mode: str, align_corners: bool, scale, antialias: bool):
    """(weights as integers (size, out), the bits of their fraction): as many bits as leave the largest in 16."""
    index, weight, present = _tap_table(size, out, mode, align_corners, scale, antialias, np.float64)
    matrix = np.zeros((size, out))
    rows = np.broadcast_to(np.arange(out)[:, None], index.shape)
    np.add.at(matrix, (index, rows), 1.0 if weight is None else weight * present)
    bits = 0
    while bits < 22 and int(0.5 + matrix.max() * (1 << (bits + 1))) < 1 << 15:
        bits += 1
    return np.trunc(matrix * (1 << bits) + np.copysign(0.5, matrix)), bits


def _resample_bytes(x, out_size, mode, align_corners, scales, antialias):
    """As PyTorch's bytes: fixed-point weights, the rows first, rounded to bytes between the axes. Exact in float64."""
    for axis in (3, 2):
        if x.shape[axis] != out_size[axis - 2]:
            scale = None if scales is None else scales[axis - 2]
            matrix, bits = _byte_weights(x.shape[axis], out_size[axis - 2], mode, align_corners, scale, antialias)
            total = np.matmul(np.moveaxis(x, axis, -1).astype(np.float64), matrix)
            total = np.floor((total + (1 << bits >> 1)) / (1 << bits))
            x = np.moveaxis(np.clip(total, 0, 255).astype(np.uint8), -1, axis)
    return x


def _check_type(x: np.ndarray, mode: str) -> None:
    if x.dtype.kind not in "fV" and (x.dtype != np.uint8 or mode in ("linear", "trilinear")):
        raise NotImplementedError(f"interpolate: mode {mode!r} takes no {x.dtype}; convert the input first")


def interpolate_forward(x, out_size, mode: str, align_corners: bool = False, scales=None, antialias: bool = False):
    """`x` resampled to `out_size`.

    Args:
        mode: nearest, nearest-exact, linear, bilinear, trilinear, bicubic or area.
        scales: the scale factors if the caller gave them and does not recompute them from the sizes, else None:
            positions are then 1 / scale apart, not size / out_size.
        antialias: widen the filter when shrinking (bilinear and bicubic).

    Shape: x (N, C, *size) -> (N, C, *out_size).
    Raises: NotImplementedError for integer input (but uint8 in the nearest modes and on images).
    Differs from PyTorch 2.13, where its forward and its own derivative disagree: here the width is resampled with
    antialias also when the result has width 1 (or the input's width and a scale), and nearest keeps to a given scale
    also where the output is exactly once or twice as long as the input.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html

    >>> interpolate_forward(np.array([[[1.0, 3.0]]]), (4,), "linear")
    array([[[1. , 1.5, 2.5, 3. ]]])
    """
    if mode == "area":
        return adaptive_avg_pool_forward(x, out_size)
    _check_type(x, mode)
    dtype = x.dtype
    copied = mode.startswith("nearest")
    size, out_size = tuple(x.shape[2:]), tuple(out_size)
    if dtype == np.uint8 and not copied:
        out = _resample_bytes(x, out_size, mode, align_corners, _key(scales), antialias)
    else:
        out = _resample(x if copied else widen(x), size, out_size, mode, align_corners, _key(scales), antialias, False)
    if out is x:
        out = x.copy()
    if x.ndim == 4 and not x.flags.c_contiguous and x.transpose(0, 2, 3, 1).flags.c_contiguous:  # channels last
        return np.ascontiguousarray(out.transpose(0, 2, 3, 1)).astype(dtype, copy=False).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(out).astype(dtype, copy=False)


def _key(scales):
    return None if scales is None else tuple(None if s is None else float(s) for s in scales)


def interpolate_backward(
    g, input_shape, mode: str, align_corners: bool = False, scales=None, antialias: bool = False
) -> np.ndarray:
    """The gradient of `interpolate_forward`: the transposed weighted sums.

    >>> interpolate_backward(np.ones((1, 1, 4)), (1, 1, 2), "nearest")
    array([[[2., 2.]]])
    """
    if mode == "area":
        return adaptive_avg_pool_backward(g, input_shape)
    dtype = g.dtype
    size, out_size = tuple(input_shape[2:]), tuple(g.shape[2:])
    grad = _resample(widen(g), size, out_size, mode, align_corners, _key(scales), antialias, True)
    if grad is g:
        grad = g.copy()
    return np.ascontiguousarray(grad).astype(dtype, copy=False)
