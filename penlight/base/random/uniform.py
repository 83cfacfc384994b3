"""Uniform numbers, integers, Bernoulli masks: draws whose count is known beforehand."""

import math

import numpy as np

from penlight.base.random import precise

# Elements handled at a time: the working arrays then stay in the second-level cache.
CHUNK = 32768

_MANTISSA_32 = np.uint32(2**24 - 1)
_MANTISSA_64 = np.uint64(2**53 - 1)
_STEP_32 = np.float32(2.0**-24)


def is_bfloat16(dtype):
    return dtype.kind == "V" and dtype.name == "bfloat16"


def require_floating(dtype, what):
    """Raises NotImplementedError unless dtype is float16, bfloat16, float32 or float64."""
    if dtype.kind == "f" and dtype.itemsize <= 8 or is_bfloat16(dtype):
        return
    raise NotImplementedError(f"{what} expects float16, bfloat16, float32 or float64, but got {dtype.name}")


def chunks(count, size=CHUNK):
    """(start, stop) pairs that cover range(count)."""
    return ((start, min(start + size, count)) for start in range(0, count, size))


def mantissas32(engine, count):
    """`count` integers `u32 mod 2**24` as int32: 2**24 times a float32 uniform."""
    words = engine.u32(count)
    words &= _MANTISSA_32
    return words.view(np.int32)


def fill_float32(engine, out):
    """Fill a flat float32 array with uniforms in [0, 1)."""
    for start, stop in chunks(out.size, CHUNK // 2):
        part = out[start:stop]
        part[...] = mantissas32(engine, stop - start)
        part *= _STEP_32


def fill_float64(engine, out):
    """Fill a flat float64 array with uniforms in [0, 1)."""
    for start, stop in chunks(out.size, CHUNK // 2):
        bits = engine.u64(stop - start)
        bits &= _MANTISSA_64
        part = out[start:stop]
        part[...] = bits.view(np.int64)
        part *= 2.0**-53


def uniform(engine, shape, dtype, low, high):
    """Numbers in [low, high): x * (high - low) + low, with one rounding.

    Shape: `shape`. dtypes: float16, bfloat16, float32, float64, complex64, complex128
    (real and imaginary parts in turn). A result that rounds up to `high` becomes `low`.

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).uniform((2,), np.float32)
    array([0.4962566, 0.7682218], dtype=float32)
    """
    if dtype.kind == "c":
        parts = np.dtype(f"f{dtype.itemsize // 2}")
        return uniform(engine, (*shape, 2), parts, low, high).view(dtype).reshape(shape)
    require_floating(dtype, "uniform")
    count = math.prod(shape)
    if dtype.itemsize == 8:
        return _uniform64(engine, count, float(low), float(high)).reshape(shape)
    return _uniform32(engine, count, dtype, low, high).reshape(shape)


def _uniform64(engine, count, low, high):
    out = np.empty(count, np.float64)
    fill_float64(engine, out)
    if low == 0.0 and high == 1.0:
        return out
    for start, stop in chunks(count, CHUNK // 4):
        part = out[start:stop]
        part[...] = precise.fma64(part, high - low, low)
        part[part == high] = low
    return out


def _uniform32(engine, count, dtype, low, high):
    unit = low == 0.0 and high == 1.0
    if dtype.itemsize == 4 and (numbers := engine.singles(count, low, high)) is not None:
        return numbers
    if unit and dtype.itemsize == 4:
        out = np.empty(count, np.float32)
        fill_float32(engine, out)
        return out
    out = np.empty(count, dtype)
    low, high = np.float32(low), np.float32(high)
    # u = m * 2**-24 with an integer m: the power of two goes into the factor, exactly.
    step = float(high - low) * 2.0**-24
    first, last = low.astype(dtype), high.astype(dtype)
    size = CHUNK // 4
    wide = np.empty(min(size, count), np.float64)
    for start, stop in chunks(count, size):
        part, exact = out[start:stop], wide[: stop - start]
        exact[...] = mantissas32(engine, stop - start)
        exact *= step
        exact += float(low)
        part[...] = exact if dtype.itemsize == 4 else exact.astype(np.float32)
        reached = part == last
        if reached.any():
            part[reached] = first
    return out


# ---- integers ------------------------------------------------------------------------------

# Spans from here on take 64-bit draws.
_WIDE_SPAN = 2**28


def randint(engine, shape, low, high, dtype):
    """Integers in [low, high), `word mod (high - low) + low`, stored as `dtype`.

    Shape: `shape`. One word each, two from a span of 2**28 on. Any integer or float dtype.

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).randint((3,), 0, 10, np.int64)
    array([4, 9, 3])
    """
    low, high = int(low), int(high)
    if dtype.kind == "f" or is_bfloat16(dtype):
        low, high = _representable(low, high, dtype)
    count, span = math.prod(shape), high - low
    if span < _WIDE_SPAN:
        words = engine.u32(count)
        words %= np.uint32(span)
        numbers = words.astype(np.int64)
    else:
        words = engine.u64(count)
        if span < 2**64:
            words %= np.uint64(span)
        numbers = words.view(np.int64)
    if low:
        numbers += low  # wraps modulo 2**64 into the right place for spans beyond 2**63
    return _stored(numbers, dtype).reshape(shape)


def random(engine, shape, dtype):
    """Integers from 0 to the largest that `dtype` holds exactly (Tensor.random_() unbounded).

    Shape: `shape`. bool: the lowest bit. float16 up to 2**11, bfloat16 2**8, float32 2**24,
    float64 2**53, integers up to their maximum.
    """
    count = math.prod(shape)
    if dtype.kind == "b":
        return (engine.u32(count) & np.uint32(1)).astype(bool).reshape(shape)
    if dtype.kind == "f" or is_bfloat16(dtype):
        require_floating(dtype, "random")
        top = 2 ** _digits(dtype)
    elif dtype.kind == "i" or dtype == np.uint8:
        top = int(np.iinfo(dtype).max)
    else:
        raise NotImplementedError(f"random expects bool, int or float, but got {dtype.name}")
    if dtype.itemsize == 8:
        numbers = engine.u64(count) % np.uint64(top + 1)
    else:
        numbers = engine.u32(count) % np.uint32(top + 1)
    return _stored(numbers, dtype).reshape(shape)


def _digits(dtype):
    """Significant bits of a float dtype."""
    return 8 if is_bfloat16(dtype) else np.finfo(dtype).nmant + 1


def _representable(low, high, dtype):
    """Bounds moved inward where rounding to the float `dtype` would leave [low, high)."""

    def rounded(number):
        return int(_stored(np.array(number, np.int64), dtype).astype(np.float64))

    def spacing(number):
        return 1 << max(abs(number).bit_length() - _digits(dtype), 0)

    if rounded(low + 1) < low:
        low = rounded(low + 1) + spacing(low + 1)
    if rounded(high - 1) >= high:
        high = rounded(high - 1) - spacing(high - 1)
    return low, high


def _stored(integers, dtype):
    """Integers in `dtype`; 16-bit floats are reached through float32, as in C."""
    if dtype.itemsize == 2 and dtype.kind not in "iu":
        integers = integers.astype(np.float32)
    return integers.astype(dtype, copy=False)


# ---- Bernoulli -----------------------------------------------------------------------------


def bernoulli(engine, shape, probability):
    """True where a double uniform is below `probability`. Shape: `shape`, bool.

    u = m * 2**-53 < p exactly when the integer m < ceil(p * 2**53): no conversion needed.

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).bernoulli((4,), 0.5)
    array([False, False,  True, False])
    """
    out = np.empty(math.prod(shape), bool)
    limit = np.uint64(math.ceil(float(probability) * 2.0**53))
    for start, stop in chunks(out.size, CHUNK // 2):
        bits = engine.u64(stop - start)
        bits &= _MANTISSA_64
        np.less(bits, limit, out=out[start:stop])
    return out.reshape(shape)


def bernoulli_tensor(engine, probabilities):
    """True where a uniform is below its own probability. Shape: that of `probabilities`, bool.

    float64 probabilities meet double uniforms, all other dtypes float32 uniforms.
    """
    probabilities = np.asarray(probabilities)
    require_floating(probabilities.dtype, "bernoulli")
    flat = probabilities.reshape(-1)
    if flat.dtype == np.float64:
        below = _uniform64(engine, flat.size, 0.0, 1.0) < flat
    else:
        uniforms = _uniform32(engine, flat.size, np.dtype(np.float32), 0.0, 1.0)
        below = uniforms < flat.astype(np.float32, copy=False)
    return below.reshape(probabilities.shape)
