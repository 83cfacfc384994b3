"""The rest of `torch.sparse`: diagonals, gradient checks, the old tensor types, what is missing."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from penlight.base.dtypes import DTYPES
from penlight.ledger.missing import placeholder
from penlight.sparse.create import check_layout, sparse_coo_tensor, zeros
from penlight.sparse.tensor import RULES, SparseTensor, make, refuse
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor, TensorMeta

__all__ = [
    "CLASSES", "as_sparse_gradcheck", "ccol_indices_copy", "col_indices_copy", "crow_indices_copy", "indices_copy",
    "native_norm", "resize_as_sparse_", "row_indices_copy", "sampled_addmm", "spdiags", "values_copy",
]  # fmt: skip

_COMPRESSED = "penlight has sparse tensors in coordinate form only; use sparse_coo_tensor or to_sparse"
sparse_csr_tensor = placeholder("torch.sparse_csr_tensor", _COMPRESSED)
sparse_csc_tensor = placeholder("torch.sparse_csc_tensor", _COMPRESSED)
sparse_bsr_tensor = placeholder("torch.sparse_bsr_tensor", _COMPRESSED)
sparse_bsc_tensor = placeholder("torch.sparse_bsc_tensor", _COMPRESSED)
sparse_compressed_tensor = placeholder("torch.sparse_compressed_tensor", _COMPRESSED)
SparseSemiStructuredTensor = placeholder("torch.sparse.SparseSemiStructuredTensor", "it is a format of CUDA kernels")
SparseSemiStructuredTensorCUTLASS = placeholder(
    "torch.sparse.SparseSemiStructuredTensorCUTLASS", "it is a format of CUDA kernels"
)
SparseSemiStructuredTensorCUSPARSELT = placeholder(
    "torch.sparse.SparseSemiStructuredTensorCUSPARSELT", "it is a format of CUDA kernels"
)
to_sparse_semi_structured = placeholder("torch.sparse.to_sparse_semi_structured", "it is a format of CUDA kernels")


def spdiags(diagonals: Tensor, offsets: Tensor, shape: tuple[int, int], layout: Any = None) -> SparseTensor:
    """A sparse matrix with rows of `diagonals` on the diagonals `offsets` (positive: above the main one).

    Column j of the matrix holds elements j of the rows, as in scipy.sparse.spdiags.
    Shape: (n, m), (n) -> shape. Raises: RuntimeError where these do not fit or an offset comes twice.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.spdiags.html

    >>> import penlight as torch
    >>> torch.sparse.spdiags(torch.ones(1, 2), torch.tensor([1]), (2, 2)).to_dense()
    tensor([[0., 1.],
            [0., 0.]])
    """
    check_layout(layout)
    table = diagonals if diagonals._a.ndim == 2 else ops.reshape(diagonals, (1, -1))
    steps = offsets._a.reshape(-1)
    if len(shape) != 2:
        raise RuntimeError("Output shape must be 2d")
    if diagonals._a.ndim not in (1, 2):
        raise RuntimeError("Diagonals must be vector or matrix")
    if len(steps) != len(table._a):
        raise RuntimeError(f"Number of diagonals ({len(table._a)}) does not match the number of offsets ({len(steps)})")
    if len(np.unique(steps)) != len(steps):
        raise RuntimeError("Offset tensor contains duplicate values")
    rows, columns, picked = [], [], []
    width = min(table._a.shape[1], shape[1])
    for k, step in enumerate(steps.tolist()):
        if not -shape[0] < step < shape[1]:
            raise RuntimeError(
                f"Diagonal {step} lies outside a matrix of shape {list(shape)}: offsets are from {1 - shape[0]} to "
                f"{shape[1] - 1}"
            )
        columns.append(np.arange(max(step, 0), min(width, shape[0] + step)))
        rows.append(columns[-1] - step)
        picked.append(columns[-1] + k * table._a.shape[1])
    values = ops.index_select(ops.reshape(table, (-1,)), 0, Tensor._wrap(np.concatenate(picked).astype(np.int64)))
    indices = np.stack((np.concatenate(rows), np.concatenate(columns))).astype(np.int64)
    return make(indices, values, tuple(shape), False, "SpdiagsBackward0")


def sampled_addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1.0, alpha: Any = 1.0, out: Any = None) -> Any:
    """Raises NotImplementedError: as in PyTorch, it takes CSR matrices, which penlight does not have."""
    raise refuse("sparse_sampled_addmm", ": it takes CSR matrices, which penlight does not have")


def as_sparse_gradcheck(gradcheck: Any) -> Any:
    """A `gradcheck` that takes sparse tensors: they are checked through their values.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse.as_sparse_gradcheck.html
    """

    @wraps(gradcheck)
    def checked(function: Any, inputs: Any, **kwargs: Any) -> Any:
        given = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
        flat: list = []
        shapes: list = []
        for t in given:
            if isinstance(t, SparseTensor) and t.requires_grad:
                whole = t.detach().coalesce()
                shapes.append((whole.indices(), whole.shape))
                flat.append(whole.values().clone().requires_grad_())
            else:
                shapes.append(None)
                flat.append(t)

        def on_values(*parts: Any) -> Any:
            made = [
                part if shape is None else sparse_coo_tensor(shape[0], part, shape[1], is_coalesced=True)
                for part, shape in zip(parts, shapes)
            ]
            results = function(*made)
            results = results if isinstance(results, (tuple, list)) else (results,)
            return tuple(r.coalesce().values() if isinstance(r, SparseTensor) else r for r in results)

        kwargs.pop("masked", None)
        return gradcheck(on_values, tuple(flat), **kwargs)

    return checked


def _copy_of(part: str) -> Any:
    def function(input: Tensor) -> Tensor:
        found = getattr(input, part)()  # raises for a dense tensor
        return found.clone()

    function.__name__ = function.__qualname__ = f"{part}_copy"
    function.__doc__ = f"`Tensor.{part}` in memory of its own."
    return function


indices_copy, values_copy = _copy_of("indices"), _copy_of("values")
crow_indices_copy, col_indices_copy = _copy_of("crow_indices"), _copy_of("col_indices")
ccol_indices_copy, row_indices_copy = _copy_of("ccol_indices"), _copy_of("row_indices")


def native_norm(input: Tensor, p: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The norm of a sparse tensor. Raises NotImplementedError for a dense one, as PyTorch's."""
    if not isinstance(input, SparseTensor):
        raise NotImplementedError("Could not run 'aten::native_norm' with arguments from the 'CPU' backend; use norm()")
    return RULES["norm"](input, p, dim, keepdim, dtype)


def resize_as_sparse_(input: Any, other: Any) -> Any:
    """Give a sparse tensor the shape of another one, in place."""
    return input.resize_as_sparse_(other)


class _LegacyMeta(TensorMeta):
    legacy_dtype: Any

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, SparseTensor) and instance.dtype is cls.legacy_dtype

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError(f"{cls.__name__}() takes no keyword arguments here, got {sorted(kwargs)}")
        if args and isinstance(args[0], Tensor):
            if args[0]._a.dtype != np.int64:
                raise RuntimeError(f"indices must be an int64 tensor, got {args[0].dtype!r}")
            return sparse_coo_tensor(*args)
        sizes = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args or (0,)
        return zeros(tuple(sizes), cls.legacy_dtype.np)


def _make(name: str) -> Any:
    d = DTYPES[name]
    members = {"legacy_dtype": d, "__module__": "torch.sparse", "__doc__": f"Makes sparse {d!r} tensors (old form)."}
    return _LegacyMeta(f"{d.legacy}Tensor", (Tensor,), members)


_NAMES = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
CLASSES: dict[str, Any] = {f"{DTYPES[n].legacy}Tensor": _make(n) for n in _NAMES}
