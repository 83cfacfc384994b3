"""Trigonometric and hyperbolic functions and their inverses, elementwise."""

from __future__ import annotations

from penlight.ops.kinds import in_float32, not_implemented
from penlight.ops.table import pointwise
from penlight.ops.unary import floating

__all__: list[str] = []


@floating("sin(Tensor input)", ufunc="sin", vjp={"input": lambda k, g, input: g * k.cos(k.conjugate(input))})
def sin(xp, input):
    """The sine of radians.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sin.html
    """
    return xp.sin(input)


@floating("cos(Tensor input)", ufunc="cos", vjp={"input": lambda k, g, input: -g * k.sin(k.conjugate(input))})
def cos(xp, input):
    """The cosine of radians.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cos.html
    """
    return xp.cos(input)


@floating("tan(Tensor input)", ufunc="tan", vjp={"input": lambda k, g, out: g * k.conjugate(1 + out * out)})
def tan(xp, input):
    """The tangent of radians."""
    return xp.tan(input)


@floating("sinh(Tensor input)", ufunc="sinh", vjp={"input": lambda k, g, input: g * k.cosh(k.conjugate(input))})
def sinh(xp, input):
    """The hyperbolic sine."""
    return xp.sinh(input)


@floating("cosh(Tensor input)", ufunc="cosh", vjp={"input": lambda k, g, input: g * k.sinh(k.conjugate(input))})
def cosh(xp, input):
    """The hyperbolic cosine."""
    return xp.cosh(input)


def _tanh_rule(k, g, out):
    return in_float32(k, _tanh_rule, g, out) if g.dtype.itemsize == 2 else g * k.conjugate(1 - out * out)


@floating("tanh(Tensor input)", ufunc="tanh", vjp={"input": _tanh_rule})
def tanh(xp, input):
    """The hyperbolic tangent, between -1 and 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tanh.html

    >>> import penlight as torch
    >>> torch.tanh(torch.tensor([0., 1.]))
    tensor([0.0000, 0.7616])
    """
    return xp.tanh(input)


@floating(
    "asin(Tensor input)",
    ufunc="arcsin",
    aliases="arcsin",
    vjp={"input": lambda k, g, input: g * k.conjugate(k.rsqrt(-(input * input) + 1))},
)
def asin(xp, input):
    """The inverse sine, in radians; nan outside [-1, 1]."""
    return xp.arcsin(input)


@floating(
    "acos(Tensor input)",
    ufunc="arccos",
    aliases="arccos",
    vjp={"input": lambda k, g, input: g * -k.conjugate(k.rsqrt(-(input * input) + 1))},
)
def acos(xp, input):
    """The inverse cosine, in radians; nan outside [-1, 1]."""
    return xp.arccos(input)


@floating(
    "atan(Tensor input)",
    ufunc="arctan",
    aliases="arctan",
    vjp={"input": lambda k, g, input: g / k.conjugate(input * input + 1)},
)
def atan(xp, input):
    """The inverse tangent, in radians."""
    return xp.arctan(input)


@floating(
    "asinh(Tensor input)",
    ufunc="arcsinh",
    aliases="arcsinh",
    vjp={"input": lambda k, g, input: g * k.conjugate(k.rsqrt(input**2 + 1))},
)
def asinh(xp, input):
    """The inverse hyperbolic sine."""
    return xp.arcsinh(input)


def _acosh_rule(k, g, input):
    if k.is_complex(input):  # the root of the product would have another branch
        return g * k.conjugate(k.rsqrt(input + -1) * k.rsqrt(input + 1))
    return g * k.rsqrt(input * input - 1)


@floating(
    "acosh(Tensor input)",
    ufunc="arccosh",
    aliases="arccosh",
    vjp={"input": lambda k, g, input: _acosh_rule(k, g, input)},
)
def acosh(xp, input):
    """The inverse hyperbolic cosine; nan below 1."""
    return xp.arccosh(input)


@floating(
    "atanh(Tensor input)",
    ufunc="arctanh",
    aliases="arctanh",
    vjp={"input": lambda k, g, input: g / k.conjugate(k.rsub(input**2, 1))},
)
def atanh(xp, input):
    """The inverse hyperbolic tangent; infinite at -1 and 1."""
    return xp.arctanh(input)


def _inverse_square(k, a, b):
    square = a * a + b * b
    return k.where(square == 0, 0.0, k.reciprocal(square))


@pointwise(
    "atan2(Tensor input, Tensor other)",
    ufunc="arctan2",
    promote="float",
    aliases="arctan2",
    vjp={
        "input": lambda k, g, input, other: g * other * _inverse_square(k, input, other),
        "other": lambda k, g, input, other: g * -input * _inverse_square(k, input, other),
    },
)
def atan2(xp, input, other):
    """The angle of the point (other, input), in (-pi, pi]."""
    if input.dtype.kind == "c":
        raise not_implemented("atan2_cpu", input.dtype)
    return xp.arctan2(input, other)
