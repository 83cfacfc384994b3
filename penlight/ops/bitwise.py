"""Integers and bools bit by bit; greatest common divisors."""

from __future__ import annotations

from penlight.ops.kinds import refuse
from penlight.ops.table import pointwise

__all__: list[str] = []


def bits(signature, **fields):
    return pointwise(signature, **{"half": "direct", "fast": "iub", **fields})


@bits("bitwise_and(Tensor|Number input, Tensor|Number other)", ufunc="bitwise_and")
def bitwise_and(xp, input, other):
    """input & other, elementwise; the logical and for bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.bitwise_and.html
    """
    refuse("bitwise_and_cpu", "fcV", input)
    return xp.bitwise_and(input, other)


@bits("bitwise_or(Tensor|Number input, Tensor|Number other)", ufunc="bitwise_or")
def bitwise_or(xp, input, other):
    """input | other, elementwise; the logical or for bools."""
    refuse("bitwise_or_cpu", "fcV", input)
    return xp.bitwise_or(input, other)


@bits("bitwise_xor(Tensor|Number input, Tensor|Number other)", ufunc="bitwise_xor")
def bitwise_xor(xp, input, other):
    """input ^ other, elementwise; the exclusive or for bools."""
    refuse("bitwise_xor_cpu", "fcV", input)
    return xp.bitwise_xor(input, other)


@bits("bitwise_not(Tensor input)", ufunc="invert")
def bitwise_not(xp, input):
    """~input, elementwise; the logical not for bools."""
    refuse("bitwise_not_cpu", "fcV", input)
    return xp.invert(input)


@bits("bitwise_left_shift(Tensor|Number input, Tensor|Number other)", ufunc="left_shift", fast="iu")
def bitwise_left_shift(xp, input, other):
    """input << other, elementwise; 0 where the shift is negative or has no bits to keep."""
    refuse("lshift_cpu", "bfcV", input)
    return xp.left_shift(input, other)


@bits("bitwise_right_shift(Tensor|Number input, Tensor|Number other)", ufunc="right_shift", fast="iu")
def bitwise_right_shift(xp, input, other):
    """input >> other, elementwise, the sign kept; 0 or -1 where the shift is negative or too large."""
    refuse("rshift_cpu", "bfcV", input)
    return xp.right_shift(input, other)


@bits("gcd(Tensor input, Tensor other)", fast="")
def gcd(xp, input, other):
    """The greatest common divisor, elementwise; gcd(0, 0) = 0."""
    refuse("gcd_cpu", "bfcV", input)
    a, b = xp.broadcast_arrays(xp.absolute(input), xp.absolute(other))
    if a.dtype.kind == "u" or (a >= 0).all() and (b >= 0).all():
        return xp.gcd(a, b)
    while (left := a != 0).any():  # Euclid's algorithm in C: the smallest integer, its own magnitude, stays negative
        a, b = xp.where(left, xp.fmod(b, xp.where(left, a, 1)), 0), xp.where(left, a, b)
    return b


@bits("lcm(Tensor input, Tensor other)", fast="")
def lcm(xp, input, other):
    """The least common multiple, elementwise; 0 where either is 0."""
    refuse("lcm_cpu", "bfcV", input)
    divisor = gcd.kernel(xp, input, other)
    quotient = (input // xp.where(divisor == 0, 1, divisor)).astype(xp.promote_types(input.dtype, "int32"))
    return xp.absolute(quotient * other).astype(input.dtype)  # may wrap, as in C
