"""Special functions, elementwise: error functions, gamma functions, Bessel functions, entropies."""

from __future__ import annotations

import math

from penlight.base.dims import read
from penlight.ops.kinds import NUMBERS, not_implemented, refuse, refuse_narrow, unary
from penlight.ops.table import composite, pointwise

__all__: list[str] = []

TWO_OVER_SQRT_PI = 2 / math.sqrt(math.pi)
SQRT_2PI = math.sqrt(2 * math.pi)
EVERYWHERE = "torch Tensor special"


def alias(name, target, on="special"):
    """Another public name of an op in one namespace."""
    body = lambda k, input: getattr(k, target)(input)
    body.__doc__ = f"The same as `torch.{target}`."
    composite(f"{name}(Tensor input)", on=on, out=True)(body)


# --- error functions ---------------------------------------------------------------------------------------------


@unary(
    "erf(Tensor input)",
    on=EVERYWHERE,
    half="direct",
    vjp={"input": lambda k, g, input: g * (TWO_OVER_SQRT_PI * k.exp(-(input**2)))},
)
def erf(xp, input):
    """2 / sqrt(pi) * integral of exp(-t^2) from 0 to input.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.erf
    """
    refuse("erf_vml_cpu", "c", input)
    return xp.erf_coarse(input.astype("float32")).astype(input.dtype) if input.dtype.itemsize == 2 else xp.erf(input)


@unary(
    "erfc(Tensor input)",
    on=EVERYWHERE,
    vjp={"input": lambda k, g, input: g * (-TWO_OVER_SQRT_PI * k.exp(-(input**2)))},
)
def erfc(xp, input):
    """1 - erf(input), accurate where that is tiny."""
    refuse("erfc_vml_cpu", "c", input)
    return xp.erfc(input)


@unary(
    "erfinv(Tensor input)",
    on=EVERYWHERE,
    vjp={"input": lambda k, g, input: g * (k.exp(k.erfinv(input) ** 2) / TWO_OVER_SQRT_PI)},
)
def erfinv(xp, input):
    """The x with erf(x) = input; infinite at -1 and 1."""
    refuse("erfinv_vml_cpu", "c", input)
    return xp.erfinv(input)


@unary(
    "erfcx(Tensor input)",
    on="special",
    half="direct",
    inplace=False,
    grad_name="SpecialErfcxBackward0",
    vjp={"input": lambda k, g, input, out: g * (2 * input * out - TWO_OVER_SQRT_PI)},
)
def erfcx(xp, input):
    """exp(input^2) * erfc(input)."""
    refuse_narrow("erfcx_cpu", input)
    return xp.erfcx(input)


@composite("ndtr(Tensor input)", on="special", out=True)
def ndtr(k, input):
    """The normal distribution function: (1 + erf(x / sqrt(2))) / 2."""
    return k.mul(k.add(k.erf(k.mul(input, math.sqrt(0.5))), 1), 0.5)


@unary(
    "ndtri(Tensor input)",
    on="special",
    half="direct",
    inplace=False,
    grad_name="SpecialNdtriBackward0",
    vjp={"input": lambda k, g, out: g * (SQRT_2PI * k.exp(out**2 * 0.5))},
)
def ndtri(xp, input):
    """The x at which the normal distribution function is `input`."""
    refuse_narrow("ndtri_cpu", input)
    return xp.ndtri(input)


@unary(
    "log_ndtr(Tensor input)",
    on="special",
    half="direct",
    inplace=False,
    grad_name="SpecialLogNdtrBackward0",
    vjp={"input": lambda k, g, input: g * k._mills(input)},
)
def log_ndtr(xp, input):
    """The logarithm of the normal distribution function."""
    refuse_narrow("log_ndtr_cpu", input)
    return xp.log_ndtr(input)


@unary("_mills(Tensor input)", on="", inplace=False, out=False, vjp={"input": lambda k, g, input, out: -g * out * (input + out)})
def _mills(xp, input):
    """The slope of log_ndtr, phi(x) / Phi(x) = sqrt(2 / pi) / erfcx(-x / sqrt(2))."""
    return (2 / math.pi) ** 0.5 / xp.erfcx(input * -(0.5**0.5))


# --- gamma functions ---------------------------------------------------------------------------------------------


@unary("lgamma(Tensor input)", vjp={"input": lambda k, g, input: g * k.digamma(input)})
def lgamma(xp, input):
    """log |gamma(input)|.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.gammaln
    """
    refuse("lgamma_vml_cpu", "c", input)
    return xp.lgamma(input)


@unary("digamma(Tensor input)", on=EVERYWHERE, vjp={"input": lambda k, g, input: g * k._polygamma(input, 1)})
def digamma(xp, input):
    """The derivative of log(gamma(input))."""
    refuse("digamma", "c", input)
    return xp.digamma(input)


@unary(
    "_polygamma(Tensor input, int n)",
    on="",
    half="direct",
    inplace=False,
    out=False,
    grad_name="PolygammaBackward0",
    vjp={"input": lambda k, g, input, n: g * k._polygamma(input, n + 1)},
)
def _polygamma(xp, input, n):
    """The n-th derivative of digamma."""
    refuse("polygamma", "c", input)
    if input.dtype.itemsize == 2:
        wide = input.astype("float32")
        return xp.polygamma(n, wide).astype(input.dtype) if n < 2 else xp.polygamma_coarse(n, wide, input.dtype)
    return xp.polygamma(n, input)


@composite("polygamma(Tensor|Number n, Tensor|Number input)", on=EVERYWHERE, inplace=False, out=True)
def polygamma(k, n, input):
    """The n-th derivative of digamma: torch.polygamma(n, x) or x.polygamma(n)."""
    if hasattr(n, "_a") and not (hasattr(input, "_a") and n.ndim == 0):
        n, input = input, n
    if n.__class__ is not int:
        n = read("int", n, "n", "polygamma", 1)
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return k._polygamma(input, n)


@composite("_polygamma_in_place(Tensor input, int n)", on="Tensor:polygamma_")
def _polygamma_in_place(k, input, n):
    """`polygamma`, stored into this tensor."""
    result = k.polygamma(n, k.clone(input))  # its node must not hold what changes here
    if result.dtype is not input.dtype:
        raise RuntimeError(
            f"result type {result.dtype.legacy} can't be cast to the desired output type {input.dtype.legacy}"
        )
    return input.copy_(result)


def _multigamma_rule(k, g, input, p):
    return g * k.sum(k.digamma(k.stack([input + (0.0 - 0.5 * i) for i in range(p)])), (0,))  # rounded once in 16 bits


@unary("mvlgamma(Tensor input, int p)", half="direct", vjp={"input": _multigamma_rule})
def mvlgamma(xp, input, p):
    """The logarithm of the multivariate gamma function of dimension p.

    Raises: RuntimeError where an element is not above (p - 1) / 2.
    """
    refuse("lgamma_vml_cpu", "c", input)
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    wide = "float32" if input.dtype.itemsize == 2 else input.dtype
    total = xp.zeros(input.shape, wide)
    for i in range(p):
        shifted = input + input.dtype.type(0.0 - 0.5 * i)
        total += xp.lgamma(shifted.astype(wide)).astype(input.dtype)
    return total.astype(input.dtype) + input.dtype.type(0.25 * p * (p - 1) * math.log(math.pi))


@composite("multigammaln(Tensor input, int p)", on="special", out=True)
def multigammaln(k, input, p):
    """The same as `torch.mvlgamma`."""
    return k.mvlgamma(input, p)


def _zeta(suffix, signature, rules):
    def kernel(xp, input, other):
        """The Hurwitz zeta function."""
        arrays = [v for v in (input, other) if hasattr(v, "dtype")]
        refuse("zeta_cpu", "fVc" if arrays[0].dtype.itemsize == 2 else "c", *arrays)
        return xp.zeta(input, other)

    pointwise(
        signature,
        on="",
        promote="float",
        half="direct",
        inplace=False,
        out=False,
        grad_name=f"SpecialZetaBackward{suffix}",
        vjp=rules,
    )(kernel)


def _zeta_rule(k, g, input, other):
    return g * (-input * k._zeta_tensors(input + 1.0, other))


def _zeta_number_rule(k, g, input, other):
    return g * (-input * k._zeta_number(input + 1.0, other))


def _zeta_first(k, g):
    raise NotImplementedError(
        "the derivative for 'self' is not implemented: zeta has no gradient in its first argument"
    )


_zeta("0", "_zeta_tensors(Tensor input, Tensor other)", {"input": _zeta_first, "other": _zeta_rule})
_zeta("1", "_zeta_number(Tensor|Number input, Tensor other)", {"other": _zeta_number_rule})
_zeta("2", "_zeta_by_number(Tensor input, Tensor|Number other)", {"input": _zeta_first})


@composite("zeta(Tensor|Number input, Tensor|Number other)", on="special", out=True)
def zeta(k, input, other):
    """The Hurwitz zeta function: the sum of (other + i)^-input over i >= 0."""
    if isinstance(input, NUMBERS):
        return k._zeta_number(input, other)
    return k._zeta_by_number(input, other) if isinstance(other, NUMBERS) else k._zeta_tensors(input, other)


# --- Bessel functions --------------------------------------------------------------------------------------------


@unary("i0(Tensor input)", on=EVERYWHERE, vjp={"input": lambda k, g, input: g * k.i1(input)})
def i0(xp, input):
    """The modified Bessel function of the first kind, order 0."""
    refuse("i0_cpu", "c", input)
    return xp.i0(input)


@unary(
    "i0e(Tensor input)",
    on="special",
    inplace=False,
    grad_name="SpecialI0EBackward0",
    vjp={"input": lambda k, g, input, out: g * (k.i1e(input) - k.sign(input) * out)},
)
def i0e(xp, input):
    """exp(-|input|) * i0(input)."""
    refuse("i0e_cpu", "c", input)
    return xp.i0e(input)


def _order_one_rule(k, g, input, out, lower, decay):
    # i1' = i0 - i1 / x, 1/2 at 0
    if g.dtype.itemsize == 2:
        raise not_implemented("i1e_backward" if decay else "i1_backward", getattr(g.dtype, "np", g.dtype))
    away = k.abs(input) > 1e-12
    safe = k.where(away, input, 1.0)
    slope = lower(safe) - out * ((k.sign(safe) if decay else 0) + 1 / safe)
    return g * k.where(away, slope, 0.5)


@unary(
    "i1(Tensor input)",
    on="special",
    inplace=False,
    grad_name="SpecialI1Backward0",
    vjp={"input": lambda k, g, input, out: _order_one_rule(k, g, input, out, k.i0, False)},
)
def i1(xp, input):
    """The modified Bessel function of the first kind, order 1."""
    refuse("i1_cpu", "c", input)
    return xp.i1(input)


@unary(
    "i1e(Tensor input)",
    on="special",
    inplace=False,
    grad_name="SpecialI1EBackward0",
    vjp={"input": lambda k, g, input, out: _order_one_rule(k, g, input, out, k.i0e, True)},
)
def i1e(xp, input):
    """exp(-|input|) * i1(input)."""
    refuse("i1e_cpu", "c", input)
    return xp.i1e(input)


# --- entropies, logits, sinc ---------------------------------------------------------------------------------------


@unary(
    "entr(Tensor input)",
    on="special",
    half="direct",
    inplace=False,
    grad_name="SpecialEntrBackward0",
    vjp={"input": lambda k, g, input: g * -(k.log(input) + 1)},
)
def entr(xp, input):
    """-input * log(input); 0 at 0 and -inf below."""
    refuse("entr_cpu", "c", input)
    log = xp.log(xp.where(input > 0, input, 1).astype(xp.promote_types(input.dtype, "float32"))).astype(input.dtype)
    other = xp.where(input == 0, 0, xp.where(xp.isnan(input), input, -xp.inf)).astype(input.dtype)
    return xp.where(input > 0, -input * log, other)


def _logit_rule(k, g, input, eps):
    low = 0.0 if eps is None else float(getattr(g.dtype, "np", g.dtype).type(eps))
    inside = k.logical_and(input >= low, input <= 1 - low)
    product = input * (1 - input)
    if not k.recorded:
        product = k.abs(product)  # the pole at -0 has the sign of the one at 0
    return k.where(inside, g / product, float("nan") if eps is None else 0.0)


@unary("logit(Tensor input, float eps=None)", on=EVERYWHERE, half="direct", vjp={"input": _logit_rule})
def logit(xp, input, eps):
    """log(input / (1 - input)); with `eps`, the input is first clamped to [eps, 1 - eps]."""
    refuse("logit_cpu", "c", input)
    if eps is not None:
        number = input.dtype.type
        input = xp.where(input < number(eps), number(eps), xp.minimum(input, 1 - number(eps)))
    return xp.log(input / (1 - input))


def _sinc_rule(k, g, input):
    scaled = input * math.pi
    square = input * input * math.pi  # 0 for tiny inputs as well
    sine = k.sin(scaled)  # first, so that a recorded pass adds up in PyTorch's order
    slope = (scaled * k.cos(scaled) - sine) / square
    return k.where(square == 0, 0.0, g * k.conjugate(slope))


@unary("sinc(Tensor input)", on=EVERYWHERE, vjp={"input": _sinc_rule})
def sinc(xp, input):
    """sin(pi x) / (pi x), 1 at 0."""
    scaled = input * input.dtype.type(math.pi)
    return xp.where(input == 0, xp.ones((), input.dtype), xp.sin(scaled) / xp.where(input == 0, 1, scaled))


alias("expit", "sigmoid")
alias("gammaln", "lgamma")
alias("psi", "digamma")
