"""`BlockMask`: which blocks of an attention matrix have entries, and which are full."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.dtypes import DTYPES
from penlight.tensor import Tensor
from penlight.tensor.ranges import arange
from penlight.transforms.vmap import vmap

__all__ = ["BlockMask", "and_masks", "create_block_mask", "create_mask", "noop_mask", "or_masks"]

_SIZE = 128


def noop_mask(batch: Any, head: Any, token_q: Any, token_kv: Any) -> Tensor:
    """A mask that allows everything."""
    return batch.new_ones((), dtype=DTYPES["bool"])


def _combined(name: str, masks: tuple, join: Callable, start: bool) -> Callable:
    if not all(callable(mask) for mask in masks):
        raise RuntimeError(f"All inputs should be callable mask_mods: {masks}")

    def mask_mod(b: Any, h: Any, q_idx: Any, kv_idx: Any) -> Any:
        result = noop_mask(b, h, q_idx, kv_idx)
        result = result if start else ~result
        for mask in masks:
            result = join(result, mask(b, h, q_idx, kv_idx))
        return result

    mask_mod.__name__ = name
    return mask_mod


def and_masks(*mask_mods: Callable) -> Callable:
    """The mask_mod that allows what all of the given ones allow."""
    return _combined("and_mask", mask_mods, lambda a, b: a & b, True)


def or_masks(*mask_mods: Callable) -> Callable:
    """The mask_mod that allows what one of the given ones allows."""
    return _combined("or_mask", mask_mods, lambda a, b: a | b, False)


def over_positions(function: Callable, score: bool) -> Callable:
    """A function of single positions as one of ranges: (score,) b, h, q, kv -> (B, H, Q, KV)."""
    first = (0,) if score else ()
    for dims in ((None, None, None, 0), (None, None, 0, None), (None, 0, None, None), (0, None, None, None)):
        function = vmap(function, in_dims=(*first, *dims), out_dims=0)
    return function


def _positional_arguments(function: Any) -> int:
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    if code is None:
        raise AssertionError(f"expected a Python function, got {function!r}")
    bound = hasattr(function, "__self__") or not hasattr(function, "__code__")
    return code.co_argcount - bound - len(getattr(function, "__defaults__", None) or ())


def create_mask(mod_fn: Callable, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None) -> Tensor:
    """The whole mask of a mask_mod, or of a score_mod: where it does not give -inf. Shape: () -> (B, H, Q_LEN, KV_LEN).

    Source: https://docs.pytorch.org/docs/stable/nn.attention.flex_attention.html
    """
    count = _positional_arguments(mod_fn)
    if count not in (4, 5):
        raise AssertionError(f"Expected 4 or 5 positional args, got {count}")
    ranges = [arange(0, n, device=device) for n in (B or 1, H or 1, Q_LEN, KV_LEN)]
    if count == 4:
        return over_positions(mod_fn, False)(*ranges)
    scores = Tensor._wrap(np.zeros((B or 1, H or 1, Q_LEN, KV_LEN), np.float32))
    return over_positions(mod_fn, True)(scores, *ranges) != float("-inf")


def _pair(block_size: Any) -> tuple[int, int]:
    return (block_size, block_size) if isinstance(block_size, int) else tuple(block_size)


def _ordered(dense: np.ndarray) -> tuple[Tensor, Tensor]:
    """How many blocks of each row count, and their columns, those that count first. Shape: (*, R, C) -> (*, R), …"""
    order = np.argsort(-dense.astype(np.int8), axis=-1, kind="stable")
    return Tensor._wrap(dense.sum(-1).astype(np.int32)), Tensor._wrap(order.astype(np.int32))


def _dense(counts: Tensor, columns: Tensor) -> np.ndarray:
    result = np.zeros(columns.shape, bool)
    present = np.arange(columns.shape[-1]) < counts._a[..., None]
    np.put_along_axis(result, columns._a.astype(np.int64), present, -1)
    return result


def _sliced_mask_mod_error(b: Any, h: Any, q_idx: Any, kv_idx: Any) -> Any:
    raise RuntimeError(
        "a sliced BlockMask has no mask_mod: positions would be counted from the slice's start; set mask_mod of the slice"
    )


_TENSORS = (
    "kv_num_blocks", "kv_indices", "full_kv_num_blocks", "full_kv_indices", "q_num_blocks", "q_indices",
    "full_q_num_blocks", "full_q_indices",
)  # fmt: skip


class BlockMask:
    """Blocks of a mask, by rows and by columns: those with entries, and those that are full.

    Shape: kv_num_blocks (B, H, rows) int32: how many blocks of a row are in part allowed; kv_indices (B, H, rows,
    columns): which; full_…: those allowed as a whole; q_…: the same by columns.
    Source: https://docs.pytorch.org/docs/stable/nn.attention.flex_attention.html
    """

    def __init__(
        self, seq_lengths: tuple[int, int], kv_num_blocks: Tensor, kv_indices: Tensor,
        full_kv_num_blocks: Tensor | None, full_kv_indices: Tensor | None, q_num_blocks: Tensor | None,
        q_indices: Tensor | None, full_q_num_blocks: Tensor | None, full_q_indices: Tensor | None,
        BLOCK_SIZE: tuple[int, int] = (_SIZE, _SIZE), mask_mod: Callable = noop_mask, *, dq_write_order: Any = None,
        dq_write_order_full: Any = None, dq_kv_order: Any = None, dq_kv_order_spt: bool | None = None,
    ) -> None:  # fmt: skip
        if kv_indices.dim() < 2:
            raise RuntimeError("BlockMask must have at least 2 dimensions")
        if (full_kv_num_blocks is None) != (full_kv_indices is None):
            raise AssertionError("full_kv_num_blocks and full_kv_indices must be both provided or omitted")
        if (full_q_num_blocks is None) != (full_q_indices is None):
            raise AssertionError("full_q_num_blocks and full_q_indices must be both provided or omitted")
        self.seq_lengths = seq_lengths
        self.kv_num_blocks, self.kv_indices = kv_num_blocks, kv_indices
        self.full_kv_num_blocks, self.full_kv_indices = full_kv_num_blocks, full_kv_indices
        self.q_num_blocks, self.q_indices = q_num_blocks, q_indices
        self.full_q_num_blocks, self.full_q_indices = full_q_num_blocks, full_q_indices
        self.BLOCK_SIZE, self.mask_mod = BLOCK_SIZE, mask_mod
        self.dq_write_order, self.dq_write_order_full = dq_write_order, dq_write_order_full  # hints for GPU kernels
        self.dq_kv_order, self.dq_kv_order_spt = dq_kv_order, dq_kv_order_spt

    @classmethod
    def from_kv_blocks(
        cls, kv_num_blocks: Tensor, kv_indices: Tensor, full_kv_num_blocks: Tensor | None = None,
        full_kv_indices: Tensor | None = None, BLOCK_SIZE: Any = _SIZE, mask_mod: Callable | None = None,
        seq_lengths: tuple[int, int] | None = None, compute_q_blocks: bool = True, *, dq_write_order: Any = None,
        dq_write_order_full: Any = None, dq_kv_order: Any = None,
    ) -> BlockMask:  # fmt: skip
        """A mask from its blocks by rows."""
        if kv_indices.dim() < 2:
            raise RuntimeError("BlockMask must have at least 2 dimensions")
        if (full_kv_num_blocks is None) != (full_kv_indices is None):
            raise AssertionError("full_kv_num_blocks and full_kv_indices must be both provided or omitted")
        size = _pair(BLOCK_SIZE)
        lengths = seq_lengths or (kv_indices.shape[-2] * size[0], kv_indices.shape[-1] * size[1])
        q: tuple = (None, None)
        full_q: tuple = (None, None)
        if compute_q_blocks:
            q = _ordered(np.swapaxes(_dense(kv_num_blocks, kv_indices), -1, -2))
            if full_kv_num_blocks is not None and full_kv_indices is not None:
                full_q = _ordered(np.swapaxes(_dense(full_kv_num_blocks, full_kv_indices), -1, -2))
        return cls(
            lengths, kv_num_blocks, kv_indices, full_kv_num_blocks, full_kv_indices, *q, *full_q, size,
            mask_mod or noop_mask, dq_write_order=dq_write_order, dq_write_order_full=dq_write_order_full,
            dq_kv_order=dq_kv_order,
        )  # fmt: skip

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.kv_indices.shape[:-2], *self.seq_lengths)

    def numel(self) -> int:
        """The number of entries of the whole mask."""
        return math.prod(self.shape)

    def sparsity(self) -> float:
        """Which share of the entries, in per cent, lies in no block that is computed."""
        blocks = int(self.kv_num_blocks.sum())
        if self.full_kv_num_blocks is not None:
            blocks += int(self.full_kv_num_blocks.sum())
        return 100 * (1 - blocks * self.BLOCK_SIZE[0] * self.BLOCK_SIZE[1] / self.numel())

    def to_dense(self) -> Tensor:
        """1 for blocks with entries. Shape: () -> (B, H, rows, columns), int32."""
        found = _dense(self.kv_num_blocks, self.kv_indices)
        if self.full_kv_num_blocks is not None and self.full_kv_indices is not None:
            found = found | _dense(self.full_kv_num_blocks, self.full_kv_indices)
        return Tensor._wrap(found.astype(np.int32))

    def as_tuple(self, flatten: bool = True) -> tuple:
        """What the mask is made of, as the kernels take it."""
        lengths: tuple = (*self.seq_lengths,) if flatten else (self.seq_lengths,)
        size: tuple = (*self.BLOCK_SIZE,) if flatten else (self.BLOCK_SIZE,)
        hints = (self.dq_write_order, self.dq_write_order_full, self.dq_kv_order, self.dq_kv_order_spt)
        return (*lengths, *(getattr(self, name) for name in _TENSORS), *hints, *size, self.mask_mod)

    def to(self, device: Any) -> BlockMask:
        """The mask with its tensors on another device."""
        moved = [None if t is None else t.to(device) for t in (getattr(self, name) for name in _TENSORS)]
        return BlockMask(self.seq_lengths, *moved, self.BLOCK_SIZE, self.mask_mod)  # type: ignore[arg-type]

    def __getitem__(self, index: Any) -> BlockMask:
        """Some batches, heads and rows of blocks; the part has no mask_mod until one is set."""
        parts = index if isinstance(index, tuple) else (index,)
        parts = tuple(slice(i, i + 1 or None) if isinstance(i, int) else i for i in parts)
        full = self.full_kv_num_blocks is not None
        return BlockMask.from_kv_blocks(
            self.kv_num_blocks[parts], self.kv_indices[parts],
            self.full_kv_num_blocks[parts] if full else None,  # type: ignore[index]
            self.full_kv_indices[parts] if full else None,  # type: ignore[index]
            BLOCK_SIZE=self.BLOCK_SIZE, mask_mod=_sliced_mask_mod_error, seq_lengths=self.seq_lengths,
            compute_q_blocks=self.q_indices is not None,
        )  # fmt: skip

    def _adjust(self, new_q_len: int, new_kv_len: int) -> BlockMask:
        """The mask of shorter lengths."""
        rows = -(-new_q_len // self.BLOCK_SIZE[0])
        columns = -(-new_kv_len // self.BLOCK_SIZE[1])

        def cut(counts: Tensor | None, indices: Tensor | None) -> tuple:
            if counts is None or indices is None:
                return None, None
            return _ordered(_dense(counts, indices)[..., :rows, :columns])

        return BlockMask.from_kv_blocks(
            *cut(self.kv_num_blocks, self.kv_indices), *cut(self.full_kv_num_blocks, self.full_kv_indices),
            self.BLOCK_SIZE, self.mask_mod, seq_lengths=(new_q_len, new_kv_len),
        )  # fmt: skip

    def to_string(self, grid_size: Any = (20, 20), limit: int = 4) -> str:
        """A picture of the blocks: full, in part, or empty cells of a grid; -1 for one cell a block."""
        dense = self.to_dense()._a
        *batch, height, width = dense.shape
        grid = (height, width) if grid_size == -1 else _pair(grid_size)
        down, across = max(1, -(-height // grid[0])), max(1, -(-width // grid[1]))
        text = ""
        for number, place in enumerate(np.ndindex(*batch)):
            if number >= limit:
                text += "...\n"
                text += "To print out more, set BlockMask.to_string(limit=N)\n"
                text += "You can also index (BlockMask[batch, head]) to choose a specific batch or head"
                break
            lines = []
            for row in range(0, height, down):
                shares = [
                    dense[place][row : row + down, column : column + across].mean()
                    for column in range(0, width, across)
                ]
                lines.append("".join("██" if s == 1 else "  " if s == 0 else "░░" for s in shares))
            text += f"{tuple(place)}\n" + "\n".join(lines) + "\n" + ("\n" if number + 1 < math.prod(batch) else "")
        return text

    def __str__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%, \n{self.to_string()})"

    def __repr__(self) -> str:
        def line(name: str) -> str:
            t = getattr(self, name)
            return f"    {name}={None if t is None else t.shape},\n"

        name = getattr(self.mask_mod, "__name__", self.mask_mod)
        return (
            "BlockMask(\n"
            + "".join(map(line, _TENSORS))
            + f"    BLOCK_SIZE={self.BLOCK_SIZE},\n    shape={self.shape},\n"
            f"    sparsity={self.sparsity():.2f}%,\n    mask_mod={name}\n)"
        )


def create_block_mask(
    mask_mod: Callable, B: int | None, H: int | None, Q_LEN: int, KV_LEN: int, device: Any = None,
    BLOCK_SIZE: int | tuple[int, int] = _SIZE, _compile: bool = False, separate_full_blocks: bool = True,
    compute_dq_write_order: bool = False, dq_kv_order: bool = True,
) -> BlockMask:  # fmt: skip
    """The blocks of a mask_mod `(b, h, q_idx, kv_idx) -> bool`; None as B or H: the same for all of them.

    Source: https://docs.pytorch.org/docs/stable/nn.attention.flex_attention.html

    >>> from penlight.nn.attention.flex_attention import create_block_mask
    >>> create_block_mask(lambda b, h, i, j: i >= j, None, None, 8, 8, BLOCK_SIZE=4).to_dense()
    tensor([[[[1, 0],
              [1, 1]]]], dtype=torch.int32)
    """
    if _positional_arguments(mask_mod) != 4:
        raise AssertionError("create-block_mask requires a mask_mod function!")
    size = _pair(BLOCK_SIZE)
    mask = create_mask(mask_mod, B, H, Q_LEN, KV_LEN, device)._a.astype(bool)
    rows, columns = -(-Q_LEN // size[0]), -(-KV_LEN // size[1])
    padded = np.zeros((*mask.shape[:2], rows * size[0], columns * size[1]), bool)
    padded[..., :Q_LEN, :KV_LEN] = mask
    counts = padded.reshape(*mask.shape[:2], rows, size[0], columns, size[1]).sum((3, 5))
    full = (counts == size[0] * size[1]) if separate_full_blocks else None
    partial = (counts > 0) if full is None else (counts > 0) & ~full
    return BlockMask.from_kv_blocks(
        *_ordered(partial), *((None, None) if full is None else _ordered(full)), size, mask_mod,
        seq_lengths=(Q_LEN, KV_LEN),
    )  # fmt: skip
