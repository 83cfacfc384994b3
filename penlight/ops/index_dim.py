"""Whole slices through a vector of indices (index_select, index_add …), masked and part-wise writes."""

from __future__ import annotations

import math

from penlight.base.dims import dimension, int_list, needs_dimension
from penlight.base.geometry import placed, shared, span
from penlight.ops.gather import check_index_dtype
from penlight.ops.join import common_shape
from penlight.ops.kinds import as_element, refuse
from penlight.ops.table import composite, op

__all__: list[str] = []


def _before(dim):
    return (slice(None),) * dim


@op(
    "index_select(Tensor input, dim dim, Tensor index)",
    half="direct",
    out=True,
    non_differentiable="index",
    vjp={"input": lambda k, g, input_shape, dim, index: k._index_add(k._zeros_of(g, input_shape), dim, index, g)},
)
def index_select(xp, input, dim, index):
    """The slices at `index` along a dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.index_select.html

    >>> import penlight as torch
    >>> torch.index_select(torch.tensor([1, 2, 3]), 0, torch.tensor([2, 0]))
    tensor([3, 1])
    """
    if index.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    if index.dtype.kind != "i" or index.dtype.itemsize < 4:
        raise RuntimeError("index_select(): Expected dtype int32 or int64 for index")
    _check_range("index_select", index, input.shape[dim] if input.ndim else 1, dim)
    if input.ndim == 0:
        if index.size != 1:
            raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.size} value(s)")
        return input.copy()
    return xp.take(input, index.reshape(-1), dim)


def _check_along(name, input, dim, index, source):
    if index.ndim > 1:
        raise RuntimeError(f"{name}(): Index is supposed to be a vector, but got dim: {index.ndim}")
    check_index_dtype(name, index, name != "index_copy_")
    if input.dtype is not source.dtype:
        raise RuntimeError(f"{name}(): self and source expected to have the same scalar type")
    if math.prod(index.shape) != 1 and not source.ndim:
        raise IndexError(f"{name}(): When source is scalar, index should have one element (got {math.prod(index.shape)})")
    copy, both = name.startswith("index_copy"), source.ndim and input.ndim
    # index_copy alone puts a vector into a number, index_add no number into a vector
    unfit = both or source.ndim > copy or name.startswith("index_add") or copy and input.ndim > 1
    if source.ndim != input.ndim and unfit:
        raise (IndexError if copy and both else RuntimeError)(
            f"{name}(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({source.ndim}), destination dimensionality ({input.ndim})"
        )
    count = source.shape[dim] if source.ndim else 1
    for d, (n, m) in enumerate(zip(input.shape, source.shape)):
        if d != dim and n != m:
            raise RuntimeError(f"{name}(): Source/destination tensor must have same slice shapes, got "
                               f"{list(input.shape)} and "
                               f"{list(source.shape)} at dimension {dim}")  # fmt: skip
    if math.prod(index.shape) != count:
        raise (IndexError if copy else RuntimeError)(
            f"{name}(): Number of indices ({math.prod(index.shape)}) should be equal to source.size(dim): ({count}), "
            f"for dim: {dim}"
        )


def _check_range(name, index, n, dim):
    if index.size and (index.min() < 0 or index.max() >= n):
        if name == "index_copy_":
            bad = index[(index < 0) | (index >= n)].flat[0]
            raise IndexError(f"index_copy_(): index {bad} is out of bounds for dimension {dim} with size {n}")
        raise IndexError("index out of range in self")


@op(
    "_index_add(Tensor input, dim dim, Tensor index, Tensor source, number alpha=1)",
    on="",
    grad_name="IndexAddBackward0",
    non_differentiable="index",
    vjp={
        "input": lambda k, g: g,
        "source": lambda k, g, dim, index, source_shape, alpha: k.reshape(
            k.index_select(g, dim, index) * alpha if alpha != 1 else k.index_select(g, dim, index), source_shape
        ),
    },
)
def _index_add(xp, input, dim, index, source, alpha=1):
    """Slices added at indices of a dimension."""
    _check_along("index_add_", input, dim, index, source)
    _check_range("index_add_", index, input.shape[dim] if input.ndim else 1, dim)
    if alpha != 1:
        source = source * as_element(xp, alpha, source.dtype)
    result = xp.array(input, order="C", ndmin=1)
    index = index.reshape(-1)
    source = source.reshape(source.shape or (1,))
    xp.add_rows(result, index, source, dim)
    return result.reshape(input.shape)


@composite("index_add(Tensor input, dim dim, Tensor index, Tensor source, *, number alpha=1)", inplace=True, out=True)
def index_add(k, input, dim, index, source, alpha=1):
    """A copy with alpha * source[i] added at index[i] of a dimension; repeated indices add up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
    """
    return k._index_add(input, dim, index, source, alpha)


@op(
    "index_copy(Tensor input, dim dim, Tensor index, Tensor source)",
    half="direct",
    inplace=True,
    out=True,
    non_differentiable="index",
    vjp={
        "input": lambda k, g, dim, index: k._index_fill_number(g, dim, index, 0),
        "source": lambda k, g, dim, index, source_shape: k.reshape(k.index_select(g, dim, index), source_shape),
    },
)
def index_copy(xp, input, dim, index, source):
    """A copy with source[i] stored at index[i] of a dimension."""
    _check_along("index_copy_", input, dim, index, source)
    _check_range("index_copy_", index, input.shape[dim] if input.ndim else 1, dim)
    result = xp.array(input, order="C", ndmin=1)
    result[(*_before(dim), index.reshape(-1))] = source.reshape(source.shape or (1,))
    return result.reshape(input.shape)


def _filled(xp, input, dim, index, value):
    if index.dtype.name != "int64":
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if index.ndim > 1:
        raise IndexError("Index has to be a vector/scalar")
    n = input.shape[dim] if input.ndim else 1
    if index.size and (index.min() < -n or index.max() >= n):
        bad = index[(index < -n) | (index >= n)].flat[0]
        raise IndexError(f"index {bad} is out of bounds for dimension {dim} with size {n}")
    result = xp.array(input, order="C", ndmin=1)
    result[(*_before(dim), index.reshape(-1))] = value
    return result.reshape(input.shape)


@op(
    "_index_fill_number(Tensor input, dim dim, Tensor index, number value)",
    on="",
    half="direct",
    grad_name="IndexFillBackward0",
    non_differentiable="index",
    vjp={"input": lambda k, g, dim, index: k._index_fill_number(g, dim, index, 0)},
)
def _index_fill_number(xp, input, dim, index, value):
    """A number at indices of a dimension."""
    if input.dtype.kind != "c" and isinstance(value, complex):
        raise RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported")
    return _filled(xp, input, dim, index, as_element(xp, value, input.dtype))


@op(
    "_index_fill_tensor(Tensor input, dim dim, Tensor index, Tensor value)",
    on="",
    half="direct",
    grad_name="IndexFillBackward1",
    non_differentiable="index",
    vjp={
        "input": lambda k, g, dim, index: k._index_fill_number(g, dim, index, 0),
        "value": lambda k, g, dim, index: k.sum(
            k.index_select(g, dim, k._unique(index % (g.shape[dim] if g.shape else 1), None)[0])
        ),
    },
)
def _index_fill_tensor(xp, input, dim, index, value):
    """A 0-dim tensor's value at indices of a dimension."""
    if value.ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    return _filled(xp, input, dim, index, value)


@composite("index_fill(Tensor input, dim dim, Tensor index, number|Tensor value)", inplace=True)
def index_fill(k, input, dim, index, value):
    """A copy with one value at the given indices of a dimension."""
    return (
        k._index_fill_tensor(input, dim, index, value)
        if hasattr(value, "_a")
        else k._index_fill_number(input, dim, index, value)
    )


@composite("index_reduce(Tensor input, dim dim, Tensor index, Tensor source, str reduce, *, bool include_self=True)",
           inplace=True, out=True)  # fmt: skip
def index_reduce(k, input, dim, index, source, reduce, include_self=True):
    """A copy with slices of `source` combined at indices of a dimension: "prod", "mean", "amax" or "amin"."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    _check_along("index_reduce_", input, dim, index, source)
    if not include_self:
        refuse("index_reduce_func_exclude_input_init", "bc", input)
    if input.ndim < 2:
        refuse("index_func_", "bc", input)
    size = input.shape[dim] if input.ndim else 1
    index = k.reshape(index, (-1,))
    if input.ndim > 1 and index.numel() and reduce[:2] == "am" and 0 <= int(index[0]) < size:  # slice by slice
        refuse("maximum_cpu" if reduce == "amax" else "minimum_cpu", "c", input)
    if index.numel() and not 0 <= int(index.min()) <= int(index.max()) < size:
        raise IndexError("index out of range in self")
    if input.dtype.np.kind in "bc" and not index.numel():  # adding nothing gives the gradient of nothing
        return k.index_add(input, dim, index, source) if input.is_complex() else k.clone(input)
    if reduce == "mean":
        refuse("div_floor_cpu", "b", input)
    if input.ndim == 0:
        return k._scatter_reduce(input, 0, k.reshape(index, ()), k.reshape(source, ()), reduce, include_self)
    shape = tuple([-1 if d == dim else 1 for d in range(input.ndim)])
    wide = k.contiguous(k.expand(k.reshape(index, shape), source.shape))
    return k._scatter_reduce(input, dim, wide, source, reduce, include_self)


# --- masks ---------------------------------------------------------------------------------------------------------


@op(
    "_masked_select(Tensor input, Tensor mask)",
    on="",
    half="direct",
    grad_name="MaskedSelectBackward0",
    non_differentiable="mask",
    vjp={"input": lambda k, g, input_shape, mask: k.sum_to_size(k._masked_put(g, mask, input_shape), input_shape)},
)
def _masked_select(xp, input, mask):
    """The elements where the mask is true, in order."""
    a, b = xp.broadcast_arrays(input, mask)
    return a[b]


@op("_masked_put(Tensor grad, Tensor mask, any shape)", on="", half="direct", non_differentiable="mask",
    grad_name="MaskedSelectBackward0", vjp={"grad": lambda k, g, mask, shape: k._masked_read(g, mask)})  # fmt: skip
def _masked_put(xp, g, mask, shape):
    """Zeros with `g` where the mask is true."""
    mask = xp.broadcast_to(mask, xp.broadcast_shapes(mask.shape, shape))
    result = xp.zeros(mask.shape, g.dtype)
    result[mask] = g
    return result


@op("_masked_read(Tensor grad, Tensor mask)", on="", half="direct", non_differentiable="mask",
    grad_name="MaskedSelectBackward0",
    vjp={"grad": lambda k, g, grad_shape, mask: k._masked_put(g, mask, grad_shape)})  # fmt: skip
def _masked_read(xp, g, mask):
    """The elements where the mask is true."""
    return g[xp.broadcast_to(mask, g.shape)]


@composite("masked_select(Tensor input, Tensor mask)", out=True)
def masked_select(k, input, mask):
    """The elements where a mask (broadcast against `input`) is true, as a vector.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.masked_select.html
    """
    if mask.dtype.name != "bool":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    common_shape(input.shape, mask.shape)
    return k._masked_select(input, mask)


@op(
    "_masked_scatter(Tensor input, Tensor mask, Tensor source)",
    on="",
    half="direct",
    grad_name="MaskedScatterBackward0",
    non_differentiable="mask",
    vjp={
        "input": lambda k, g, mask: k.where(mask, 0.0, g),
        "source": lambda k, g, mask, source_shape: k._first_elements(k._masked_read(g, mask), source_shape),
    },
)
def _masked_scatter(xp, input, mask, source):
    """Elements of `source`, in order, where the mask is true."""
    if input.dtype is not source.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {input.dtype.name} and "
            f"{source.dtype.name}"
        )
    shape = xp.broadcast_shapes(input.shape, mask.shape)
    result = xp.array(xp.broadcast_to(input, shape), order="C")
    mask = xp.broadcast_to(mask, shape)
    count = int(mask.sum())
    if count > source.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    result[mask] = source.reshape(-1)[:count]
    return result


@op("_first_elements(Tensor grad, any shape)", on="", half="direct", grad_name="ViewBackward0",
    vjp={"grad": lambda k, g, grad_shape: k._item_slice(k.reshape(g, (-1,)), slice(0, grad_shape[0]))})  # fmt: skip
def _first_elements(xp, g, shape):
    """A vector in another shape, zeros behind it."""
    result = xp.zeros(shape, g.dtype)
    result.reshape(-1)[: g.size] = g
    return result


@composite("masked_scatter(Tensor input, Tensor mask, Tensor source)", inplace=True)
def masked_scatter(k, input, mask, source):
    """A copy with elements of `source`, taken in order, where a mask is true."""
    if mask.dtype.name != "bool":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.name}")
    shape = common_shape(input.shape, mask.shape)
    return k._masked_scatter(input if input.shape == shape else k.expand(input, shape), mask, source)


# --- one part replaced ---------------------------------------------------------------------------------------------


def _declare_part(name, arguments, grad_name, part_rule, clear_rule, place):
    def kernel(xp, input, src, *statics):
        """A copy of `input` with `src` in the place that the other arguments describe."""
        result = xp.array(input, order="K" if 0 not in input.strides else "C")
        view = place(xp, result, *statics)
        if view.shape != src.shape:
            raise RuntimeError(
                f"expected src to have a size equal to the part of self it replaces. src size = {list(src.shape)}, "
                "part size = "
                f"{list(view.shape)}"
            )
        view[...] = src
        return result

    op(
        f"{name}(Tensor input, Tensor src{arguments})",
        on="",
        half="direct",
        grad_name=grad_name,
        vjp={"input": clear_rule, "src": part_rule},
    )(kernel)


def _item_place(xp, result, index):
    view = result[index]
    return view if view.__class__ is xp.ndarray else result[(*index, ...)]


for _name, _grad in (("_select_scatter", "SelectScatterBackward0"), ("_slice_scatter", "SliceScatterBackward0")):
    _declare_part(
        _name,
        ", any index",
        _grad,
        lambda k, g, index: k._item_slice(g, index),
        lambda k, g, index: k._clear_item(g, index),
        _item_place,
    )


@op("_clear_item(Tensor grad, any index)", on="", half="direct", grad_name="SliceScatterBackward0",
    vjp={"grad": lambda k, g, index: k._clear_item(g, index)})  # fmt: skip
def _clear_item(xp, g, index):
    """A copy with zeros at a basic index."""
    result = xp.array(g, order="C")
    result[index] = 0
    return result


@composite("select_scatter(Tensor input, Tensor src, dim dim, size index)")
def select_scatter(k, input, src, dim, index):
    """A copy with one index of a dimension replaced."""
    needs_dimension("select", input.ndim)
    if not -input.shape[dim] <= index < input.shape[dim]:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}"
        )
    return k._select_scatter(input, src, (*_before(dim), index))


@composite("slice_scatter(Tensor input, Tensor src, dim dim=0, size start=None, size end=None, size step=1)", out=True)
def slice_scatter(k, input, src, dim, start=None, end=None, step=1):
    """A copy with input[start:end:step] of a dimension replaced."""
    needs_dimension("slice", input.ndim)
    if step <= 0:
        raise ValueError("step must be greater than zero")
    return k._slice_scatter(input, src, (*_before(dim), slice(start, end, step)))


def _diagonal_place(xp, result, offset, dim1, dim2):
    view = result.diagonal(offset, dim1, dim2)
    view.flags.writeable = True
    return view


_declare_part(
    "_diagonal_scatter",
    ", int offset, int dim1, int dim2",
    "DiagonalScatterBackward0",
    lambda k, g, offset, dim1, dim2: k.diagonal(g, offset, dim1, dim2),
    lambda k, g, src_shape, offset, dim1, dim2: k._diagonal_scatter(g, k._zeros_of(g, src_shape), offset, dim1, dim2),
    _diagonal_place,
)


@composite("diagonal_scatter(Tensor input, Tensor src, int offset=0, int dim1=0, int dim2=1)")
def diagonal_scatter(k, input, src, offset=0, dim1=0, dim2=1):
    """A copy with a diagonal replaced."""
    places = dimension(dim1, input.ndim), dimension(dim2, input.ndim)
    if places[0] == places[1]:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return k._diagonal_scatter(input, src, offset, *places)


@composite("as_strided_scatter(Tensor input, Tensor src, ints size, ints stride, size storage_offset=None)")
def as_strided_scatter(k, input, src, size, stride, storage_offset=None):
    """A copy with the elements that `as_strided` would show replaced."""
    if shared(input.shape, input.stride()):
        input = k.contiguous(input)
    part = k.as_strided(input, size, stride, storage_offset)
    if part.shape != src.shape:
        raise RuntimeError(f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
                           f"slice size = {list(part.shape)}")  # fmt: skip
    offset = 0 if storage_offset is None else int(storage_offset) - input.storage_offset()
    return k._as_strided_scatter(input, src, part.shape, int_list(stride), offset, input.stride())


@op(
    "_as_strided_scatter(Tensor input, Tensor src, any size, any stride, int offset, any own)",
    on="",
    half="direct",
    grad_name="AsStridedScatterBackward0",
    vjp={
        "input": lambda k, g, src_shape, size, stride, offset, own: k._as_strided_scatter(
            g, k._zeros_of(g, src_shape), size, stride, offset, own
        ),
        "src": lambda k, g, size, stride, offset, own: k._as_strided_read(g, size, stride, offset, own),
    },
)
def _as_strided_scatter(xp, input, src, size, stride, offset, own):
    """A copy, laid out with the strides `own`, with `src` at a geometry counted from its first element."""
    base, part = (input.shape, own, 0), (size, stride, offset)
    low, count = span(base, part)
    flat = xp.zeros(count, input.dtype)
    placed(flat, low, base)[...] = input
    placed(flat, low, part)[...] = src
    return placed(flat, low, base)
