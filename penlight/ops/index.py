"""Indexing: what `x[...]` is made of. The reading of an index expression is in tensor/indexing.py."""

from __future__ import annotations

from penlight.base.dtypes import bool_
from penlight.ops.rows import add_at, at
from penlight.ops.table import composite, op, view

__all__: list[str] = []


def _item_kernel(xp, input, index):
    """A NumPy view at a basic index, an array also where NumPy would give a scalar."""
    result = input[index]
    return (
        result if result.__class__ is xp.ndarray else input[(*index, ...) if index.__class__ is tuple else (index, ...)]
    )


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


def translated(error, where, arrays, shape):
    """PyTorch's words for NumPy's IndexError."""
    text = str(error)
    if text.startswith("shape mismatch"):
        shapes = ", ".join(str(list(a.nonzero()[0].shape if a.dtype.kind == "b" else a.shape)) for a in arrays)
        return IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}")
    for d, a in zip(where, arrays):
        if a.dtype.kind != "b" and a.size and (a.max() >= shape[d] or a.min() < -shape[d]):
            bad = a[(a >= shape[d]) | (a < -shape[d])].flat[0]
            return IndexError(f"index {bad} is out of bounds for dimension {d} with size {shape[d]}")
    return IndexError(text.replace("axis", "dimension"))


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
        raise translated(error, where, indices, input.shape) from None
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
    if len(indices) == 1 and indices[0].dtype.kind == "b":
        result = xp.zeros(shape, g.dtype)
        result[at(where, indices)] = g
        return result
    return add_at(xp, xp.zeros(shape, g.dtype), where, indices, g)


def put(xp, target, where, indices, values, accumulate):
    """Store (or add) `values` into `target` at an index, in place."""
    index = at(where, indices)
    if not accumulate:
        try:
            target[index] = values
        except IndexError as error:
            raise translated(error, where, indices, target.shape) from None
        except (ValueError, TypeError):  # TypeError: a mask and values of two or more dimensions
            try:
                shape = target[index].shape
            except IndexError as error:
                raise translated(error, where, indices, target.shape) from None
            own = list(values.shape)
            while len(own) > len(shape) and own[0] == 1:
                own = own[1:]
            if len(own) < values.ndim:
                return put(xp, target, where, indices, values.reshape(own), accumulate)
            raise RuntimeError(
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
                f"shape {list(shape)}"
            ) from None
        return target
    try:
        shape = xp.empty(target.shape, bool)[index].shape
    except IndexError as error:
        raise translated(error, where, indices, target.shape) from None
    try:
        values = xp.broadcast_to(values, shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        ) from None
    if target.dtype.kind == "b":
        target[index] = target[index] | values
        return target
    return add_at(xp, target, where, indices, values)


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
    result[at(where, indices)] = 0
    return result


@composite("index_put(Tensor input, any indices, Tensor values, bool accumulate=False)", inplace=True)
def index_put(k, input, indices, values, accumulate):
    """A copy of `input` with input[indices] = values; with `accumulate`, repeated places add up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
    """
    if not accumulate and len(indices) == 1 and values.numel() == 1 and getattr(indices[0], "dtype", None) is bool_:
        values = values.to(input.dtype)  # PyTorch fills where a mask is
    if input.dtype is not values.dtype:
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {input.dtype.legacy} for the destination "
            f"and {values.dtype.legacy} for the source."
        )
    where, arrays = [], []
    dim = 0
    for i in indices:
        if i is not None:
            if i.dtype.name not in ("int64", "int32", "bool", "uint8"):
                raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
            where.append(dim)
            arrays.append(i.bool() if i.dtype.name == "uint8" else i)
        dim += max(i.ndim, 1) if i is not None and i.dtype.name in ("bool", "uint8") else 1
    if dim > input.ndim:
        raise IndexError(f"too many indices for tensor of dimension {input.ndim} (got {dim})")
    return k._index_put(input, tuple(where), arrays, values, accumulate)
