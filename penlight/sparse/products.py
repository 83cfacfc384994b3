"""Matrix products with sparse operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.coo import Coo
from penlight.sparse.shape import permute
from penlight.sparse.shape import t as transposed
from penlight.sparse.tensor import SparseTensor, coalesce, linked, make, named, refuse, rule, values_of
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = [
    "addmm", "dsmm", "hsmm", "hspmm", "mm", "saddmm", "smm", "sparse_addmm", "sparse_mm", "spmm", "sspaddmm",
]  # fmt: skip


def _is_sparse(*tensors: Any) -> bool:
    return any(isinstance(t, SparseTensor) for t in tensors)


def _matrix(t: Any, what: str) -> None:
    if not isinstance(t, Tensor):
        raise TypeError(f"{what}: expected a Tensor, got {type(t).__name__}")
    if t._a.ndim != 2:
        raise RuntimeError(f"{what}: matrices expected, got {t._a.ndim}D tensor")
    if isinstance(t, SparseTensor) and t._a.sparse_dim != 2:
        raise RuntimeError(f"{what}: matrices expected, got {t._a.sparse_dim}D tensor")


def _check(a: Any, b: Any, what: str) -> None:
    _matrix(a, what)
    _matrix(b, what)
    if a._a.shape[1] != b._a.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a._a.shape[0]}x{a._a.shape[1]} and "
            f"{b._a.shape[0]}x{b._a.shape[1]})"
        )
    if a._a.dtype is not b._a.dtype:
        raise RuntimeError(
            f"expected both matrices to have one dtype, but got {a.dtype!r} and {b.dtype!r}: expected scalar type "
            f"{a.dtype.legacy} but found {b.dtype.legacy}"
        )


def _times_dense(a: Any, b: Tensor) -> Tensor:
    """Each entry's value times the row of `b` at its column, added at its row. Shape: (m, n), (n, p) -> (m, p)."""
    a = coalesce(a)
    rows, columns = (Tensor._wrap(np.ascontiguousarray(row)) for row in a._a.indices)
    a._a.linear()  # raises for indices outside
    products = ops.mul(ops.unsqueeze(values_of(a), 1), ops.index_select(b, 0, columns))
    start = Tensor._wrap(np.zeros((a._a.shape[0], b._a.shape[1]), products._a.dtype))
    return ops.index_add(start, 0, rows, products)


def _times_sparse(a: Any, b: Any, name: str) -> Any:
    """The products of all pairs of entries that meet, joined by their places."""
    a, b = coalesce(a), coalesce(b)
    left, right = a._a, b._a
    left.linear()
    shape = (left.shape[0], right.shape[1])
    starts = np.searchsorted(right.indices[0], np.arange(right.shape[0] + 1))
    counts = (starts[1:] - starts[:-1])[left.indices[1]]
    mine = np.repeat(np.arange(len(left.values)), counts)
    its = (
        np.repeat(starts[left.indices[1]], counts)
        + np.arange(len(mine))
        - np.repeat(np.cumsum(counts) - counts, counts)
    )
    pairs = Coo(np.stack((left.indices[0][mine], right.indices[1][its])), np.empty(len(mine), bool), shape)
    places, where = np.unique(pairs.linear(), return_inverse=True)
    products = ops.mul(
        ops.index_select(values_of(a), 0, Tensor._wrap(mine)), ops.index_select(values_of(b), 0, Tensor._wrap(its))
    )
    total = ops.index_add(
        Tensor._wrap(np.zeros(len(places), products._a.dtype)), 0, Tensor._wrap(where.reshape(-1)), products
    )
    indices = np.stack(np.divmod(places, max(shape[1], 1))).astype(np.int64)
    return make(indices, total, shape, True, name)


def _adjoint(t: Any) -> Any:
    t = transposed(t) if isinstance(t, SparseTensor) else ops.t(t)
    return ops.conj(t) if t._a.dtype.kind == "c" else t


def _linked_product(a: Any, b: Any, name: str) -> Any:
    """A product whose gradients are products again, dense also for a sparse operand, as PyTorch's `mm` has them."""
    result = _product(a.detach(), b.detach(), name, name)
    return linked(result, name, (a, lambda g: ops.mm(g, _adjoint(b))), (b, lambda g: ops.mm(_adjoint(a), g)))


def _product(a: Any, b: Any, name: str, both: str) -> Any:
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        return _times_sparse(a, b, both)
    if isinstance(a, SparseTensor):
        return named(_times_dense(a, b), name)
    return named(ops.t(_times_dense(transposed(b), ops.t(a))), name)


@rule("mm")
def mm(input: Any, mat2: Any) -> Any:
    """The matrix product; sparse where both operands are."""
    _check(input, mat2, "mm")
    return _linked_product(input, mat2, "MmBackward0")


def sparse_mm(mat1: Any, mat2: Any, reduce: str | None = None) -> Any:
    """The matrix product of matrices of which one or both are sparse; sparse where both are.

    `reduce` is for CSR matrices and raises NotImplementedError. Gradients of a sparse operand are sparse.
    Shape: (m, n), (n, p) -> (m, p).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.mm.html

    >>> import penlight as torch
    >>> a = torch.eye(2).to_sparse()
    >>> torch.sparse.mm(a, torch.ones(2, 3)).shape
    torch.Size([2, 3])
    """
    if reduce is not None:
        raise refuse("_sparse_mm_reduce_impl", ": reduce= needs CSR matrices, which penlight does not have")
    if isinstance(mat2, Tensor) and mat2._a.ndim == 1:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
    _check(mat1, mat2, "addmm")
    if not _is_sparse(mat1, mat2):
        return ops.mm(mat1, mat2)
    name = "SparseAddmmBackward0" if isinstance(mat1, SparseTensor) else "TransposeBackward0"
    return _product(mat1, mat2, name, "SparseSparseMatmulBackward0")


@rule("addmm")
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1, name: str = "AddmmBackward0") -> Any:
    """beta * input + alpha * mat1 @ mat2."""
    if isinstance(input, SparseTensor):
        raise RuntimeError("expand is unsupported for Sparse tensors: addmm takes a dense input")
    _check(mat1, mat2, "addmm")
    if isinstance(mat1, SparseTensor) and isinstance(mat2, SparseTensor):
        raise refuse("addmm", ": both matrices are sparse; multiply them and add")
    masked = name != "AddmmBackward0"
    product = _product(mat1, mat2, name, name) if masked else _linked_product(mat1, mat2, name)
    scaled = input if beta == 1 else ops.mul(input, beta)
    return named(ops.add(scaled, product, alpha=alpha), name)


def sparse_addmm(mat: Any, mat1: Any, mat2: Any, beta: float = 1.0, alpha: float = 1.0) -> Any:
    """beta * mat + alpha * mat1 @ mat2 with a sparse `mat1`, whose gradient is sparse.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.addmm.html
    """
    return addmm(mat, mat1, mat2, beta=beta, alpha=alpha, name="SparseAddmmBackward0")


@rule("mv")
def mv(input: Any, vec: Any) -> Any:
    """A matrix times a vector."""
    if isinstance(vec, SparseTensor) or not isinstance(input, SparseTensor):
        raise refuse("mv", ": the vector must be dense")
    if vec._a.ndim != 1:
        raise RuntimeError(f"mv: two dim tensor 'input' and one dim tensor 'vec' expected, got {vec._a.ndim}-D 'vec'")
    result = named(ops.squeeze(_times_dense(input.detach(), ops.unsqueeze(vec.detach(), 1)), 1), "")
    return linked(
        result, "MvBackward0", (input, lambda g: ops.outer(g, ops.conj(vec) if vec.is_complex() else vec)),
        (vec, lambda g: mv(_adjoint(input), g)),
    )  # fmt: skip


@rule("bmm")
def bmm(input: Any, mat2: Any) -> Any:
    """The matrix products of a batch; the second operand is dense."""
    if isinstance(mat2, SparseTensor) or not isinstance(input, SparseTensor):
        raise RuntimeError("bmm_sparse: Tensor 'mat2' must be dense")
    a, b = input._a, mat2._a
    if a.ndim != 3 or b.ndim != 3 or a.sparse_dim != 3 or a.shape[0] != b.shape[0] or a.shape[2] != b.shape[1]:
        raise RuntimeError(
            f"bmm_sparse: expected batches of matrices that can be multiplied, got {list(a.shape)} and {list(b.shape)}"
        )
    if a.dtype is not b.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.legacy} but found {mat2.dtype.legacy}")
    result = _blocks_times(input.detach(), mat2.detach())
    return linked(
        result, "BmmBackward0", (input, lambda g: ops.bmm(g, ops.transpose(mat2, 1, 2))),
        (mat2, lambda g: _blocks_times(permute(input, (0, 2, 1)), g)),
    )  # fmt: skip


def _blocks_times(input: Any, mat2: Tensor) -> Tensor:
    """The batch as one matrix with blocks on its diagonal. Shape: (B, m, n), (B, n, p) -> (B, m, p)."""
    whole = coalesce(input)
    batch, rows, columns = whole._a.indices
    count, height, width = whole._a.shape
    flat = np.stack((batch * height + rows, batch * width + columns))
    blocks = make(flat, values_of(whole), (count * height, count * width), True, "BmmBackward0")
    result = _times_dense(blocks, ops.reshape(mat2, (count * width, mat2._a.shape[2])))
    return named(ops.reshape(result, (count, height, mat2._a.shape[2])), "BmmBackward0")


@rule("matmul")
def matmul(input: Any, other: Any) -> Any:
    """`@` for matrices and vectors."""
    if not isinstance(input, Tensor) or not isinstance(other, Tensor):
        raise TypeError("matmul(): expected two Tensors")
    a, b = input._a.ndim, other._a.ndim
    if a == 2 and b == 2:
        return mm(input, other)
    if a == 2 and b == 1:
        return mv(input, other)
    if a == 1 and b == 2 and not isinstance(input, SparseTensor):
        return mv(transposed(other), input)
    raise RuntimeError(
        f"expand is unsupported for Sparse tensors: matmul of sparse tensors takes matrices and vectors, got {a}-D and "
        f"{b}-D; use bmm for batches"
    )


@rule("linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """input @ weight.T + bias."""
    product = mm(input, transposed(weight) if isinstance(weight, SparseTensor) else ops.t(weight))
    return product if bias is None else named(ops.add(product, bias), "AddmmBackward0")


def smm(input: Any, mat: Any) -> Any:
    """The product of a sparse and a dense matrix as a sparse matrix that has every column of each row with entries.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.smm.html
    """
    return sspaddmm(None, input, mat)


def sspaddmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """beta * input + alpha * mat1 @ mat2 for sparse `input` and `mat1`: a sparse matrix, not coalesced; no gradient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sspaddmm.html
    """
    if not isinstance(mat1, SparseTensor) or isinstance(mat2, SparseTensor):
        raise refuse("sspaddmm", ": mat1 must be sparse and mat2 dense")
    _check(mat1, mat2, "sspaddmm")
    _no_gradient("sspaddmm", input, mat1, mat2)
    rows, values = _hybrid(mat1, mat2)
    width = values.shape[1]
    indices = np.stack((np.repeat(rows, width), np.tile(np.arange(width), len(rows))))
    values = (values * alpha).astype(values.dtype, copy=False).reshape(-1)
    shape = (mat1._a.shape[0], width)
    if input is None:
        return Coo(indices, values, shape).tensor()
    if input._a.shape != shape:
        raise RuntimeError(f"sspaddmm: expected input of size {list(shape)}, got {list(input._a.shape)}")
    first = (input._a.values * beta).astype(input._a.dtype, copy=False)
    return Coo(np.concatenate((input._a.indices, indices), 1), np.concatenate((first, values)), shape).tensor()


def _no_gradient(name: str, *tensors: Any) -> None:
    if any(t is not None and t._node is not None for t in tensors):
        raise NotImplementedError(f"the derivative for '{name}' is not implemented; use torch.sparse.mm")


def _hybrid(mat1: Any, mat2: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The rows with entries, and the product's rows there."""
    whole = coalesce(mat1)
    rows, where = np.unique(whole._a.indices[0], return_inverse=True)
    narrow = Coo(
        np.stack((where.reshape(-1), whole._a.indices[1])), whole._a.values, (len(rows), mat1._a.shape[1]), True
    )
    return rows, _times_dense(narrow.tensor(), mat2)._a


def hspmm(mat1: Any, mat2: Any) -> Any:
    """The product of a sparse and a dense matrix with its rows sparse and its columns dense; no gradient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.hspmm.html
    """
    if not isinstance(mat1, SparseTensor) or isinstance(mat2, SparseTensor):
        raise refuse("hspmm", ": mat1 must be sparse and mat2 dense")
    _check(mat1, mat2, "hspmm")
    _no_gradient("hspmm", mat1, mat2)
    rows, values = _hybrid(mat1, mat2)
    return Coo(rows.reshape(1, -1), values, (mat1._a.shape[0], mat2._a.shape[1])).tensor()


saddmm, hsmm = sspaddmm, hspmm


def spmm(input: Any, mat2: Any) -> Any:
    """`mm` under the name that sparse code used."""
    return ops.mm(input, mat2)


dsmm = spmm
