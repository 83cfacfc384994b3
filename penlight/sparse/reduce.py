"""Sums, norms and softmax over the entries of sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.coo import Coo
from penlight.base.dims import dimension, dimensions
from penlight.sparse.shape import unsqueeze
from penlight.sparse.tensor import SparseTensor, coalesce, linked, make, named, refuse, rule, values_of
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = ["log_softmax", "softmax", "sparse_sum"]


def _dims(dim: Any, ndim: int) -> tuple[int, ...]:
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return tuple(range(ndim))
    given = (dim,) if isinstance(dim, int) else tuple(dim)
    return tuple(sorted(dimensions(given, ndim)))


def _summed(t: Any, dims: tuple[int, ...], name: str) -> Any:
    coo = t._a
    inner = [d - coo.sparse_dim + 1 for d in dims if d >= coo.sparse_dim]
    outer = [d for d in dims if d < coo.sparse_dim]
    if len(outer) == coo.sparse_dim:
        return named(values_of(t).sum([0, *inner]), name)
    t = coalesce(t)
    coo = t._a
    values = values_of(t)
    if inner:
        values = values.sum(inner)
    left = [d for d in range(coo.sparse_dim) if d not in outer]
    shape = tuple(n for d, n in enumerate(coo.shape) if d not in dims)
    if not outer:
        return make(coo.indices, values, shape, True, name)
    places = Coo(coo.indices[left], np.empty(len(coo.values), bool), shape[: len(left)]).linear()
    _, first, where = np.unique(places, return_index=True, return_inverse=True)
    total = Tensor._wrap(np.zeros((len(first), *values._a.shape[1:]), values._a.dtype))
    total = ops.index_add(total, 0, Tensor._wrap(where.reshape(-1).astype(np.int64)), values)
    return make(coo.indices[left][:, first], total, shape, True, name)


@rule("sum")
def total(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum of all entries, or over dimensions; integers as int64."""
    target = dtypes.of(dtype) if dtype is not None else dtypes.int64 if input._a.dtype.kind in "iub" else None
    t = input if target is None else input.to(target)
    dims = _dims(dim, t._a.ndim)
    if len(dims) == t._a.ndim and not keepdim:
        result = named(values_of(t.detach()).sum(), "")
        return linked(result, "SumBackward0", (t, lambda g: g.expand(t._a.shape)))  # dense, as PyTorch's
    result = _summed(t, dims, "SumBackward1")
    if keepdim:
        for d in dims:
            result = unsqueeze(result, d) if isinstance(result, SparseTensor) else result.unsqueeze(d)
    return result


def sparse_sum(input: Any, dim: Any = None, dtype: Any = None) -> Any:
    """The sum of a sparse tensor: sparse unless all sparse dimensions are summed. Gradients are sparse.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.sum.html

    >>> import penlight as torch
    >>> torch.sparse.sum(torch.eye(2).to_sparse())
    tensor(2.)
    """
    if not isinstance(input, SparseTensor):
        raise RuntimeError("torch.sparse.sum expected sparse coordinate tensor layout but got Strided; use torch.sum")
    t = input if dtype is None else input.to(dtypes.of(dtype))
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return named(values_of(t).sum(), "SumBackward0")
    dims = _dims(dim, t._a.ndim)
    if input._a.dtype.kind in "iub" and dtype is None and len(dims) == t._a.ndim:
        return named(values_of(t).sum(), "SumBackward0")
    result = _summed(t, dims, "SparseSumBackward0")
    return result.to(t.dtype) if result._a.dtype is not t._a.dtype else result


@rule("norm", "native_norm")
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The norm of all entries."""
    if len(_dims(dim, input._a.ndim)) != input._a.ndim:
        raise RuntimeError(
            "norm_sparse currently only supports full reductions, so 'dim' must either be empty or contain all "
            f"dimensions of the input, got dim={dim}"
        )
    if keepdim:
        raise RuntimeError("norm_sparse currently does not support keepdim=True")
    values = values_of(coalesce(input if dtype is None else input.to(dtype)))
    result = ops.linalg_vector_norm(values, 2 if p in ("fro", None) else p)
    return named(result, "NormBackward1")


@rule("any")
def any_entry(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether an entry is not zero."""
    if dim is not None:
        raise refuse("any.dim")
    return Tensor._wrap(np.asarray(bool((input._a.values != 0).any())))


# --- softmax ----------------------------------------------------------------------------------------------------------


def _softmax(input: Any, dim: int, dtype: Any, log: bool) -> Any:
    kind = "log_softmax" if log else "softmax"
    if not isinstance(input, SparseTensor):
        raise NotImplementedError(
            f"Could not run 'aten::_sparse_{kind}' with arguments from the 'CPU' backend: the tensor is dense; use "
            f"torch.{kind}"
        )
    t = coalesce(input if dtype is None else input.to(dtypes.of(dtype)))
    coo = t._a
    d = dimension(dim, coo.ndim)
    values = values_of(t)
    name = "SparseLogSoftmaxBackward0" if log else "SparseSoftmaxBackward0"
    if coo.dtype.kind not in "fV":
        raise NotImplementedError(f"\"{kind}\" not implemented for '{t.dtype.legacy}'")
    if d >= coo.sparse_dim:
        function = ops.log_softmax if log else ops.softmax
        return make(coo.indices, function(values, d - coo.sparse_dim + 1), coo.shape, True, name)
    rest = [i for i in range(coo.sparse_dim) if i != d]
    places = Coo(coo.indices[rest], np.empty(len(coo.values), bool), tuple(coo.shape[i] for i in rest)).linear()
    pools, where = np.unique(places, return_inverse=True)
    group = Tensor._wrap(where.reshape(-1).astype(np.int64))
    highest = np.full((len(pools), *coo.values.shape[1:]), -np.inf, coo.dtype)
    np.maximum.at(highest, group._a, coo.values)
    shifted = ops.sub(values, Tensor._wrap(highest[group._a]))  # a constant of each group changes nothing
    powers = ops.exp(shifted)
    sums = ops.index_add(Tensor._wrap(np.zeros_like(highest)), 0, group, powers)
    if log:
        result = ops.sub(shifted, ops.index_select(ops.log(sums), 0, group))
    else:
        result = ops.div(powers, ops.index_select(sums, 0, group))
    return make(coo.indices, result, coo.shape, True, name)


def softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """exp(x) / sum of exp(x) along a dimension, over the entries alone: what is not there counts as -inf.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.softmax.html

    >>> import penlight as torch
    >>> torch.sparse.softmax(torch.eye(2).to_sparse(), dim=1).values()
    tensor([1., 1.])
    """
    return _softmax(input, dim, dtype, False)


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.log_softmax.html
    """
    return _softmax(input, dim, dtype, True)
