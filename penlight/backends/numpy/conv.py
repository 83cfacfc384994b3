"""Convolution and its gradients in 1, 2 or 3 dimensions, as matrix products over the BLAS.

Three ways to bring the input into the form of a matrix, each the fastest one for some shapes:

- *rows* (stride 1 along the first spatial axis): only the taps along the other axes are unfolded. The taps along the
  first axis are slices of that array, shifted by whole rows, so they need no copy: out = sum_i W_i @ columns[i:i+L].
  Against the usual im2col this writes kw instead of kh * kw times the input.
- *full*: the usual im2col, for few channels or a stride along the first axis.
- *channels last*: im2col with channels innermost, for strided kernels over many channels, where the rows of the other
  layouts would be short and scattered.

Few columns at stride 1 go by a fourth way, `conv_runs`. All work goes in blocks whose columns stay in the second-level
cache; a depthwise convolution is a sum of shifted products. Arguments per spatial axis are tuples; padding is symmetric
zeros. float16 and bfloat16 are computed in float32 and rounded at the end.
"""

from functools import lru_cache
from itertools import product
from math import gcd, prod

import numpy as np

from . import conv_runs
from .softmax import widen
from .threads import by_samples

# Elements of the unfolded columns held at once: 512 KiB of float32. Measured: 64 Ki to 128 Ki are equal, 16 Ki slower.
_BLOCK = 1 << 17
# The rows layout multiplies with an inner size of C * prod(kernel[1:]); below this, one product over all taps wins.
_ROWS_MINIMUM = 10
# The channels-last layout copies runs of kw * C elements; below this, the copies cost more than they save.
_CHANNELS_LAST_RUN = 24
# Weight gradients of fewer outputs than this take all taps along the first axis in one product.
_STACKED_OUTPUTS = 16
# Input gradients from at least so many outputs, and more than twice the channels, fold the taps' products.
_FOLDED_OUTPUTS = 16


def output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """The output length of a convolution along one axis.

    >>> output_size(32, 5, 1, 0, 1)
    28
    """
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _pad(x: np.ndarray, before, after) -> np.ndarray:
    """`x` with zeros added per spatial axis (a negative number cuts), C-contiguous."""
    if any(b < 0 or a < 0 for b, a in zip(before, after)):
        cut = tuple(slice(max(0, -b), s - max(0, -a)) for b, a, s in zip(before, after, x.shape[2:]))
        x = x[(slice(None), slice(None), *cut)]
        before, after = [max(0, b) for b in before], [max(0, a) for a in after]
    if not any(before) and not any(after):
        return x if x.flags.c_contiguous else np.ascontiguousarray(x)
    size = tuple(b + s + a for b, s, a in zip(before, x.shape[2:], after))
    padded = np.zeros(x.shape[:2] + size, x.dtype)
    padded[(slice(None), slice(None), *(slice(b, b + s) for b, s in zip(before, x.shape[2:])))] = x
    return padded


def _unfold(x: np.ndarray, groups, kernel, stride, dilation, out_size, rows: bool) -> np.ndarray:
    """The strided view (N, groups, C / groups, taps..., positions...) of a padded, contiguous `x`.

    With `rows`, the first spatial axis has no tap axis and keeps its whole length.
    """
    first = 1 if rows else 0
    n_step, c_step, *steps = x.strides
    channels = x.shape[1] // groups
    positions = (x.shape[2], *out_size[1:]) if rows else out_size
    shape = (x.shape[0], groups, channels, *kernel[first:], *positions)
    taps = [step * d for step, d in zip(steps, dilation)][first:]
    moves = [step * s for step, s in zip(steps, stride)]
    return np.ndarray(shape, x.dtype, x, 0, (n_step, c_step * channels, c_step, *taps, *moves))


def _layout(channels: int, groups: int, kernel, stride) -> str:
    """Which of "rows", "full" and "channels_last" to use (`channels` is that of one group)."""
    if stride[0] == 1 and channels * prod(kernel[1:]) >= min(_ROWS_MINIMUM, channels * prod(kernel)):
        return "rows"
    if groups == 1 and channels * kernel[-1] >= _CHANNELS_LAST_RUN and any(s > 1 for s in stride):
        return "channels_last"
    return "full"


def _blocks(samples: int, out_rows: int, row_elements: int, halo: int):
    """(first sample, last sample, first row, last row) of each block whose columns fit `_BLOCK`.

    A block has several whole samples, or some output rows of one; `halo` input rows come on top of the output rows.
    """
    per_sample = max(1, row_elements * (out_rows + halo))
    if per_sample <= _BLOCK or out_rows < 2:
        step = max(1, _BLOCK // per_sample)
        for n in range(0, samples, step):
            yield n, min(n + step, samples), 0, out_rows
        return
    step = max(1, _BLOCK // row_elements - halo, 2 * halo)
    step = -(-out_rows // -(-out_rows // step))  # blocks of nearly equal height
    for n in range(samples):
        for y in range(0, out_rows, step):
            yield n, n + 1, y, min(y + step, out_rows)


def _column_blocks(x, groups, kernel, stride, dilation, out_size, rows: bool):
    """Yield (samples, positions, columns, shifts): the unfolded input of each block.

    `columns` is (n, groups, K, length); for output `positions` (a slice of the flattened output), tap i along the first
    axis (only with `rows`; else i = 0) needs columns[..., shifts[i] : shifts[i] + L].
    """
    view = _unfold(x, groups, kernel, stride, dilation, out_size, rows)
    first = 1 if rows else 0
    inner = prod(out_size[1:])
    depth = (x.shape[1] // groups) * prod(kernel[first:])  # K
    halo = dilation[0] * (kernel[0] - 1) if rows else 0
    shifts = [i * dilation[0] * inner for i in range(kernel[0])] if rows else [0]
    row_axis = 3 + len(kernel) - first
    skip = (slice(None),) * (row_axis - 1)
    if rows and prod(kernel[1:]) == 1 and all(s == 1 for s in stride) and x.shape[3:] == tuple(out_size[1:]):
        columns = x.reshape(x.shape[0], groups, depth, -1)  # taps along the first axis only: no copy at all
        yield slice(0, x.shape[0]), slice(0, out_size[0] * inner), columns, shifts
        return
    buffer = None
    for n0, n1, y0, y1 in _blocks(x.shape[0], out_size[0], depth * inner * groups, halo):
        part = view[(slice(n0, n1), *skip, slice(y0, y1 + halo))]
        if buffer is None or buffer.shape != part.shape:
            buffer = np.empty(part.shape, x.dtype)
        np.copyto(buffer, part)
        yield slice(n0, n1), slice(y0 * inner, y1 * inner), buffer.reshape(n1 - n0, groups, depth, -1), shifts


def _channels_last_blocks(x, kernel, stride, padding, dilation, out_size):
    """Yield (samples, columns): columns (n, L, taps * C) with the channels innermost."""
    samples, channels = x.shape[:2]
    size = tuple(s + 2 * p for s, p in zip(x.shape[2:], padding))
    padded = (np.zeros if any(padding) else np.empty)((samples, *size, channels), x.dtype)
    inside = tuple(slice(p, p + s) for p, s in zip(padding, x.shape[2:]))
    padded[(slice(None), *inside)] = np.moveaxis(x, 1, -1)
    n_step, *steps, c_step = padded.strides
    moves = [step * s for step, s in zip(steps, stride)]
    taps = [step * d for step, d in zip(steps, dilation)]
    shape = (samples, *out_size, *kernel, channels)
    strides = (n_step, *moves, *taps, c_step)
    if dilation[-1] == 1:  # the last axis' taps and the channels are one run
        shape, strides = (*shape[:-2], kernel[-1] * channels), (*strides[:-2], c_step)
    view = np.ndarray(shape, x.dtype, padded, 0, strides)
    positions = prod(out_size)
    depth = prod(kernel) * channels
    step = max(1, _BLOCK // max(1, positions * depth))
    buffer = np.empty((min(step, samples), *shape[1:]), x.dtype)
    for n0 in range(0, samples, step):
        n1 = min(n0 + step, samples)
        np.copyto(buffer[: n1 - n0], view[n0:n1])
        yield slice(n0, n1), buffer[: n1 - n0].reshape(n1 - n0, positions, depth)


def conv_forward(x, w, bias, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    """The cross-correlation out[n, o] = bias[o] + sum_c w[o, c] * x[n, c] over 1, 2 or 3 spatial axes.

    Args:
        bias: (O,) or None.
        stride, padding, dilation: tuples, one entry per spatial axis.

    Shape: x (N, C, *size), w (O, C / groups, *kernel) -> (N, O, *out_size), C-contiguous.
    Source: https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html

    >>> conv_forward(np.ones((1, 1, 3)), np.ones((1, 1, 2)), None, (1,), (0,), (1,))
    array([[[2., 2.]]])
    """
    out_size, few = _form(x.shape, w.shape, stride, padding, dilation, groups)
    wide = widen(w), None if bias is None else widen(bias)

    def forward(part):
        if few:
            return conv_runs.forward(_pad(widen(x[part]), padding, padding), *wide, dilation, out_size)
        return _correlate(widen(x[part]), *wide, w.shape[2:], stride, padding, padding, dilation, groups, out_size)

    return _joined(by_samples(len(x), len(x) * w.size * prod(out_size), forward), x.dtype)


def _joined(parts: list, dtype) -> np.ndarray:
    out = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return out if out.dtype is dtype else out.astype(dtype, copy=False)


def _correlate(x, w, bias, kernel, stride, before, after, dilation, groups, out_size) -> np.ndarray:
    """`conv_forward` with its own padding at each end of an axis, which may be negative."""
    samples, outputs = x.shape[0], w.shape[0]
    per_group = w.shape[1]
    if groups > 1 and per_group == 1:
        return _depthwise(_pad(x, before, after), w, bias, stride, dilation, out_size)
    if _few_columns(samples, w.shape, x.shape[2:], before, after, stride, groups) and 0 not in out_size:
        return conv_runs.forward(_pad(x, before, after), w, bias, dilation, out_size)
    layout = _layout(per_group, groups, kernel, stride)
    positions = prod(out_size)
    out = np.empty((samples, groups, outputs // groups, positions), x.dtype)
    if out.size == 0:
        return out.reshape(samples, outputs, *out_size)
    if layout == "channels_last" and tuple(before) == tuple(after):
        matrix = np.ascontiguousarray(np.moveaxis(w, 1, -1)).reshape(outputs, -1)  # (O, taps * C)
        column_bias = None if bias is None else bias[:, None]
        flat = out.reshape(samples, outputs, positions)
        for where, columns in _channels_last_blocks(x, kernel, stride, before, dilation, out_size):
            result = flat[where]
            if outputs < 32:  # few outputs: (O, K) @ (K, L) per sample writes the result in place
                np.matmul(matrix, columns.transpose(0, 2, 1), out=result)
            else:  # (n L, K) @ (K, O) is the faster order, at the price of a transposed copy
                np.copyto(result, np.matmul(columns, matrix.T).transpose(0, 2, 1))
            if column_bias is not None:
                result += column_bias
        return out.reshape(samples, outputs, *out_size)
    rows = layout == "rows"
    taps = kernel[0] if rows else 1
    # (taps along the first axis, groups, O / groups, K)
    matrices = w.reshape(groups, outputs // groups, per_group, taps, -1).transpose(3, 0, 1, 2, 4)
    matrices = np.ascontiguousarray(matrices).reshape(taps, groups, outputs // groups, -1)
    column_bias = None if bias is None else bias.reshape(groups, -1, 1)
    padded = _pad(x, before, after)
    scratch = None
    for where, span, columns, shifts in _column_blocks(padded, groups, kernel, stride, dilation, out_size, rows):
        result = out[where, :, :, span]
        length = result.shape[3]
        np.matmul(matrices[0], columns[..., :length], out=result)
        for i in range(1, taps):
            if scratch is None or scratch.shape != result.shape:
                scratch = np.empty(result.shape, out.dtype)
            np.matmul(matrices[i], columns[..., shifts[i] : shifts[i] + length], out=scratch)
            result += scratch
        if column_bias is not None:
            result += column_bias
    return out.reshape(samples, outputs, *out_size)


def _few_columns(samples: int, weight_shape, size, before, after, stride, groups: int) -> bool:
    """Whether `conv_runs` is the fastest form."""
    if groups > 1 or any(s != 1 for s in stride):
        return False
    rows = prod(weight_shape[1:])
    padded = [b + s + a for b, s, a in zip(before, size, after)]
    return rows > weight_shape[1] and conv_runs.fits(rows, samples, padded)


@lru_cache(maxsize=512)
def _form(shape, weight_shape, stride, padding, dilation, groups: int) -> tuple:
    """(the output's size, whether `conv_runs` is the fastest form)."""
    out_size = tuple(map(output_size, shape[2:], weight_shape[2:], stride, padding, dilation))
    few = _few_columns(shape[0], weight_shape, shape[2:], padding, padding, stride, groups)
    return out_size, few and 0 not in out_size


def _tap_slices(kernel, stride, dilation, out_size):
    """Yield, tap by tap in row-major order, the slices of the input positions that meet it."""
    for tap in product(*map(range, kernel)):
        starts = [i * d for i, d in zip(tap, dilation)]
        yield tuple(slice(a, a + s * (o - 1) + 1, s) for a, s, o in zip(starts, stride, out_size))


def _sample_step(elements_per_sample: int) -> int:
    return max(1, (_BLOCK // 2) // max(1, elements_per_sample))


def _flat_runs(padded, kernel, stride, dilation, out_size):
    """For stride 1: a plane read as one line, where each tap is a single long run (as wide as the padded plane).

    Returns (lines (N, C, 1, size), starts of the taps, length of a run, strides of the output positions in a run), or
    None for another stride. A run also passes the positions between the output's rows; the caller drops those.
    """
    if any(s != 1 for s in stride):
        return None
    steps, hops, length = conv_runs.runs(padded.shape[2:], tuple(kernel), tuple(dilation), tuple(out_size))
    starts = [sum(i * hop for i, hop in zip(tap, hops)) for tap in product(*map(range, kernel))]
    return padded.reshape(*padded.shape[:2], 1, -1), starts, length, [step * padded.itemsize for step in steps]


def _depthwise(padded, w, bias, stride, dilation, out_size) -> np.ndarray:
    """One input channel per group: out = sum over taps of shifted input times weight, no product of matrices."""
    samples, channels = padded.shape[:2]
    kernel = w.shape[2:]
    out = np.empty((samples, channels, w.shape[0] // channels, *out_size), padded.dtype)
    if out.size == 0:
        return out.reshape(samples, w.shape[0], *out_size)
    runs = _flat_runs(padded, kernel, stride, dilation, out_size)
    if runs:
        source, starts, length, steps = runs
        pieces = [(..., slice(start, start + length)) for start in starts]
        held = (*out.shape[1:3], length)  # what one sample's sum takes
    else:
        source = padded[:, :, None]
        pieces = [(..., *where) for where in _tap_slices(kernel, stride, dilation, out_size)]
        held = out.shape[1:]
    factors = w.reshape(channels, -1, prod(kernel), *(1,) * (len(held) - 2))
    step = min(_sample_step(prod(held)), samples)
    total, scratch = np.empty((step, *held), out.dtype), np.empty((step, *held), out.dtype)
    for n in range(0, samples, step):
        part = source[n : n + step]
        sums, terms = total[: len(part)], scratch[: len(part)]
        for tap, where in enumerate(pieces):
            if tap == 0:
                np.multiply(part[where], factors[:, :, tap], out=sums)
            else:
                sums += np.multiply(part[where], factors[:, :, tap], out=terms)
        if bias is not None:
            sums += bias.reshape(factors.shape[:2] + factors.shape[3:])
        if runs:
            sums = np.ndarray((len(part), *out.shape[1:]), out.dtype, sums, 0, (*sums.strides[:3], *steps))
        out[n : n + step] = sums
    return out.reshape(samples, w.shape[0], *out_size)


def _depthwise_weight_grad(g, padded, weight_shape, stride, dilation) -> np.ndarray:
    samples, channels = padded.shape[:2]
    kernel, out_size = weight_shape[2:], g.shape[2:]
    g = g.reshape(samples, channels, -1, *out_size)
    grad = np.zeros((channels, g.shape[2], prod(kernel)), padded.dtype)
    runs = _flat_runs(padded, kernel, stride, dilation, out_size)
    if runs:  # a dot product per tap, with zeros in g between the output's rows
        lines, starts, length, steps = runs
        spread = np.zeros((samples, *grad.shape[:2], length), padded.dtype)
        np.ndarray(g.shape, g.dtype, spread, 0, (*spread.strides[:3], *steps))[...] = g
        for tap, start in enumerate(starts):
            piece = lines[..., start : start + length]
            grad[:, :, tap] = np.matmul(piece[..., None, :], spread[..., None])[..., 0, 0].sum(axis=0)
        return grad.reshape(weight_shape)
    step = min(_sample_step(g[0].size), samples)
    scratch = np.empty((step, *g.shape[1:]), padded.dtype)
    for n in range(0, samples, step):
        part, inputs = g[n : n + step], padded[n : n + step, :, None]
        for tap, where in enumerate(_tap_slices(kernel, stride, dilation, out_size)):
            terms = np.multiply(inputs[(..., *where)], part, out=scratch[: len(part)])
            grad[:, :, tap] += terms.reshape(*terms.shape[:3], -1).sum(axis=3).sum(axis=0)
    return grad.reshape(weight_shape)


def _phases(size: int, out_length: int, kernel: int, stride: int, padding: int, dilation: int):
    """Split the positions of one input axis by the taps that reach them.

    Input position h is met by tap i at output y where h + padding = stride * y + dilation * i. The h of one residue
    modulo the stride share their taps i0, i0 + step, ..., and within them y falls by a constant `reach` a tap: each
    residue is a convolution of stride 1. Yields (first h, count, taps, reach, y of the first h at the first tap).
    """
    common = gcd(dilation, stride)
    step, reach = stride // common, dilation // common
    for first in range(min(stride, size)):
        count = len(range(first, size, stride))
        matching = [i for i in range(min(step, kernel)) if (first + padding - dilation * i) % stride == 0]
        if not matching:
            yield first, count, None, 1, 0
        else:
            i0 = matching[0]
            yield first, count, slice(i0, None, step), reach, (first + padding - dilation * i0) // stride


def conv_input_grad(g, w, input_shape, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    """The gradient of `conv_forward` with respect to its input (linear in g and w; for complex pass w.conj()).

    Stride 1 is a correlation of the padded gradient with the flipped kernel. A larger stride is split into one such
    correlation per residue of the input position; kernels that do not overlap are one product and one strided write.

    Shape: g (N, O, *out_size), w (O, C / groups, *kernel) -> input_shape = (N, C, *size).

    >>> conv_input_grad(np.ones((1, 1, 2)), np.ones((1, 1, 2)), (1, 1, 3), (1,), (0,), (1,))
    array([[[1., 2., 1.]]])
    """
    if g.size == 0 or w.size == 0 or 0 in input_shape:
        return np.zeros(input_shape, g.dtype)
    form = tuple(input_shape[1:]), stride, padding, dilation, groups
    call = lambda part: _input_grad(widen(g[part]), widen(w), *form)
    return _joined(by_samples(len(g), len(g) * w.size * prod(g.shape[2:]), call), g.dtype)


def _input_grad(g, w, sizes, stride, padding, dilation, groups) -> np.ndarray:
    samples, channels, size, kernel = len(g), sizes[0], sizes[1:], w.shape[2:]
    input_shape = (samples, *sizes)
    if not any(padding) and all(s >= k and d == 1 and s > 1 for s, k, d in zip(stride, kernel, dilation)):
        return _scatter_apart(g, w, input_shape, stride, groups)
    if groups == 1 and prod(kernel) > 1 and prod(stride) == 1:
        padded = tuple([s + 2 * p for s, p in zip(size, padding)])
        few = len(w) >= _FOLDED_OUTPUTS and conv_runs.fits(prod(w.shape[1:]), samples, padded)
        if few or len(w) >= max(_FOLDED_OUTPUTS, 2 * channels + 1):
            grad = conv_runs.input_grad(g, w, padded, dilation)
            if any(padding):
                grad = np.ascontiguousarray(grad[(..., *[slice(p, p + s) for p, s in zip(padding, size)])])
            return grad
    return input_grad_by_phases(g, w, input_shape, stride, padding, dilation, groups, _correlate)


def input_grad_by_phases(g, w, input_shape, stride, padding, dilation, groups: int, correlate) -> np.ndarray:
    """`conv_input_grad` as one correlation with the flipped kernel per residue of the input position.

    correlate: as `_correlate`.
    """
    channels, size, kernel = input_shape[1], input_shape[2:], w.shape[2:]
    # (O, C / groups, ...) -> (C, O / groups, ...), to be used flipped
    turned = w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2).reshape(channels, -1, *kernel)
    single = all(s == 1 for s in stride)
    out = None if single else np.zeros(input_shape, g.dtype)
    axes = [list(_phases(*args)) for args in zip(size, g.shape[2:], kernel, stride, padding, dilation)]
    for parts in product(*axes):
        firsts, counts, taps, reaches, tops = zip(*parts)
        if None in taps:
            continue  # no tap reaches these positions: zero
        flipped = turned[(slice(None), slice(None), *taps)]
        flipped = np.ascontiguousarray(flipped[(slice(None), slice(None), *[slice(None, None, -1)] * len(size))])
        small = flipped.shape[2:]
        # the correlation needs y from top - reach * (k - 1) up to top + count - 1
        before = [reach * (k - 1) - top for reach, k, top in zip(reaches, small, tops)]
        after = [top + count - have for top, count, have in zip(tops, counts, g.shape[2:])]
        ones = (1,) * len(size)
        if any(-b >= have or -a >= have for b, a, have in zip(before, after, g.shape[2:])):
            continue  # beyond the last output: zero
        part = correlate(g, flipped, None, small, ones, before, after, reaches, groups, counts)
        if single:
            return part
        out[(slice(None), slice(None), *(slice(f, None, s) for f, s in zip(firsts, stride)))] = part
    return np.zeros(input_shape, g.dtype) if out is None else out


def _scatter_apart(g, w, input_shape, stride, groups) -> np.ndarray:
    """`conv_input_grad` where no two kernel positions overlap: each product is written to its own place."""
    samples, channels, *size = input_shape
    kernel, out_size = w.shape[2:], g.shape[2:]
    dims = len(kernel)
    matrix = w.reshape(groups, w.shape[0] // groups, -1).transpose(0, 2, 1)  # (G, K, O / G)
    columns = np.matmul(matrix, g.reshape(samples, groups, w.shape[0] // groups, -1))
    columns = columns.reshape(samples, channels, *kernel, *out_size)
    full = [max(have, o * s) for have, o, s in zip(size, out_size, stride)]
    out = np.zeros((samples, channels, *full), g.dtype)
    step = out.strides
    moves = [step[2 + i] * stride[i] for i in range(dims)]
    view = np.ndarray(columns.shape, out.dtype, out, 0, (*step[:2], *step[2:], *moves))
    view[...] = columns
    return np.ascontiguousarray(out[(slice(None), slice(None), *map(slice, size))])


def conv_weight_grad(g, x, weight_shape, stride, padding, dilation, groups: int = 1) -> np.ndarray:
    """The gradient of `conv_forward` with respect to its weight (linear in g and x; for complex pass x.conj()).

    Shape: g (N, O, *out_size), x (N, C, *size) -> weight_shape = (O, C / groups, *kernel).

    >>> conv_weight_grad(np.ones((1, 1, 2)), np.ones((1, 1, 3)), (1, 1, 2), (1,), (0,), (1,))
    array([[[2., 2.]]])
    """
    if g.size == 0 or x.size == 0 or 0 in weight_shape:
        return np.zeros(weight_shape, x.dtype)
    form = tuple(weight_shape), stride, padding, dilation, groups
    call = lambda part: _weight_grad(widen(g[part]), widen(x[part]), *form)
    parts = by_samples(len(g), len(g) * prod(weight_shape) * prod(g.shape[2:]), call)
    return sum(parts[1:], parts[0]).astype(x.dtype, copy=False)


def _weight_grad(g, x, weight_shape, stride, padding, dilation, groups) -> np.ndarray:
    outputs, per_group, *kernel = weight_shape
    kernel, out_size = tuple(kernel), g.shape[2:]
    if groups > 1 and per_group == 1:
        return _depthwise_weight_grad(g, _pad(x, padding, padding), weight_shape, stride, dilation)
    if _form(x.shape, weight_shape, stride, padding, dilation, groups)[1]:
        return conv_runs.weight_grad(g, _pad(x, padding, padding), weight_shape, dilation)
    layout = _layout(per_group, groups, kernel, stride)
    samples, positions = g.shape[0], prod(out_size)
    g = np.ascontiguousarray(g).reshape(samples, groups, outputs // groups, positions)
    if layout == "channels_last":
        total = np.zeros((outputs, prod(kernel) * per_group), x.dtype)
        by_position = np.ascontiguousarray(g[:, 0].transpose(0, 2, 1)).reshape(-1, outputs)  # (N L, O)
        for where, columns in _channels_last_blocks(x, kernel, stride, padding, dilation, out_size):
            part = by_position[where.start * positions : where.stop * positions]
            total += np.dot(part.T, columns.reshape(len(part), -1))
        grad = np.moveaxis(total.reshape(outputs, *kernel, per_group), -1, 1)
        return np.ascontiguousarray(grad)
    rows = layout == "rows"
    taps = kernel[0] if rows else 1
    depth = per_group * prod(kernel[1 if rows else 0 :])
    blocks = _column_blocks(_pad(x, padding, padding), groups, kernel, stride, dilation, out_size, rows)
    if taps > 1 and outputs // groups < _STACKED_OUTPUTS:
        total = _stacked_weight_grad(g, blocks, taps, depth, x.dtype)
    else:
        # with many outputs, columns @ g^T is the faster order of the same product
        turned = outputs // groups >= 32
        sides = (depth, outputs // groups) if turned else (outputs // groups, depth)
        total = np.zeros((taps, groups, *sides), x.dtype)
        for where, span, columns, shifts in blocks:
            part = g[where, :, :, span]
            length = part.shape[3]
            for i in range(taps):
                piece = columns[..., shifts[i] : shifts[i] + length]
                if turned:
                    total[i] += np.matmul(piece, part.swapaxes(2, 3)).sum(axis=0)
                else:
                    total[i] += np.matmul(part, piece.swapaxes(2, 3)).sum(axis=0)
        if turned:
            total = total.swapaxes(2, 3)
    # (taps, G, O / G, C / G * rest) -> (O, C / G, taps, rest)
    grad = total.reshape(taps, outputs, per_group, -1).transpose(1, 2, 0, 3)
    return np.ascontiguousarray(grad).reshape(weight_shape)


def _stacked_weight_grad(g, blocks, taps: int, depth: int, dtype) -> np.ndarray:
    """The weight gradients of all taps along the first axis, (taps, G, O / G, depth), by one product per sample.

    A copy of g for each tap, shifted as that tap's columns are and zero elsewhere, makes (taps * O / G) rows of few.
    """
    groups, outputs = g.shape[1:3]
    total = np.zeros((groups, taps * outputs, depth), dtype)
    stack = None
    for where, span, columns, shifts in blocks:
        part = g[where, :, :, span]
        samples, length = len(part), part.shape[3]
        shape = (samples, groups, taps, outputs, columns.shape[3])
        if stack is None or stack.shape != shape:
            stack = np.zeros(shape, dtype)
        for i, shift in enumerate(shifts):
            stack[:, :, i, :, shift : shift + length] = part
        rows = stack.reshape(samples, groups, taps * outputs, -1)
        total += np.matmul(rows, columns.swapaxes(2, 3)).sum(axis=0)
    return total.reshape(groups, taps, outputs, depth).swapaxes(0, 1)
