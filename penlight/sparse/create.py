"""Making sparse tensors, and going back: `sparse_coo_tensor`, `to_sparse`, `to_dense`, `sparse_mask`."""

from __future__ import annotations

import threading
from functools import wraps
from typing import Any
from weakref import ref

import numpy as np

from penlight.base import dtypes
from penlight.base.coo import Coo, check_inside
from penlight.base.device import read_device
from penlight.engine.node import new_leaf
from penlight.sparse.tensor import (
    SparseTensor,
    coalesce,
    entries_at,
    make,
    named,
    refuse,
    rule,
    values_of,
    wrap,
)  # fmt: skip
from penlight.tensor.create import as_tensor
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.subclass import DisableTorchFunction
from penlight.tensor.tensor import Tensor

__all__ = ["check_sparse_tensor_invariants", "sparse_coo_tensor", "zeros"]


class _State(threading.local):
    check = False


_state = _State()


class check_sparse_tensor_invariants:
    """Whether new sparse tensors are checked for indices outside their shape; a context and a decorator as well.

    `sparse_coo_tensor(..., check_invariants=…)` goes before. Without the check penlight still raises where an op would
    read outside.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.check_sparse_tensor_invariants.html

    >>> import penlight as torch
    >>> with torch.sparse.check_sparse_tensor_invariants():
    ...     torch.sparse.check_sparse_tensor_invariants.is_enabled()
    True
    """

    def __init__(self, enable: bool = True) -> None:
        self.state = enable
        self.saved: bool | None = None

    @staticmethod
    def is_enabled() -> bool:
        return _state.check

    @staticmethod
    def enable() -> None:
        _state.check = True

    @staticmethod
    def disable() -> None:
        _state.check = False

    def __enter__(self) -> None:
        if self.saved is not None:
            raise RuntimeError("This context manager instance is already activated. Use a different one for nesting.")
        self.saved, _state.check = _state.check, self.state

    def __exit__(self, *exc_info: Any) -> None:
        assert self.saved is not None
        _state.check, self.saved = self.saved, None

    def __call__(self, function: Any) -> Any:
        @wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.state):
                return function(*args, **kwargs)

        return checked


def zeros(shape: Any, d: Any, sparse_dim: int | None = None, requires_grad: bool = False) -> SparseTensor:
    """A sparse tensor without entries."""
    shape = tuple(shape)
    sparse = len(shape) if sparse_dim is None else sparse_dim
    coo = Coo(np.zeros((sparse, 0), np.int64), np.zeros((0, *shape[sparse:]), d), shape, True)
    return wrap(coo, requires_grad)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) or (
        isinstance(value, (tuple, list)) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    )


def sparse_coo_tensor(
    *args: Any, indices: Any = None, values: Any = None, size: Any = None, dtype: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False, check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> SparseTensor:  # fmt: skip
    """A sparse tensor with `values` at the coordinates `indices`: `(indices, values)`, `(indices, values, size)`, or
    `(size)` for one without entries. What stands twice at one place counts as the sum.

    Shape: indices (sparse_dim, nnz), values (nnz, *dense shape); size: sparse and dense dimensions, from the largest
    indices where it is left out.
    Raises: RuntimeError where the shapes do not fit; for indices outside `size` where invariants are checked.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse_coo_tensor.html

    >>> import penlight as torch
    >>> torch.sparse_coo_tensor([[0, 1], [2, 0]], [3., 4.], (2, 3)).to_dense()
    tensor([[0., 0., 3.],
            [4., 0., 0.]])
    """
    if len(args) > 3 or (not args and size is None and (indices is None or values is None)):
        raise TypeError(
            "sparse_coo_tensor() received an invalid combination of arguments - expected (indices, values), (indices, "
            f"values, size) or (size), got {len(args)} positional arguments"
        )
    if device is not None:
        read_device(device)
    given = list(args)
    if len(given) == 1 and values is None:
        size = given.pop(0)
        if not _is_size(size):
            raise TypeError(
                "sparse_coo_tensor(): argument 'size' (position 1) must be tuple of ints, not "
                f"{'Tensor' if isinstance(size, Tensor) else type(size).__name__}"
            )
    if not given and indices is None:
        shape = (size,) if isinstance(size, int) else tuple(size)
        d = as_tensor([], dtype=dtype)._a.dtype
        return zeros(shape, d, requires_grad=requires_grad)
    indices = given.pop(0) if given else indices
    values = given.pop(0) if given else values
    size = given.pop(0) if given else size
    if size is not None and (isinstance(size, int) or not _is_size(size)):
        raise TypeError(
            "sparse_coo_tensor() received an invalid combination of arguments - expected a tuple of ints as size, got "
            f"{type(size).__name__}"
        )
    with DisableTorchFunction():
        where = as_tensor(indices).detach()
    if where._a.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(where._a.shape)}")
    places = where._a.astype(np.int64)
    numbers = values if isinstance(values, Tensor) else as_tensor(values)
    numbers = numbers if dtype is None else numbers.to(dtypes.of(dtype))
    if numbers._a.ndim == 0:
        numbers = numbers.reshape(1)
    if places.shape[1] != len(numbers._a):
        raise RuntimeError(
            f"indices and values must have same nnz, but got nnz from indices: {places.shape[1]}, nnz from values: "
            f"{len(numbers._a)}"
        )
    shape = _fitted_shape(places, numbers._a, size)
    check = _state.check if check_invariants is None else check_invariants
    if check:
        check_inside(places, shape)
        if is_coalesced and len(Coo(places, numbers._a, shape).coalesce().values) != len(numbers._a):
            raise RuntimeError("cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor")
    t = make(places, numbers, shape, bool(is_coalesced), "SparseCooTensorWithDimsAndTensorsBackward0")
    if requires_grad and t._node is None:
        if numbers._a.dtype.kind not in "fcV":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        t._node = new_leaf(ref(t))
    return t


def _fitted_shape(indices: np.ndarray, values: np.ndarray, size: Any) -> tuple:
    dense = values.shape[1:]
    if size is None:
        if indices.size and indices.min() < 0:
            check_inside(indices, tuple(indices.max(1) + 1))
        if not indices.shape[1]:
            return (0,) * len(indices) + dense
        return (*(int(n) + 1 for n in indices.max(1)), *dense)
    shape = tuple(int(n) for n in size)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"sparse_coo_tensor: expected a size without negative numbers, got {list(shape)}")
    if len(shape) != len(indices) + len(dense):
        raise RuntimeError(
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(shape)}, sparse_dim = "
            f"{len(indices)}, dense_dim = {len(dense)}"
        )
    if shape[len(indices) :] != dense:
        wanted = [len(values), *shape[len(indices) :]]
        raise RuntimeError(f"values has incorrect size, expected {wanted}, got {list(values.shape)}")
    return shape


# --- dense to sparse and back -----------------------------------------------------------------------------------------


def check_layout(layout: Any) -> None:
    """Raise NotImplementedError for the sparse layouts that penlight lacks."""
    if layout is not None and layout.name not in ("sparse_coo", "strided"):
        raise NotImplementedError(f"penlight does not have {layout!r} tensors; use torch.sparse_coo")


def to_sparse(
    self: Tensor, sparse_dim: Any = None, *, layout: Any = None, blocksize: Any = None, dense_dim: Any = None
):
    """The places of `self` that are not zero. `sparse_dim`: how many leading dimensions are sparse."""
    if sparse_dim is not None and not isinstance(sparse_dim, int):
        layout, sparse_dim = sparse_dim, None
    check_layout(layout)
    if layout is not None and layout.name == "strided":
        return to_dense(self) if isinstance(self, SparseTensor) else self
    if isinstance(self, SparseTensor):
        if sparse_dim is not None and sparse_dim != self._a.sparse_dim:
            raise RuntimeError(
                "to_sparse: conversion from Sparse to Sparse with sparse_dim argument !=self.sparse_dim() is not "
                f"supported; got {sparse_dim} for {self._a.sparse_dim}"
            )
        return self
    a = self._a
    sparse = a.ndim if sparse_dim is None else sparse_dim
    if not 0 <= sparse <= a.ndim:
        raise RuntimeError(f"dense_to_sparse: sparse_dim argument must be in [0,{a.ndim}] range, but {sparse} is given")
    if a.ndim and not sparse:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")
    full = a.astype(np.float32) if a.dtype.kind == "V" else a
    present = full != 0
    if sparse < a.ndim:
        present = present.any(axis=tuple(range(sparse, a.ndim)))
    if not a.ndim:
        indices = np.zeros((0, int(bool(present))), np.int64)
    else:
        indices = np.stack(np.nonzero(present)).astype(np.int64)
    flat = ops.reshape(self, (-1, *a.shape[sparse:]))
    place = Coo(indices, np.empty(indices.shape[1], bool), a.shape[:sparse]).linear()
    values = ops.index_select(flat, 0, Tensor._wrap(place))
    return make(indices, values, a.shape, True, "ToSparseBackward0" if sparse_dim else "ToSparseBackward1")


@rule("to_dense")
def to_dense(self: Any, dtype: Any = None, *, masked_grad: bool = True) -> Tensor:
    """The tensor with zeros written out."""
    if dtype is not None:
        raise RuntimeError("dtype argument is not supported by sparse_to_dense; convert before or after")
    whole = coalesce(self)
    coo = whole._a
    values = values_of(whole)
    sparse = coo.sparse_dim
    rows = int(np.prod(coo.shape[:sparse], dtype=np.int64))
    flat = Tensor._wrap(np.zeros((rows, *coo.shape[sparse:]), coo.dtype))
    if len(coo.values):
        flat = ops.index_copy(flat, 0, Tensor._wrap(coo.linear()), values)
    elif values._node is not None:
        flat = ops.index_add(flat, 0, Tensor._wrap(coo.linear()), values)
    return named(ops.reshape(flat, coo.shape), "ToDenseBackward0")


@rule("sparse_mask")
def sparse_mask(self: Tensor, mask: Any) -> SparseTensor:
    """The values of `self` at the places where `mask` has entries."""
    if not isinstance(mask, SparseTensor):
        raise refuse("sparse_mask", ": the mask must be a sparse tensor, got a dense one")
    coo = mask._a
    if self._a.shape != coo.shape:
        raise RuntimeError(
            f"sparse_mask(): operands have incompatible sizes; self has size {list(self._a.shape)} but mask has size "
            f"{list(coo.shape)}"
        )
    values = entries_at(self, coo.indices, coo.shape)
    return make(coo.indices, values, coo.shape, coo.coalesced, "SparseMaskBackward0")


# --- methods ----------------------------------------------------------------------------------------------------------


def _entries(self: Any, name: str, sparse: str = "sparse coordinate") -> Coo:
    if not isinstance(self, SparseTensor):
        raise RuntimeError(f"{name} expected {sparse} tensor layout but got Strided; call to_sparse() first")
    return self._a


def _coalesced_entries(self: Any, name: str, sparse: str = "sparse coordinate") -> Coo:
    coo = _entries(self, name, sparse)
    if not coo.coalesced:
        raise RuntimeError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")
    return coo


def indices(self: Any) -> Tensor:
    """The coordinates of a coalesced tensor. Shape: (sparse_dim, nnz)."""
    return Tensor._wrap(_coalesced_entries(self, "indices").indices)


def values(self: Any) -> Tensor:
    """The values of a coalesced tensor, in the graph. Shape: (nnz, *dense shape)."""
    _coalesced_entries(self, "values", "sparse")
    return values_of(self)


def is_coalesced(self: Any) -> bool:
    """Whether the coordinates are sorted and each stands once."""
    return _entries(self, "is_coalesced").coalesced


def coalesced(self: Any) -> SparseTensor:
    """The same with sorted coordinates, each once."""
    _entries(self, "coalesce")
    return coalesce(self)


def _raw(name: str, read: Any, doc: str) -> Any:
    def method(self: Any) -> Any:
        if not isinstance(self, SparseTensor):
            raise NotImplementedError(
                f"Could not run 'aten::{name}' with arguments from the 'CPU' backend: the tensor is dense; call "
                "to_sparse() first"
            )
        return read(self._a)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = doc
    return method


def sparse_dim(self: Any) -> int:
    """The number of leading dimensions that coordinates stand for; 0 for a dense tensor."""
    return self._a.sparse_dim if isinstance(self, SparseTensor) else 0


def dense_dim(self: Any) -> int:
    """The number of dimensions that each entry has of its own."""
    return self._a.ndim - sparse_dim(self)


def sparse_resize_(self: Any, size: Any, sparse_dim: int, dense_dim: int) -> Any:
    """Change the shape in place; it may not shrink while there are entries."""
    if not isinstance(self, SparseTensor):
        raise NotImplementedError("sparse_resize_ expected a sparse tensor but got a dense one; use resize_()")
    coo, size = self._a, tuple(size)
    if sparse_dim + dense_dim != len(size):
        raise RuntimeError(f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, "
                           f"sparse_dim = {sparse_dim}, dense_dim = {dense_dim}")  # fmt: skip
    if len(coo.values):
        if (sparse_dim, dense_dim) != (coo.sparse_dim, coo.ndim - coo.sparse_dim):
            raise RuntimeError(
                "changing the number of sparse or dense dimensions of a non-empty tensor is not supported"
            )
        if any(new < old for new, old in zip(size, coo.shape)):
            raise RuntimeError("shrinking the size of a non-empty sparse tensor is not supported")
        if size[sparse_dim:] != coo.shape[sparse_dim:]:
            raise NotImplementedError(
                "sparse_resize_: penlight does not lengthen the dense dimensions of a sparse tensor"
            )
        return self._put(wrap(Coo(coo.indices, coo.values, size, coo.coalesced)))
    return self._put(zeros(size, coo.dtype, sparse_dim))


def resize_as_sparse_(self: Any, other: Any) -> Any:
    """The shape of another sparse tensor, in place."""
    if not isinstance(self, SparseTensor) or not isinstance(other, SparseTensor):
        raise refuse("resize_as_", ": both tensors must be sparse")
    coo = _entries(other, "resize_as_sparse_")
    return sparse_resize_(self, coo.shape, coo.sparse_dim, coo.ndim - coo.sparse_dim)


def sparse_resize_and_clear_(self: Any, size: Any, sparse_dim: int, dense_dim: int) -> Any:
    """Give up all entries and take a new shape, in place."""
    coo = _entries(self, "sparse_resize_and_clear_")
    return self._put(zeros(tuple(size), coo.dtype, sparse_dim))


def _coalesced_(self: Any, coalesced: bool) -> Any:
    """State whether the coordinates are sorted and each stands once, which is not checked."""
    if not isinstance(coalesced, bool):
        raise TypeError(f"_coalesced_(): argument 'coalesced' must be bool, not {type(coalesced).__name__}")
    self._a.coalesced = coalesced
    return self


def _compressed(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"penlight does not have {name[3:]} tensors; use to_sparse(), the coordinate form")

    method.__name__ = method.__qualname__ = name
    method.__doc__ = "Raises NotImplementedError: penlight has sparse tensors in coordinate form only."
    return method


def _compressed_part(name: str, axis: str) -> Any:
    def method(self: Any) -> Any:
        got = "Sparse" if isinstance(self, SparseTensor) else "Strided"
        raise RuntimeError(f"{name} expected sparse {axis} compressed tensor layout but got {got}")

    method.__name__ = method.__qualname__ = name
    method.__doc__ = "Raises RuntimeError: penlight has no compressed sparse tensors."
    return method


def to_sparse_coo(self: Any) -> SparseTensor:
    """`to_sparse()`: the coordinate form."""
    return to_sparse(self)


_compressed_parts = {"crow_indices": "row", "col_indices": "row", "ccol_indices": "column", "row_indices": "column"}
_functions = (
    to_sparse, to_sparse_coo, sparse_mask, indices, values, is_coalesced, sparse_dim, dense_dim, sparse_resize_,
    resize_as_sparse_, sparse_resize_and_clear_, _coalesced_,
    _raw("_nnz", lambda coo: len(coo.values), "The number of entries."),
    _raw("_indices", lambda coo: Tensor._wrap(coo.indices), "The coordinates, coalesced or not."),
    _raw("_values", lambda coo: Tensor._wrap(coo.values), "The values, outside the graph."),
    *[_compressed(f"to_sparse_{kind}") for kind in ("csr", "csc", "bsr", "bsc")],
    *[_compressed_part(name, axis) for name, axis in _compressed_parts.items()],
)  # fmt: skip
METHODS = {"coalesce": coalesced, **{function.__name__: function for function in _functions}}
