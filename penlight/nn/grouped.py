"""`grouped_mm`: products of several pairs of matrices that lie one after the other."""

from __future__ import annotations

from typing import Any

from penlight.base import dtypes
from penlight.tensor import Tensor
from penlight.tensor import tensor_ops as ops

__all__ = ["grouped_mm"]


def _check_strides(t: Tensor) -> None:
    """Rows, or columns, start at multiples of 16 bytes, as PyTorch's kernels want them."""
    strides = t.stride()
    steps = strides[-2] if strides[-1] == 1 and strides[-2] >= max(1, t.shape[-1]) else strides[-1]
    if steps * t.element_size() % 16:
        raise RuntimeError(
            f"strides should be multiple of 16 bytes, got a stride of {steps * t.element_size()} bytes for shape "
            f"{tuple(t.shape)}"
        )


def grouped_mm(
    mat_a: Tensor, mat_b: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None, out_dtype: Any = None
) -> Tensor:
    """The products of groups: matrices of a batch, or parts of one matrix that end at `offs`.

    Shape: (G, M, K), (G, K, N) -> (G, M, N); with offs (G) int32: parts of M: (M, K), (G, K, N) -> (M, N); parts of
    N: (G, M, K), (K, N) -> (M, N); parts of K: (M, K), (K, N) -> (G, M, N). What lies after the last offset is zero.
    Raises: RuntimeError for shapes, strides or dtypes that PyTorch refuses.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grouped_mm.html

    >>> import penlight as torch
    >>> a, b = torch.ones(4, 8), torch.ones(2, 8, 4)
    >>> torch.nn.functional.grouped_mm(a, b, offs=torch.tensor([1, 4], dtype=torch.int32)).shape
    torch.Size([4, 4])
    """
    flat = (mat_a.ndim == 2) + (mat_b.ndim == 2)
    if mat_a.ndim not in (2, 3) or mat_b.ndim not in (2, 3):
        raise RuntimeError(f"mat_a and mat_b have to be 2 or 3 dimensional, got {mat_a.ndim} and {mat_b.ndim}")
    if (flat > 0) != (offs is not None):
        raise RuntimeError("Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    if mat_a.dtype is not mat_b.dtype or mat_a.dtype.name not in ("float32", "float16", "bfloat16"):
        raise RuntimeError(
            f"Expected both matrices to be float32, float16 or bfloat16, got {mat_a.dtype!r} and {mat_b.dtype!r}"
        )
    if flat < 2 and mat_a.shape[-1] != mat_b.shape[-2] or flat == 2 and mat_a.shape[1] != mat_b.shape[0]:
        raise RuntimeError(f"contraction dimension of mat_a and mat_b must match, got {mat_a.shape} and {mat_b.shape}")
    _check_strides(mat_a)
    _check_strides(mat_b)
    if bias is not None:
        raise RuntimeError("Bias not supported yet")
    if out_dtype is not None and dtypes.of(out_dtype) is not mat_a.dtype:
        raise RuntimeError("Grouped gemm output dtype must match `mat_a` dtype")
    if offs is None:
        if mat_a.shape[0] != mat_b.shape[0]:
            raise RuntimeError(f"batched dimension has to match, got {mat_a.shape[0]} and {mat_b.shape[0]}")
        return ops.bmm(mat_a, mat_b)
    if offs.dtype.name != "int32" or offs.ndim != 1:
        raise RuntimeError(f"Offsets have to be int32 and 1D, got {offs.dtype!r} of shape {tuple(offs.shape)}")
    ends = offs.tolist()
    batched = mat_b if mat_a.ndim == 2 else mat_a
    if batched.ndim == 3 and batched.shape[0] != len(ends):
        raise RuntimeError(f"matrix batch sizes have to match the offsets, got {batched.shape[0]} and {len(ends)}")
    starts = [0, *ends[:-1]]
    if flat == 2:
        parts = [ops.mm(mat_a[:, i:j], mat_b[i:j]) for i, j in zip(starts, ends)]
        return ops.stack(parts)
    if mat_a.ndim == 2:
        parts = [ops.mm(mat_a[i:j], mat_b[g]) for g, (i, j) in enumerate(zip(starts, ends))]
        rest = mat_a.new_zeros((mat_a.shape[0] - ends[-1], mat_b.shape[2]))
        return ops.cat((*parts, rest), 0)
    parts = [ops.mm(mat_a[g], mat_b[:, i:j]) for g, (i, j) in enumerate(zip(starts, ends))]
    rest = mat_a.new_zeros((mat_a.shape[1], mat_b.shape[1] - ends[-1]))
    return ops.cat((*parts, rest), 1)
