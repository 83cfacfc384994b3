"""Convolution of stride 1 over few columns: planes read as lines, one matrix product a block.

A padded plane is read as one line. There the input of each tap is a single long run, also past the ends of the rows: the
columns are copied in runs of a whole output instead of a row, and the positions between the output's rows are dropped
when the result is written. Samples lie side by side in the columns, so that a block of them is one product.

    forward       out  = w (O, C * taps) @ columns (C * taps, N * length)
    weight        grad = spread g (O, N * length) @ columns^T
    input         columns' gradient = w^T @ spread g, whose taps are then added at their places, one axis at a time

Against the layouts of `conv`, this makes a third as many NumPy calls; it is the faster one as long as the columns fit the
second-level cache a few times (`fits`).
"""

from functools import lru_cache
from math import prod

import numpy as np

# Elements of the columns of a block: 512 KiB of float32.
_BLOCK = 1 << 17
# Measured: up to 4 blocks' elements this form is the fastest or equal, above that the layouts of `conv` are.
_LIMIT = 4 * _BLOCK
# With fewer rows of columns than this, dropping the positions between the rows costs more than the product.
_ROWS = 16


def fits(rows: int, samples: int, padded_size) -> bool:
    """Whether columns of `rows` = C * taps rows over so many planes are few enough for this form to be the fastest."""
    return _ROWS <= rows and 0 < rows * samples * prod(padded_size) <= _LIMIT


@lru_cache(maxsize=256)
def runs(size: tuple, kernel: tuple, dilation: tuple, out_size: tuple) -> tuple:
    """(distances of neighbours along each axis, of neighbouring taps, length of a run), counted in elements of a plane.

    >>> runs((4, 5), (2, 2), (1, 1), (3, 4))
    ((5, 1), (5, 1), 14)
    """
    steps = tuple([prod(size[i + 1 :]) for i in range(len(size))])
    hops = tuple([d * step for d, step in zip(dilation, steps)])
    return steps, hops, 1 + sum([(o - 1) * step for o, step in zip(out_size, steps)])


def _step(samples: int, elements: int) -> int:
    return min(samples, max(1, _BLOCK // max(1, elements)))


def _columns(padded, first: int, count: int, kernel, hops, length: int) -> np.ndarray:
    """(C * taps, count * length): the run of each tap in each plane of `count` samples from `first` on."""
    n_step, c_step = padded.strides[:2]
    item = padded.itemsize
    shape = (padded.shape[1], *kernel, count, length)
    view = np.ndarray(shape, padded.dtype, padded, first * n_step, (c_step, *[h * item for h in hops], n_step, item))
    return np.ascontiguousarray(view).reshape(-1, count * length)


def _at_positions(lines, size, steps) -> np.ndarray:
    """The output positions (n, O, *size) in `lines` (O, n, length)."""
    item = lines.itemsize
    o_step, n_step = lines.strides[:2]
    shape = (lines.shape[1], lines.shape[0], *size)
    return np.ndarray(shape, lines.dtype, lines, 0, (n_step, o_step, *[s * item for s in steps]))


def _spread(g, steps, length: int, rows: int) -> np.ndarray:
    """`g` (n, O, *size) as lines (rows, n * length), zero between the output's rows and in the rows beyond O."""
    lines = np.zeros((rows, len(g), length), g.dtype)
    _at_positions(lines[: g.shape[1]], g.shape[2:], steps)[...] = g
    return lines.reshape(rows, -1)


def forward(padded, w, bias, dilation, out_size) -> np.ndarray:
    """Shape: padded (N, C, *size) C-contiguous, w (O, C, *kernel), bias (O,) or None -> (N, O, *out_size)."""
    samples, outputs, kernel = len(padded), len(w), w.shape[2:]
    steps, hops, length = runs(padded.shape[2:], kernel, dilation, out_size)
    matrix = w.reshape(outputs, -1)
    out = np.empty((samples, outputs, *out_size), padded.dtype)
    if bias is not None:
        bias = bias.reshape(-1, *(1,) * len(out_size))
    block = _step(samples, matrix.shape[1] * length)
    for n in range(0, samples, block):
        count = min(block, samples - n)
        lines = matrix.dot(_columns(padded, n, count, kernel, hops, length)).reshape(outputs, count, length)
        result = _at_positions(lines, out_size, steps)
        if bias is None:
            out[n : n + count] = result
        else:
            np.add(result, bias, out=out[n : n + count])
    return out


def weight_grad(g, padded, weight_shape, dilation) -> np.ndarray:
    """Shape: g (N, O, *out_size), padded (N, C, *size) C-contiguous -> weight_shape = (O, C, *kernel)."""
    samples, outputs, kernel = len(g), weight_shape[0], weight_shape[2:]
    steps, hops, length = runs(padded.shape[2:], kernel, dilation, g.shape[2:])
    total = None
    rows = -(-outputs // 4) * 4  # the BLAS takes rows by fours; a rest of two costs more than four
    block = _step(samples, prod(weight_shape[1:]) * length)
    for n in range(0, samples, block):
        count = min(block, samples - n)
        part = _spread(g[n : n + count], steps, length, rows).dot(_columns(padded, n, count, kernel, hops, length).T)
        total = part if total is None else np.add(total, part, out=total)
    return total[:outputs].reshape(weight_shape)


def input_grad(g, w, padded_size, dilation) -> np.ndarray:
    """The gradient of the padded input. Shape: g (N, O, *out_size), w (O, C, *kernel) -> (N, C, *padded_size)."""
    samples, (outputs, channels, *kernel) = len(g), w.shape
    steps, hops, length = runs(padded_size, tuple(kernel), dilation, g.shape[2:])
    matrix = np.ascontiguousarray(w.reshape(outputs, -1).T)
    plane = prod(padded_size)
    out = np.empty((samples, channels, *padded_size), g.dtype)
    block = _step(samples, len(matrix) * length)
    for n in range(0, samples, block):
        part = g[n : n + block]
        columns = matrix.dot(_spread(part, steps, length, outputs)).reshape(channels, *kernel, len(part), length)
        for taps, hop in zip(reversed(kernel), reversed(hops)):  # the last axis' taps first
            length_now = columns.shape[-1]
            total = np.zeros((*columns.shape[:-3], len(part), length_now + (taps - 1) * hop), g.dtype)
            for i in range(taps):
                total[..., i * hop : i * hop + length_now] += columns[..., i, :, :]
            columns = total
        if columns.shape[-1] < plane:  # positions at the end that no window reaches
            columns = np.pad(columns, ((0, 0), (0, 0), (0, plane - columns.shape[-1])))
        out[n : n + block] = columns.reshape(channels, len(part), *padded_size).swapaxes(0, 1)
    return out
