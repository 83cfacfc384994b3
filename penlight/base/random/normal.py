"""Normal numbers, by the two methods PyTorch chooses between."""

import math

import numpy as np

from penlight.base.random import precise
from penlight.base.random.faster import kernel
from penlight.base.random.normal32 import PAIRS, BoxMuller
from penlight.base.random.uniform import CHUNK, chunks, fill_float64, mantissas32, require_floating

# From this many contiguous elements on, blocks of 16 replace the serial method.
BLOCK = 16


def normal(engine, shape, dtype, mean, std, contiguous):
    """Normal numbers `z * std + mean`. Shape: `shape`.

    dtypes: float16, bfloat16, float32, float64, complex64, complex128 (2n reals of
    `std / sqrt(2)`). Fewer than 16 reals, or `contiguous=False`: the serial method, whose
    result is in memory order (the caller lays it out).

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).normal((2,), np.float32)
    array([ 1.5409961, -0.2934289], dtype=float32)
    """
    if dtype.kind == "c":
        parts = np.dtype(f"f{dtype.itemsize // 2}")
        reals = normal(engine, (*shape, 2), parts, mean, std / math.sqrt(2.0), contiguous)
        return reals.view(dtype).reshape(shape)
    require_floating(dtype, "normal")
    count = math.prod(shape)
    if count < BLOCK or not contiguous:
        numbers = scaled_serial(engine, count, mean, std, exact=dtype.itemsize == 8)
        return precise.round_to(numbers, dtype).reshape(shape)
    if dtype.itemsize == 8:
        return _blocks64(engine, count, float(mean), float(std)).reshape(shape)
    numbers = _blocks32(engine, count, mean, std, spare_draws=dtype.itemsize == 4)
    return numbers.astype(dtype, copy=False).reshape(shape)


def serial(engine, count, exact):
    """`count` standard normals in float64, two per pair of doubles.

    An odd one out is cached in the engine for the next serial request.

    exact=False allows a last-bit difference in float64, for results that end in 32 bits or
    fewer (there it shows for less than one value in 2**36). The cached one is always exact.
    """
    if count == 0:
        return np.empty(0, np.float64)
    lead = engine.spare is not None
    pairs = (count - lead + 1) // 2
    numbers = np.empty(lead + 2 * pairs, np.float64)
    if lead:
        numbers[0] = engine.spare
        engine.spare = None
    if pairs:
        uniforms = engine.doubles(2 * pairs)
        angles = uniforms[0::2] * (2 * math.pi)
        falling = -uniforms[1::2]
        log1p, cos, sin = (precise.log1p, precise.cos, precise.sin) if exact else (np.log1p, np.cos, np.sin)
        radii = np.sqrt(-2.0 * log1p(falling))
        np.multiply(radii, cos(angles), out=numbers[lead::2])
        np.multiply(radii, sin(angles), out=numbers[lead + 1 :: 2])
        if (count - lead) % 2:
            radius = math.sqrt(-2.0 * math.log1p(float(falling[-1])))
            engine.spare = radius * math.sin(float(angles[-1]))
    return numbers[:count]


def scaled_serial(engine, count, mean, std, exact):
    """Serial normals `z * std + mean`, float64, fused where it can show."""
    numbers = serial(engine, count, exact)
    if mean == 0.0 and std == 1.0:
        return numbers
    if exact:
        return precise.fma64(numbers, float(std), float(mean))
    return numbers * float(std) + float(mean)


def _blocks32(engine, count, mean, std, spare_draws):
    out = np.empty(count, np.float32)
    mean, std = float(np.float32(mean)), float(np.float32(std))
    whole = count - count % BLOCK
    transform = _in_c if kernel("normals") else BoxMuller(min(PAIRS, whole // 2))
    for start, stop in chunks(whole, 2 * PAIRS):
        transform(mantissas32(engine, stop - start), mean, std, out[start:stop])
    if whole < count:
        if spare_draws:  # float32 fills every place first, 16-bit types only the whole blocks
            engine.u32(count - whole)
        tail = np.empty(BLOCK, np.float32)
        transform(mantissas32(engine, BLOCK), mean, std, tail)
        out[-BLOCK:] = tail
    return out


def _in_c(mantissas, mean, std, out):
    kernel("normals")(out.size, mantissas, mean, std, out)


def _blocks64(engine, count, mean, std):
    out = np.empty(count, np.float64)
    fill_float64(engine, out)
    whole = count - count % BLOCK
    for start, stop in chunks(whole, CHUNK):
        _transform64(out[start:stop].reshape(-1, 2, BLOCK // 2), mean, std)
    if whole < count:
        tail = engine.doubles(BLOCK)
        _transform64(tail.reshape(-1, 2, BLOCK // 2), mean, std)
        out[-BLOCK:] = tail
    return out


def _transform64(blocks, mean, std):
    """Box-Muller in place. Shape: (blocks, 2, 8), radii in [:, 0] and angles in [:, 1]."""
    radii = np.sqrt(-2.0 * precise.log(1.0 - blocks[:, 0]))
    angles = blocks[:, 1] * (2 * math.pi)
    blocks[:, 0] = precise.fma64(radii * precise.cos(angles), std, mean)
    blocks[:, 1] = precise.fma64(radii * precise.sin(angles), std, mean)
