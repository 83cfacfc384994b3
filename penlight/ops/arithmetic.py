"""Elementwise arithmetic on two or three operands."""

from __future__ import annotations

import cmath
import math

from penlight.ops.kinds import as_element, refuse
from penlight.ops.table import composite, pointwise, underivable

__all__: list[str] = []


def _scale(xp, value, factor):
    if factor.__class__ is not int:
        kind = value.dtype.kind
        if factor.__class__ is bool and kind != "b":
            raise RuntimeError("Boolean alpha only supported for Boolean results.")
        if kind in "biu" and not isinstance(factor, int):
            raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
        if kind != "c" and isinstance(factor, complex):
            raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    if factor == 1 and value.dtype.kind != "c":
        return value
    return value * as_element(xp, factor, value.dtype)


@pointwise(
    "add(Tensor|Number input, Tensor|Number other, *, number alpha=1)",
    ufunc="add",
    fast="fiub",
    fast_if="alpha is _ONE",
    vjp={"input": lambda k, g: g, "other": lambda k, g, alpha: g if alpha == 1 else g * alpha},
)
def add(xp, input, other, alpha):
    """input + alpha * other, elementwise, with broadcasting.

    Shape: (*), (*) -> broadcast. Source: https://docs.pytorch.org/docs/stable/generated/torch.add.html

    >>> import penlight as torch
    >>> torch.add(torch.tensor([1., 2.]), 10, alpha=2)
    tensor([21., 22.])
    """
    return xp.add(input, _scale(xp, other, alpha))


@pointwise(
    "sub(Tensor|Number input, Tensor|Number other, *, number alpha=1)",
    promote="sub",
    ufunc="subtract",
    fast="fiu",
    fast_if="alpha is _ONE",
    aliases="subtract",
    vjp={"input": lambda k, g: g, "other": lambda k, g, alpha: -g if alpha == 1 else g * -alpha},
)
def sub(xp, input, other, alpha):
    """input - alpha * other, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sub.html
    """
    return xp.subtract(input, _scale(xp, other, alpha))


@pointwise(
    "rsub(Tensor input, Tensor|Number other, *, number alpha=1)",
    promote="sub",
    grad_name=lambda record: f"RsubBackward{int(record[2][1] is None)}",
    vjp={"input": lambda k, g, alpha: -g if alpha == 1 else g * -alpha, "other": lambda k, g: g},
    inplace=False,
    out=False,
)
def rsub(xp, input, other, alpha):
    """other - alpha * input, elementwise."""
    return xp.subtract(other, _scale(xp, input, alpha))


@pointwise(
    "mul(Tensor|Number input, Tensor|Number other)",
    ufunc="multiply",
    fast="fiubc",
    half="factor",
    aliases="multiply",
    vjp={
        "input": lambda k, g, other: g * k.conjugate(other),
        "other": lambda k, g, input: g * k.conjugate(input),
    },
)
def mul(xp, input, other):
    """input * other, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.mul.html
    """
    return xp.multiply(input, other)


@pointwise(
    "true_divide(Tensor|Number input, Tensor|Number other)",
    on="torch Tensor",
    ufunc="true_divide",
    fast="fc",
    promote="float",
    half="factor",
    grad_name="DivBackward0",
    vjp={
        "input": lambda k, g, other: g / k.conjugate(other),
        "other": lambda k, g, input, other: -g * k.conjugate((input / other) / other),
    },
)
def true_divide(xp, input, other):
    """input / other, elementwise; integers give the default float dtype."""
    return xp.true_divide(input, other)


@pointwise(
    "_div_rounded(Tensor|Number input, Tensor|Number other, str mode, any narrow=None)",
    on="",
    grad_name="DivBackward1",
    vjp={"input": lambda k, g: k._zeros(g), "other": lambda k, g: k._zeros(g)},
    half="factor",
)
def _div_rounded(xp, input, other, mode, narrow):
    """Division rounded toward zero ("trunc") or down ("floor"); every step of it rounds to the dtype `narrow`."""
    refuse(f"div_{mode}_cpu", "bc", input)
    if input.dtype.kind in "iu" and getattr(other, "dtype", input.dtype).kind in "iub":
        if input.size and (other == 0).any():
            raise RuntimeError("ZeroDivisionError")
        if mode == "floor":
            return xp.floor_divide(input, other)
        quotient = xp.floor_divide(input, other)
        remainder = input - quotient * other
        return (quotient + ((remainder != 0) & ((input < 0) != (other < 0)))).astype(input.dtype)
    rounded = (lambda v: v) if narrow is None else lambda v: v.astype(narrow).astype(v.dtype)
    if mode == "trunc":
        return xp.trunc(rounded(input / other))
    # as C++'s and Python's: a correction of the remainder keeps it exact where input / other rounds up
    remainder = xp.fmod(input, other)
    quotient = rounded(rounded(input - remainder) / other)
    quotient = rounded(quotient - ((remainder != 0) & ((other < 0) != (remainder < 0))))
    floor = xp.floor(quotient)
    floor = floor + (quotient - floor > 0.5)
    floor = xp.where(quotient == 0, xp.copysign(quotient.dtype.type(0), input / other), floor)
    return xp.where(other == 0, input / other, floor)


@composite(
    "div(Tensor|Number input, Tensor|Number other, *, str rounding_mode=None)", inplace=True, out=True, aliases="divide"
)
def div(k, input, other, rounding_mode):
    """input / other, elementwise; rounding_mode "trunc" or "floor" rounds the quotient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.div.html
    """
    if rounding_mode is None:
        return k.true_divide(input, other)
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return k._div_rounded(input, other, rounding_mode, _narrow_dtype(k, input, other))


def _narrow_dtype(k, input, other):
    """The 16-bit dtype to which every step of a rounded quotient is rounded, or None."""
    d = k.result_type(input, other) if getattr(other, "ndim", 0) else None
    return d.np if d is not None and d.is_half else None


_floor_rule = underivable("aten::floor_divide")


@pointwise(
    "_floor_divide(Tensor|Number input, Tensor|Number other, any narrow=None)",
    on="",
    grad_name="NotImplemented",
    vjp={"input": _floor_rule, "other": _floor_rule},
    half="factor",
)
def _floor_divide(xp, input, other, narrow):
    """`_div_rounded` without a derivative, as in PyTorch."""
    return _div_rounded.kernel(xp, input, other, "floor", narrow)


@composite("floor_divide(Tensor|Number input, Tensor|Number other)", inplace=True, out=True)
def floor_divide(k, input, other):
    """The quotient rounded down, elementwise; no gradient (that of `div(rounding_mode="floor")` is zero)."""
    return k._floor_divide(input, other, _narrow_dtype(k, input, other))


@pointwise("neg(Tensor input)", ufunc="negative", fast="fic", aliases="negative", vjp={"input": lambda k, g: -g})
def neg(xp, input):
    """-input, elementwise."""
    if input.dtype == bool:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
            "`~` or `logical_not()` operator instead."
        )
    return xp.negative(input)


def _pow(xp, input, exponent):
    if input.dtype.kind in "iu":
        negative = exponent < 0
        if negative.any():
            result = xp.power(input, xp.where(negative, 0, exponent))
            inverse = xp.where(input == 1, 1, xp.where(input == -1, 1 - 2 * (exponent % 2), 0))
            return xp.where(negative, inverse, result).astype(input.dtype)
    if input.dtype == bool:
        return xp.power(input.astype("uint8"), exponent.astype("uint8")).astype(bool)
    if exponent.size == 1 and input.dtype.kind == "f" and exponent.item() == 0.5:  # NumPy takes a root, which is signed at -0
        input = xp.broadcast_arrays(input, exponent)[0]
        return xp.where(input == -xp.inf, -input, xp.sqrt(input) + input.dtype.type(0))
    return _complex_pow(xp, input, exponent) if "c" in input.dtype.kind + exponent.dtype.kind else xp.power(input, exponent)


def _complex_pow(xp, base, exponent):
    """exp(exponent * log(base)), as C's; its product is infinite where a factor or a part is, whatever nan it meets."""
    with xp.errstate(all="ignore"):
        a, b = xp.broadcast_arrays(exponent, xp.log(base, dtype=xp.result_type(base, exponent)))
        parts = a.real * b.real, a.imag * b.imag, a.real * b.imag, a.imag * b.real
        product = xp.empty(a.shape, b.dtype)  # NumPy's own may fuse a product and a sum
        product.real, product.imag = parts[0] - parts[1], parts[2] + parts[3]
        lost = xp.isnan(product.real) & xp.isnan(product.imag)
        lost &= xp.isinf(a) | xp.isinf(b) | xp.isinf(parts).any(0)
        if lost.any():
            a, b = (v.astype(product.dtype)[lost].view(product.real.dtype).reshape(-1, 2) for v in (a, b))
            for v in (a, b):
                infinite = xp.isinf(v)
                box = infinite.any(1, keepdims=True)
                v[...] = xp.where(xp.isnan(v), xp.copysign(0, v), xp.where(box, xp.copysign(infinite, v), v))
            (c, d), (e, f) = a.T, b.T
            product[lost] = 0
            product.real[lost], product.imag[lost] = xp.inf * (c * e - d * f), xp.inf * (c * f + d * e)
        return xp.exp(product)


@pointwise(
    "_pow_number(Tensor input, number exponent)",
    on="",
    ufunc=None,
    grad_name="PowBackward0",
    promote="none",
    vjp={"input": lambda k, g, input, exponent: _pow_number_rule(k, g, input, exponent)},
)
def _pow_number(xp, input, exponent):
    """input ** exponent for a Python number; the caller has cast `input` to the result's dtype."""
    if input.dtype.kind == "V" or input.dtype == "float16":
        exponent = as_element(xp, exponent, input.dtype).item()
        if exponent in (0.5, -0.5) and input.dtype == "float16":  # no square root, unlike in other dtypes
            return _pow(xp, input.astype("float32"), xp.float32(exponent)).astype(input.dtype)
        if exponent in (3, -2) and input.dtype.kind == "V":  # the square is rounded
            square = input * input
            return square * input if exponent == 3 else (1 / square.astype("float32")).astype(input.dtype)
        return _pow_number.kernel(xp, input.astype("float32"), exponent).astype(input.dtype)
    if exponent == 2:
        return input * input
    if exponent == 3:
        return input * input * input
    if exponent == 1:
        return input.copy()
    if input.dtype.kind in "fc":
        if exponent == 0.5:
            return xp.sqrt(input)
        if exponent == -0.5:
            return 1 / xp.sqrt(input)
        if exponent == -1:
            return 1 / input
        if exponent == -2:
            return 1 / (input * input)
        if input.dtype.kind == "c":
            return _complex_pow(xp, input, input.dtype.type(exponent)) if exponent else xp.ones_like(input)
        return xp.power(input, input.dtype.type(exponent))
    return _pow(xp, input, as_element(xp, exponent, input.dtype))


def _pow_number_rule(k, g, input, exponent):
    if exponent == 0 and exponent is not False:  # False times the inverse of 0 is NaN, also in PyTorch
        return k._zeros(g)
    if exponent == 2:
        return g * (k.conjugate(input) * 2)
    if exponent == 1:
        return g
    exponent_conj = exponent.conjugate() if isinstance(exponent, complex) else exponent
    return g * (exponent_conj * k._pow_number(k.conjugate(input), exponent_conj - 1))


@pointwise(
    "_pow_tensor(Tensor|Number input, Tensor|Number exponent)",
    on="",
    grad_name="PowBackward1",
    vjp={
        "input": lambda k, g, input, exponent: (
            k.where(exponent == 0, 0.0, g * k.conjugate(exponent * k._pow_tensor(input, exponent - 1)))
        ),
        "exponent": lambda k, g, input, out, exponent: _pow_exponent_rule(k, g, input, out, exponent),
    },
)
def _pow_tensor(xp, input, exponent):
    """input ** exponent, elementwise, for a tensor exponent."""
    refuse("pow", "b", xp.asarray(input))
    return _pow(xp, xp.asarray(input), xp.asarray(exponent))


def _pow_exponent_rule(k, g, input, out, exponent):
    """g conj(out log(input)), the factor zero where 0 is raised to a power that is real and not negative."""
    zero = k.real(exponent) >= 0
    if k.is_complex(exponent):
        zero = k.logical_and(zero, k.imag(exponent) == 0)
    if not isinstance(input, (int, float, complex)):
        zero = k.logical_and(zero, input == 0)  # in the result's precision; negative numbers as complex ones
        log = k.log(k.cast(input, getattr(out.dtype, "np", out.dtype)))
    elif input:
        log = cmath.log(input) if k.is_complex(out) else math.log(input) if input > 0 else math.nan
        return g * k.conjugate(out * log)
    else:
        log = -math.inf
    return g * k.where(zero, 0.0, k.conjugate(out * log))


@composite("pow(Tensor|Number input, Tensor|Number exponent)", inplace=True, out=True)
def pow(k, input, exponent):
    """input ** exponent, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.pow.html

    >>> import penlight as torch
    >>> torch.pow(torch.tensor([1., 2., 3.]), 2)
    tensor([1., 4., 9.])
    """
    if exponent.__class__ in (float, int) and getattr(getattr(input, "dtype", None), "is_floating_point", False):
        return k._pow_number(input, exponent)
    if isinstance(exponent, (int, float, complex)) and not isinstance(input, (int, float, complex)):
        d = k.result_type(input, exponent)
        if not d.is_floating_point and not d.is_complex and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return k._pow_number(input if input.dtype is d else input.to(d), exponent)
    return k._pow_tensor(input, exponent)
