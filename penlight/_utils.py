"""The few helpers of PyTorch's inner module `torch._utils` that programs touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor


def _flatten_dense_tensors(tensors: Iterable[Tensor]) -> Tensor:
    """All elements of the tensors, one after another. Shape: ... -> (N,)."""
    return tensor_ops.cat([t.contiguous().view(-1) for t in tensors])


def _unflatten_dense_tensors(flat: Tensor, tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """Pieces of `flat` in the shapes of `tensors`."""
    pieces, start = [], 0
    for t in tensors:
        pieces.append(flat.narrow(0, start, t.numel()).view_as(t))
        start += t.numel()
    return tuple(pieces)


def _take_tensors(tensors: Iterable[Tensor], size_limit: int) -> Iterator[list[Tensor]]:
    """Groups of tensors of one dtype, each of at most about `size_limit` bytes."""
    groups: dict[Any, tuple[list[Tensor], int]] = {}
    for t in tensors:
        size = t.numel() * t.element_size()
        group, total = groups.get(t.dtype, ([], 0))
        if group and total + size > size_limit:
            yield group
            group, total = [], 0
        groups[t.dtype] = ([*group, t], total + size)
    for group, _ in groups.values():
        if group:
            yield group


__getattr__ = module_getattr(__name__)
