"""Choosing elements by a mask."""

from __future__ import annotations

import warnings

from penlight.base.dtypes import from_numpy
from penlight.ops.kinds import NUMBERS, as_element, blend, keep
from penlight.ops.table import composite, op, pointwise

__all__: list[str] = []

_LONG_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int",
    "int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float", "float64": "double",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def long_name(dtype):
    """A dtype as the C++ type that PyTorch's messages name."""
    d = dtype if hasattr(dtype, "legacy") else from_numpy(dtype)
    return _LONG_NAMES.get(d.name, d.name)


@op("_keep(Tensor input, Tensor mask)", on="", half="direct", vjp={"input": lambda k, g, mask: k._keep(g, mask)})
def _keep(xp, input, mask):
    """input where mask, 0 elsewhere; the mask broadcasts to the input."""
    return keep(xp, input, mask)


@op("_drop(Tensor input, Tensor mask)", on="", half="direct", vjp={"input": lambda k, g, mask: k._drop(g, mask)})
def _drop(xp, input, mask):
    """0 where mask, the input elsewhere; the mask broadcasts to the input."""
    return keep(xp, input, xp.logical_not(mask))


@op(
    "_tied(Tensor input, Tensor source)",
    on="",
    half="direct",
    vjp={"input": lambda k, g: g, "source": lambda k, g, source: k._zeros(source)},
)
def _tied(xp, input, source):
    """The input; in a recorded backward pass it depends on `source`, with gradient zero (not None), as in PyTorch."""
    return input


# From here on, choosing by arithmetic on the bits is faster than NumPy's selection.
_BLEND_FROM = 2048


@pointwise(
    "_where(Tensor condition, Tensor|Number input, Tensor|Number other)",
    on="",
    promote="where",
    half="direct",
    grad_name="WhereBackward0",
    inplace=False,
    out=False,
    vjp={
        "input": lambda k, g, condition: k._keep(g, condition),
        "other": lambda k, g, condition: k._drop(g, condition),
    },
)
def _where(xp, condition, input, other):
    """input where condition, else other."""
    if condition.dtype.kind != "b":
        condition = condition != 0
    if input.__class__ in NUMBERS and getattr(other, "dtype", condition.dtype).kind in "fVc":
        input = other.dtype.type(input)  # rules call this with bare numbers, which take the array's dtype
    elif other.__class__ in NUMBERS and getattr(input, "dtype", condition.dtype).kind in "fVc":
        other = input.dtype.type(other)
    if (
        condition.size >= _BLEND_FROM
        and input.__class__ is other.__class__ is xp.ndarray
        and input.shape == other.shape == condition.shape
        and input.dtype is other.dtype
        and input.dtype.itemsize in (2, 4, 8)
    ):
        return blend(xp, condition, input, other)
    return xp.where(condition, input, other)


def _where_public(k, condition, input, other):
    if input is None or other is None:
        if input is not None or other is not None:
            raise TypeError(
                "where() received an invalid combination of arguments: expected where(condition) or "
                "where(condition, input, other) with tensors or numbers, but one of input and other is missing"
            )
        return k.nonzero(condition, as_tuple=True)
    if str(condition.dtype) not in _CONDITION_DTYPES:
        name = getattr(condition.dtype, "legacy", condition.dtype)
        raise RuntimeError(f"where expected condition to be a boolean tensor, but got a tensor with dtype {name}")
    if str(condition.dtype).endswith("uint8"):
        warnings.warn(
            "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future "
            "version of PyTorch. Use a boolean condition instead.", UserWarning, stacklevel=4,
        )  # fmt: skip
    return k._where(condition, input, other)


_CONDITION_DTYPES = ("torch.bool", "torch.uint8", "bool", "uint8")


@composite("where(Tensor condition, any input=None, any other=None)", on="torch", out=True)
def where(k, condition, input, other):
    """input where condition, else other; with the condition alone, the indices where it holds, one tensor a dimension.

    Shape: all three broadcast. dtypes: condition bool (or uint8); input and other promote.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.where.html

    >>> import penlight as torch
    >>> torch.where(torch.tensor([True, False]), torch.tensor([1., 2.]), 0.)
    tensor([1., 0.])
    """
    return _where_public(k, condition, input, other)


@composite("_where_method(Tensor input, Tensor condition, any other)", on="Tensor:where")
def _where_method(k, input, condition, other):
    """This tensor where condition, else other."""
    return _where_public(k, condition, input, other)


def _filled(xp, input, mask, value):
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {long_name(mask.dtype)}")
    if mask.shape != input.shape:
        try:
            xp.broadcast_shapes(mask.shape, input.shape)
        except ValueError:
            raise RuntimeError(
                f"The size of the mask {list(mask.shape)} must match the size of the tensor {list(input.shape)}"
            ) from None
    result = xp.where(mask, value, input)
    return result if result.flags.c_contiguous else xp.ascontiguousarray(result)


@op(
    "_masked_fill_number(Tensor input, Tensor mask, number value)",
    on="",
    half="direct",
    grad_name="MaskedFillBackward0",
    vjp={"input": lambda k, g, mask, input_shape: _masked_input_rule(k, g, mask, input_shape)},
)
def _masked_fill_number(xp, input, mask, value):
    """value where mask, else input; in the input's dtype."""
    element = as_element(xp, value, input.dtype)
    if input.dtype.itemsize == 2 and value - value == 0 and xp.isinf(element):
        raise RuntimeError(f"value cannot be converted to type {long_name(input.dtype)} without overflow")
    return _filled(xp, input, mask, element)


def _masked_input_rule(k, g, mask, input_shape):
    g = k._drop(g, mask)
    return g if g.shape == input_shape else k.sum_to_size(g, input_shape)


@op(
    "_masked_fill_tensor(Tensor input, Tensor mask, Tensor value)",
    on="",
    half="direct",
    grad_name="MaskedFillBackward1",
    vjp={
        "input": lambda k, g, mask, input_shape: _masked_input_rule(k, g, mask, input_shape),
        "value": lambda k, g, mask: k._sum_all(k._keep(g, mask)),
    },
)
def _masked_fill_tensor(xp, input, mask, value):
    """value, a 0-dim tensor, where mask; else input."""
    if value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    if value.dtype.kind == "c" and input.dtype.kind not in "bc":
        if value.imag != 0:
            raise RuntimeError(f"value cannot be converted to type {long_name(input.dtype)} without overflow")
        value = value.real
    return _filled(xp, input, mask, value.astype(input.dtype))


@composite("masked_fill(Tensor input, Tensor mask, Tensor|Number value)", inplace=True)
def masked_fill(k, input, mask, value):
    """The input with `value` where `mask` is true; the mask broadcasts.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.masked_fill_.html

    >>> import penlight as torch
    >>> torch.tensor([1., 2.]).masked_fill(torch.tensor([True, False]), -torch.inf)
    tensor([-inf, 2.])
    """
    if isinstance(value, NUMBERS):
        return k._masked_fill_number(input, mask, value)
    return k._masked_fill_tensor(input, mask, value)
