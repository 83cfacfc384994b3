"""Elementwise functions of one tensor: exponentials, logarithms, roots, signs."""

from __future__ import annotations

from penlight.ops.kinds import refuse, unary
from penlight.ops.table import composite, op, pointwise

__all__: list[str] = []


def floating(signature, **fields):
    """A pointwise op that is one NumPy ufunc and makes integers float."""
    return pointwise(signature, **{"promote": "float", "fast": "fc", **fields})


@floating("exp(Tensor input)", ufunc="exp", vjp={"input": lambda k, g, out: g * k.conjugate(out)})
def exp(xp, input):
    """e ** input, elementwise. Integers give the default float dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.exp.html

    >>> import penlight as torch
    >>> torch.exp(torch.tensor([0., 1.]))
    tensor([1.0000, 2.7183])
    """
    return xp.exp(input)


@floating("log(Tensor input)", ufunc="log", vjp={"input": lambda k, g, input: g / k.conjugate(input)})
def log(xp, input):
    """The natural logarithm, elementwise: -inf at 0, nan below.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.log.html
    """
    return xp.log(input)


@floating("sqrt(Tensor input)", ufunc="sqrt", vjp={"input": lambda k, g, out: g / (2 * k.conjugate(out))})
def sqrt(xp, input):
    """The square root, elementwise; nan below 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sqrt.html
    """
    return xp.sqrt(input)


@unary("rsqrt(Tensor input)", vjp={"input": lambda k, g, out: g * -0.5 * k._pow_number(k.conjugate(out), 3)})
def rsqrt(xp, input):
    """1 / sqrt(input), elementwise."""
    return xp.true_divide(1, xp.sqrt(input))


@floating(
    "exp2(Tensor input)",
    on="torch Tensor special",
    ufunc="exp2",
    vjp={"input": lambda k, g, out: g * k.conjugate(out) * LN2},
)
def exp2(xp, input):
    """2 ** input, elementwise."""
    return xp.exp2(input)


@floating(
    "expm1(Tensor input)",
    on="torch Tensor special",
    ufunc="expm1",
    vjp={"input": lambda k, g, out: g * (k.conjugate(out) + 1)},
)
def expm1(xp, input):
    """e ** input - 1, elementwise, exact near 0."""
    return xp.expm1(input)


LN2, LN10 = 0.6931471805599453, 2.302585092994046


@floating("log2(Tensor input)", ufunc="log2", vjp={"input": lambda k, g, input: g / (k.conjugate(input) * LN2)})
def log2(xp, input):
    """The logarithm to base 2, elementwise."""
    return xp.log2(input)


@floating("log10(Tensor input)", ufunc="log10", vjp={"input": lambda k, g, input: g / (k.conjugate(input) * LN10)})
def log10(xp, input):
    """The logarithm to base 10, elementwise."""
    return xp.log10(input)


@floating(
    "log1p(Tensor input)",
    on="torch Tensor special",
    ufunc="log1p",
    fast="f",
    grad_name="Log1PBackward0",
    vjp={"input": lambda k, g, input: g / (k.conjugate(input) + 1)},
)
def log1p(xp, input):
    """log(1 + input), elementwise, exact near 0."""
    if input.dtype.kind != "c":
        return xp.log1p(input)
    x, y = input.real, input.imag
    result = xp.empty(input.shape, input.dtype)
    near = xp.absolute(input) < 0.5  # log |1 + z| = log(|1 + z|^2) / 2 without the 1
    excess = xp.where(near, x * (2 + x) + y * y, 0)
    result.real = xp.where(near, xp.log1p(excess) / 2, xp.log(input + 1).real)
    result.imag = xp.arctan2(y, x + 1)
    return result


@floating("reciprocal(Tensor input)", ufunc="reciprocal", fast="f", vjp={"input": lambda k, g, out: -g * k.conjugate(out * out)})
def reciprocal(xp, input):
    """1 / input, elementwise."""
    return xp.true_divide(1, input) if input.dtype.kind == "c" else xp.reciprocal(input)


@composite("square(Tensor input)", inplace=True, out=True)
def square(k, input):
    """input ** 2, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.square.html
    """
    return k.pow(input, 2)


@pointwise(
    "abs(Tensor input)",
    ufunc="absolute",
    fast="fi",
    aliases="absolute",
    vjp={"input": lambda k, g, input: g * k.sgn(input)},
)
def abs(xp, input):
    """The absolute value, elementwise; of complex tensors the modulus, a real tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.abs.html
    """
    refuse("abs_cpu", "b", input)
    return xp.absolute(input)


@composite("_abs_in_place(Tensor input)", on="Tensor:abs_ Tensor:absolute_")
def _abs_in_place(k, input):
    """`abs`, stored into this tensor."""
    if k.is_complex(input):
        raise RuntimeError("In-place abs is not supported for complex tensors.")
    return k.abs_(input)


def _sign(xp, input):
    if input.dtype.kind == "b":
        return input.copy()
    return xp.subtract(input > 0, input < 0, dtype=input.dtype)  # 0 for nan, as PyTorch's


@op("sign(Tensor input)", inplace=True, out=True, vjp={"input": lambda k, g: k._zeros(g)})
def sign(xp, input):
    """-1, 0 or 1, elementwise; 0 for nan."""
    if input.dtype.kind == "c":
        raise NotImplementedError(
            "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead."
        )
    return _sign(xp, input)


def _sgn_rule(k, g, input, out):
    if not k.is_complex(g):
        return k._zeros(g)
    # d(z / |z|): what of g lies across the direction, (g - Re(g conj(s)) s) / |z|; 0 where z is
    across = (g - k.real(g * k.conjugate(out)) * out) / k.abs(input)
    return k.where(out == 0, 0.0, across)


@op("sgn(Tensor input)", inplace=True, out=True, vjp={"input": _sgn_rule})
def sgn(xp, input):
    """input / |input|, elementwise, 0 at 0: `sign` for complex numbers too."""
    if input.dtype.kind == "c":
        size = xp.absolute(input)
        size = xp.where(size == 0, 1, size)
        result = xp.empty_like(input)
        result.real, result.imag = input.real / size, input.imag / size
        return result
    return _sign(xp, input)


@op("signbit(Tensor input)", half="direct", out=True)
def signbit(xp, input):
    """Whether the sign bit is set (-0.0 has it), elementwise."""
    if input.dtype.kind == "c":
        raise NotImplementedError("signbit is not implemented for complex tensors.")
    if input.dtype.kind in "biu":
        return xp.less(input, 0)
    return xp.signbit(input)


@composite("positive(Tensor input)")
def positive(k, input):
    """The tensor itself; bool tensors are refused."""
    if input._a.dtype == bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@unary("deg2rad(Tensor input)", grad_name="Deg2RadBackward0", vjp={"input": lambda k, g: g * (PI / 180)})
def deg2rad(xp, input):
    """Degrees to radians, elementwise."""
    refuse("deg2rad", "c", input)
    return input * input.dtype.type(PI / 180)


@unary("rad2deg(Tensor input)", grad_name="Rad2DegBackward0", vjp={"input": lambda k, g: g * (180 / PI)})
def rad2deg(xp, input):
    """Radians to degrees, elementwise."""
    refuse("rad2deg", "c", input)
    return input * input.dtype.type(180 / PI)


PI = 3.141592653589793


@op("_zeros(Tensor input)", on="", half="direct", vjp={"input": lambda k, g: k._zeros(g)})
def _zeros(xp, input):
    """Zeros of the same shape and dtype: the gradient of what is flat."""
    return xp.zeros(input.shape, input.dtype)


@op(
    "nan_to_num(Tensor input, float nan=None, float posinf=None, float neginf=None)",
    inplace=True,
    out=True,
    half="direct",
    vjp={"input": lambda k, g, input: g * k.isfinite(input)},
)
def nan_to_num(xp, input, nan, posinf, neginf):
    """nan replaced by `nan` (0), infinities by `posinf` and `neginf` (the dtype's largest and lowest number).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nan_to_num.html
    """
    kind = input.dtype.kind
    if kind in "biu":
        return xp.bitwise_or(input, input)
    if kind == "c":
        result = xp.empty_like(input)
        result.real = nan_to_num.kernel(xp, input.real, nan, posinf, neginf)
        result.imag = nan_to_num.kernel(xp, input.imag, nan, posinf, neginf)
        return result
    # the largest finite number is the one below infinity
    largest = xp.nextafter(xp.asarray(float("inf"), input.dtype), xp.asarray(0, input.dtype))
    result = xp.where(xp.isnan(input), xp.asarray(nan or 0, input.dtype), input)
    high = largest if posinf is None else xp.asarray(posinf, input.dtype)
    low = -largest if neginf is None else xp.asarray(neginf, input.dtype)
    result = xp.where(result == float("inf"), high, result)
    return xp.where(result == float("-inf"), low, result)
