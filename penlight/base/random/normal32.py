"""Float32 normals of contiguous tensors: Box-Muller on Cephes polynomials, rounding as fma does.

PyTorch evaluates log, sin and cos here by the single-precision Cephes polynomials with fused
multiply-adds. NumPy has no fma, so each `a*b + c` is a float64 product (exact for float32
factors) and sum, rounded once to float32. The sum itself is rounded to 53 bits first, which
shows for about one fma in 2**29. Where a float32 operation is exact anyway, or where the
binade of the result is known, cheaper routes are taken; the comments say why they are equal.
Source of the polynomials: S. Moshier, Cephes Mathematical Library (logf, sinf, cosf).
"""

import numpy as np

# Pairs handled at a time: fourteen arrays of 32 to 64 KiB, still about second-level cache size, and
# calls cost little beside the work (measured: 4096 costs a quarter more).
PAIRS = 8192


def _single(number):
    """A float32 operand. (Arrays of no dimension cost ufuncs half of what scalars cost.)"""
    return np.array(number, np.float32)


def _double(number):
    return np.array(number, np.float64)


def _integer(number):
    return np.array(number, np.int32)


def _widened(*numbers):
    """Numbers rounded to float32, as float64 operands."""
    return tuple(_double(np.float32(number)) for number in numbers)


_ONE, _TWO, _FOUR, _SIGN_SHIFT, _SWAP_SHIFT = map(_integer, (1, 2, 4, 29, 30))
_EVEN, _EXPONENT_SHIFT, _LEFT_SHIFT = map(_integer, (~1, 23, 31))
_TOP, _TOP_EXPONENT = _integer(2**24), _integer(24)
_ZERO_32, _ONE_32, _HALF_32, _MINUS_TWO_32 = map(_single, (0.0, 1.0, 0.5, -2.0))
_HALF_64 = _double(0.5)

_ROOT_HALF_BITS = _integer(0x3F3504F3)  # float32 bits of sqrt(1/2)
_LOG = _widened(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
# log 2 = 355/512 + _LOG2_LOW
_LOG2_HIGH = _single(0.693359375)
_LOG2_LOW = _single(-2.12194440e-4)

# pi/4 in three parts; the first two have 8 and 11 bits.
_PI_4 = (_single(0.78515625), _single(2.4187564849853515625e-4))
(_PI_4_LOW,) = _widened(-3.77489497744594108e-8)
_FOUR_OVER_PI = _single(1.27323954473516)
# 2 pi * m * 2**-24 of an integer m: the power of two changes no rounding.
_ANGLE_STEP = _single(np.float32(2 * np.pi) * np.float32(2.0**-24))


def _horner_step(constant, binade):
    """(constant + snap, snap) for a fused step `p * z + constant` that is known to end within
    +-[2**binade, 2**(binade + 1)). The float32 spacing there is 2**(binade - 23); float64
    numbers near snap = 1.5 * 2**52 times that are spaced alike, so adding snap rounds to it.
    """
    (constant,) = _widened(constant)
    snap = 1.5 * 2.0 ** (binade - 23 + 52)
    return _double(constant + snap), _double(snap)


# For z = x**2 in [0, 0.62] each step stays in the binade of its constant term.
_COS = (
    _widened(2.443315711809948e-5)[0],
    (
        _horner_step(-1.388731625493765e-3, -10),
        _horner_step(4.166664568298827e-2, -5),
    ),
)
_SIN = (
    _widened(-1.9515295891e-4)[0],
    (
        _horner_step(8.3321608736e-3, -7),
        _horner_step(-1.6666654611e-1, -3),
    ),
)


class BoxMuller:
    """Turns words into normals; owns the working arrays for up to `pairs` pairs."""

    def __init__(self, pairs):
        self._singles = np.empty((8, pairs), np.float32)
        self._doubles = np.empty((4, pairs), np.float64)
        self._integers = np.empty((2, pairs), np.int32)

    def __call__(self, mantissas, mean, std, out):
        """Fill `out` from equally many integers below 2**24; both flat, a multiple of 16.

        Block by block of 16, the first 8 integers give radii and the last 8 angles.
        """
        half = mantissas.size // 2
        singles = self._singles[:, :half]
        first, angles, radius, cosine, sine = singles[:5]
        # Eight 4-byte elements are two 16-byte ones: copying those is four times faster.
        source = mantissas.view(np.complex128)
        for part, integers in enumerate((first.view(np.int32), angles.view(np.int32))):
            target = integers.view(np.complex128)
            target[0::2] = source[2 * part :: 4]
            target[1::2] = source[2 * part + 1 :: 4]
        self._radius(first, radius)
        self._cos_sin(angles, cosine, sine)
        cosine *= radius
        sine *= radius
        for values in (cosine, sine):
            if mean == 0.0 and std == 1.0:
                values += _ZERO_32  # as the fma: -0 becomes 0
            else:
                wide = self._doubles[0, :half]
                wide[...] = values
                wide *= std
                wide += mean
                values[...] = wide
        target = out.view(np.complex128)
        for part, values in enumerate((cosine.view(np.complex128), sine.view(np.complex128))):
            target[2 * part :: 4] = values[0::2]
            target[2 * part + 1 :: 4] = values[1::2]

    def _radius(self, first, radius):
        """sqrt(-2 log(1 - m * 2**-24)), for the integers m whose bits `first` holds."""
        half = first.size
        t, z, p, scaled = self._singles[4:8, :half]
        t64, z64, p64, wide = self._doubles[:, :half]
        exponent = self._integers[0, :half]
        rest = self._integers[1, :half]

        # 2**24 - m is an exact float32; its exponent is 24 too large.
        np.subtract(_TOP, first.view(np.int32), out=rest)
        t[...] = rest
        # Mantissa in [sqrt(1/2), sqrt(2)) and its exponent, by integer arithmetic on the bits.
        bits = t.view(np.int32)
        bits -= _ROOT_HALF_BITS
        np.right_shift(bits, _EXPONENT_SHIFT, out=exponent)
        np.left_shift(exponent, _EXPONENT_SHIFT, out=rest)
        bits -= rest
        bits += _ROOT_HALF_BITS
        exponent -= _TOP_EXPONENT
        t -= _ONE_32  # exact, as is Cephes' (m - 1) + m

        np.multiply(t, t, out=z)
        t64[...] = t
        z64[...] = z
        np.multiply(t64, _LOG[0], out=p64)
        p64 += _LOG[1]
        for constant in _LOG[2:]:
            p[...] = p64
            p64[...] = p
            p64 *= t64
            p64 += constant
        p[...] = p64
        p *= t
        scaled[...] = exponent
        np.multiply(scaled, _LOG2_LOW, out=radius)
        p64[...] = p
        wide[...] = radius
        p64 *= z64
        p64 += wide
        p[...] = p64
        z *= _HALF_32
        p -= z
        p += t
        # e * 355/512 has at most 14 bits: the product is exact and the sum rounds once.
        scaled *= _LOG2_HIGH
        p += scaled
        p *= _MINUS_TWO_32
        np.sqrt(p, out=radius)

    def _cos_sin(self, angle, cosine, sine):
        """Cosine and sine of 2 pi m * 2**-24, for the integers m whose bits `angle` holds."""
        half = angle.size
        octant, scratch = self._integers[:, :half]
        octant32, z = self._singles[5:7, :half]
        x64, z64, p64, wide = self._doubles[:, :half]

        octant[...] = angle.view(np.int32)
        angle[...] = octant
        angle *= _ANGLE_STEP
        np.multiply(angle, _FOUR_OVER_PI, out=z)
        octant[...] = z
        octant += _ONE
        octant &= _EVEN
        octant32[...] = octant
        # octant <= 8: its products with 8 and 11 bit numbers are exact, the differences round once.
        for part in _PI_4[:2]:
            np.multiply(octant32, part, out=z)
            angle -= z
        p64[...] = octant32
        x64[...] = angle
        p64 *= _PI_4_LOW
        x64 += p64
        angle[...] = x64
        x64[...] = angle

        np.multiply(angle, angle, out=z)
        z64[...] = z

        self._horner(z64, p64, *_COS)
        p64 *= z64
        cosine[...] = p64
        p64[...] = cosine
        p64 *= z64
        np.multiply(z64, _HALF_64, out=wide)
        p64 -= wide
        cosine[...] = p64
        cosine += _ONE_32

        self._horner(z64, p64, *_SIN)
        p64 *= z64
        sine[...] = p64
        p64[...] = sine
        p64 *= x64
        p64 += x64
        sine[...] = p64

        # By octant 0, 2, 4, 6, 8: swap in 2 and 6, negate sine in 4 and 6, cosine in 2 and 4.
        cosine_bits, sine_bits, swap = cosine.view(np.int32), sine.view(np.int32), z.view(np.int32)
        np.left_shift(octant, _SWAP_SHIFT, out=scratch)
        scratch >>= _LEFT_SHIFT
        np.bitwise_xor(cosine_bits, sine_bits, out=swap)
        swap &= scratch
        cosine_bits ^= swap
        sine_bits ^= swap
        np.bitwise_and(octant, _FOUR, out=scratch)
        scratch <<= _SIGN_SHIFT
        sine_bits ^= scratch
        octant += _TWO
        octant &= _FOUR
        octant <<= _SIGN_SHIFT
        cosine_bits ^= octant

    @staticmethod
    def _horner(z64, p64, first, steps):
        """(first * z + c1) * z + c2, fused and rounded to float32, which stays in float64."""
        np.multiply(z64, first, out=p64)
        (raised, snap), (last_raised, last_snap) = steps
        p64 += raised  # constant + snap is exact, so this rounds once
        p64 -= snap
        p64 *= z64
        p64 += last_raised
        p64 -= last_snap
