"""Elementwise functions of two or three tensors beyond arithmetic."""

from __future__ import annotations

import math

from penlight.base import dtypes
from penlight.base.dtypes import from_numpy
from penlight.ops.kinds import NUMBERS, as_element, common_dtype, not_implemented, refuse, wrapped
from penlight.ops.select import long_name
from penlight.ops.table import composite, op, pointwise, underivable
from penlight.ops.unary import log1p

__all__: list[str] = []


# --- remainders ------------------------------------------------------------------------------------------------


def _check_divisor(xp, input, other):
    if not xp.all(other) and xp.broadcast(input, other).size:
        raise RuntimeError("ZeroDivisionError")


def _remainder(xp, input, other):
    refuse("remainder_cpu", "bc", input)
    if input.dtype.kind in "iu":
        _check_divisor(xp, input, other)
        return xp.remainder(input, other)
    result = xp.fmod(input, other)
    # the divisor's sign, as Python's %; a zero keeps the dividend's, as PyTorch's
    wrong = (result != 0) & ((other < 0) != (result < 0))
    return xp.where(wrong, result + other, result)


def _fmod(xp, input, other):
    refuse("fmod_cpu", "bc", input)
    if input.dtype.kind in "iu":
        _check_divisor(xp, input, other)
    return xp.fmod(input, other)


@pointwise(
    "_remainder_number(Tensor input, Tensor|Number other)",
    on="",
    grad_name="RemainderBackward0",
    vjp={"input": lambda k, g: g},
)
def _remainder_number(xp, input, other):
    """The remainder by a number."""
    return _remainder(xp, input, other)


def _minus_quotient(k, g, input, other, mode):
    d = getattr(g.dtype, "np", g.dtype)
    return -g * k._div_rounded(k.cast(input, d), other, mode, d if d.itemsize == 2 else None)


def _by_divisor(k, g, input, other):
    if isinstance(input, NUMBERS):
        raise RuntimeError("derivative for remainder of a number is not implemented; make it a tensor")
    return _minus_quotient(k, g, input, other, "floor")


@pointwise(
    "_remainder_tensor(Tensor|Number input, Tensor other)",
    on="",
    grad_name="RemainderBackward1",
    vjp={
        "input": lambda k, g: g,
        "other": lambda k, g, input, other: _by_divisor(k, g, input, other),
    },
)
def _remainder_tensor(xp, input, other):
    """The remainder by a tensor."""
    return _remainder(xp, xp.asarray(input), other)


@composite("remainder(Tensor|Number input, Tensor|Number other)", inplace=True, out=True)
def remainder(k, input, other):
    """Python's input % other, elementwise: the result has the divisor's sign.

    Raises: RuntimeError for an integer division by zero.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.remainder.html

    >>> import penlight as torch
    >>> torch.remainder(torch.tensor([-3., 5.]), 2)
    tensor([1., 1.])
    """
    if isinstance(other, NUMBERS):
        return k._remainder_number(input, other)
    return k._remainder_tensor(input, other)


@pointwise(
    "_fmod_number(Tensor input, Tensor|Number other)", on="", grad_name="FmodBackward0", vjp={"input": lambda k, g: g}
)
def _fmod_number(xp, input, other):
    """C's remainder by a number."""
    return _fmod(xp, input, other)


@pointwise(
    "_fmod_tensor(Tensor input, Tensor other)",
    on="",
    grad_name="FmodBackward1",
    vjp={
        "input": lambda k, g: g,
        "other": lambda k, g, input, other: _minus_quotient(k, g, input, other, "trunc"),
    },
)
def _fmod_tensor(xp, input, other):
    """C's remainder by a tensor."""
    return _fmod(xp, input, other)


@composite("fmod(Tensor input, Tensor|Number other)", inplace=True, out=True)
def fmod(k, input, other):
    """C's remainder, elementwise: the result has the dividend's sign."""
    return k._fmod_number(input, other) if isinstance(other, NUMBERS) else k._fmod_tensor(input, other)


# --- interpolation and fused products --------------------------------------------------------------------------


def _check_lerp(input, end, weight):
    if input.dtype != end.dtype:
        raise RuntimeError(f"expected dtype {long_name(input.dtype)} for `end` but got dtype {long_name(end.dtype)}")
    if weight is not None and weight.dtype != input.dtype and weight.ndim:
        raise RuntimeError(
            f"expected dtype {long_name(input.dtype)} for `weight` but got dtype {long_name(weight.dtype)}"
        )


def _lerp(xp, input, end, weight):
    single = getattr(weight, "ndim", 0) == 0
    refuse("lerp_kernel_scalar" if single else "lerp_kernel_tensor", "biu", input)
    if single:
        return xp.lerp(input, end, weight)
    difference = end - input
    # both forms agree; each is exact at its own end
    near = input + weight * difference
    far = end - difference * (1 - weight)
    return xp.where(abs(weight) < 0.5, near, far)


@pointwise(
    "_lerp_number(Tensor input, Tensor end, number weight)",
    on="",
    half="direct",
    grad_name="LerpBackward0",
    vjp={
        "input": lambda k, g, weight: g * (1 - weight.conjugate()),
        "end": lambda k, g, weight: g * weight.conjugate(),
    },
)
def _lerp_number(xp, input, end, weight):
    """Interpolation with one weight."""
    refuse("lerp_kernel_scalar", "biu", input)
    if input.dtype.itemsize == 2:  # in float32, the product and the sum in one step
        wide = xp.lerp(input.astype("float64"), end.astype("float64"), float(wrapped(weight, xp.dtype("float32"))))
        return wide.astype("float32").astype(input.dtype)
    return _lerp(xp, input, end, wrapped(weight, input.dtype))


@pointwise(
    "_lerp_tensor(Tensor input, Tensor end, Tensor weight)",
    on="",
    grad_name="LerpBackward1",
    vjp={
        "input": lambda k, g, weight: g * (1 - k.conjugate(weight)),
        "end": lambda k, g, weight: g * k.conjugate(weight),
        "weight": lambda k, g, input, end: g * k.conjugate(end - input),
    },
)
def _lerp_tensor(xp, input, end, weight):
    """Interpolation with a weight per element."""
    return _lerp(xp, input, end, weight)


@composite("lerp(Tensor input, Tensor end, Tensor|Number weight)", inplace=True, out=True)
def lerp(k, input, end, weight):
    """input + weight * (end - input), elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.lerp.html
    """
    if isinstance(weight, NUMBERS):
        _check_lerp(input, end, None)
        return k._lerp_number(input, end, weight)
    _check_lerp(input, end, weight)
    return k._lerp_tensor(input, end, weight)


def _scaled(xp, value, dtype):
    """`value` in a dtype, as PyTorch converts it (toward zero for integers); None for a real 1."""
    return None if value == 1 and dtype.kind != "c" else as_element(xp, value, dtype)


def _conjugate(value):
    return value.conjugate() if isinstance(value, complex) else value


@pointwise(
    "_addcmul(Tensor input, Tensor tensor1, Tensor tensor2, number value)",
    on="",
    grad_name="AddcmulBackward0",
    vjp={
        "input": lambda k, g: g,
        "tensor1": lambda k, g, tensor2, value: g * (k.conjugate(tensor2) * _conjugate(value)),
        "tensor2": lambda k, g, tensor1, value: g * (k.conjugate(tensor1) * _conjugate(value)),
    },
)
def _addcmul(xp, input, tensor1, tensor2, value):
    """input + value * tensor1 * tensor2."""
    refuse("addcmul_cpu_out", "b", input)
    scale = _scaled(xp, value, input.dtype)
    return input + (tensor1 if scale is None else scale * tensor1) * tensor2


@pointwise(
    "_addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, number value)",
    on="",
    grad_name="AddcdivBackward0",
    vjp={
        "input": lambda k, g: g,
        "tensor1": lambda k, g, tensor2, value: g * k.conjugate(value / tensor2),
        "tensor2": lambda k, g, tensor1, tensor2, value: -g * k.conjugate((value * tensor1) / (tensor2 * tensor2)),
    },
)
def _addcdiv(xp, input, tensor1, tensor2, value):
    """input + value * tensor1 / tensor2."""
    scale = _scaled(xp, value, input.dtype)
    return input + (tensor1 if scale is None else scale * tensor1) / tensor2


def _old_form(tensor1, tensor2, third, value):
    """PyTorch's old order (input, value, tensor1, tensor2) as well."""
    return (tensor2, third, tensor1) if third is not None else (tensor1, tensor2, value)


@composite(
    "addcmul(Tensor input, any tensor1, any tensor2, any _third=None, *, number value=1)", inplace=True, out=True
)
def addcmul(k, input, tensor1, tensor2, _third, value):
    """input + value * tensor1 * tensor2, elementwise. The old order (input, value, tensor1, tensor2) works too.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.addcmul.html
    """
    return k._addcmul(input, *_old_form(tensor1, tensor2, _third, value))


@composite(
    "addcdiv(Tensor input, any tensor1, any tensor2, any _third=None, *, number value=1)", inplace=True, out=True
)
def addcdiv(k, input, tensor1, tensor2, _third, value):
    """input + value * tensor1 / tensor2, elementwise. The old order (input, value, tensor1, tensor2) works too.

    Raises: RuntimeError where tensor1 and tensor2 are both integers.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.addcdiv.html
    """
    tensor1, tensor2, value = _old_form(tensor1, tensor2, _third, value)
    for name, t in (("tensor1", tensor1), ("tensor2", tensor2)):
        if not hasattr(t, "_a"):
            raise TypeError(f"addcdiv(): argument '{name}' must be Tensor, not {type(t).__name__}")
    if all(from_numpy(t._a.dtype).category < dtypes.FLOAT for t in (tensor1, tensor2)):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported: expected a floating point tensor1 or tensor2, but "
            f"got {tensor1.dtype} and {tensor2.dtype}. Convert one of them with .float(), or use (input + value * "
            "torch.trunc(tensor1 / tensor2)).to(input.dtype) for the old behaviour."
        )
    return k._addcdiv(input, tensor1, tensor2, value)


# --- lengths, signs, exponents -----------------------------------------------------------------------------------


@pointwise(
    "hypot(Tensor input, Tensor other)",
    ufunc="hypot",
    vjp={
        "input": lambda k, g, input, out: g * input / out,
        "other": lambda k, g, other, out: g * other / out,
    },
)
def hypot(xp, input, other):
    """sqrt(input**2 + other**2) without overflow, elementwise."""
    refuse("hypot_cpu", "biuc", input)
    return xp.hypot(input, other)


def _copysign_rule(k, g, input, out):
    ratio = k._keep(out / input, input != 0)
    return g * ratio


@pointwise(
    "_copysign_tensor(Tensor input, Tensor other)",
    on="",
    promote="float",
    grad_name="CopysignBackward0",
    vjp={"input": _copysign_rule, "other": lambda k, g: k._zeros(g)},
)
def _copysign_tensor(xp, input, other):
    """The magnitude of one with the sign of the other."""
    refuse("copysign_cpu", "c", input)
    return xp.copysign(input, other)


@pointwise(
    "_copysign_number(Tensor input, Tensor|Number other)",
    on="",
    promote="float",
    grad_name="CopysignBackward1",
    vjp={"input": _copysign_rule},
)
def _copysign_number(xp, input, other):
    """The magnitude with a number's sign."""
    refuse("copysign_cpu", "c", input)
    return xp.copysign(input, other)


@composite("copysign(Tensor input, Tensor|Number other)", inplace=True, out=True)
def copysign(k, input, other):
    """The magnitude of input with the sign of other, elementwise."""
    return k._copysign_number(input, other) if isinstance(other, NUMBERS) else k._copysign_tensor(input, other)


@pointwise(
    "nextafter(Tensor input, Tensor other)",
    half="direct",
    ufunc="nextafter",
    fast_if="input._a.dtype.itemsize != 2",
    vjp={
        "input": lambda k, g, input, other: k._drop(g, k.eq(input, other)),
        "other": lambda k, g: k._zeros(g),
    },
)
def nextafter(xp, input, other):
    """The next representable number after input toward other, elementwise."""
    refuse("nextafter_cpu", "biuc", input)
    result = xp.nextafter(input, other)
    return xp.where(input == other, other, result) if input.dtype.itemsize == 2 else result  # C's, which is used elsewhere


@pointwise(
    "_ldexp(Tensor input, Tensor other)",
    on="",
    promote="float",
    half="direct",
    grad_name="LdexpBackward0",
    vjp={
        "input": lambda k, g, other: g * k.conjugate(k.exp2(other)),
        "other": lambda k, g, out: g * k.conjugate(out * 0.6931471805599453),
    },
)
def _ldexp(xp, input, other):
    """input * 2 ** other, elementwise."""
    return input * xp.exp2(other)  # in 16 bits PyTorch rounds the power as well


@pointwise(
    "_ldexp_integers(Tensor input, Tensor other)",
    on="",
    promote="none",
    grad_name="LdexpBackward0",
    vjp={"input": lambda k, g, other: k._ldexp_integers(g, other)},
)
def _ldexp_integers(xp, input, other):
    """input * 2 ** other where the power itself may overflow."""
    other = xp.clip(other.astype("int32"), -5000, 5000)  # C's int: larger ones wrap around
    if input.dtype.kind == "V":
        return xp.ldexp(input.astype("float32"), other).astype(input.dtype)
    return xp.ldexp(input, other)


@composite("ldexp(Tensor input, Tensor other)", inplace=True, out=True)
def ldexp(k, input, other):
    """input * 2 ** other, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.ldexp.html
    """
    if other.dtype.category == dtypes.BOOL and input.is_floating_point():
        raise not_implemented("ldexp_cpu_exp", other.dtype.np)
    if other.is_floating_point() or other.is_complex() or not input.is_floating_point():
        inexact = other.is_floating_point() or other.is_complex()
        if inexact and (not other.ndim or other.dtype is not input.dtype):
            if input.dtype is dtypes.float32 or input.dtype.category < dtypes.FLOAT:  # the power overflows in its own dtype
                return k.mul(input, k.exp2(other))
            return k.mul(input, k.pow(k._constant(2.0).to(input.dtype), other))  # 2 has the input's dtype
        return k._ldexp(input, other)
    return k._ldexp_integers(input if k.result_type(input, other) is input.dtype else k.mul(input, 1.0), other)


@op(
    "frexp(Tensor input)",
    outputs="mantissa exponent",
    non_differentiable="exponent",
    returns="frexp",
    out=True,
    vjp={
        "input": lambda k, g, exponent, input_dtype: k.cast(g / k.exp2(exponent), input_dtype),
    },
)
def frexp(xp, input):
    """(mantissa, exponent) with input = mantissa * 2**exponent and 0.5 <= |mantissa| < 1."""
    if input.dtype.kind not in "fV":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    mantissa, exponent = xp.frexp(input)
    return mantissa, xp.where(xp.isfinite(input), exponent, 0).astype("int32")


_heaviside_rule = underivable("aten::heaviside")


@pointwise("heaviside(Tensor input, Tensor values)", promote="none", half="direct",
    vjp={"input": _heaviside_rule, "values": _heaviside_rule})  # fmt: skip
def heaviside(xp, input, values):
    """0 below zero, 1 above, `values` at zero; elementwise.

    Raises: RuntimeError for different dtypes.
    """
    if "c" in (input.dtype.kind, values.dtype.kind):
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    if input.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return xp.where(input == 0, values, (input > 0).astype(input.dtype))


@composite("float_power(Tensor|Number input, Tensor|Number exponent)", on="torch Tensor", out=True)
def float_power(k, input, exponent):
    """input ** exponent in float64 (complex128 where either is complex).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.float_power.html
    """
    d = dtypes.complex128 if common_dtype((input, exponent)).is_complex else dtypes.float64

    def ready(value):
        if isinstance(value, NUMBERS):
            return complex(value) if d.is_complex else float(value)
        return value if value.dtype is d else k.cast(value, d.np)

    return k.pow(ready(input), ready(exponent))


@composite("_float_power_in_place(Tensor input, Tensor|Number exponent)", on="Tensor:float_power_")
def _float_power_in_place(k, input, exponent):
    """`float_power`, stored into a tensor that is float64 (complex128) already."""
    result = k.float_power(input, exponent)
    if input.dtype is not result.dtype:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {input.dtype.legacy} but the operation's result requires dtype "
            f"{result.dtype.legacy}"
        )
    return k.pow_(input, exponent)


# --- logarithms of sums and products -----------------------------------------------------------------------------


def _logaddexp(name, base, ufunc):
    def kernel(xp, input, other):
        if input.dtype.kind in "biu" or (input.dtype.kind == "c" and base != math.e):
            raise not_implemented(f"{name}_cpu", input.dtype)
        if input.dtype.kind == "c":
            larger = xp.where(input.real >= other.real, input, other)
            smaller = xp.where(input.real >= other.real, other, input)
            result = larger + log1p.kernel(xp, xp.exp(smaller - larger))
            same = xp.isinf(input.real) & (input.real == other.real)
            result = xp.where(same, xp.where(input.real < 0, smaller, xp.log(xp.exp(smaller) + xp.exp(larger))), result)
            return xp.where(xp.isnan(input) | xp.isnan(other), input.dtype.type(complex(math.nan, math.nan)), result)
        return getattr(xp, ufunc)(input, other)

    kernel.__doc__ = f"log(exp(input) + exp(other)) without overflow, to base {base:g}; elementwise."
    exponential = "exp" if base == math.e else "exp2"
    return pointwise(
        f"{name}(Tensor input, Tensor other)",
        inplace=False,
        fast="f",
        ufunc=ufunc,
        vjp={
            "input": lambda k, g, input, other: g / k.conjugate(1 + getattr(k, exponential)(other - input)),
            "other": lambda k, g, input, other: g / k.conjugate(1 + getattr(k, exponential)(input - other)),
        },
    )(kernel)


_logaddexp("logaddexp", math.e, "logaddexp")
_logaddexp("logaddexp2", 2, "logaddexp2")


def _times_log(name, ufunc, inner, public, grad):
    """x * log(...), 0 where x is 0 (nan where the logarithm's argument is nan), as three ops: see the table's names."""

    def kernel(xp, input, other):
        refuse(f"{name}_cpu", "c", xp.asarray(input))
        if isinstance(other, NUMBERS):
            other = xp.asarray(other).astype(input.dtype)
        product = input * getattr(xp, ufunc)(other)
        product = xp.where(input == 0, xp.zeros((), product.dtype), product)
        return xp.where(xp.isnan(other), xp.asarray(float("nan"), product.dtype), product)

    def input_rule(k, g, input, other):
        number = k.cast(other, getattr(g.dtype, "np", g.dtype))
        return k._drop(getattr(k, f"_{name}_tensors")(g, number), k.logical_and(input == 0, other <= inner))

    def other_rule(k, g, input, other):
        return g * input / (other - inner)

    def number_rule(k, g, input, other):
        product = getattr(k, f"_{name}_by_number")(g, other)
        return product if other > inner else k._drop(product, input == 0)

    for suffix, signature, rules in (
        ("0", f"_{name}_tensors(Tensor input, Tensor other)", {"input": input_rule, "other": other_rule}),
        ("1", f"_{name}_number(Tensor|Number input, Tensor other)", {"other": other_rule}),
        ("2", f"_{name}_by_number(Tensor input, Tensor|Number other)", {"input": None}),
    ):
        if suffix == "2":
            rules = {"input": number_rule}
        kernel.__doc__ = "input * log(other)."
        pointwise(
            signature, on="", promote="float", half="direct", grad_name=f"{grad}Backward{suffix}", vjp=rules
        )(kernel)  # PyTorch rounds the logarithm to 16 bits as well

    def body(k, input, other):
        if isinstance(input, NUMBERS):
            return getattr(k, f"_{name}_number")(input, other)
        if isinstance(other, NUMBERS):
            return getattr(k, f"_{name}_by_number")(input, other)
        return getattr(k, f"_{name}_tensors")(input, other)

    body.__doc__ = f"input * {ufunc}(other), elementwise; 0 where input is 0, unless other is nan."
    composite(f"{name}(Tensor|Number input, Tensor|Number other)", on=public, inplace="Tensor" in public, out=True)(
        body
    )


_times_log("xlogy", "log", 0, "torch Tensor special", "Xlogy")
_times_log("xlog1py", "log1p", -1, "special", "SpecialXlog1Py")
