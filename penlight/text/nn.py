"""Multi-head attention from parts: projections, an attention, an output projection.

Source: https://docs.pytorch.org/text/stable/nn_modules.html; Vaswani et al., "Attention is all you need", 2017.
"""

from __future__ import annotations

from typing import Any

import penlight
from penlight.ledger.missing import module_getattr
from penlight.nn import Module

__all__ = ["InProjContainer", "MultiheadAttentionContainer", "ScaledDotProduct"]


class InProjContainer(Module):
    """Three projections: (query, key, value) -> their projections.

    Source: https://docs.pytorch.org/text/stable/nn_modules.html#inprojcontainer
    """

    def __init__(self, query_proj: Module, key_proj: Module, value_proj: Module):
        super().__init__()
        self.query_proj, self.key_proj, self.value_proj = query_proj, key_proj, value_proj

    def forward(self, query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
        """The three projections."""
        return self.query_proj(query), self.key_proj(key), self.value_proj(value)


class ScaledDotProduct(Module):
    """softmax(query · keyᵀ / sqrt(head size)) · value, with dropout of the weights.

    Shape: query (L, N·H, E), key and value (S, N·H, E), attn_mask (N·H or 1, L, S), bias_k and bias_v (1, N·H, E) ->
        (L, N·H, E) and the weights (N·H, L, S); with `batch_first`, the first two dimensions change places
    Raises: RuntimeError for masks that are not bool or not of that shape; AssertionError for sizes that do not fit.
    Source: https://docs.pytorch.org/text/stable/nn_modules.html#scaleddotproduct

    >>> q = penlight.zeros(2, 6, 3)
    >>> out, weights = ScaledDotProduct()(q, penlight.zeros(4, 6, 3), penlight.ones(4, 6, 3))
    >>> out.shape, weights.shape
    (torch.Size([2, 6, 3]), torch.Size([6, 2, 4]))
    """

    def __init__(self, dropout: float = 0.0, batch_first: bool = False):
        super().__init__()
        self.dropout, self.batch_first = dropout, batch_first

    def forward(
        self, query: Any, key: Any, value: Any, attn_mask: Any = None, bias_k: Any = None, bias_v: Any = None
    ) -> tuple[Any, Any]:
        """The attended values and the weights. True in the mask hides a key."""
        if self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        if bias_k is not None and bias_v is not None:
            sizes = (key.size(1), key.size(2))
            assert tuple(bias_k.shape[1:]) == sizes and tuple(bias_v.shape[1:]) == sizes and bias_k.size(0) == 1, (
                f"expected bias_k and bias_v of the shape (1, {sizes[0]}, {sizes[1]}), got {tuple(bias_k.shape)} and "
                f"{tuple(bias_v.shape)}"
            )
            key, value = penlight.cat([key, bias_k]), penlight.cat([value, bias_v])
            if attn_mask is not None:
                attn_mask = penlight.nn.functional.pad(attn_mask, (0, 1))
        heads, size = query.size(1), query.size(2)
        assert key.size(2) == size and value.size(2) == size, "The feature dim of query, key, value must be equal."
        assert key.shape == value.shape, "Shape of key, value must match"
        # One key head for all query heads, or as many
        assert heads == key.size(1) or key.size(1) == 1 or heads % key.size(1) == 0
        query, key, value = (x.transpose(0, 1) for x in (query * size**-0.5, key, value))
        if attn_mask is not None:
            if attn_mask.dim() != 3:
                raise RuntimeError("attn_mask must be a 3D tensor.")
            if (
                attn_mask.size(-1) != key.size(1)
                or attn_mask.size(-2) != query.size(1)
                or attn_mask.size(0) not in (1, heads)
            ):
                raise RuntimeError(
                    f"The size of the attn_mask is not correct: expected ({heads} or 1, {query.size(1)}, "
                    f"{key.size(1)}), got {tuple(attn_mask.shape)}"
                )
            if attn_mask.dtype != penlight.bool:
                raise RuntimeError("Only bool tensor is supported for attn_mask")
        weights = query @ key.transpose(1, 2)  # (N·H, L, S)
        if attn_mask is not None:
            weights = weights.masked_fill(attn_mask, -1e8)
        weights = penlight.nn.functional.softmax(weights, dim=-1)
        weights = penlight.nn.functional.dropout(weights, self.dropout, self.training)
        out = weights @ value
        return (out if self.batch_first else out.transpose(0, 1)), weights


class MultiheadAttentionContainer(Module):
    """Project, attend in `nhead` heads, project.

    Shape: query (L, N, E), key and value (S, N, E) -> (L, N, E) and the weights (N·nhead, L, S); with `batch_first`,
        (N, L, E) and so on
    Raises: AssertionError for a size that `nhead` does not divide.
    Source: https://docs.pytorch.org/text/stable/nn_modules.html#multiheadattentioncontainer

    >>> parts = InProjContainer(*(penlight.nn.Linear(10, 10) for _ in range(3)))
    >>> attention = MultiheadAttentionContainer(5, parts, ScaledDotProduct(), penlight.nn.Linear(10, 10))
    >>> out, weights = attention(penlight.rand(21, 64, 10), penlight.rand(16, 64, 10), penlight.rand(16, 64, 10))
    >>> out.shape, weights.shape
    (torch.Size([21, 64, 10]), torch.Size([320, 21, 16]))
    """

    def __init__(
        self,
        nhead: int,
        in_proj_container: Module,
        attention_layer: Module,
        out_proj: Module,
        batch_first: bool = False,
    ):
        super().__init__()
        self.nhead, self.in_proj_container, self.attention_layer = nhead, in_proj_container, attention_layer
        self.out_proj, self.batch_first = out_proj, batch_first

    def forward(
        self, query: Any, key: Any, value: Any, attn_mask: Any = None, bias_k: Any = None, bias_v: Any = None
    ) -> tuple[Any, Any]:
        """The attended and projected values, and the weights."""
        if self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        length, batch = query.shape[:2]
        projected = self.in_proj_container(query, key, value)
        for name, x in zip(("query", "key", "value"), projected):
            assert x.size(-1) % self.nhead == 0, f"{name}'s embed_dim must be divisible by the number of heads"
        heads = [x.reshape(x.size(0), x.size(1) * self.nhead, x.size(-1) // self.nhead) for x in projected]
        out, weights = self.attention_layer(*heads, attn_mask=attn_mask, bias_k=bias_k, bias_v=bias_v)
        out = self.out_proj(out.reshape(length, batch, -1))
        return (out.transpose(0, 1) if self.batch_first else out), weights


__getattr__ = module_getattr(__name__)
