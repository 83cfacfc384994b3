"""Attention: scaled dot products, and the whole multi-head form."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from penlight.backends.cuda import require_sdp_kernel
from penlight.base import dtypes
from penlight.base.dims import read
from penlight.nn.functional_dropout import dropout
from penlight.ops.select import long_name
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.override import overridden, override
from penlight.tensor.tensor import Tensor

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def _softmax_of_open_rows(scores: Tensor) -> Tensor:
    """Softmax along the last dimension; rows in which everything is masked become 0 instead of nan."""
    closed = np.isneginf(scores._a.astype(np.float32, copy=False)).all(-1, keepdims=True)
    if not closed.any():
        return ops.softmax(scores, -1)
    mask = Tensor._wrap(closed)
    return ops.softmax(scores.masked_fill(mask, 0.0), -1).masked_fill(mask, 0.0)


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """softmax(q k^T * scale + mask) v. Shape: (*, L, E), (*, S, E), (*, S, V) -> (*, L, V).

    attn_mask: boolean (True: takes part) or added, broadcastable to (*, L, S). scale: 1 / sqrt(E) by default.
    enable_gqa: fewer key and value heads (dimension -3), each repeated.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    if query.is_meta or attn_mask is not None and overridden((attn_mask,)):
        arguments = (query, key, value, attn_mask, dropout_p, is_causal)
        return override(scaled_dot_product_attention, arguments, {"scale": scale, "enable_gqa": enable_gqa})
    if dropout_p.__class__ is not float:
        dropout_p = read("float", dropout_p, "dropout_p", "scaled_dot_product_attention", 5)
    if is_causal is not False:
        is_causal = read("bool", is_causal, "is_causal", "scaled_dot_product_attention", 6)
    require_sdp_kernel()
    if query._a.dtype is not key._a.dtype or query._a.dtype is not value._a.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{long_name(query.dtype)} key.dtype: {long_name(key.dtype)} and value.dtype: {long_name(value.dtype)} instead."
        )
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{query.dim()} key.dim: {key.dim()} and value.dim: {value.dim()} instead."
        )
    if attn_mask is not None:
        # PyTorch's fused kernel masks by both; what that kernel does not take raises.
        fused = query.dim() == key.dim() == value.dim() == 4 and attn_mask.dim() in (2, 4) and not dropout_p
        fused = fused and not attn_mask.requires_grad and key.shape[:2] == value.shape[:2] and key.size(0) == query.size(0)
        if is_causal and not (fused and query.size(-1) == key.size(-1) == value.size(-1)):
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        if attn_mask._a.dtype.kind != "b" and attn_mask.dtype not in (query.dtype, dtypes.float32):
            raise RuntimeError(
                "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
                f"{long_name(attn_mask.dtype)} and  query.dtype: {long_name(query.dtype)} instead."
            )
    if dropout_p > 1.0:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if enable_gqa:
        heads = query.size(-3)
        if heads % key.size(-3) or heads % value.size(-3):
            raise RuntimeError(
                "Number of heads in key and value must divide the number of heads in query, but got "
                f"{key.size(-3)}, {value.size(-3)} and {heads}"
            )
        key, value = (x.repeat_interleave(heads // x.size(-3), -3) for x in (key, value))
    given = query.dtype
    if given.np.itemsize == 2:  # computed in float32 and rounded once
        query, key, value = query.float(), key.float(), value.float()
    factor = 1.0 / math.sqrt(query.shape[-1] or 1) if scale is None else scale
    scores = ops.matmul(query * factor, key.transpose(-2, -1))  # (*, L, S)
    if is_causal:
        hidden = np.triu(np.ones(tuple(scores.shape[-2:]), bool), 1)
        scores = scores.masked_fill(Tensor._wrap(hidden), float("-inf"))
    if attn_mask is None:
        weights = ops.softmax(scores, -1)
    else:
        if attn_mask._a.dtype.kind == "b":
            attn_mask = _canonical_mask(ops.logical_not(attn_mask), "attn_mask", None, "", scores.dtype)
        masked = scores + attn_mask
        if masked.shape != scores.shape:
            raise RuntimeError(
                f"output with shape {list(scores.shape)} doesn't match the broadcast shape {list(masked.shape)}"
            )
        weights = _softmax_of_open_rows(masked)
    if dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    return ops.matmul(weights, value).to(given)


def _none_or_dtype(input: Tensor | None) -> Any:
    return None if input is None else input.dtype


def _canonical_mask(
    mask: Tensor | None, mask_name: str, other_type: Any, other_name: str, target_type: Any, check_other: bool = True
) -> Tensor | None:
    """A mask in its additive form: 0 where open, -inf where a boolean mask is True."""
    if mask is None:
        return None
    is_float = mask.is_floating_point()
    if mask._a.dtype.kind != "b" and not is_float:
        raise AssertionError(f"only bool and floating types of {mask_name} are supported, got {mask.dtype!r}")
    if check_other and other_type is not None and mask.dtype is not other_type:
        warnings.warn(
            f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=2,
        )
    if is_float:
        return mask
    if mask.is_meta:
        return mask.to(target_type)
    return Tensor._wrap(np.where(mask._a, -np.inf, 0.0).astype(target_type.np))


def _mha_shape_check(
    query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Any, attn_mask: Any, num_heads: int
) -> bool:
    """Whether the input is batched; AssertionError for dimensions that do not go together."""
    dims = query.dim()
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    kind = "batched (3-D)" if dims == 3 else "unbatched (2-D)"
    if key.dim() != dims or value.dim() != dims:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors "
            "respectively"
        )
    if key_padding_mask is not None and key_padding_mask.dim() != dims - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{key_padding_mask.dim()}-D "
            "tensor instead"
        )
    if attn_mask is not None:
        if attn_mask.dim() not in (2, 3):
            raise AssertionError(
                f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D "
                "tensor instead"
            )
        if dims == 2 and attn_mask.dim() == 3:
            expected = (num_heads, query.shape[0], key.shape[0])
            if tuple(attn_mask.shape) != expected:
                raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}")
    return dims == 3


def _in_projection_packed(q: Tensor, k: Tensor, v: Tensor, w: Tensor, b: Tensor | None = None) -> Any:
    """Queries, keys and values by one weight of three parts; one product where the inputs are the same tensor."""
    width = q.shape[-1]
    if k is v:
        if q is k:
            return ops.linear(q, w, b).split(width, -1)
        w_q, w_kv = w.split([width, 2 * width])
        b_q, b_kv = (None, None) if b is None else b.split([width, 2 * width])
        return (ops.linear(q, w_q, b_q), *ops.linear(k, w_kv, b_kv).split(width, -1))
    parts = w.chunk(3)
    biases = (None,) * 3 if b is None else b.chunk(3)
    return tuple(ops.linear(x, w_x, b_x) for x, w_x, b_x in zip((q, k, v), parts, biases))


def _projections(query: Any, key: Any, value: Any, packed: Any, bias: Any, separate: bool, weights: tuple) -> tuple:
    if not separate:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if packed is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        return tuple(_in_projection_packed(query, key, value, packed, bias))
    if key.shape[:2] != value.shape[:2]:
        raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    for name, x, weight in zip(("query", "key", "value"), (query, key, value), weights):
        if weight is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name[0]}_proj_weight is None")
        shape = (query.shape[-1], x.shape[-1])
        if weight.shape != shape:
            raise AssertionError(f"expecting {name} weights shape of {shape}, but got {weight.shape}")
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return tuple(ops.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases))


def _check_attn_mask(mask: Tensor, target: int, source: int, batch_heads: int) -> Tensor:
    """The mask with three dimensions: (1 or B * heads, L, S)."""
    if mask.dim() == 2:
        if tuple(mask.shape) != (target, source):
            raise RuntimeError(f"The shape of the 2D attn_mask is {mask.shape}, but should be {(target, source)}.")
        return mask.unsqueeze(0)
    if mask.dim() == 3:
        expected = (batch_heads, target, source)
        if tuple(mask.shape) != expected:
            raise RuntimeError(f"The shape of the 3D attn_mask is {mask.shape}, but should be {expected}.")
        return mask
    raise RuntimeError(f"attn_mask's dimension {mask.dim()} is not supported")


def _heads(x: Tensor, batch_heads: int, head_dim: int, static: Tensor | None, name: str) -> Tensor:
    """(S, B, E) -> (B * heads, S, head_dim); or the static tensor, checked."""
    if static is None:
        return x.reshape(x.shape[0], batch_heads, head_dim).transpose(0, 1)
    if static.size(0) != batch_heads:
        raise AssertionError(f"expecting {name}.size(0) of {batch_heads}, but got {static.size(0)}")
    if static.size(2) != head_dim:
        raise AssertionError(f"expecting {name}.size(2) of {head_dim}, but got {static.size(2)}")
    return static


def _widen(mask: Tensor | None) -> Tensor | None:
    return None if mask is None else ops.constant_pad_nd(mask, (0, 1), 0)


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any,
    in_proj_bias: Any, bias_k: Any, bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor,
    out_proj_bias: Any, training: bool = True, key_padding_mask: Any = None, need_weights: bool = True,
    attn_mask: Any = None, use_separate_proj_weight: bool = False, q_proj_weight: Any = None, k_proj_weight: Any = None,
    v_proj_weight: Any = None, static_k: Any = None, static_v: Any = None, average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Multi-head attention. Shape: (L, B, E), (S, B, E), (S, B, E) -> (L, B, E), (B, L, S) or (B, heads, L, S).

    Source: Vaswani et al., 2017. https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
    """
    is_batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:  # the same tensor stays the same tensor: it is projected once
        same_key, same_value = key is query, value is key
        query = query.unsqueeze(1)
        key = query if same_key else key.unsqueeze(1)
        value = key if same_value else value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    target, batch, embed_dim = query.shape
    source = key.shape[0]
    key_padding_mask = _canonical_mask(
        key_padding_mask, "key_padding_mask", _none_or_dtype(attn_mask), "attn_mask", query.dtype
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = _canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, check_other=False)
        if key_padding_mask is not None:
            is_causal = False
    if embed_dim != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {embed_dim}")
    head_dim = embed_dim // num_heads
    if head_dim * num_heads != embed_dim:
        raise AssertionError(f"embed_dim {embed_dim} not divisible by num_heads {num_heads}")
    q, k, v = _projections(
        query, key, value, in_proj_weight, in_proj_bias, use_separate_proj_weight,
        (q_proj_weight, k_proj_weight, v_proj_weight),
    )  # fmt: skip
    batch_heads = batch * num_heads
    if attn_mask is not None:
        attn_mask = _check_attn_mask(attn_mask, target, source, batch_heads)
    if (bias_k is None) != (bias_v is None):
        raise AssertionError("bias_k and bias_v must be set together")
    if bias_k is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError(f"bias cannot be added to static {'key' if static_k is not None else 'value'}.")
        k = ops.cat([k, bias_k.repeat(1, batch, 1)])
        v = ops.cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask, key_padding_mask = _widen(attn_mask), _widen(key_padding_mask)
    q = q.reshape(target, batch_heads, head_dim).transpose(0, 1)
    k = _heads(k, batch_heads, head_dim, static_k, "static_k")
    v = _heads(v, batch_heads, head_dim, static_v, "static_v")
    if add_zero_attn:
        k = ops.cat([k, k.new_zeros((batch_heads, 1, head_dim))], 1)
        v = ops.cat([v, v.new_zeros((batch_heads, 1, head_dim))], 1)
        attn_mask, key_padding_mask = _widen(attn_mask), _widen(key_padding_mask)
    source = k.shape[1]
    if key_padding_mask is not None:
        for d, expected in enumerate((batch, source)):
            if key_padding_mask.shape[d] != expected:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{d}] to be {expected}, but got {key_padding_mask.shape[d]}"
                )
        per_head = key_padding_mask.reshape(batch, 1, 1, source).expand(-1, num_heads, -1, -1)
        per_head = per_head.reshape(batch_heads, 1, source)
        attn_mask = per_head if attn_mask is None else attn_mask + per_head
    dropout_p = dropout_p if training else 0.0
    if not need_weights:
        if attn_mask is not None:
            attn_mask = (
                attn_mask.unsqueeze(0) if attn_mask.shape[0] == 1 else attn_mask.reshape(batch, num_heads, -1, source)
            )
        out = scaled_dot_product_attention(
            q.reshape(batch, num_heads, target, head_dim), k.reshape(batch, num_heads, source, head_dim),
            v.reshape(batch, num_heads, source, head_dim), attn_mask, dropout_p, is_causal,
        )  # fmt: skip
        out = ops.linear(out.permute(2, 0, 1, 3).reshape(target, batch, embed_dim), out_proj_weight, out_proj_bias)
        return (out if is_batched else out.squeeze(1)), None
    if attn_mask is not None and attn_mask.dtype is not q.dtype:
        raise RuntimeError(
            f"Input dtypes must be the same, got: attention mask {attn_mask.dtype}, query {q.dtype} (where the weights "
            "are asked for, a mask of another floating type is not added)"
        )
    scores = ops.bmm(q * math.sqrt(1.0 / float(head_dim)), k.transpose(-2, -1))  # (B * heads, L, S)
    weights = ops.softmax(scores if attn_mask is None else scores + attn_mask, -1)
    if dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    out = ops.bmm(weights, v).transpose(0, 1).reshape(target, batch, embed_dim)
    out = ops.linear(out, out_proj_weight, out_proj_bias)
    weights = weights.reshape(batch, num_heads, target, source)
    if average_attn_weights:
        weights = weights.mean(1)
    return (out, weights) if is_batched else (out.squeeze(1), weights.squeeze(0))
