"""Incomplete gamma functions."""

from __future__ import annotations

from penlight.ops.kinds import refuse
from penlight.ops.table import composite, pointwise

__all__: list[str] = []


def _density(k, g, input, other, sign):
    # d P(a, x) / dx = x**(a - 1) exp(-x) / Gamma(a)
    input = k.cast(input, getattr(g.dtype, "np", g.dtype))
    return g * (sign * k.exp((input - 1) * k.log(other) - other - k.lgamma(input)))


def _no_first(name):
    def rule(k, g):
        raise NotImplementedError(f"the derivative for '{name}: input' is not implemented.")

    return rule


def _declare(name, kernel_name, special, sign, which):
    def kernel(xp, input, other):
        refuse("igamma_cpu", "biuc", input)
        return getattr(xp, kernel_name)(input, other)

    kernel.__doc__ = f"""The regularised {which} incomplete gamma function of parameter `input` at `other`.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.{special}
    """
    pointwise(
        f"{name}(Tensor input, Tensor other)",
        vjp={"input": _no_first(name), "other": lambda k, g, input, other: _density(k, g, input, other, sign)},
    )(kernel)

    @composite(f"{special}(Tensor input, Tensor other)", on="special", out=True)
    def body(k, input, other):
        return getattr(k, name)(input, other)

    body.body.__doc__ = f"The same as `torch.{name}`."


_declare("igamma", "gamma_p", "gammainc", 1, "lower")
_declare("igammac", "gamma_q", "gammaincc", -1, "upper")
