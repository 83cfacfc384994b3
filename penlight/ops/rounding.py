"""Rounding, elementwise. Integers come back as they are; the gradient is zero."""

from __future__ import annotations

from penlight.ops.kinds import refuse
from penlight.ops.table import composite, op, pointwise

__all__: list[str] = []


def rounding(signature, **fields):
    return pointwise(signature, **{"vjp": {"input": lambda k, g: k._zeros(g)}, **fields})


def _round(xp, input, function, name):
    refuse(name, "bc", input)
    return xp.positive(input) if input.dtype.kind in "iu" else function(input)


@rounding("floor(Tensor input)", ufunc="floor")
def floor(xp, input):
    """The largest whole number not above the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.floor.html
    """
    return _round(xp, input, xp.floor, "floor_vml_cpu")


@rounding("ceil(Tensor input)", ufunc="ceil")
def ceil(xp, input):
    """The smallest whole number not below the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.ceil.html
    """
    return _round(xp, input, xp.ceil, "ceil_vml_cpu")


@rounding("trunc(Tensor input)", ufunc="trunc", aliases="fix")
def trunc(xp, input):
    """The whole part, toward zero."""
    return _round(xp, input, xp.trunc, "trunc_vml_cpu")


@rounding("_round_whole(Tensor input)", on="", ufunc="rint", grad_name="RoundBackward0")
def _round_whole(xp, input):
    """The nearest whole number, halves to even."""
    return _round(xp, input, xp.rint, "round_vml_cpu")


@op(
    "_round_decimals(Tensor input, int decimals)",
    on="",
    grad_name="RoundBackward1",
    vjp={"input": lambda k, g: k._zeros(g)},
)
def _round_decimals(xp, input, decimals):
    """Rounded at a decimal place: round(input * 10**decimals) / 10**decimals."""
    refuse("round_cpu", "biuc", input)
    power = input.dtype.type(10.0 ** (decimals if decimals >= 0 else -decimals))
    if decimals >= 0:
        return xp.rint(input * power) / power
    return xp.rint(input / power) * power


@composite("round(Tensor input, *, int decimals=_MISSING)", on="torch Tensor special", inplace=True, out=True)
def round(k, input, decimals):
    """The nearest whole number, halves to even; with `decimals`, at that decimal place.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.round.html

    >>> import penlight as torch
    >>> torch.round(torch.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    """
    if decimals is not None:  # 0 of them, too, are of floating point
        refuse("round_vml_cpu", "biu", input)
    return k._round_decimals(input, decimals) if decimals else k._round_whole(input)


@op("frac(Tensor input)", inplace=True, out=True, vjp={"input": lambda k, g: g})
def frac(xp, input):
    """What `trunc` leaves: input - trunc(input), with the input's sign."""
    refuse("frac_cpu", "biuc", input)
    return input - xp.trunc(input)
