"""Moving, picking and joining the entries of sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.dims import dimension, dimensions
from penlight.sparse.tensor import RULES, SparseTensor, make, named, refuse, rule, values_of
from penlight.tensor.arguments import common_dtype
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__: list[str] = []


def _index(array: np.ndarray) -> Tensor:
    return Tensor._wrap(np.ascontiguousarray(array, np.int64))


@rule("permute")
def permute(input: Any, *dims: Any, name: str = "PermuteBackward0") -> Any:
    """The dimensions in another order; sparse and dense ones keep apart."""
    coo = input._a
    order = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    if len(order) != coo.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {coo.ndim} is not equal to len(dims) = {len(order)}"
        )
    order = dimensions(order, coo.ndim)
    if any((d < coo.sparse_dim) != (i < coo.sparse_dim) for i, d in enumerate(order)):
        raise RuntimeError(
            "permute(sparse_coo): transpositions between sparse and dense dimensions are not allowed. Only "
            "transpositions within sparse and dense dimensions are supported."
        )
    sparse, dense = order[: coo.sparse_dim], order[coo.sparse_dim :]
    values = values_of(input)
    if dense and dense != tuple(range(coo.sparse_dim, coo.ndim)):
        values = ops.permute(values, (0, *(d - coo.sparse_dim + 1 for d in dense)))
    still = sparse == tuple(range(coo.sparse_dim))
    return make(coo.indices[list(sparse)], values, tuple(coo.shape[d] for d in order), coo.coalesced and still, name)


@rule("transpose", "swapaxes", "swapdims")
def transpose(input: Any, dim0: int, dim1: int, name: str = "TransposeBackward0") -> Any:
    """Two dimensions swapped, both sparse or both dense."""
    coo = input._a
    a, b = dimension(dim0, coo.ndim), dimension(dim1, coo.ndim)
    if (a < coo.sparse_dim) != (b < coo.sparse_dim) or (a >= coo.sparse_dim and a != b):
        raise RuntimeError(
            f"sparse transpose: transposed dimensions must be sparse Got sparse_dim: {coo.sparse_dim}, d0: {a}, d1: {b}"
        )
    if a == b:
        return input
    order = list(range(coo.ndim))
    order[a], order[b] = b, a
    return permute(input, order, name=name)


@rule("t", "numpy_T", "mT", "T", "H", "mH", "adjoint")
def t(input: Any) -> Any:
    """The transposed matrix."""
    coo = input._a
    if coo.sparse_dim > 2 or coo.ndim > coo.sparse_dim:
        raise RuntimeError(
            f"t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got {coo.sparse_dim} sparse and "
            f"{coo.ndim - coo.sparse_dim} dense dimensions"
        )
    return input if coo.ndim < 2 else transpose(input, 0, 1, "TBackward0")


@rule("unsqueeze")
def unsqueeze(input: Any, dim: int) -> Any:
    """A new dimension of length 1; sparse up to the last sparse one."""
    coo = input._a
    d = dimension(dim, coo.ndim + 1)
    shape = (*coo.shape[:d], 1, *coo.shape[d:])
    values = values_of(input)
    if d <= coo.sparse_dim:
        indices = np.insert(coo.indices, d, 0, axis=0)
    else:
        indices, values = coo.indices, ops.unsqueeze(values, d - coo.sparse_dim + 1)
    return make(indices, values, shape, False, "UnsqueezeBackward0")


def _rows(coo: Any, dim: int, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(entries, their new index) for indices along a sparse dimension, in the order asked for, then as they stand."""
    order = np.argsort(coo.indices[dim], kind="stable")
    rows = coo.indices[dim][order]
    left, right = np.searchsorted(rows, wanted, "left"), np.searchsorted(rows, wanted, "right")
    counts = right - left
    new = np.repeat(np.arange(len(wanted)), counts)
    within = np.arange(len(new)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[np.repeat(left, counts) + within], new


@rule("index_select")
def index_select(input: Any, dim: int, index: Tensor) -> Any:
    """The slices at `index`."""
    if not isinstance(input, SparseTensor) or isinstance(index, SparseTensor):
        raise refuse("index_select")
    coo = input._a
    d = dimension(dim, coo.ndim)
    if index._a.ndim != 1 or index._a.dtype.name not in ("int64", "int32"):
        raise IndexError("index_select(): Index should be a 1-D tensor of int64 or int32")
    n = coo.shape[d]
    outside = (index._a < -n) | (index._a >= n)
    if outside.any():
        raise IndexError(
            f"index_select(): index contains {index._a[outside][0]} that is out of range for tensor of size "
            f"{list(coo.shape)} at dimension {d}"
        )
    wanted = index._a % n if n else index._a
    shape = (*coo.shape[:d], len(wanted), *coo.shape[d + 1 :])
    values = values_of(input)
    if d >= coo.sparse_dim:
        values = ops.index_select(values, d - coo.sparse_dim + 1, _index(wanted))
        return make(coo.indices, values, shape, False, "IndexSelectBackward0")
    entries, new = _rows(coo, d, wanted)
    if len(coo.values) <= len(wanted) and len(coo.values) < n:  # PyTorch then goes through the entries
        order = np.argsort(entries, kind="stable")
        entries, new = entries[order], new[order]
    indices = coo.indices[:, entries]
    indices[d] = new
    return make(indices, ops.index_select(values, 0, _index(entries)), shape, False, "IndexSelectBackward0")


@rule("select")
def select(input: Any, dim: int, index: int) -> Any:
    """The slice at one index; dense where no sparse dimension is left."""
    coo, index = input._a, int(index)
    if not coo.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    d = dimension(dim, coo.ndim)
    n = coo.shape[d]
    if not -n <= index < n:
        raise IndexError(f"index {index} is out of bounds for dimension {d} with size {n}")
    index = index % n
    shape = coo.shape[:d] + coo.shape[d + 1 :]
    values = values_of(input)
    if d >= coo.sparse_dim:
        values = ops.select(values, d - coo.sparse_dim + 1, index)
        return make(coo.indices, values, shape, False, "SelectBackward0")
    entries = np.flatnonzero(coo.indices[d] == index)
    values = ops.index_select(values, 0, _index(entries))
    if coo.sparse_dim == 1:
        return named(values.sum(0), "SelectBackward0")
    return make(np.delete(coo.indices[:, entries], d, 0), values, shape, False, "SelectBackward0")


@rule("narrow_copy")
def narrow_copy(input: Any, dim: int, start: int, length: int) -> Any:
    """`length` slices from `start` on."""
    coo = input._a
    d = dimension(dim, coo.ndim)
    start = start + coo.shape[d] if start < 0 else start
    if not 0 <= start <= start + length <= coo.shape[d]:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({coo.shape[d]})")
    shape = (*coo.shape[:d], length, *coo.shape[d + 1 :])
    values = values_of(input)
    if d >= coo.sparse_dim:
        return make(
            coo.indices, ops.narrow(values, d - coo.sparse_dim + 1, start, length).contiguous(), shape, False, ""
        )
    entries = np.flatnonzero((coo.indices[d] >= start) & (coo.indices[d] < start + length))
    indices = coo.indices[:, entries]
    indices[d] -= start
    return make(indices, ops.index_select(values, 0, _index(entries)), shape, False, "NarrowCopyBackward0")


@rule("unbind")
def unbind(input: Any, dim: int = 0) -> tuple:
    """The slices along a dimension."""
    return tuple(select(input, dim, i) for i in range(input._a.shape[dimension(dim, input._a.ndim)]))


@rule("__getitem__", "getitem")
def getitem(self: Any, index: Any) -> Any:
    """Integers, None and whole slices; others have no sparse form."""
    result, dim = self, 0
    parts = index if isinstance(index, tuple) else (index,)
    if parts == (slice(None),):
        raise refuse("alias")
    for part in parts:
        if part is None:
            result = RULES["unsqueeze"](result, dim) if isinstance(result, SparseTensor) else result.unsqueeze(dim)
            dim += 1
        elif isinstance(part, slice) and part == slice(None):
            dim += 1
        elif isinstance(part, (int, np.integer)) and not isinstance(part, (bool, np.bool_)):
            sparse = isinstance(result, SparseTensor)
            result = select(result, dim, int(part)) if sparse else result.select(dim, int(part))
        else:
            what = "as_strided" if isinstance(part, slice) else "index.Tensor"
            raise refuse(what, ": sparse tensors take integers, None and whole slices as indices; use index_select()")
    return result


@rule("cat")
def cat(tensors: Any, dim: int = 0) -> Any:
    """Sparse tensors one after the other."""
    tensors = tuple(tensors)
    for i, part in enumerate(tensors):
        if not isinstance(part, SparseTensor):
            if not isinstance(tensors[0], SparseTensor):
                raise refuse("cat", ": a sparse tensor was found beside dense ones; call to_dense() on it")
            raise RuntimeError(f"Concatenating sparse tensors, but a dense tensor was found at position {i}.")
    first = tensors[0]._a
    d = dimension(dim, first.ndim)
    for i, part in enumerate(tensors):
        a = part._a
        if a.ndim != first.ndim or a.shape[:d] + a.shape[d + 1 :] != first.shape[:d] + first.shape[d + 1 :]:
            raise RuntimeError(
                "All tensors must have the same shape: "
                f"{list(first.shape)} (except in the concatenating dimension), but found shape: {list(a.shape)} at "
                f"position {i}"
            )
        if a.sparse_dim != first.sparse_dim:
            raise RuntimeError(
                f"All tensors must have the same sparse_dim and dense_dim: {first.sparse_dim}, {first.ndim - first.sparse_dim}, "
                f"but tensor at position {i} has {a.sparse_dim}, {a.ndim - a.sparse_dim}."
            )
    total = sum(part._a.shape[d] for part in tensors)
    target = common_dtype(list(tensors)).np
    indices, values, start = [], [], 0
    for part in tensors:
        a, v = part._a, values_of(part)._cast(target)
        own = a.indices
        if d < a.sparse_dim:
            own = own.copy()
            own[d] += start
        else:
            inner = d - a.sparse_dim + 1
            before = list(v._a.shape)
            after = list(before)
            before[inner], after[inner] = start, total - start - a.shape[d]
            v = ops.cat((v.new_zeros(before), v, v.new_zeros(after)), inner)
        indices.append(own)
        values.append(v)
        start += a.shape[d]
    shape = (*first.shape[:d], total, *first.shape[d + 1 :])
    return make(np.concatenate(indices, 1), ops.cat(values, 0), shape, False, "CatBackward0")


RULES["concat"] = RULES["concatenate"] = cat


@rule("stack")
def stack(tensors: Any, dim: int = 0) -> Any:
    """Sparse tensors along a new dimension."""
    if not all(isinstance(part, SparseTensor) for part in tensors):
        raise refuse("stack", ": sparse and dense tensors cannot be mixed")
    result = cat([unsqueeze(part, dim) for part in tensors], dimension(dim, tensors[0]._a.ndim + 1))
    if result._node is not None:
        result = make(result._a.indices, values_of(result), result._a.shape, False, "StackBackward0")
    return result


@rule("vstack", "row_stack")
def vstack(tensors: Any) -> Any:
    """Matrices below each other."""
    return cat([unsqueeze(part, 0) if part._a.ndim < 2 else part for part in tensors], 0)


@rule("hstack")
def hstack(tensors: Any) -> Any:
    """Matrices side by side."""
    return cat(tensors, 0 if tensors[0]._a.ndim == 1 else 1)


@rule("dstack")
def dstack(tensors: Any) -> Any:
    """Matrices behind each other."""
    return cat([unsqueeze(part, 2) if part._a.ndim == 2 else part for part in tensors], 2)


@rule("column_stack")
def column_stack(tensors: Any) -> Any:
    """Columns side by side."""
    return cat([unsqueeze(part, 1) if part._a.ndim < 2 else part for part in tensors], 1)


@rule("movedim")
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Dimensions moved to other places."""
    places = list(range(input._a.ndim))
    moved = [source] if isinstance(source, int) else list(source)
    targets = [destination] if isinstance(destination, int) else list(destination)
    moved = [dimension(d, len(places)) for d in moved]
    for target, d in sorted(zip([dimension(d, len(places)) for d in targets], moved)):
        places.remove(d)
        places.insert(target, d)
    return permute(input, places)


@rule("broadcast_tensors")
def broadcast_tensors(*tensors: Any) -> Any:
    """The tensors themselves where their shapes are equal already."""
    tensors = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if len({part._a.shape for part in tensors}) > 1:
        raise refuse("expand")
    return tensors
