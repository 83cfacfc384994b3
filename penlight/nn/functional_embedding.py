"""Lookup tables: `embedding` and `embedding_bag`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from penlight.base.dims import read
from penlight.base.dtypes import from_numpy
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.memory import memory_of
from penlight.tensor.override import asking
from penlight.tensor.tensor import Tensor

__all__ = ["embedding", "embedding_bag"]


def _check_whole(indices: np.ndarray, place: int, function: str, name: str = "indices") -> None:
    if indices.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"Expected tensor for argument #{place} '{name}' to have one of the following scalar types: Long, Int; but "
            f"got torch.{from_numpy(indices.dtype).legacy}Tensor instead (while checking arguments for {function})"
        )


def _renorm(weight: Tensor, indices: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are looked up to norms of at most `max_norm`, in place."""
    max_norm = read("float", max_norm, "max_norm", "embedding_renorm_", 3)
    norm_type = read("float", norm_type, "norm_type", "embedding_renorm_", 4)
    _check_whole(indices, 2, "embedding_renorm_")
    rows = np.unique(indices)
    if rows.size and not 0 <= rows[0] <= rows[-1] < len(weight._a):
        raise IndexError("index out of range in self")
    values = weight._a[rows]
    wide = values.astype(np.float32) if values.dtype.itemsize == 2 else values
    norms = np.linalg.norm(wide, norm_type, axis=1)
    too_long = norms > max_norm
    if too_long.any():
        scale = (max_norm / (norms[too_long] + 1e-7)).astype(wide.dtype)
        weight._a[rows[too_long]] = (wide[too_long] * scale[:, None]).astype(values.dtype)
        memory_of(weight).changed()


def _padding(padding_idx: int | None, rows: int) -> int:
    if padding_idx is None:
        return -1
    if padding_idx >= rows or padding_idx < -rows:
        raise AssertionError(
            f"Padding_idx must be within num_embeddings, got padding_idx={padding_idx}, num_embeddings={rows}"
        )
    return padding_idx + rows if padding_idx < 0 else padding_idx


@asking
def embedding(
    input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:  # fmt: skip
    """weight[i] for each index. Shape: (*), (V, D) -> (*, D).

    The row `padding_idx` gets no gradient. max_norm: longer rows are scaled in place first. sparse: the
    weight's gradient is a sparse tensor of the rows that were used.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
    """
    padding_idx = _padding(padding_idx, weight.shape[0]) if padding_idx is not None else -1
    if max_norm is not None:
        _renorm(weight, input._a, max_norm, norm_type)
    return ops.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)


@asking
def embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None, norm_type: float = 2,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, per_sample_weights: Any = None,
    include_last_offset: bool = False, padding_idx: int | None = None,
) -> Tensor:  # fmt: skip
    """Sums, means or maxima of bags of rows. Shape: (B, N), or (N) with `offsets` (B) -> (B, D).

    scale_grad_by_freq: a row's gradient is divided by how often its index occurs, as the page below has it. (PyTorch's
    CPU kernel divides by the frequency of another index: [1, 1, 2] in one bag gives row 2 half its gradient.)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
    """
    if input._a.dtype.kind not in "iu" and weight._a.dtype.kind in "iu":
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.", UserWarning, stacklevel=3,
        )  # fmt: skip
        input, weight = weight, input
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have "
            "the same shape "
            f"as the input ({input.shape})"
        )
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            "(got mode="
            f"'{mode}'). Please open a feature request on GitHub."
        )
    include_last_offset = read("bool", include_last_offset, "include_last_offset", "embedding_bag")
    padding_idx = None if padding_idx is None else read("int", padding_idx, "padding_idx", "embedding_bag")
    starts = _bag_starts(input, offsets, include_last_offset)
    flat = input.reshape(-1)
    count = flat._a.size
    _check_whole(flat._a, 1, "embedding_bag")
    outside = (flat._a < 0) | (flat._a >= weight.shape[0])
    if outside.any():
        place = int(outside.argmax())
        raise RuntimeError(
            f"Index {place} of input takes value {flat._a[place]} which is not in the valid range [0, {weight.shape[0]})"
        )
    if per_sample_weights is not None and per_sample_weights.dtype is not weight.dtype:
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 "
            f"'per_sample_weights'; but type torch.{weight.dtype.legacy}Tensor does not equal "
            f"torch.{per_sample_weights.dtype.legacy}Tensor (while checking arguments for embedding_bag)"
        )
    padding = _padding(padding_idx, weight.shape[0]) if padding_idx is not None else -1
    if max_norm is not None:
        _renorm(weight, flat._a, max_norm, norm_type)
    rows = ops.embedding(weight, flat, padding, scale_grad_by_freq, sparse)  # (N, D)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    bag = np.searchsorted(starts, np.arange(count), side="right") - 1
    counted = flat._a != padding if padding >= 0 else np.ones(count, bool)
    if padding >= 0:
        kept = np.flatnonzero(counted)
        rows = rows.index_select(0, Tensor._wrap(kept))
        bag = bag[kept]
    if mode == "max":
        return _maxima(rows, bag, len(starts))
    sums = rows.new_zeros((len(starts), weight.shape[1])).index_add(0, Tensor._wrap(bag.astype(np.int64)), rows)
    if mode == "sum":
        return sums
    sizes = np.maximum(np.bincount(bag, minlength=len(starts)), 1).astype(weight._a.dtype)
    return sums / Tensor._wrap(sizes[:, None])


def _bag_starts(input: Tensor, offsets: Tensor | None, include_last_offset: bool) -> np.ndarray:
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed "
                "length sequences. "
                f"However, found offsets of type {type(offsets)}"
            )
        return np.arange(input.shape[0]) * input.shape[1]
    if input.dim() != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets.dim() != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    starts = offsets._a
    _check_whole(starts, 1, "embedding_bag", "offsets")
    if include_last_offset and not len(starts):
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if len(starts) and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. "
            f"However, got {starts[0]}"
        )
    if len(starts) and starts[-1] > input.shape[0]:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {input.shape[0]} but got offsets[-1] of {starts[-1]}"
        )
    return starts[:-1] if include_last_offset else starts


def _maxima(rows: Tensor, bag: np.ndarray, bags: int) -> Tensor:
    """The maximum of each bag's rows, 0 for empty bags. Shape: (N, D) -> (B, D)."""
    sizes = np.bincount(bag, minlength=bags)
    longest = int(sizes.max()) if len(sizes) else 0
    if not longest:  # `rows` is empty; its graph goes on
        return rows.new_zeros((bags, rows.shape[1])).index_add(0, Tensor._wrap(bag.astype(np.int64)), rows)
    place = np.arange(len(bag)) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # within its bag
    table = np.zeros((bags, longest), np.int64)
    table[bag, place] = np.arange(len(bag))
    absent = np.arange(longest) >= sizes[:, None]
    values = rows.index_select(0, Tensor._wrap(table.reshape(-1))).reshape(bags, longest, rows.shape[1])
    values = values.masked_fill(Tensor._wrap(absent[:, :, None]), float("-inf"))
    return values.max(1)[0].masked_fill(Tensor._wrap((sizes == 0)[:, None]), 0.0)
