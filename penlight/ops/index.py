"""Indexing: what `x[...]` is made of. The reading of an index expression is in tensor/indexing.py."""

from __future__ import annotations

from penlight.base.dtypes import bool_
from penlight.ops.rows import add_at, at
from penlight.ops.table import composite, op, view

__all__: list[str] = []


def _item_kernel(xp, input, index):
    """A NumPy view at a basic index, an array also where NumPy would give a scalar."""
    result = input[index]
    if isinstance(result, xp.ndarray):
        return result
    return input[(*index, ...) if index.__class__ is tuple else (index, ...)]


def _declare_item(kind):
    name = f"_item_{kind}"
    decorate = view(
        f"{name}(Tensor input, any index)",
        on="",
        grad_name=kind.capitalize() + "Backward0",
        vjp={"input": lambda k, g, input_shape, index: k._put_item(g, input_shape, index)},
    )
    return decorate(_item_kernel)


# one node for a whole chain of basic indices, named after the last one, as PyTorch's last node is
for _kind in ("select", "slice", "unsqueeze", "alias"):
    _declare_item(_kind)


@op(
    "_put_item(Tensor input, any shape, any index)",
    on="",
    half="direct",
    grad_name="SliceBackward0",
    vjp={"input": lambda k, g, index: k._item_slice(g, index)},
)
def _put_item(xp, input, shape, index):
    """Zeros of `shape` with `input` at a basic index."""
    result = xp.zeros(shape, input.dtype)
    result[index] = input
    return result


def indexed_shape(xp, shape, where, arrays):
    """The shape of the elements at an index."""
    covered, shapes = set(), []
    for d, a in zip(where, arrays):
        mask = a.dtype.kind == "b"
        covered.update(range(d, d + (a.ndim if mask else 1)))
        shapes.append((int(a.sum()),) if mask else a.shape)
    try:
        new = xp.broadcast_shapes(*shapes)
    except ValueError:
        text = ", ".join(str(list(s)) for s in shapes)
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {text}"
        ) from None
    kept = [n for d, n in enumerate(shape) if d not in covered]
    first = where[0] if len(covered) == max(covered) + 1 - where[0] else 0
    return (*kept[:first], *new, *kept[first:])


def nothing_at(xp, error, where, arrays, shape):
    """The shape of the result where it is empty, so that PyTorch looks at no index; else its words for NumPy's error."""
    found = indexed_shape(xp, shape, where, arrays)
    if any(not shape[d] for d in where) and all(a.size for a in arrays):
        raise IndexError("index is out of bounds for dimension with size 0") from None
    if 0 in found:
        return found
    for d, a in zip(where, arrays):
        if a.dtype.kind != "b" and a.size and (a.max() >= shape[d] or a.min() < -shape[d]):
            bad = a[(a >= shape[d]) | (a < -shape[d])].flat[0]
            raise IndexError(f"index {bad} is out of bounds for dimension {d} with size {shape[d]}") from None
    raise IndexError(str(error).replace("axis", "dimension")) from None


@op(
    "_index(Tensor input, any where, Tensors indices)",
    on="",
    half="direct",
    grad_name="IndexBackward0",
    non_differentiable="indices",
    vjp={"input": lambda k, g, input_shape, where, indices: k._index_grad(g, indices, input_shape, where)},
)
def _index(xp, input, where, indices):
    """input[..., indices, ...] with integer or boolean arrays on the dimensions `where`."""
    try:
        if len(where) == 1 and indices[0].dtype.kind != "b" and input.flags.c_contiguous:
            return input.take(indices[0], where[0])  # twice as fast as NumPy's general indexing
        result = input[at(where, indices)]
    except IndexError as error:
        return xp.empty(nothing_at(xp, error, where, indices, input.shape), input.dtype)
    return result if result.flags.c_contiguous else _laid_out(xp, result, input, where, indices)


def _laid_out(xp, result, input, where, indices):
    """The result in PyTorch's memory order, which `view` may rely on: that of the source; contiguous for such a one.

    Dimensions are sorted by the source's strides; those of the indices have none and stay between their neighbours.
    """
    if input.flags.c_contiguous:
        return xp.ascontiguousarray(result)
    count = result.ndim
    kept = [s for d, s in enumerate(input.strides) if not _is_indexed(d, where, indices)]
    first = where[0] if all(d == where[0] + i for i, d in enumerate(where)) else 0
    strides = [*kept[:first], *[0] * (count - len(kept)), *kept[first:]]
    order = [*range(count)][::-1]  # the fastest first
    for i in range(1, count):
        at_now = i
        for before in range(i - 1, -1, -1):
            a, b = strides[order[before]], strides[order[at_now]]
            if a and b and a > b:
                order[before], order[at_now] = order[at_now], order[before]
                at_now = before
            elif a and b and a < b:
                break
    memory = xp.empty([result.shape[d] for d in order[::-1]], result.dtype)
    laid = memory.transpose([order[::-1].index(d) for d in range(count)])
    laid[...] = result
    return laid


def _is_indexed(dim, where, indices):
    return any(d <= dim < d + (i.ndim if i.dtype.kind == "b" else 1) for d, i in zip(where, indices))


@op(
    "_index_grad(Tensor grad, Tensors indices, any shape, any where)",
    on="",
    grad_name="IndexBackward0",
    non_differentiable="indices",
    vjp={"grad": lambda k, g, where, indices: k._index(g, where, indices)},
)
def _index_grad(xp, g, indices, shape, where):
    """Zeros of `shape` with `g` added at an index, repetitions counted."""
    result = xp.zeros(shape, g.dtype)
    if len(indices) == 1 and indices[0].dtype.kind == "b":
        result[at(where, indices)] = g
        return result
    return add_at(xp, result, where, indices, g) if g.size else result


def put(xp, target, where, indices, values, accumulate):
    """Store (or add) `values` into `target` at an index, in place."""
    index = at(where, indices)
    try:
        if accumulate:
            xp.broadcast_to(False, target.shape)[index]  # raises for what is out of bounds
        elif values.ndim < 2 and values.size:
            target[index] = values
            return target
    except IndexError as error:
        nothing_at(xp, error, where, indices, target.shape)
        return target
    except ValueError:
        pass
    shape = indexed_shape(xp, target.shape, where, indices)
    try:
        values = xp.broadcast_to(values, shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        ) from None
    if not accumulate:
        try:
            target[index] = values
        except IndexError as error:
            nothing_at(xp, error, where, indices, target.shape)
        return target
    if target.dtype.kind == "b":
        xp.logical_or.at(target, index, values)
        return target
    return add_at(xp, target, where, indices, values) if values.size else target


def _fit_values(k, g, shape):
    if len(shape) > len(g.shape):  # leading dimensions of length 1 that were dropped
        g = k.reshape(g, (1,) * (len(shape) - len(g.shape)) + tuple(g.shape))
    return k.sum_to_size(g, shape)


@op(
    "_index_put(Tensor input, any where, Tensors indices, Tensor values, bool accumulate=False)",
    on="",
    grad_name="IndexPutBackward0",
    non_differentiable="indices",
    inplace=True,
    vjp={
        "input": lambda k, g, where, indices, values_shape, accumulate: (
            g if accumulate else k._index_clear(g, indices, where)
        ),
        "values": lambda k, g, where, indices, values_shape: _fit_values(k, k._index(g, where, indices), values_shape),
    },
)
def _index_put(xp, input, where, indices, values, accumulate):
    """A copy of `input` with `values` stored (or added) at an index."""
    return put(xp, input.copy(), where, indices, values, accumulate)


@op(
    "_index_clear(Tensor grad, Tensors indices, any where)",
    on="",
    half="direct",
    grad_name="IndexFillBackward0",
    non_differentiable="indices",
    vjp={"grad": lambda k, g, where, indices: k._index_clear(g, indices, where)},
)
def _index_clear(xp, g, indices, where):
    """A copy with zeros at an index."""
    result = xp.array(g, order="C")
    return put(xp, result, where, indices, xp.zeros((), g.dtype), False)


@composite("index_put(Tensor input, any indices, Tensor values, bool accumulate=False)", inplace=True)
def index_put(k, input, indices, values, accumulate):
    """A copy of `input` with input[indices] = values; with `accumulate`, repeated places add up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
    """
    where, tensors = read_indices(indices, input.ndim)
    return k._index_put(input, where, tensors, fitting(input, tensors, values, accumulate), accumulate)


def read_indices(indices, ndim):
    """(the dimensions that are indexed, their indices), with PyTorch's checks."""
    if not isinstance(indices, (tuple, list)):
        raise TypeError(
            f"index_put_(): argument 'indices' (position 1) must be tuple of Tensors, not {type(indices).__name__}"
        )
    if not indices:
        raise RuntimeError("index_put_(): expected at least one index tensor, but got none")
    where, tensors = [], []
    dim = 0
    for n, i in enumerate(indices):
        if not hasattr(i, "numel"):
            raise TypeError(f"expected Tensor as element {n} in argument 0, but got {type(i).__name__}")
        if i.dtype.name not in ("int64", "int32", "bool", "uint8"):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        where.append(dim)
        tensors.append(i.bool() if i.dtype.name == "uint8" else i)
        dim += max(i.ndim, 1) if tensors[-1].dtype is bool_ else 1
    if dim > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim} (got {dim})")
    return tuple(where), tensors


def fitting(input, indices, values, accumulate=False):
    """The values in the dtype of the tensor they go to: PyTorch fills with a number where a single mask is."""
    fills = not accumulate and len(indices) == 1 and indices[0].dtype is bool_ and values.numel() == 1
    if fills and values.ndim:
        values = values.reshape(())
    if input.dtype is values.dtype:
        return values
    if not fills:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {input.dtype.legacy} for the destination "
            f"and {values.dtype.legacy} for the source."
        )
    input.new_full((), values.item())  # raises where the number does not fit
    return values.to(input.dtype)
