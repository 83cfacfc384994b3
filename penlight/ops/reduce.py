"""Sums, means and what is built on them."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


def _all_dims(dim, ndim):
    return tuple(range(ndim)) if dim is None or dim == () else dim


def spread(k, g, shape, dim, keepdim):
    """Bring a reduced gradient back to the input's shape (a broadcast view)."""
    if not keepdim:
        dims = _all_dims(dim, len(shape))
        dims = (dims,) if isinstance(dims, int) else dims
        g = k.reshape(g, tuple(1 if i in dims else n for i, n in enumerate(shape)))
    return k.expand(g, shape)


def _sum(xp, input, dim, keepdim, dtype):
    if dtype is not None:
        input = input.astype(dtype.np, copy=False)
    elif input.dtype.kind in "biu":
        return input.sum(axis=_all_dims(dim, input.ndim), keepdims=keepdim, dtype="int64")
    return input.sum(axis=_all_dims(dim, input.ndim), keepdims=keepdim)


@op(
    "_sum_all(Tensor input)",
    on="",
    grad_name="SumBackward0",
    vjp={"input": lambda k, g, input_shape: k.expand(g, input_shape)},
)
def _sum_all(xp, input):
    """The sum of all elements. Shape: (*) -> ()."""
    return input.sum(dtype="int64") if input.dtype.kind in "biu" else xp.add.reduce(input, None)


@op(
    "_sum_dims(Tensor input, dims? dim, bool keepdim=False, dtype dtype=None)",
    on="",
    grad_name="SumBackward1",
    vjp={"input": lambda k, g, input_shape, dim, keepdim: spread(k, g, input_shape, dim, keepdim)},
)
def _sum_dims(xp, input, dim, keepdim, dtype):
    """The sum over some dimensions."""
    return _sum(xp, input, dim, keepdim, dtype)


@composite("sum(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def sum(k, input, dim=None, keepdim=False, dtype=None):
    """The sum of all elements, or over dimensions `dim`. Integers sum to int64.

    Shape: (*) -> () or with `dim` removed (length 1 with `keepdim`).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sum.html

    >>> import penlight as torch
    >>> torch.sum(torch.ones(2, 3), dim=1)
    tensor([3., 3.])
    """
    if dtype is not None and input.dtype is not dtype:
        input = input.to(dtype)
    if dim is None and not keepdim:
        return k._sum_all(input)
    return k._sum_dims(input, dim, keepdim, dtype)


def _mean(xp, input, dim, keepdim):
    if input.dtype.kind not in "fcV":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {input.dtype}"
        )
    if not input.size:
        with xp.errstate(invalid="ignore"):
            return xp.true_divide(input.sum(axis=_all_dims(dim, input.ndim), keepdims=keepdim), 0.0)
    return input.mean(axis=_all_dims(dim, input.ndim), keepdims=keepdim)


def _count(shape, dim):
    count = 1
    for i in _all_dims(dim, len(shape)):
        count *= shape[i]
    return count


@op(
    "_mean_all(Tensor input)",
    on="",
    grad_name="MeanBackward0",
    vjp={"input": lambda k, g, input_shape: k.expand(g / _count(input_shape, None), input_shape)},
)
def _mean_all(xp, input):
    """The mean of all elements."""
    return _mean(xp, input, None, False)


@op(
    "_mean_dims(Tensor input, dims? dim, bool keepdim=False)",
    on="",
    grad_name="MeanBackward1",
    vjp={
        "input": lambda k, g, input_shape, dim, keepdim: spread(
            k, g / _count(input_shape, dim), input_shape, dim, keepdim
        )
    },
)
def _mean_dims(xp, input, dim, keepdim):
    """The mean over some dimensions."""
    return _mean(xp, input, dim, keepdim)


@composite("mean(Tensor input, any dim=None, bool keepdim=False, *, dtype dtype=None)", out=True)
def mean(k, input, dim=None, keepdim=False, dtype=None):
    """The mean of all elements, or over dimensions `dim`.

    Raises: RuntimeError for integer and boolean tensors.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.mean.html

    >>> import penlight as torch
    >>> torch.tensor([1., 2., 6.]).mean()
    tensor(3.)
    """
    if dtype is not None and input.dtype is not dtype:
        input = input.to(dtype)
    if dim is None and not keepdim:
        return k._mean_all(input)
    return k._mean_dims(input, dim, keepdim)
