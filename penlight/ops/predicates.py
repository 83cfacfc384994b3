"""Questions about values and dtypes."""

from __future__ import annotations

from penlight.base.dtypes import from_numpy
from penlight.ops.join import common_shape
from penlight.ops.kinds import common_dtype
from penlight.ops.table import composite, op

__all__: list[str] = []


@composite("result_type(any tensor1, any tensor2)", on="torch")
def result_type(k, tensor1, tensor2):
    """The dtype that arithmetic on both arguments (tensors or numbers) gives.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.result_type.html

    >>> import penlight as torch
    >>> torch.result_type(torch.tensor([1, 2]), 1.0)
    torch.float32
    """
    return common_dtype((tensor1, tensor2))


def _kind(input):
    return from_numpy(input.dtype) if not hasattr(input.dtype, "legacy") else input.dtype


@composite("is_complex(Tensor input)", on="torch")
def is_complex(k, input):
    """Whether the dtype is complex."""
    return _kind(input).is_complex


@composite("is_floating_point(Tensor input)", on="torch")
def is_floating_point(k, input):
    """Whether the dtype is a float one (complex is not)."""
    return _kind(input).is_floating_point


@composite("is_nonzero(Tensor input)")
def is_nonzero(k, input):
    """Whether a one-element tensor is not zero.

    Raises: RuntimeError for any other number of elements.
    """
    count = input.numel()
    if count != 1:
        what = "no values" if count == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous")
    return bool(input.item())


def predicate(signature, **fields):
    return op(signature, **{"half": "direct", **fields})


@predicate("isnan(Tensor input)")
def isnan(xp, input):
    """Whether an element is nan; a complex one, where either part is.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.isnan.html
    """
    return xp.isnan(input)


@predicate("isinf(Tensor input)")
def isinf(xp, input):
    """Whether an element is infinite; a complex one, where either part is."""
    return xp.isinf(input)


@predicate("isfinite(Tensor input)")
def isfinite(xp, input):
    """Whether an element is neither infinite nor nan.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.isfinite.html
    """
    return xp.isfinite(input)


def _signed_infinity(xp, name, input, infinity):
    if input.dtype.kind == "c":
        raise RuntimeError(f"{name} does not support complex inputs.")
    return xp.zeros(input.shape, bool) if input.dtype.kind in "biu" else xp.equal(input, input.dtype.type(infinity))


@predicate("isposinf(Tensor input)", out=True)
def isposinf(xp, input):
    """Whether an element is +inf."""
    return _signed_infinity(xp, "isposinf", input, float("inf"))


@predicate("isneginf(Tensor input)", out=True)
def isneginf(xp, input):
    """Whether an element is -inf."""
    return _signed_infinity(xp, "isneginf", input, float("-inf"))


@predicate("isreal(Tensor input)")
def isreal(xp, input):
    """Whether the imaginary part is zero."""
    return input.imag == 0 if input.dtype.kind == "c" else xp.ones(input.shape, bool)


@predicate(
    "isclose(Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False)", half="direct"
)
def isclose(xp, input, other, rtol, atol, equal_nan):
    """|input - other| <= atol + rtol * |other|, elementwise; equal infinities are close.

    Raises: RuntimeError for different dtypes or negative tolerances.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.isclose.html
    """
    if input.dtype != other.dtype:
        first, second = from_numpy(input.dtype).legacy, from_numpy(other.dtype).legacy
        raise RuntimeError(f"{first} did not match {second}")
    rtol, atol = float(rtol), float(atol)  # they may come as tensors
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
    if input.shape != other.shape:
        common_shape(input.shape, other.shape)  # raises
    close = xp.equal(input, other)
    if equal_nan and input.dtype.kind in "fc":
        close = close | (xp.isnan(input) & xp.isnan(other))
    if rtol == 0 and atol == 0:
        return close
    if input.dtype.kind in "biu":
        input, other = input.astype("float64"), other.astype("float64")
    rounded = lambda value: value
    if input.dtype.itemsize == 2:  # PyTorch rounds every step, and one of the numbers
        half = input.dtype
        atol = xp.asarray(atol).astype(half).astype("float32")
        rounded = lambda value: value.astype(half).astype("float32")
        input, other = input.astype("float32"), other.astype("float32")
    with xp.errstate(invalid="ignore", over="ignore"):
        difference = rounded(xp.absolute(input - other))
        allowed = rounded(atol + xp.absolute(rounded(rtol * other)))
        return close | (xp.isfinite(difference) & (difference <= allowed))


@composite("allclose(Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False)")
def allclose(k, input, other, rtol, atol, equal_nan):
    """Whether `isclose` holds for all elements; a bool.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.allclose.html

    >>> import penlight as torch
    >>> torch.allclose(torch.tensor([1.]), torch.tensor([1. + 1e-7]))
    True
    """
    return bool(k._every(k.isclose(input, other, rtol, atol, equal_nan)).item())


@op("_every(Tensor input)", on="", half="direct")
def _every(xp, input):
    """Whether all elements of a bool tensor are true. Shape: (*) -> ()."""
    return xp.logical_and.reduce(input, axis=None)


@composite("equal(Tensor input, Tensor other)")
def equal(k, input, other):
    """Whether both tensors have the same shape and the same values; a bool.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.equal.html
    """
    if tuple(input.shape) != tuple(other.shape):
        return False
    return bool(k._every(k.eq(input, other)).item())
