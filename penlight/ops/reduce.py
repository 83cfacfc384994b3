"""Sums, means, products, and tests over dimensions."""

from __future__ import annotations

from penlight.base import dtypes
from penlight.base.dims import dimensions
from penlight.base.dtypes import from_numpy
from penlight.ops.sums import accurate_sum, sum_axes
from penlight.ops.table import composite, op

__all__ = ["all_dims", "count_of", "spread"]


def all_dims(dim, ndim):
    """The dimensions to reduce, as a tuple; None and () stand for all."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    return (dim,) if dim.__class__ is int else dim


def axes_of(dim, array):
    """The axes for NumPy: none where a 0-d array is reduced over its imaginary dimension."""
    if dim is None or dim == () or not array.ndim:
        return None
    return (dim,) if dim.__class__ is int else dim


def spread(k, g, shape, dim, keepdim):
    """Bring a reduced gradient back to the input's shape (a broadcast view)."""
    if not keepdim and shape:
        dims = all_dims(dim, len(shape))
        g = k.reshape(g, tuple([1 if i in dims else n for i, n in enumerate(shape)]))
    return k.expand(g, shape)


def kept(k, value, shape, dim, keepdim):
    """A reduced value with its reduced dimensions of length 1."""
    if keepdim or not shape:
        return value
    dims = all_dims(dim, len(shape))
    return k.reshape(value, tuple([1 if i in dims else n for i, n in enumerate(shape)]))


def count_of(shape, dim):
    """How many elements go into one result."""
    count = 1
    if shape:
        for i in all_dims(dim, len(shape)):
            count *= shape[i]
    return count


# --- sum -------------------------------------------------------------------------------------------------------------


@op(
    "_sum_all(Tensor input)",
    on="",
    grad_name="SumBackward0",
    vjp={"input": lambda k, g, input_shape: k.expand(g, input_shape)},
)
def _sum_all(xp, input):
    """The sum of all elements. Shape: (*) -> ()."""
    return accurate_sum(xp, input)


@op(
    "_sum_dims(Tensor input, dims? dim, bool keepdim=False)",
    dense=True,
    on="",
    grad_name="SumBackward1",
    vjp={"input": lambda k, g, input_shape, dim, keepdim: spread(k, g, input_shape, dim, keepdim)},
)
def _sum_dims(xp, input, dim, keepdim):
    """The sum over some dimensions."""
    return accurate_sum(xp, input, axes_of(dim, input), keepdim)


@composite("sum(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def _(k, input, dim=None, keepdim=False, dtype=None):
    """The sum of all elements, or over dimensions `dim`. Integers and booleans sum to int64.

    Shape: (*) -> () or with `dim` removed (length 1 with `keepdim`).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sum.html

    >>> import penlight as torch
    >>> torch.sum(torch.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    if dtype is not None:
        if dtype is dtypes.bool_:
            return k.any(input, None if dim is None or dim == () else dim, keepdim).to(dtype)
        if input.dtype is not dtype:
            input = input.to(dtype)
        result = k._sum_dims(input, dim, keepdim)
        return result if result.dtype is dtype else result.to(dtype)
    if dim is None and not keepdim:
        return k._sum_all(input)
    return k._sum_dims(input, dim, keepdim)


# --- mean ------------------------------------------------------------------------------------------------------------


def _mean(xp, input, dim, keepdim):
    if input.dtype.kind not in "fcV":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {from_numpy(input.dtype).legacy}"
        )
    total = sum_axes(xp, input, axes_of(dim, input), keepdim)
    if not input.size:
        with xp.errstate(invalid="ignore"):
            return total / total.dtype.type(0)
    return total / (input.size // total.size)


@op(
    "_mean_all(Tensor input)",
    on="",
    grad_name="MeanBackward0",
    vjp={"input": lambda k, g, input_shape: k.expand(g / count_of(input_shape, None), input_shape)},
)
def _mean_all(xp, input):
    """The mean of all elements."""
    return _mean(xp, input, None, False)


@op(
    "_mean_dims(Tensor input, dims? dim, bool keepdim=False)",
    dense=True,
    on="",
    grad_name="MeanBackward1",
    vjp={
        "input": lambda k, g, input_shape, dim, keepdim: spread(
            k, g / count_of(input_shape, dim), input_shape, dim, keepdim
        )
    },
)
def _mean_dims(xp, input, dim, keepdim):
    """The mean over some dimensions."""
    return _mean(xp, input, dim, keepdim)


@composite("mean(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def _(k, input, dim=None, keepdim=False, dtype=None):
    """The mean of all elements, or over dimensions `dim`.

    Raises: RuntimeError for integer and boolean tensors.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.mean.html

    >>> import penlight as torch
    >>> torch.tensor([1., 2., 6.]).mean()
    tensor(3.)
    """
    if dtype is not None and input.dtype is not dtype:
        if not (dtype.is_floating_point or dtype.is_complex):
            raise RuntimeError(
                "mean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
                f"Got: {dtype.legacy}"
            )
        input = input.to(dtype)
    if dim is None and not keepdim:
        return k._mean_all(input)
    return k._mean_dims(input, dim, keepdim)


# --- sums that skip NaN ----------------------------------------------------------------------------------------------


@op(
    "_nansum(Tensor input, dims? dim, bool keepdim=False)",
    dense=True,
    on="",
    grad_name="NansumBackward0",
    vjp={
        "input": lambda k, g, input, input_shape, dim, keepdim: (
            spread(k, g, input_shape, dim, keepdim) * (input == input)
        )
    },
)
def _nansum(xp, input, dim, keepdim):
    """The sum over some dimensions, NaN counted as 0."""
    if input.dtype.kind == "c":
        raise RuntimeError("nansum on CPU does not support complex inputs")
    if input.dtype.kind == "f":
        input = xp.where(xp.isnan(input), input.dtype.type(0), input)
    return accurate_sum(xp, input, axes_of(dim, input), keepdim)


@composite("nansum(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def _(k, input, dim=None, keepdim=False, dtype=None):
    """The sum with NaN counted as 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nansum.html
    """
    if dtype is not None and input.dtype is not dtype:
        input = input.to(dtype)
    result = k._nansum(input, dim, keepdim)
    return result if dtype is None or result.dtype is dtype else result.to(dtype)


@composite("nanmean(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def _(k, input, dim=None, keepdim=False, dtype=None):
    """The mean of the elements that are not NaN.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nanmean.html
    """
    if not (input.dtype.is_floating_point or input.dtype.is_complex):
        raise RuntimeError(
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype.legacy}"
        )
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(f"nanmean(): the dtype must be floating point or complex, but got {dtype.legacy}")
    count = k._sum_dims((input == input).detach(), dim, keepdim)
    return k.nansum(input, dim, keepdim, dtype=dtype) / count


# --- product ---------------------------------------------------------------------------------------------------------


def _product_of_others(k, x, dim):
    """For each element along `dim`, the product of the others: safe where some are zero."""
    n = x.shape[dim]
    if n <= 1:
        return k._ones_as(x)
    one = k._ones_as(k.narrow(x, dim, 0, 1))
    before = k.cumprod(k.cat([one, k.narrow(x, dim, 0, n - 1)], dim), dim)
    reversed_tail = k.flip(k.narrow(x, dim, 1, n - 1), (dim,))
    after = k.flip(k.cumprod(k.cat([one, reversed_tail], dim), dim), (dim,))
    return before * after


def _prod_rule(k, g, input, out, input_shape, dim, keepdim):
    if not input_shape:
        return g
    zeros = input == 0
    if not bool(zeros.any()):
        scaled = g * k.conjugate(out)
        return spread(k, scaled, input_shape, dim, keepdim) / k.conjugate(input)
    if dim is None:
        if not k.recorded and int(zeros.sum()) > 1:  # also beside what is infinite or NaN
            return k._zeros(input)
        others = k.reshape(_product_of_others(k, k.reshape(input, (-1,)), 0), input_shape)
    else:
        others = _product_of_others(k, input, dim)
    return spread(k, g, input_shape, dim, keepdim) * k.conjugate(others)


def _prod(xp, input, axis, keepdim):
    if input.dtype.kind in "biu":
        return xp.multiply.reduce(input, axis, dtype="int64", keepdims=keepdim)
    if input.dtype.char == "e" and input.size and input.ndim:  # NumPy's own would round at the end of a row only
        products = xp.multiply.accumulate(input.reshape(-1) if axis is None else input, axis or 0)
        result = products.take(-1, axis or 0)
        return xp.expand_dims(result, axis) if keepdim else result
    return xp.multiply.reduce(input, axis, keepdims=keepdim)


@op(
    "_prod_all(Tensor input)",
    on="",
    half="direct",  # every product is rounded, as PyTorch's are
    grad_name="ProdBackward0",
    vjp={"input": lambda k, g, input, out, input_shape: _prod_rule(k, g, input, out, input_shape, None, False)},
)
def _prod_all(xp, input):
    """The product of all elements."""
    return _prod(xp, input, None, False)


@op("_prod_dim(Tensor input, dim dim, bool keepdim=False)", on="", dense=True, half="direct", grad_name="ProdBackward1",
    vjp={"input": _prod_rule})  # fmt: skip
def _prod_dim(xp, input, dim, keepdim):
    """The product over one dimension."""
    return _prod(xp, input, dim if input.ndim else None, keepdim)


@composite("prod(Tensor input, int dim=_MISSING, bool keepdim=False, *, dtype dtype=None)", out=True)
def _(k, input, dim=None, keepdim=False, dtype=None):
    """The product of all elements, or over dimension `dim`. Integers give int64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.prod.html

    >>> import penlight as torch
    >>> torch.prod(torch.tensor([2., 3., 4.]))
    tensor(24.)
    """
    if dtype is not None and input.dtype is not dtype:
        input = input.to(dtype)
    result = k._prod_all(input) if dim is None else k._prod_dim(input, dim, keepdim)
    return result if dtype is None or result.dtype is dtype else result.to(dtype)


# --- tests -----------------------------------------------------------------------------------------------------------


def _test(xp, ufunc, input, dim, keepdim):
    if input.dtype.kind == "V":
        input = input.astype("float32")
    if dim is None or not input.ndim:
        result = ufunc.reduce(input, None, dtype=bool) if input.dtype.kind == "b" else ufunc.reduce(input != 0, None)
        if keepdim:
            result = xp.full((1,) * input.ndim, result)
    else:
        dims = dimensions(dim, input.ndim)  # () leaves each element to itself
        result = ufunc.reduce(input if input.dtype.kind == "b" else input != 0, dims, keepdims=keepdim)
    # uint8 was PyTorch's boolean once
    return result.astype("uint8") if input.dtype == "uint8" else result


@op("any(Tensor input, any dim=None, bool keepdim=False)", dense=True, half="direct", out=True)
def _(xp, input, dim, keepdim):
    """Whether some element is nonzero, over all elements or over dimensions `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.any.html
    """
    if dim is not None:
        dim = dimensions(dim, input.ndim)
    return _test(xp, xp.logical_or, input, dim, keepdim)


@op("all(Tensor input, any dim=None, bool keepdim=False)", dense=True, half="direct", out=True)
def _(xp, input, dim, keepdim):
    """Whether every element is nonzero, over all elements or over dimensions `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.all.html
    """
    if dim is not None:
        dim = dimensions(dim, input.ndim)
    return _test(xp, xp.logical_and, input, dim, keepdim)


@op("count_nonzero(Tensor input, dims? dim=None)", dense=True, half="direct")
def _(xp, input, dim):
    """The number of nonzero elements, as int64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.count_nonzero.html
    """
    nonzero = input.astype("float32") != 0 if input.dtype.kind == "V" else input != 0
    return xp.add.reduce(nonzero, axes_of(dim, input), dtype="int64")


# --- logsumexp -------------------------------------------------------------------------------------------------------


def _logsumexp_rule(k, g, input, out, input_shape, dim, keepdim):
    shift = kept(k, out, input_shape, dim, keepdim)
    return spread(k, g, input_shape, dim, keepdim) * k.conjugate(k.exp(input - shift))


@op(
    "logsumexp(Tensor input, dims dim, bool keepdim=False)",
    dense=True,
    on="torch Tensor special",
    promote="float",
    out=True,
    vjp={"input": _logsumexp_rule},
)
def _(xp, input, dim, keepdim):
    """log(sum(exp(input))) over `dim`, without overflow.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.logsumexp.html

    >>> import penlight as torch
    >>> torch.logsumexp(torch.tensor([1000., 1000.]), 0)
    tensor(1000.6932)
    """
    axes = axes_of(dim, input)
    with xp.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if not input.size:
            return xp.log(xp.exp(input).sum(axis=axes, keepdims=keepdim))
        largest = xp.maximum.reduce(input.real, axes, keepdims=True)
        if not xp.isfinite(largest).all():
            largest = xp.where(xp.isinf(largest), largest.dtype.type(0), largest)
        total = xp.log(sum_axes(xp, xp.exp(input - largest), axes, True)) + largest
    if keepdim:
        return total
    return total.squeeze(axes)


# --- hash ------------------------------------------------------------------------------------------------------------


@op("hash_tensor(Tensor input, dims? dim=(), *, bool keepdim=False, int mode=0)", dense=True, half="direct", out=True)
def hash_tensor(xp, input, dim, keepdim, mode):
    """The elements' bits, as float64 or int64, combined by exclusive or: equal tensors have equal hashes. uint64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.hash_tensor.html

    >>> import penlight as torch
    >>> torch.hash_tensor(torch.tensor([1, 2, 7]))
    tensor(4, dtype=torch.uint64)
    """
    axes = axes_of(dim, input)
    if not input.size and (axes is None or any(input.shape[d] == 0 for d in axes)):
        raise (RuntimeError if axes is None else IndexError)(
            f"hash_tensor: Expected reduction dims of a size other than 0, but got {dim} for {list(input.shape)}"
        )
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    if input.dtype.kind == "c":
        raise NotImplementedError(f"\"xor_sum_cpu\" not implemented for '{from_numpy(input.dtype).legacy}'")
    wide = input.astype("float64").view("uint64") if input.dtype.kind in "fV" else input.astype("int64").view("uint64")
    return xp.bitwise_xor.reduce(wide, axis=axes, keepdims=keepdim)
