"""Max and average pooling over 1, 2 or 3 spatial axes, plain and adaptive, forward and backward.

Arguments per spatial axis are tuples, `stride` always given. Inputs are (N, C, *size). float16 and bfloat16 averages
are computed in float32 and rounded at the end.
"""

from functools import lru_cache
from itertools import product
from math import prod

import numpy as np

from .softmax import widen

_BLOCK = 1 << 16  # elements of a block whose temporaries stay in the cache


def pool_output_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """The output length of a pooling along one axis.

    With `ceil_mode` a last window may hang over the end, unless it starts in the padding on the right.

    >>> pool_output_size(5, 2, 2, 0, 1, False), pool_output_size(5, 2, 2, 0, 1, True)
    (2, 3)
    """
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    length = (span + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (length - 1) * stride >= size + padding:
        length -= 1
    return length


def _extended(x: np.ndarray, before, totals, value) -> np.ndarray:
    """`x` in the middle of an array of spatial shape `totals` filled with `value`; cut where it is longer."""
    size = x.shape[2:]
    if not any(before) and tuple(totals) == size:
        return x
    if not any(before) and all(t <= s for t, s in zip(totals, size)):
        return x[(..., *map(slice, totals))]
    out = np.full((*x.shape[:2], *totals), value, x.dtype)
    kept = tuple(min(s, t - b) for s, b, t in zip(size, before, totals))
    inside = tuple(slice(b, b + k) for b, k in zip(before, kept))
    out[(..., *inside)] = x[(..., *map(slice, kept))]
    return out


def _spans(out_size, kernel, stride, dilation):
    """The padded length per axis that the windows reach."""
    return [(o - 1) * s + d * (k - 1) + 1 for o, k, s, d in zip(out_size, kernel, stride, dilation)]


def _along(axis: int, ndim: int, piece: slice):
    """An index that takes `piece` of spatial axis `axis`, for an array (N, C, ...) of `ndim` spatial axes."""
    return (..., piece, *(slice(None),) * (ndim - 1 - axis))


def max_pool_forward(x, kernel, stride, padding, dilation, ceil_mode: bool = False, want_indices: bool = True):
    """The maximum of each window, and its flat position in the input's plane.

    Of equal values the first counts, in row-major order of the window. NaN wins over all; of several the last counts.
    A window without any element of the input (possible with dilation and padding) gives -inf and the index -1, where
    PyTorch gives an index outside the plane and its backward writes there.

    Shape: x (N, C, *size) -> out, indices (N, C, *out_size); indices int64, or None unless `want_indices`.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html

    >>> max_pool_forward(np.array([[[1, 3, 2, 0]]]), (2,), (2,), (0,), (1,))
    (array([[[3, 2]]]), array([[[1, 2]]]))
    """
    size, kernel, stride = x.shape[2:], tuple(kernel), tuple(stride)
    padding, dilation = tuple(padding), tuple(dilation)
    out_size = tuple(pool_output_size(*args, ceil_mode) for args in zip(size, kernel, stride, padding, dilation))
    if x.size == 0:
        shape = (*x.shape[:2], *out_size)
        return np.empty(shape, x.dtype), np.empty(shape, np.int64) if want_indices else None
    totals = _spans(out_size, kernel, stride, dilation)
    lowest = np.array(-np.inf if x.dtype.kind in "fV" else np.iinfo(x.dtype).min).astype(x.dtype)
    padded = _extended(x, padding, totals, lowest)
    if not want_indices:
        return _maximum(padded, out_size, kernel, stride, dilation), None
    out, code = _maximum_and_tap(padded, out_size, kernel, stride, dilation, False)
    if x.dtype.kind in "fV" and np.isnan(out.min()):
        out, code = _maximum_and_tap(padded, out_size, kernel, stride, dilation, True)
    first, base, lookup = _window_positions(size, out_size, kernel, stride, padding, dilation)
    indices = lookup.take(code)
    indices += base
    if any(padding) or any(t > s for t, s in zip(totals, size)):  # -inf of the padding equals an inner -inf
        lost = out == lowest
        if lost.any():
            indices = np.where(lost, first, indices)
    return out, indices


def _maximum_and_tap(padded, out_size, kernel, stride, dilation, with_nan: bool):
    """The windows' maximum and the number of its tap, row-major in the window; ties to the first, NaN to the last.

    Taken axis by axis from the last: the first of equal taps lies in the first row that has the maximum, and is the
    first in that row, so comparing rows by ">" keeps it. kh + kw comparisons instead of kh * kw.
    """
    dims = len(kernel)
    small = np.uint8 if prod(kernel) <= 256 else np.int64
    best, code, weight = padded, None, 1
    for axis in reversed(range(dims)):
        d, s, o = dilation[axis], stride[axis], out_size[axis]
        pieces = [_along(axis, dims, slice(i * d, i * d + s * (o - 1) + 1, s)) for i in range(kernel[axis])]
        values, codes = best, code
        best = values[pieces[0]]
        code = None if codes is None else codes[pieces[0]]
        for i, piece in enumerate(pieces[1:], 1):
            value = values[piece]
            better = value > best
            if with_nan:
                better |= value != value
            here = np.array(i * weight, small) if codes is None else codes[piece] + small(i * weight)
            if code is None:  # the first comparison of all: taps 0 and i
                code = better.view(np.uint8) * here if small is np.uint8 else better * here
            else:
                code = np.where(better, here, code)
            best = np.maximum(best, value) if i == 1 else np.maximum(best, value, out=best)
        weight *= kernel[axis]
    if code is None:
        code = np.zeros(best.shape, small)
    if np.may_share_memory(best, padded):
        best = best.copy()
    return np.ascontiguousarray(best), code


@lru_cache(maxsize=64)
def _window_positions(size, out_size, kernel, stride, padding, dilation):
    """The flat plane position of each window's first inner tap (-1: none) and of its tap 0, and each tap's offset."""
    first = np.zeros(out_size, np.int64)
    base = np.zeros(out_size, np.int64)
    empty = np.zeros(out_size, bool)
    steps = [prod(size[i + 1 :]) for i in range(len(size))]
    for axis, step in enumerate(steps):
        start = np.arange(out_size[axis]) * stride[axis] - padding[axis]
        inner = start + np.maximum(0, -(start // dilation[axis])) * dilation[axis]
        shape = [-1 if i == axis else 1 for i in range(len(size))]
        base += (start * step).reshape(shape)
        first += (inner * step).reshape(shape)
        empty |= (inner >= size[axis]).reshape(shape)
    first[empty] = -1
    taps = product(*map(range, kernel))
    lookup = np.array([sum(i * d * step for i, d, step in zip(tap, dilation, steps)) for tap in taps], np.int64)
    return first, base, lookup


def _maximum(padded, out_size, kernel, stride, dilation) -> np.ndarray:
    """The windows' maximum, axis by axis from the first: inner rows stay contiguous as long as possible."""
    dims = len(kernel)
    out = padded
    for axis in range(dims):
        pieces = [
            out[_along(axis, dims, slice(i * d, i * d + s * (o - 1) + 1, s))]
            for i, (d, s, o) in ((i, (dilation[axis], stride[axis], out_size[axis])) for i in range(kernel[axis]))
        ]
        if len(pieces) == 1:
            out = pieces[0]
            continue
        out = np.maximum(pieces[0], pieces[1])
        for piece in pieces[2:]:
            np.maximum(out, piece, out=out)
    return np.array(out, order="C") if np.may_share_memory(out, padded) else np.ascontiguousarray(out)


def pair_max_pool_forward(x) -> np.ndarray:
    """The maxima of 2 x 2 windows side by side. Shape: (N, C, H, W) -> (N, C, H // 2, W // 2).

    >>> pair_max_pool_forward(np.array([[[[1, 3, 2], [4, 0, 5]]]]))
    array([[[[4]]]])
    """
    height, width = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    rows = np.maximum(x[..., 0:height:2, :width], x[..., 1:height:2, :width])
    return np.maximum(rows[..., 0::2], rows[..., 1::2])


def pair_max_pool_backward(g, x, out) -> np.ndarray:
    """The gradient of `pair_max_pool_forward`: to the first maximum of a window, or its last NaN.

    The maxima are found again by comparing, which costs less than keeping their positions. Bits are multiplied by 0 or 1,
    so that a gradient of inf leaves its neighbours 0.
    """
    if g.size == 0:
        return np.zeros(x.shape, g.dtype)
    if out.dtype.kind in "fV" and np.isnan(out.min()):
        indices = max_pool_forward(x, (2, 2), (2, 2), (0, 0), (1, 1))[1]
        return max_pool_backward(g, indices, x.shape, False)
    height, width = out.shape[2:]
    whole = x.shape[2:] == (2 * height, 2 * width)
    bits = f"i{g.dtype.itemsize}"
    grad = (np.empty if whole else np.zeros)(x.shape, bits)
    block = max(1, _BLOCK // (4 * height * width * x.shape[1]))
    for n in range(0, len(x), block):
        part, best, given = (a[n : n + block] for a in (x, out, g))
        best, given = _twice(best), _twice(np.ascontiguousarray(given).view(bits))
        above, below = (part[..., i : 2 * height : 2, : 2 * width] == best for i in (0, 1))
        left, right = above[..., 0::2], above[..., 1::2]
        np.greater(right, left, out=right)  # of True and True, the first
        taken = left | right
        left, right = below[..., 0::2], below[..., 1::2]
        np.greater(left, taken, out=left)
        taken |= left
        np.greater(right, taken, out=right)
        for i, first in enumerate((above, below)):
            np.multiply(given, first.view("i1"), out=grad[n : n + block, :, i : 2 * height : 2, : 2 * width])
    return grad.view(g.dtype)


def _twice(a: np.ndarray) -> np.ndarray:
    """Each element twice along the last axis."""
    out = np.empty((*a.shape, 2), a.dtype)
    out[..., 0] = a
    out[..., 1] = a
    return out.reshape(*a.shape[:-1], -1)


def max_pool_backward(g, indices, input_shape, overlapping: bool = True) -> np.ndarray:
    """The gradient of a max pooling: each g goes to the position in `indices` (of one plane).

    `overlapping` says that one input may be the maximum of several windows (kernel > stride); False is faster.
    Serves max_pool, adaptive_max_pool and (as the forward of) max_unpool.

    >>> max_pool_backward(np.array([[[5.0, 6.0]]]), np.array([[[1, 2]]]), (1, 1, 4))
    array([[[0., 5., 6., 0.]]])
    """
    dtype, g = g.dtype, widen(g)
    plane = prod(input_shape[2:])
    planes = input_shape[0] * input_shape[1]
    grad = np.zeros(planes * plane, g.dtype)
    if g.size == 0:
        return grad.reshape(input_shape).astype(dtype, copy=False)
    if indices.min() < 0:  # windows without an element: their gradient goes nowhere
        g = np.where(indices < 0, g.dtype.type(0), g)
        indices, overlapping = np.maximum(indices, 0), True
    position = indices.reshape(planes, -1) + np.arange(planes, dtype=np.int64)[:, None] * plane
    if not overlapping:
        grad[position.ravel()] = g.ravel()
    elif g.dtype.kind == "f":  # summed in float64, rounded once
        grad = np.bincount(position.ravel(), g.ravel(), planes * plane).astype(g.dtype, copy=False)
    else:
        np.add.at(grad, position.ravel(), g.ravel())
    return grad.reshape(input_shape).astype(dtype, copy=False)


def _divisors(size, out_size, kernel, stride, padding, count_include_pad: bool):
    """The number of elements per window as one vector per axis, shaped to broadcast over the output."""
    vectors = []
    for axis in range(len(size)):
        start = np.arange(out_size[axis]) * stride[axis] - padding[axis]
        end = np.minimum(start + kernel[axis], size[axis] + padding[axis])
        if not count_include_pad:
            start, end = np.maximum(start, 0), np.minimum(end, size[axis])
        vectors.append((end - start).reshape([-1 if i == axis else 1 for i in range(len(size))]))
    return vectors


def _divide(total, divisor) -> np.ndarray:
    """total / divisor in total's type; integers are cut toward zero, as in C."""
    if total.dtype.kind in "iu":
        return (np.sign(total) * np.sign(divisor) * (np.abs(total) // np.abs(divisor))).astype(total.dtype)
    divisor = np.asarray(divisor)
    return np.divide(total, divisor.astype(total.dtype))


def _divisor(size, out_size, kernel, stride, padding, count_include_pad, divisor_override):
    if divisor_override is not None:
        return divisor_override
    vectors = _divisors(size, out_size, kernel, stride, padding, count_include_pad)
    if all((v == v.flat[0]).all() for v in vectors):
        return prod(int(v.flat[0]) for v in vectors)
    return prod(vectors[1:], start=vectors[0])


def avg_pool_forward(
    x, kernel, stride, padding, ceil_mode: bool = False, count_include_pad: bool = True, divisor_override=None
) -> np.ndarray:
    """The mean of each window.

    A window's divisor is its size, cut at the end of the padding (or, without `count_include_pad`, of the input), or
    `divisor_override`.

    Shape: x (N, C, *size) -> (N, C, *out_size).
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html

    >>> avg_pool_forward(np.array([[[1.0, 3.0, 2.0, 0.0]]]), (2,), (2,), (0,))
    array([[[2., 1.]]])
    """
    dtype, x = x.dtype, widen(x)
    size, dims = x.shape[2:], len(kernel)
    ones = (1,) * dims
    out_size = tuple(pool_output_size(*args, 1, ceil_mode) for args in zip(size, kernel, stride, padding))
    if size == tuple(kernel) and not any(padding) and divisor_override is None and dtype.kind in "fV" and x.size:
        return _plane_mean(x).reshape(*x.shape[:2], *out_size).astype(dtype, copy=False)
    total = _extended(x, padding, _spans(out_size, kernel, stride, ones), 0)
    for axis in range(dims):  # the sum is separable: kh + kw additions instead of kh * kw
        o, s = out_size[axis], stride[axis]
        pieces = [total[_along(axis, dims, slice(i, i + s * (o - 1) + 1, s))] for i in range(kernel[axis])]
        if len(pieces) == 1:
            total = pieces[0]
            continue
        total = pieces[0] + pieces[1]
        for piece in pieces[2:]:
            total += piece
    divisor = _divisor(size, out_size, kernel, stride, padding, count_include_pad, divisor_override)
    return np.ascontiguousarray(_divide(total, divisor)).astype(dtype, copy=False)


def avg_pool_backward(
    g,
    input_shape,
    kernel,
    stride,
    padding,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override=None,
) -> np.ndarray:
    """The gradient of `avg_pool_forward`: every element of a window receives g / divisor.

    >>> avg_pool_backward(np.array([[[2.0, 4.0]]]), (1, 1, 4), (2,), (2,), (0,))
    array([[[1., 1., 2., 2.]]])
    """
    dtype, g = g.dtype, widen(g)
    size, dims, out_size = input_shape[2:], len(kernel), g.shape[2:]
    if g.size == 0:
        return np.zeros(input_shape, dtype)
    divisor = _divisor(size, out_size, kernel, stride, padding, count_include_pad, divisor_override)
    share = _divide(g, divisor)
    if not any(padding) and _tiles(size, out_size, kernel, stride):
        return _spread_tiles(share, kernel).astype(dtype, copy=False)
    for axis in reversed(range(dims)):
        k, s, o = kernel[axis], stride[axis], out_size[axis]
        shape = list(share.shape)
        shape[2 + axis] = max((o - 1) * s + k, padding[axis] + size[axis])
        spread = np.zeros(shape, share.dtype)
        for i in range(k):
            spread[_along(axis, dims, slice(i, i + s * (o - 1) + 1, s))] += share
        share = spread[_along(axis, dims, slice(padding[axis], padding[axis] + size[axis]))]
    return np.ascontiguousarray(share).astype(dtype, copy=False)


def _plane_mean(x) -> np.ndarray:
    """The mean of each plane (N, C, *size) -> (N, C); small planes as a product with ones, which BLAS does faster."""
    flat = x.reshape(*x.shape[:2], -1)
    count = flat.shape[2]
    if 0 < count <= 4096 and x.dtype in (np.float32, np.float64):
        return np.matmul(flat.reshape(-1, count), np.ones(count, x.dtype)).reshape(x.shape[:2]) / x.dtype.type(count)
    return flat.mean(axis=2)


def _tiles(size, out_size, kernel, stride) -> bool:
    """Whether the windows tile the input, without overlap, gap or remainder."""
    return tuple(kernel) == tuple(stride) and all(o * k == s for o, k, s in zip(out_size, kernel, size))


def _spread_tiles(share, kernel) -> np.ndarray:
    """Each element of `share` (N, C, *out) repeated over its tile."""
    out_size = share.shape[2:]
    pairs = tuple(length for pair in zip(out_size, kernel) for length in pair)
    spread = np.empty((*share.shape[:2], *pairs), share.dtype)
    spread[...] = share.reshape(*share.shape[:2], *(length for o in out_size for length in (o, 1)))
    return spread.reshape(*share.shape[:2], *(o * k for o, k in zip(out_size, kernel)))


def _adaptive_windows(size: int, out: int):
    """(start, end) of each output's window: floor(i * size / out), ceil((i + 1) * size / out)."""
    return [(i * size // out, -(-(i + 1) * size // out)) for i in range(out)]


def adaptive_avg_pool_forward(x, out_size) -> np.ndarray:
    """The mean over windows that divide each axis into `out_size` nearly equal parts.

    Shape: x (N, C, *size) -> (N, C, *out_size).
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html

    >>> adaptive_avg_pool_forward(np.array([[[1.0, 2.0, 3.0]]]), (2,))
    array([[[1.5, 2.5]]])
    """
    dtype, x = x.dtype, widen(x)
    size, dims = x.shape[2:], x.ndim - 2
    if x.size and all(o == 1 for o in out_size):
        return _plane_mean(x).reshape(*x.shape[:2], *out_size).astype(dtype, copy=False)
    for axis in range(dims):
        if out_size[axis] == size[axis]:
            continue
        means = [
            x[_along(axis, dims, slice(*w))].mean(axis=2 + axis) for w in _adaptive_windows(size[axis], out_size[axis])
        ]
        x = np.stack(means, 2 + axis) if means else np.empty((*x.shape[: 2 + axis], 0, *x.shape[3 + axis :]), x.dtype)
    return np.array(x, dtype, order="C")


def adaptive_avg_pool_backward(g, input_shape) -> np.ndarray:
    """The gradient of `adaptive_avg_pool_forward`.

    >>> adaptive_avg_pool_backward(np.array([[[2.0, 4.0]]]), (1, 1, 3))
    array([[[1., 3., 2.]]])
    """
    dtype, g = g.dtype, widen(g)
    dims = g.ndim - 2
    if g.size and all(s % o == 0 for s, o in zip(input_shape[2:], g.shape[2:])):
        kernel = [s // o for s, o in zip(input_shape[2:], g.shape[2:])]
        return _spread_tiles(g / g.dtype.type(prod(kernel)), kernel).astype(dtype, copy=False)
    for axis in range(dims):
        size, out = input_shape[2 + axis], g.shape[2 + axis]
        if size == out:
            continue
        shape = list(g.shape)
        shape[2 + axis] = size
        grad = np.zeros(shape, g.dtype)
        for i, (start, end) in enumerate(_adaptive_windows(size, out)):
            share = g[_along(axis, dims, slice(i, i + 1))] / g.dtype.type(end - start)
            grad[_along(axis, dims, slice(start, end))] += share
        g = grad
    return np.array(g, dtype, order="C")


def adaptive_max_pool_forward(x, out_size):
    """The maximum over windows that divide each axis into `out_size` nearly equal parts, and its flat plane position.

    Ties and NaN as in `max_pool_forward`.

    Shape: x (N, C, *size) -> out, indices (N, C, *out_size).
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html

    >>> adaptive_max_pool_forward(np.array([[[1, 3, 2]]]), (2,))
    (array([[[3, 3]]]), array([[[1, 1]]]))
    """
    size = x.shape[2:]
    if x.size and all(o and s % o == 0 for s, o in zip(size, out_size)):
        kernel = tuple(s // o for s, o in zip(size, out_size))
        if prod(kernel) <= prod(out_size):  # few taps: else the windows are fewer, and long
            return max_pool_forward(x, kernel, kernel, (0,) * len(size), (1,) * len(size))
    out = np.empty((*x.shape[:2], *out_size), x.dtype)
    indices = np.empty(out.shape, np.int64)
    if x.size == 0:
        return out, indices
    steps = [prod(size[i + 1 :]) for i in range(len(size))]
    windows = [list(enumerate(_adaptive_windows(s, o))) for s, o in zip(size, out_size)]
    for cell in product(*windows):
        where = (..., *(i for i, _ in cell))
        spans = [span for _, span in cell]
        part = x[(..., *(slice(*span) for span in spans))]
        lengths = part.shape[2:]
        part = part.reshape(*x.shape[:2], -1)
        best = part.argmax(axis=2)
        picked = np.take_along_axis(part, best[..., None], 2)[..., 0]
        if x.dtype.kind in "fV":
            missing = picked != picked
            if missing.any():  # argmax gives the first NaN; the last counts
                last = part.shape[2] - 1 - np.isnan(part[..., ::-1]).argmax(axis=2)
                best = np.where(missing, last, best)
        out[where] = picked
        inner = np.unravel_index(best, lengths)
        indices[where] = sum((a + start) * step for a, (start, _), step in zip(inner, spans, steps))
    return out, indices
