"""Reading and writing through an index tensor along a dimension: gather, the scatters, take, put."""

from __future__ import annotations

import warnings

from penlight.base.dims import dimension
from penlight.ops.kinds import as_element, refuse
from penlight.ops.table import composite, op, underivable

__all__: list[str] = []


def check_index_dtype(name, index, also_int32=True):
    if not index.size and name != "index_copy_":
        return
    d = getattr(index.dtype, "np", index.dtype)  # of a Tensor or of an array
    if d.kind != "i" or d.itemsize < (4 if also_int32 else 8):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")


def _same_ndim(name, input, index):
    if input.ndim != index.ndim and index.size and max(input.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as {'input' if name == 'gather' else 'self'} tensor"
        )


def _check_scatter(name, input, dim, index, src=None):
    check_index_dtype(name, index)
    if not index.size:
        return
    _same_ndim(name, input, index)
    if src is not None and max(src.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
    for d, n in enumerate(index.shape):
        if d != dim and n > (input.shape or (1,))[d] or src is not None and n > (src.shape or (1,))[d]:
            against = f" and to be no larger size than src {list(src.shape)}" if src is not None else ""
            raise RuntimeError(
                f"Expected index {list(index.shape)} to be no larger than self {list(input.shape)} apart from "
                f"dimension {dim}" + against
            )


@op(
    "_gather(Tensor input, dim dim, Tensor index)",
    on="",
    half="direct",
    grad_name="GatherBackward0",
    non_differentiable="index",
    vjp={"input": lambda k, g, input_shape, dim, index: k._scatter_add(k._zeros_of(g, input_shape), dim, index, g)},
)
def _gather(xp, input, dim, index):
    """input[…, index[i], …] along a dimension."""
    check_index_dtype("gather", index)
    if not index.size:
        return xp.empty(index.shape, input.dtype)
    _same_ndim("gather", input, index)
    if input.ndim == 0 or index.ndim == 0:
        xp.check_index(index, input.size, 0)
        return xp.broadcast_to(input, (1,) if not input.ndim else input.shape)[index]
    for d, n in enumerate(index.shape):
        if d != dim and n > input.shape[d]:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(index.shape)} to be no larger than self "
                f"{list(input.shape)} apart from dimension {dim}"
            )
    return xp.gather(input, dim, index)


@composite("gather(Tensor input, dim dim, Tensor index, *, bool sparse_grad=False)", out=True)
def gather(k, input, dim, index, sparse_grad=False):
    """out[i][j] = input[index[i][j]][j] for dim 0, input[i][index[i][j]] for dim 1. Shape: that of `index`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.gather.html

    >>> import penlight as torch
    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0], [1]]))
    tensor([[1],
            [4]])
    """
    return k._gather(input, dim, index)


def _scattered(xp, input, dim, index, values):
    """A copy of `input` with values stored along a dimension."""
    result = xp.array(input, order="C", ndmin=1)
    index = index.reshape(index.shape or (1,))
    xp.scatter(result, dim, index, values)
    return result.reshape(input.shape)


def _source(src, index):
    """The part of `src` that is used."""
    return src[tuple([slice(0, n) for n in index.shape])] if src.shape != index.shape else src


@op(
    "_scatter_src(Tensor input, dim dim, Tensor index, Tensor src)",
    on="",
    half="direct",
    grad_name="ScatterBackward0",
    non_differentiable="index",
    vjp={
        "input": lambda k, g, dim, index: k._scatter_value(g, dim, index, 0),
        "src": lambda k, g, dim, index, src_shape: k._pad_to(k._gather(g, dim, index), src_shape),
    },
)
def _scatter_src(xp, input, dim, index, src):
    """Elements of `src` stored through an index."""
    _check_scatter("scatter", input, dim, index, src)
    if input.dtype is not src.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if not index.size:
        return input.copy()
    src = _source(src, index)
    return _scattered(xp, input, dim, index, src.reshape(src.shape or (1,)))


@op("_pad_to(Tensor grad, any shape)", on="", half="direct", grad_name="SliceBackward0",
    vjp={"grad": lambda k, g, grad_shape: k._item_slice(g, tuple([slice(0, n) for n in grad_shape]))})  # fmt: skip
def _pad_to(xp, g, shape):
    """Zeros behind, up to a shape."""
    if g.shape == tuple(shape):
        return g
    result = xp.zeros(shape, g.dtype)
    if g.size:
        result[tuple([slice(0, n) for n in g.shape])] = g
    return result


@op(
    "_scatter_value(Tensor input, dim dim, Tensor index, any value)",
    on="",
    half="direct",
    grad_name="ScatterBackward1",
    non_differentiable="index",
    vjp={"input": lambda k, g, dim, index: k._scatter_value(g, dim, index, 0)},
)
def _scatter_value(xp, input, dim, index, value):
    """A number stored through an index."""
    _check_scatter("scatter", input, dim, index)
    if not index.size:
        return input.copy()
    return _scattered(xp, input, dim, index, as_element(xp, value, input.dtype).reshape((1,) * max(index.ndim, 1)))


_scatter_rule = underivable("aten::scatter")


@op("_scatter_combine(Tensor input, dim dim, Tensor index, Tensor src, str reduce)", on="",
    vjp={"input": _scatter_rule, "src": _scatter_rule})  # fmt: skip
def _scatter_combine(xp, input, dim, index, src, reduce):
    """Elements added or multiplied into places given by an index."""
    _check_scatter("scatter", input, dim, index, src)
    if input.dtype is not src.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    result = xp.array(input, order="C", ndmin=1)
    if index.size:
        index = index.reshape(index.shape or (1,))
        src = _source(src.reshape(src.shape or (1,)), index)
        xp.scatter(result, dim, index, src, xp.add if reduce == "add" else xp.multiply)
    return result.reshape(input.shape)


@composite(
    "scatter(Tensor input, dim dim, Tensor index, number|Tensor src=None, *, number value=None, str reduce=_MISSING)",
    inplace=True,
    out=True,
)
def scatter(k, input, dim, index, src=None, value=None, reduce=None):
    """A copy of `input` with src[i][j] stored at [index[i][j]][j] (dim 0); `src` is a tensor or a number.

    reduce: "add" or "multiply" into what is there (without gradient).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
    """
    src = value if src is None else src
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError("reduce argument must be either add or multiply.")
        if not hasattr(src, "_a"):
            src = k.expand(k.cast(k._constant(src), input.dtype.np), index.shape)
        else:
            warnings.warn(
                "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future "
                "PyTorch "
                "release. Use torch.scatter_reduce instead for more reduction options.", UserWarning, stacklevel=3,
            )  # fmt: skip
        return k._scatter_combine(input, dim, index, src, reduce)
    if hasattr(src, "_a"):
        return k._scatter_src(input, dim, index, src)
    if src is None:
        raise TypeError("scatter() missing 1 required argument: 'src' (a Tensor) or 'value' (a number)")
    return k._scatter_value(input, dim, index, src)


@op(
    "_scatter_add(Tensor input, dim dim, Tensor index, Tensor src)",
    on="",
    grad_name="ScatterAddBackward0",
    non_differentiable="index",
    vjp={
        "input": lambda k, g: g,
        "src": lambda k, g, dim, index, src_shape: k._pad_to(k._gather(g, dim, index), src_shape),
    },
)
def _scatter_add(xp, input, dim, index, src):
    """Elements added into places given by an index."""
    _check_scatter("scatter", input, dim, index, src)
    if input.dtype is not src.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    result = xp.array(input, order="C", ndmin=1)
    if index.size:
        index = index.reshape(index.shape or (1,))
        src = _source(src.reshape(src.shape or (1,)), index)
        xp.scatter(result, dim, index, src, xp.add)
    return result.reshape(input.shape)


@composite("scatter_add(Tensor input, dim dim, Tensor index, Tensor src)", inplace=True, out=True)
def scatter_add(k, input, dim, index, src):
    """A copy of `input` with src[i][j] added at [index[i][j]][j] (dim 0); repeated places add up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html
    """
    return k._scatter_add(input, dim, index, src)


# --- scatter_reduce ------------------------------------------------------------------------------------------------


def _reduce_rule(k, g, need, input, dim, index, src, reduce, include_self, out):
    own = source = None
    if reduce == "sum":
        own, source = g, k._gather(g, dim, index)
    elif reduce == "mean":
        ones = k._ones_as(src)
        start = k._ones_as(input) if include_self else k._zeros_as(input)
        count = k._scatter_add(start, dim, index, ones)
        count = k.where(count == 0, 1.0, count)
        own, source = g / count, k._gather(g / count, dim, index)
    elif reduce in ("amax", "amin"):
        value = k._gather(out, dim, index)
        mine = k._cast_like(input == out, g)
        theirs = k._cast_like(src == value, g)
        start = mine if include_self else k._zeros_as(mine)
        count = k._scatter_add(start, dim, index, theirs)
        shared = g / (count if include_self else k.where(count == 0, 1.0, count))  # nowhere 0 but where it is NaN
        own, source = mine * shared, theirs * k._gather(shared, dim, index)
    else:  # prod; single zeros get the product of the others
        mine = k.where(input == 0, 1.0, input)
        own = g * k._scatter_reduce(mine, dim, index, src, "prod", include_self) / mine
        zero = src == 0
        zeros = k._scatter_add(k._zeros_as(input), dim, index, k._cast_like(zero, src))
        single = zero & (k._gather(zeros, dim, index) == 1)
        without = k._scatter_reduce(input, dim, index, k.where(single, 1.0, src), "prod", include_self)
        source = k.where(
            single, k._gather(g * without, dim, index), k._gather(g * out, dim, index) / k.where(zero, 1.0, src)
        )
    if not include_self:
        own = k._scatter_value(own, dim, index, 0)
    return own if need[0] else None, k._pad_to(source, src.shape) if need[1] else None


def _guarded_rule(k, g, need, input, dim, index, src, reduce, include_self, out):
    if tuple(src.shape) != tuple(index.shape):
        part = k._item_slice(src, tuple([slice(0, n) for n in index.shape]))
        own, source = _reduce_rule(k, g, need, input, dim, index, part, reduce, include_self, out)
        return own, None if source is None else k._pad_to(source, src.shape)
    return _reduce_rule(k, g, need, input, dim, index, src, reduce, include_self, out)


@op("_ones_as(Tensor input)", on="", half="direct", vjp={"input": lambda k, g: k._zeros_as(g)})
def _ones_as(xp, input):
    """Ones of the same shape and dtype."""
    return xp.ones(input.shape, input.dtype)


@op("_cast_like(Tensor input, Tensor other)", on="", half="direct")
def _cast_like(xp, input, other):
    """A mask in the dtype of `other`."""
    return input.astype(other.dtype)


@op(
    "_scatter_reduce(Tensor input, dim dim, Tensor index, Tensor src, str reduce, bool include_self=True)",
    on="",
    grad_name="ScatterReduceBackward0",
    non_differentiable="index",
    joint=_guarded_rule,
)
def _scatter_reduce(xp, input, dim, index, src, reduce, include_self):
    """Elements combined into places given by an index."""
    _check_scatter("scatter", input, dim, index, src)
    if input.dtype is not src.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    kinds = {"mean": "b", "amax": "c", "amin": "c"}
    refuse(f"scatter_gather_tensor_cpu_reduce_{reduce}", kinds.get(reduce, ""), input)
    ufuncs = {"sum": xp.add, "mean": xp.add, "prod": xp.multiply, "amax": xp.maximum, "amin": xp.minimum}
    result = xp.array(input, order="C", ndmin=1)
    if index.size:
        index = index.reshape(index.shape or (1,))
        src = _source(src.reshape(src.shape or (1,)), index)
        xp.check_index(index, result.shape[dim], dim)
        positions = xp.positions(result.shape, dim, index).reshape(-1)
        flat = result.reshape(-1)
        if not include_self:
            flat[positions] = _neutral(xp, reduce, result.dtype)
        if result.dtype.kind == "b" and reduce == "sum":
            ufuncs[reduce] = xp.logical_or
        ufuncs[reduce].at(flat, positions, src.reshape(-1))
        if reduce == "mean":
            count = xp.bincount(positions, minlength=flat.size) + (1 if include_self else 0)
            count = xp.maximum(count, 1).astype(flat.dtype)
            flat[...] = flat / count if flat.dtype.kind in "fc" else xp.floor_divide(flat, count)
    return result.reshape(input.shape)


def _neutral(xp, reduce, dtype):
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if dtype.kind == "f":
        return -xp.inf if reduce == "amax" else xp.inf
    if dtype.kind == "b":
        return reduce == "amin"
    limits = xp.iinfo(dtype)
    return limits.min if reduce == "amax" else limits.max


@composite("scatter_reduce(Tensor input, dim dim, Tensor index, Tensor src, str reduce, *, bool include_self=True)",
           inplace=True, out=True)  # fmt: skip
def scatter_reduce(k, input, dim, index, src, reduce, include_self=True):
    """A copy of `input` with elements of `src` combined into places given by an index.

    reduce: "sum", "prod", "mean", "amax", "amin". include_self: whether what is there takes part.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    return k._scatter_reduce(input, dim, index, src, reduce, include_self)


# --- flat indices --------------------------------------------------------------------------------------------------


def _flat_index(xp, count, index, name):
    if index.dtype.name != "int64":
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {index.dtype.name}")
    if index.size:
        if not count:
            raise IndexError(f"{name}(): tried to take from an empty tensor")
        if index.max() >= count or index.min() < -count:
            bad = index[(index >= count) | (index < -count)].flat[0]
            raise IndexError(f"out of range: tried to access index {bad} on a tensor of {count} elements.")
    return xp.where(index < 0, index + count, index)


@op(
    "take(Tensor input, Tensor index)",
    half="direct",
    out=True,
    non_differentiable="index",
    vjp={"input": lambda k, g, input_shape, index: k.put(k._zeros_of(g, input_shape), index, g, True)},
)
def take(xp, input, index):
    """Elements of the flattened tensor. Shape: that of `index`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.take.html
    """
    index = _flat_index(xp, input.size, index, "take")
    return input.reshape(-1).take(index) if index.size else xp.empty(index.shape, input.dtype)  # in rows


@op(
    "put(Tensor input, Tensor index, Tensor source, bool accumulate=False)",
    inplace=True,
    non_differentiable="index",
    vjp={
        "input": lambda k, g, index, source_shape, accumulate: (
            g if accumulate else k.put(g, index, k._zeros_of(g, source_shape), False)
        ),
        "source": lambda k, g, index, source_shape: k.reshape(k.take(g, index), source_shape),
    },
)
def put(xp, input, index, source, accumulate):
    """A copy with elements stored (or added) at places of the flattened tensor."""
    if index.size != source.size:
        raise RuntimeError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.size}, "
            f"index.numel() = {index.size}"
        )
    if input.dtype is not source.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {input.dtype.name} and "
            f"source.dtype = {source.dtype.name}"
        )
    index = _flat_index(xp, input.size, index, "put_").reshape(-1)
    result = xp.array(input, order="C")
    flat = result.reshape(-1)
    if accumulate:
        xp.add.at(flat, index, source.reshape(-1))
    else:
        flat[index] = source.reshape(-1)
    return result


@op("_from_end(Tensor index, int n)", on="", half="direct")
def _from_end(xp, index, n):
    """The index modulo the size: PyTorch counts negative places from the end so, and takes others too."""
    return index if not index.size or not n or index.min() >= 0 and index.max() < n else index % n


@composite("take_along_dim(Tensor input, Tensor indices, int dim=None)", out=True)
def take_along_dim(k, input, indices, dim=None):
    """`gather` with broadcasting of the other dimensions; without `dim`, from the flattened tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html
    """
    if indices.dtype.name not in ("int64", "int32"):
        raise RuntimeError("torch.take_along_dim(): dtype of indices should be Long but got " + indices.dtype.legacy)
    if dim is None:
        return k.gather(k.reshape(input, (-1,)), 0, k.reshape(indices, (-1,)))
    if input.ndim != indices.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    dim = dimension(dim, input.ndim)
    shape, own = list(indices.shape), list(input.shape)
    for d, (n, m) in enumerate(zip(own, shape)):
        if d != dim:
            if n != m and 1 not in (n, m):
                raise RuntimeError(
                    f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension {d}"
                )
            own[d] = shape[d] = m if n == 1 else n
    indices = k._from_end(indices, own[dim] if own else 1)
    return k.gather(k.expand(input, tuple(own)), dim, k.expand(indices, tuple(shape)))
