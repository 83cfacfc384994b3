"""Views: other shapes and strides on the same memory."""

from __future__ import annotations

import math

from penlight.base.dims import dimension, int_list
from penlight.ops.table import composite, op, view

__all__: list[str] = []


def strided(xp, array, shape, strides):
    """A view with the given shape and byte strides, starting at the array's first element."""
    if array.__class__ is xp.ndarray and array.flags.c_contiguous:  # 10x faster than as_strided
        return xp.ndarray(shape, array.dtype, array, 0, strides)
    return xp.lib.stride_tricks.as_strided(array, shape, strides)


def infer_size(shape, count):
    """Replace the -1 of a shape. Raises RuntimeError where the element count does not fit."""
    if -1 in shape:
        if shape.count(-1) > 1:
            raise RuntimeError("only one dimension can be inferred")
        known = -math.prod(shape)
        if known == 0:
            if count == 0:
                raise RuntimeError(
                    f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified dimension size "
                    "-1 can be any value and is ambiguous"
                )
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
        if count % known:
            raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
        return tuple(count // known if n == -1 else n for n in shape)
    if math.prod(shape) != count:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    for n in shape:
        if n < 0:
            raise RuntimeError(f"invalid shape dimension {n}")
    return shape


def view_array(xp, array, shape):
    """A NumPy view of another shape, or None where the strides do not allow it."""
    try:
        return xp.reshape(array, shape, copy=False)
    except (ValueError, TypeError):
        result = array.view()
        try:
            result.shape = shape
        except (AttributeError, ValueError):
            return None
        return result


@view(
    "_view(Tensor input, any size)",
    on="",
    grad_name="ViewBackward0",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
)
def _view(xp, input, size):
    """The same elements in another shape, on the same memory."""
    shape = infer_size(tuple(size), input.size)
    if input.flags.c_contiguous:
        return input.reshape(shape)
    result = view_array(xp, input, shape)
    if result is None:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return result


@op(
    "_reshape_copy(Tensor input, any size)",
    on="",
    grad_name="UnsafeViewBackward0",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
    half="direct",
)
def _reshape_copy(xp, input, size):
    """The same elements in another shape, copied."""
    return input.reshape(infer_size(tuple(size), input.size)).copy()


@op("reshape(Tensor input, *any shape)", half="direct", vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)})
def reshape(xp, input, shape):
    """The same elements in another shape: a view where possible, else a copy.

    Raises: RuntimeError when the element counts differ.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.reshape.html
    """
    return input.reshape(shape)


@view(
    "expand(Tensor input, *any size)",
    on="Tensor",
    vjp={"input": lambda k, g, input_shape: k.sum_to_size(g, input_shape)},
)
def expand(xp, input, size):
    """Repeat length-1 dimensions without copying; -1 keeps a length.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html
    """
    size = int_list(size)
    extra = len(size) - input.ndim
    if extra < 0:
        raise RuntimeError(
            f"expand({list(size)}): the number of sizes provided ({len(size)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({input.ndim})"
        )
    shape, strides = [], []
    for i, n in enumerate(size):
        own = input.shape[i - extra] if i >= extra else 1
        if n == -1:
            if i < extra:
                raise RuntimeError(
                    f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}"
                )
            n = own
        if own != n and own != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({own}) at non-singleton dimension {i}."
                f"  Target sizes: {list(size)}.  Tensor sizes: {list(input.shape)}"
            )
        shape.append(n)
        strides.append(input.strides[i - extra] if own == n and i >= extra else 0)
    return strided(xp, input, shape, strides)


@composite("expand_as(Tensor input, Tensor other)", on="Tensor")
def expand_as(k, input, other):
    """`input` expanded to the shape of `other`."""
    return k.expand(input, other.shape)


@composite("sum_to_size(Tensor input, *any size)", on="Tensor")
def sum_to_size(k, input, size):
    """Sum dimensions so that the result has `size`, which must be broadcastable to the shape of `input`."""
    size = int_list(size)
    extra = len(input.shape) - len(size)
    dims = tuple(range(extra)) + tuple(i + extra for i, n in enumerate(size) if n == 1 and input.shape[i + extra] != 1)
    if any(n not in (1, input.shape[i + extra]) for i, n in enumerate(size)) or extra < 0:
        raise RuntimeError(
            f"size {{{list(size)}}} is not expandable to size {{{list(input.shape)}}}."
        )
    if dims:
        input = k.sum(input, dims, True)
    return k.reshape(input, size)


def _inverse(dims):
    result = [0] * len(dims)
    for i, d in enumerate(dims):
        result[d] = i
    return tuple(result)


@view(
    "permute(Tensor input, *any dims)",
    vjp={"input": lambda k, g, dims, input_shape: k.permute(g, _inverse([d % len(input_shape) for d in dims]))},
)
def permute(xp, input, dims):
    """Reorder dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.permute.html
    """
    if len(dims) != input.ndim:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(dims)}"
        )
    order = tuple(dimension(d, input.ndim) for d in dims)
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return input.transpose(order)


@view(
    "transpose(Tensor input, dim dim0, dim dim1)",
    inplace=True,
    aliases="swapaxes swapdims",
    vjp={"input": lambda k, g, dim0, dim1: k.transpose(g, dim0, dim1)},
)
def transpose(xp, input, dim0, dim1):
    """Swap two dimensions.

    >>> import penlight as torch
    >>> torch.zeros(2, 3).transpose(0, 1).shape
    torch.Size([3, 2])
    """
    return input.swapaxes(dim0, dim1) if input.ndim else input.view()


@view("t(Tensor input)", grad_name="TBackward0", vjp={"input": lambda k, g: k.t(g)})
def t(xp, input):
    """The transpose of a matrix; vectors and scalars as they are."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T


@view(
    "unsqueeze(Tensor input, int dim)",
    vjp={"input": lambda k, g, dim, input_shape: k.squeeze(g, dim if dim >= 0 else dim + len(input_shape) + 1)},
)
def unsqueeze(xp, input, dim):
    """Insert a dimension of length 1 at `dim`."""
    return xp.expand_dims(input, dimension(dim, input.ndim + 1))


@view(
    "squeeze(Tensor input, dims? dim=None)",
    vjp={"input": lambda k, g, input_shape: k.reshape(g, input_shape)},
)
def squeeze(xp, input, dim):
    """Remove dimensions of length 1: all of them, or those of `dim` that have length 1."""
    if dim is None:
        return input.squeeze()
    if input.ndim == 0:
        return input.view()
    dims = tuple(d for d in ((dim,) if isinstance(dim, int) else dim) if input.shape[d] == 1)
    return input.squeeze(dims) if dims else input.view()
