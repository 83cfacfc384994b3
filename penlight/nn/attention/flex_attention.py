"""`flex_attention`: attention whose scores a function may change, with masks by blocks.

Computed as PyTorch's eager form does: the whole matrix of scores, `score_mod` on each, then the mask. It has gradients,
which PyTorch has on GPUs only.
Source: https://docs.pytorch.org/docs/stable/nn.attention.flex_attention.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict

from penlight.base.dtypes import DTYPES
from penlight.ledger.missing import module_getattr
from penlight.nn.attention.block_mask import (
    BlockMask,
    and_masks,
    create_block_mask,
    create_mask,
    noop_mask,
    or_masks,
    over_positions,
)  # fmt: skip
from penlight.tensor import Tensor
from penlight.tensor import tensor_ops as ops
from penlight.tensor.ranges import arange

__all__ = [
    "AuxOutput", "AuxRequest", "BlockMask", "FlexKernelOptions", "and_masks", "create_block_mask", "create_mask",
    "flex_attention", "noop_mask", "or_masks",
]  # fmt: skip


class AuxRequest(NamedTuple):
    """What `flex_attention` is to return beside its result."""

    lse: bool = False
    max_scores: bool = False


class AuxOutput(NamedTuple):
    """What was asked for by `AuxRequest`: logsumexp of the scores, their maxima."""

    lse: Tensor | None = None
    max_scores: Tensor | None = None


class FlexKernelOptions(TypedDict, total=False):
    """Options of GPU kernels, which have no effect here."""

    BACKEND: str
    PRESCALE_QK: bool
    ROWS_GUARANTEED_SAFE: bool
    BLOCKS_ARE_CONTIGUOUS: bool
    BLOCK_M: int
    BLOCK_N: int
    num_warps: int
    num_stages: int


def _check(query: Tensor, key: Tensor, value: Tensor, block_mask: BlockMask | None, enable_gqa: bool) -> None:
    if query.dim() != 4 or key.dim() != 4 or value.dim() != 4:
        raise NotImplementedError("NYI: query, key, and value must be 4D tensors")
    (batch, heads, _, width), (kv_batch, kv_heads, _, kv_width) = query.shape, key.shape
    if width != kv_width:
        raise ValueError(
            f"Expect query and key/value to have the same embedding dimension but got E={width} and E={kv_width}."
        )
    if not enable_gqa and heads != kv_heads:
        raise ValueError(
            f"Expect query and key/value to have the same number of heads but got Hq={heads} and Hkv={kv_heads}. Try "
            "setting enable_gqa=True for GQA."
        )
    if enable_gqa and heads % kv_heads:
        raise ValueError(
            f"Expect number of query heads to be a multiple of kv heads for GQA but got Hq={heads} and Hkv={kv_heads}."
        )
    if batch != kv_batch:
        if block_mask is None:
            raise ValueError(
                "Expect query and key/value to have the same batch size, or non-none block_mask, but got "
                f"block_mask=None, Bq={batch}, and Bkv={kv_batch}."
            )
        if block_mask.kv_num_blocks.shape[0] != batch:
            raise ValueError(
                "Expect query and key/value to have the same batch size, or block_mask and query to have the same batch "
                f"size, but got Bq={batch}, Bkv={kv_batch}, B_block_mask={block_mask.kv_num_blocks.shape[0]}."
            )
        if kv_batch != 1 and batch != 1:
            raise RuntimeError(f"Bq and Bkv must broadcast. Got Bq={batch} and Bkv={kv_batch}")
    if block_mask is None:
        return
    lengths, q_len, kv_len = block_mask.seq_lengths, query.shape[-2], key.shape[-2]
    if (q_len, kv_len) != tuple(lengths):
        shorter = q_len > lengths[0] or kv_len > lengths[1]
        advice = (
            "As the block mask was created for a smaller length than you're using it for, you likely need to create a "
            "new block mask."
            if shorter
            else "As the block mask was created for a larger length than you're using it for, create a new one, or take "
            f"block_mask._adjust({q_len}, {kv_len})."
        )
        raise ValueError(
            f"block_mask was created for block_mask.shape={block_mask.shape} but got q_len={q_len} and kv_len={kv_len}. "
            + advice
        )


def flex_attention(
    query: Tensor, key: Tensor, value: Tensor, score_mod: Callable | None = None, block_mask: BlockMask | None = None,
    scale: float | None = None, enable_gqa: bool = False, return_lse: bool = False, kernel_options: Any = None, *,
    return_aux: AuxRequest | None = None,
) -> Any:  # fmt: skip
    """softmax(score_mod(scale * query @ key.T)) @ value, over what `block_mask` allows; 0 where it allows nothing.

    score_mod: `(score, b, h, q_idx, kv_idx) -> score` on 0-dim tensors. scale: 1 / sqrt(E) if None. enable_gqa: fewer
    heads of keys and values, each for a group of query heads. return_lse: the logsumexp of the scores as well.
    Shape: (B, Hq, L, E), (B, H, S, E), (B, H, S, Ev) -> (B, Hq, L, Ev); lse (B, Hq, L).
    Raises: ValueError where the shapes do not fit together, NotImplementedError for inputs that are not 4-D.

    >>> import penlight as torch
    >>> from penlight.nn.attention.flex_attention import flex_attention
    >>> q = torch.ones(1, 1, 2, 4)
    >>> flex_attention(q, q, q, score_mod=lambda score, b, h, i, j: score + i - j).shape
    torch.Size([1, 1, 2, 4])
    """
    if block_mask is not None:
        block_mask.BLOCK_SIZE  # noqa: B018  (AttributeError for what is no BlockMask)
    _check(query, key, value, block_mask, enable_gqa)
    if return_aux is not None and return_aux.max_scores:
        raise NotImplementedError("Returning max scores is not supported on CPU/MPS.")
    scale = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    wide = DTYPES["float64"] if query.dtype.name == "float64" else DTYPES["float32"]
    q, k, v = query.to(wide), key.to(wide), value.to(query.dtype)
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    scores = ops.matmul(q, k.transpose(-2, -1)) * scale
    if score_mod is not None or block_mask is not None:
        ranges = [arange(0, n) for n in scores.shape]
        if score_mod is not None:
            scores = over_positions(score_mod, True)(scores, *ranges).to(wide)
        if block_mask is not None:
            allowed = over_positions(block_mask.mask_mod, False)(*ranges)
            scores = scores.masked_fill(~allowed, float("-inf"))
    lse = scores.logsumexp(-1)
    empty = lse == float("-inf")
    weights = ops.softmax(scores.masked_fill(empty.unsqueeze(-1), 0.0), -1).masked_fill(empty.unsqueeze(-1), 0.0)
    result = ops.matmul(weights.to(query.dtype), v)
    if return_aux is not None:
        return result, AuxOutput(lse=lse if return_aux.lse else None)
    return (result, lse) if return_lse else result


_DEFAULT_SPARSE_BLOCK_SIZE = 128  # PyTorch's, which libraries ask for
__getattr__ = module_getattr(__name__)
