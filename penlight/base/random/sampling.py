"""Distributions that transform a known number of uniforms, and multinomial."""

import math

import numpy as np

from penlight.base.random import precise
from penlight.base.random.normal import scaled_serial
from penlight.base.random.uniform import CHUNK, chunks, require_floating


def _transformed(engine, shape, dtype, transform):
    """`transform` of double uniforms, chunk by chunk, rounded to `dtype`."""
    out = np.empty(math.prod(shape), dtype)
    for start, stop in chunks(out.size, CHUNK // 4):
        out[start:stop] = precise.round_to(transform(engine.doubles(stop - start)), dtype)
    return out.reshape(shape)


def exponential(engine, shape, dtype, lambd):
    """Exponential numbers `-1/lambd * log1p(-u)`. Shape: `shape`, any float dtype.

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).exponential((1,), np.float32)
    array([3.5083263], dtype=float32)
    """
    require_floating(dtype, "exponential")
    factor = -1.0 / float(lambd)
    # A last-bit error in double does not survive rounding to 32 bits or fewer.
    log1p = precise.log1p if dtype.itemsize == 8 else np.log1p
    return _transformed(engine, shape, dtype, lambda u: factor * log1p(-u))


def cauchy(engine, shape, dtype, median, sigma):
    """Cauchy numbers `median + sigma * tan(pi (u - 1/2))`. Shape: `shape`, any float dtype."""
    require_floating(dtype, "cauchy")
    median, sigma = float(median), float(sigma)
    if dtype.itemsize == 8:
        return _transformed(
            engine, shape, dtype,
            lambda u: precise.fma64(precise.tan(math.pi * (u - 0.5)), sigma, median),
        )  # fmt: skip
    return _transformed(engine, shape, dtype, lambda u: np.tan(math.pi * (u - 0.5)) * sigma + median)


def geometric(engine, shape, dtype, probability):
    """Trials up to the first success, `ceil(log u / log(1 - p))`.

    Shape: `shape`, any dtype but bool and complex.

    The quotient decides only through `ceil`, so the last bit of the logarithm does not matter.
    """
    base = math.log(1.0 - float(probability)) if probability < 1.0 else -math.inf

    def transform(uniforms):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.ceil(np.log(uniforms) / base)

    return _transformed(engine, shape, dtype, transform)


def log_normal(engine, shape, dtype, mean, std):
    """exp of serial normals of the given mean and std. Shape: `shape`, any float dtype."""
    require_floating(dtype, "log_normal")
    double = dtype.itemsize == 8
    numbers = scaled_serial(engine, math.prod(shape), mean, std, exact=double)
    numbers = precise.exp(numbers) if double else np.exp(numbers)
    return precise.round_to(numbers, dtype).reshape(shape)


def multinomial(engine, weights, count, replacement):
    """Indices drawn with probability proportional to `weights`, row by row, int64.

    Shape: (rows, categories) -> (rows, count). One sample, or no replacement: the largest of
    weight / exponential, in falling order (equal ones, likely only in 16-bit dtypes, by index;
    PyTorch leaves their order open). Otherwise inversion of the cumulative sums.
    """
    weights = np.asarray(weights)
    require_floating(weights.dtype, "multinomial")
    if replacement and count > 1:
        return _inverted(engine, weights, count)
    by_column = weights.strides[0] < weights.strides[-1] and weights.ndim == 2  # drawn as the weights lie in memory
    ratios = exponential(engine, weights.shape[::-1] if by_column else weights.shape, weights.dtype, 1.0)
    ratios = ratios.T if by_column else ratios
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        np.divide(weights, ratios, out=ratios)
    if ratios.dtype.itemsize == 2:
        ratios = ratios.astype(np.float32)
    if count == 1:
        return ratios.argmax(axis=1)[:, None]
    return np.argsort(-ratios, axis=1, kind="stable")[:, :count]


def _inverted(engine, weights, count):
    out = np.empty((weights.shape[0], count), np.int64)
    for row, indices in zip(weights, out):
        if row.dtype.itemsize == 2:
            row = row.astype(np.float32)  # PyTorch sums 16-bit weights in single precision
        cumulative = np.add.accumulate(row)
        cumulative /= cumulative[-1]
        cumulative[-1] = 1
        # Compared with double uniforms whatever the dtype of the weights.
        indices[...] = np.searchsorted(cumulative.astype(np.float64), engine.doubles(count))
    return out
