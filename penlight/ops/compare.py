"""Comparisons, logic, and the larger or smaller of two tensors."""

from __future__ import annotations

from penlight.ops.kinds import NUMBERS, refuse
from penlight.ops.table import pointwise

__all__: list[str] = []


def comparison(name, ufunc, aliases="", ordered=True):
    signature = f"{name}(Tensor input, Tensor|Number other)"
    fast = "fiub" if ordered else "fiubc"
    return pointwise(signature, promote="compare", half="direct", ufunc=ufunc, fast=fast, aliases=aliases)


def _ordered(name, input, other):
    for value in (input, other):
        if value.__class__ not in NUMBERS and value.dtype.kind == "c":
            refuse(f"{name}_cpu", "c", value)


@comparison("eq", "equal", ordered=False)
def eq(xp, input, other):
    """input == other, elementwise.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.eq.html

    >>> import penlight as torch
    >>> torch.eq(torch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return xp.equal(input, other)


@comparison("ne", "not_equal", "not_equal", ordered=False)
def ne(xp, input, other):
    """input != other, elementwise."""
    return xp.not_equal(input, other)


@comparison("lt", "less", "less")
def lt(xp, input, other):
    """input < other, elementwise; complex tensors have no order."""
    _ordered("lt", input, other)
    return xp.less(input, other)


@comparison("le", "less_equal", "less_equal")
def le(xp, input, other):
    """input <= other, elementwise."""
    _ordered("le", input, other)
    return xp.less_equal(input, other)


@comparison("gt", "greater", "greater")
def gt(xp, input, other):
    """input > other, elementwise."""
    _ordered("gt", input, other)
    return xp.greater(input, other)


@comparison("ge", "greater_equal", "greater_equal")
def ge(xp, input, other):
    """input >= other, elementwise."""
    _ordered("ge", input, other)
    return xp.greater_equal(input, other)


def logic(name):
    return pointwise(f"{name}(Tensor input, Tensor other)", promote="none", half="direct", ufunc=name, fast="fiubc")


def _truth(array):
    return array != 0 if array.dtype.kind == "V" else array


@logic("logical_and")
def logical_and(xp, input, other):
    """Whether both are nonzero, elementwise; any dtypes."""
    return xp.logical_and(_truth(input), _truth(other))


@logic("logical_or")
def logical_or(xp, input, other):
    """Whether either is nonzero, elementwise; any dtypes."""
    return xp.logical_or(_truth(input), _truth(other))


@logic("logical_xor")
def logical_xor(xp, input, other):
    """Whether exactly one is nonzero, elementwise; any dtypes."""
    return xp.logical_xor(_truth(input), _truth(other))


@pointwise("logical_not(Tensor input)", promote="none", half="direct", ufunc="logical_not", fast="fiubc")
def logical_not(xp, input):
    """Whether an element is zero."""
    return xp.logical_not(_truth(input))


def _larger_rules(better):
    """Equal elements share the gradient; a nan passes it on."""

    def input_rule(k, g, input, other):
        return k._drop(k.where(input == other, g / 2, g), better(other, input))

    def other_rule(k, g, input, other):
        return k._drop(k.where(input == other, g / 2, g), better(input, other))

    return {"input": input_rule, "other": other_rule}


@pointwise(
    "maximum(Tensor input, Tensor other)",
    half="direct",
    ufunc="maximum",
    fast="fiub",
    vjp=_larger_rules(lambda a, b: a > b),
)
def maximum(xp, input, other):
    """The larger one, elementwise; nan wins.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.maximum.html
    """
    if input.dtype.kind == "c":
        raise RuntimeError("maximum not implemented for complex tensors.")
    return xp.maximum(input, other)


@pointwise(
    "minimum(Tensor input, Tensor other)",
    half="direct",
    ufunc="minimum",
    fast="fiub",
    vjp=_larger_rules(lambda a, b: a < b),
)
def minimum(xp, input, other):
    """The smaller one, elementwise; nan wins.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.minimum.html
    """
    if input.dtype.kind == "c":
        raise RuntimeError("minimum not implemented for complex tensors.")
    return xp.minimum(input, other)


def _number_wins_rules(at_least):
    def chosen(k, input, other):
        return k.logical_or(at_least(input, other), k.isnan(other))

    return {
        "input": lambda k, g, input, other: k._keep(g, chosen(k, input, other)),
        "other": lambda k, g, input, other: k._drop(g, chosen(k, input, other)),
    }


@pointwise(
    "fmax(Tensor input, Tensor other)",
    inplace=False,
    half="direct",
    ufunc="fmax",
    fast="fiub",
    vjp=_number_wins_rules(lambda a, b: a >= b),
)
def fmax(xp, input, other):
    """The larger one, elementwise; a number wins over nan."""
    if input.dtype.kind == "c":
        raise RuntimeError("fmax not implemented for complex tensors.")
    return xp.fmax(input, other)


@pointwise(
    "fmin(Tensor input, Tensor other)",
    inplace=False,
    half="direct",
    ufunc="fmin",
    fast="fiub",
    vjp=_number_wins_rules(lambda a, b: a <= b),
)
def fmin(xp, input, other):
    """The smaller one, elementwise; a number wins over nan."""
    if input.dtype.kind == "c":
        raise RuntimeError("fmin not implemented for complex tensors.")
    return xp.fmin(input, other)
