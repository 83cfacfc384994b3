"""MultiheadAttention (public as `torch.nn.modules.activation.MultiheadAttention`)."""

from __future__ import annotations

from typing import Any

from penlight.base.mode import mode
from penlight.nn import functional as F
from penlight.nn.functional_attention import _canonical_mask, _none_or_dtype
from penlight.nn.init import constant_, xavier_normal_, xavier_uniform_
from penlight.nn.modules.linear import NonDynamicallyQuantizableLinear
from penlight.nn.modules.module import Module
from penlight.nn.parameter import Parameter
from penlight.tensor.create import empty

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Attention with several heads. Shape: (L, B, E), (S, B, kdim), (S, B, vdim) -> (L, B, E), (B, L, S).

    With batch_first the batch comes first; inputs without a batch are two-dimensional.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html

    >>> import penlight as torch
    >>> out, weights = torch.nn.MultiheadAttention(8, 2)(*[torch.ones(5, 3, 8)] * 3)
    >>> out.shape, weights.shape
    (torch.Size([5, 3, 8]), torch.Size([3, 5, 5]))
    """

    __constants__ = ["batch_first"]
    bias_k: Any
    bias_v: Any

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads} instead"
            )
        super().__init__()
        made = {"device": device, "dtype": dtype}
        self.embed_dim = embed_dim
        self.kdim = kdim if kdim is not None else embed_dim
        self.vdim = vdim if vdim is not None else embed_dim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(
                f"embed_dim must be divisible by num_heads, got embed_dim={embed_dim}, num_heads={num_heads}"
            )
        if self._qkv_same_embed_dim:
            self.in_proj_weight = Parameter(empty((3 * embed_dim, embed_dim), **made))
            for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
                self.register_parameter(name, None)
        else:
            self.q_proj_weight = Parameter(empty((embed_dim, embed_dim), **made))
            self.k_proj_weight = Parameter(empty((embed_dim, self.kdim), **made))
            self.v_proj_weight = Parameter(empty((embed_dim, self.vdim), **made))
            self.register_parameter("in_proj_weight", None)
        self.register_parameter("in_proj_bias", Parameter(empty(3 * embed_dim, **made)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **made)
        if add_bias_kv:
            self.bias_k = Parameter(empty((1, 1, embed_dim), **made))
            self.bias_v = Parameter(empty((1, 1, embed_dim), **made))
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Xavier uniform projections, zero biases."""
        if self._qkv_same_embed_dim:
            xavier_uniform_(self.in_proj_weight)
        else:
            for weight in (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
                xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            constant_(self.in_proj_bias, 0.0)
            constant_(self.out_proj.bias, 0.0)
        if self.bias_k is not None:
            xavier_normal_(self.bias_k)
        if self.bias_v is not None:
            xavier_normal_(self.bias_v)

    def __setstate__(self, state: dict) -> None:
        state.setdefault("_qkv_same_embed_dim", True)  # files from before PyTorch 1.1
        super().__setstate__(state)

    def forward(
        self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True,
        attn_mask: Any = None, average_attn_weights: bool = True, is_causal: bool = False,
    ) -> tuple:  # fmt: skip
        is_batched = query.dim() == 3
        added = any(mask is not None and mask.is_floating_point() for mask in (attn_mask, key_padding_mask))
        inference = not added and query is key is value and self._is_inference(query)
        key_padding_mask = _canonical_mask(
            key_padding_mask, "key_padding_mask", _none_or_dtype(attn_mask), "attn_mask", query.dtype
        )
        attn_mask = _canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, check_other=False)
        if self.batch_first and is_batched:  # the same tensor stays the same tensor: it is projected once
            same_key, same_value = key is query, value is key
            query = query.transpose(1, 0)
            key = query if same_key else key.transpose(1, 0)
            value = key if same_value else value.transpose(1, 0)
        output, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias,
            training=self.training, key_padding_mask=key_padding_mask, need_weights=need_weights or inference,
            attn_mask=attn_mask, use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight, k_proj_weight=self.k_proj_weight, v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal and not inference,
        )  # fmt: skip
        if self.batch_first and is_batched:
            output = output.transpose(1, 0)
        return output, weights if need_weights else None

    def _is_inference(self, x: Any) -> bool:
        """Whether PyTorch computes self-attention in one native call.

        That call takes no notice of `is_causal`, and queries to which every key is masked become nan rather than 0:
        both as where the weights are asked for.
        """
        return (
            x.dim() == 3 and self.batch_first and not self.training and self._qkv_same_embed_dim
            and self.in_proj_bias is not None and self.bias_k is None and not self.add_zero_attn
            and self.num_heads % 2 == 0
            and not (mode.grad and (x.requires_grad or any(p.requires_grad for p in self.parameters())))
        )  # fmt: skip

    def merge_masks(self, attn_mask: Any, key_padding_mask: Any, query: Any) -> tuple:
        """Both masks as one of shape (B, heads, L, S), and its kind: 0 attention, 1 padding, 2 both."""
        merged, kind = None, None
        if key_padding_mask is not None:
            merged, kind = key_padding_mask, 1
        if attn_mask is not None:
            batch, length, _ = query.shape
            kind = 2
            if attn_mask.dim() == 3:
                expanded = attn_mask.reshape(batch, -1, length, length)
            else:
                expanded = attn_mask.reshape(1, 1, length, length).expand(batch, self.num_heads, -1, -1)
            merged = expanded
            if key_padding_mask is not None:
                padding = key_padding_mask.reshape(batch, 1, 1, length).expand(-1, self.num_heads, -1, -1)
                merged = expanded + padding
        return merged, kind
