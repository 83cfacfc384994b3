"""Ops whose results are several views: `unbind`, `split` and what is built on them share one node."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode, tick
from penlight.base.warning import warn_once
from penlight.engine.node import PORT
from penlight.ops.join import common_shape
from penlight.tensor.install import raw_ops, tensor_ops
from penlight.tensor.runtime import slow_record, view_of
from penlight.tensor.tensor import Tensor

__all__ = ["install_multiview"]


class _Unbind:
    """grad_fn of `unbind`: stacks what arrived. saved: (input's shape, dim)."""

    grad_name = "UnbindBackward0"
    saves = False

    @staticmethod
    def count_outputs(node: list) -> int:
        shape, dim = node[3]
        return shape[dim]

    @staticmethod
    def backward(node: list, arrived: dict) -> tuple:
        shape, dim = node[3]
        first = next(iter(arrived.values()))
        result = np.zeros(shape, np.asarray(first).dtype) if len(arrived) < shape[dim] else np.empty(shape, first.dtype)
        along = result.swapaxes(0, dim) if dim == 0 else np.moveaxis(result, dim, 0)
        for i, g in arrived.items():
            along[i] = g
        return (result,)

    @staticmethod
    def backward_tensor(node: list, arrived: dict) -> tuple:
        shape, dim = node[3]
        first = next(iter(arrived.values()))
        zero = None
        parts = []
        for i in range(shape[dim]):
            if i not in arrived and zero is None:
                zero = Tensor._wrap(np.zeros(first._a.shape, first._a.dtype))
            parts.append(arrived.get(i, zero))
        return (tensor_ops.stack(parts, dim),)


class _Split:
    """grad_fn of `split`: joins what arrived. saved: (input's shape, sizes, dim)."""

    saves = False

    def __init__(self, grad_name: str) -> None:
        self.grad_name = grad_name

    @staticmethod
    def count_outputs(node: list) -> int:
        return len(node[3][1])

    @staticmethod
    def backward(node: list, arrived: dict) -> tuple:
        shape, sizes, dim = node[3]
        first = np.asarray(next(iter(arrived.values())))
        result = np.zeros(shape, first.dtype) if len(arrived) < len(sizes) else np.empty(shape, first.dtype)
        before = (slice(None),) * dim
        start = 0
        for i, n in enumerate(sizes):
            if i in arrived:
                result[(*before, slice(start, start + n))] = arrived[i]
            start += n
        return (result,)

    @staticmethod
    def backward_tensor(node: list, arrived: dict) -> tuple:
        shape, sizes, dim = node[3]
        first = next(iter(arrived.values()))
        parts = []
        for i, n in enumerate(sizes):
            g = arrived.get(i)
            if g is None:
                g = Tensor._wrap(np.zeros((*shape[:dim], n, *shape[dim + 1 :]), first._a.dtype))
            parts.append(g)
        return (tensor_ops.cat(parts, dim),)


UNBIND = _Unbind()
SPLIT = {name: _Split(name) for name in ("SplitBackward0", "SplitWithSizesBackward0")}


def _views(input: Tensor, parts: list, op: Any, saved: tuple) -> tuple:
    views = tuple([view_of(input, part) for part in parts])
    if input._node is not None and mode.grad:
        node = [tick(), op, (input._node,), saved, None]
        for i, t in enumerate(views):
            t._node = [tick(), PORT, (node,), i, None]
        if not mode.fast and views:
            slow_record(node, views)
    else:
        for t in views:  # no change of one of them can be recorded
            t._view_no_grad = True
    return views


def _unbind_arrays(a: np.ndarray, dim: int) -> list:
    if a.ndim == 1:
        return [a[i, ...] for i in range(a.shape[0])]
    return list(a if dim == 0 else np.moveaxis(a, dim, 0))


def _split_arrays(a: np.ndarray, sizes: tuple, dim: int) -> list:
    parts, start, before = [], 0, (slice(None),) * dim
    for n in sizes:
        parts.append(a[(*before, slice(start, start + n))])
        start += n
    return parts


def _unbind(input: Tensor, dim: int) -> tuple:
    return _views(input, _unbind_arrays(input._a, dim), UNBIND, (input._a.shape, dim))


def _split(input: Tensor, sizes: tuple, dim: int, grad_name: str) -> tuple:
    return _views(input, _split_arrays(input._a, sizes, dim), SPLIT[grad_name], (input._a.shape, sizes, dim))


def _transposed(self: Tensor) -> Tensor:
    """All dimensions in reverse order."""
    if self._a.ndim not in (0, 2):
        warn_once(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
            "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
        )
    return self.permute(tuple(range(self._a.ndim - 1, -1, -1)))


def _matrix_transposed(self: Tensor) -> Tensor:
    """The last two dimensions swapped."""
    if self._a.ndim < 2:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {self._a.ndim}-D tensor."
        )
    return self.transpose(-2, -1)


def _hermitian(self: Tensor) -> Tensor:
    """The conjugate transpose of a matrix."""
    if self._a.ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {self._a.ndim}-D tensor. For batches of "
            "matrices, "
            "consider using tensor.mH"
        )
    return self.adjoint() if self._a.ndim else self.conj()


def _batched_hermitian(self: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions; of a number, its conjugate."""
    if not self._a.ndim:
        return self.conj()
    if self._a.ndim < 2:
        raise RuntimeError(
            f"tensor.mH is only supported on matrices or batches of matrices. Got {self._a.ndim}-D tensor."
        )
    return self.adjoint()


def install_multiview() -> None:
    """Hand the table's composites the ops that give several views, and Tensor its transposing properties."""
    tensor_ops._unbind, tensor_ops._split = _unbind, _split
    tensor_ops._constant = lambda values: Tensor._wrap(np.asarray(values))
    raw_ops._constant = np.asarray
    tensor_ops.broadcast_shapes = common_shape  # a single shape must not be taken for several integers
    raw_ops._unbind = lambda a, dim: tuple(_unbind_arrays(a, dim))
    raw_ops._split = lambda a, sizes, dim, grad_name: tuple(_split_arrays(a, sizes, dim))
    for name, function in (
        ("T", _transposed),
        ("mT", _matrix_transposed),
        ("H", _hermitian),
        ("mH", _batched_hermitian),
    ):
        setattr(Tensor, name, property(function))
