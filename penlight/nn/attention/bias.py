"""Causal masks for queries and keys of different lengths: `torch.nn.attention.bias`."""

from __future__ import annotations

import warnings
from enum import IntEnum, auto
from typing import Any

from penlight.base import dtypes
from penlight.nn.functional import scaled_dot_product_attention
from penlight.tensor.create import ones
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor

__all__ = ["CausalBias", "CausalVariant", "causal_lower_right", "causal_upper_left"]


class CausalVariant(IntEnum):
    """Which corner of the mask the diagonal starts from."""

    UPPER_LEFT = auto()
    LOWER_RIGHT = auto()


class CausalBias(Tensor):
    """A mask for `scaled_dot_product_attention(attn_mask=)`; shown, and made when it is used, as a Boolean matrix."""

    def __init__(self, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> None:
        self.variant, self.seq_len_q, self.seq_len_kv = CausalVariant(variant), seq_len_q, seq_len_kv
        if variant == CausalVariant.LOWER_RIGHT and seq_len_q > seq_len_kv:
            warnings.warn(
                "Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!", stacklevel=3
            )

    def _materialize(self, device: Any = None) -> Tensor:
        shift = self.seq_len_kv - self.seq_len_q if self.variant == CausalVariant.LOWER_RIGHT else 0
        return tensor_ops.tril(ones(self.seq_len_q, self.seq_len_kv, dtype=dtypes.bool_), shift)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        given = dict(zip(("query", "key", "value", "attn_mask", "dropout_p", "is_causal"), args), **(kwargs or {}))
        if func is not scaled_dot_product_attention or not isinstance(given.get("attn_mask"), CausalBias):
            return super().__torch_function__(func, types, args, kwargs)
        if given.get("is_causal"):
            raise ValueError("CausalBias should not be used with causal=True")
        return func(**{**given, "attn_mask": given["attn_mask"]._materialize()})

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return repr(self._materialize())


def causal_upper_left(*size: int) -> CausalBias:
    """Query i sees the keys up to i. Shape: (queries, keys).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.causal_upper_left.html
    """
    if len(size) != 2:
        raise AssertionError("causal_upper_left only supports 2D tensors")
    return CausalBias(CausalVariant.UPPER_LEFT, *size)


def causal_lower_right(*size: int) -> CausalBias:
    """The last query sees all keys, the one before it all but the last, … Shape: (queries, keys).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.causal_lower_right.html

    >>> import penlight as torch
    >>> torch.nn.attention.bias.causal_lower_right(2, 3)
    tensor([[ True,  True, False],
            [ True,  True,  True]])
    """
    if len(size) != 2:
        raise AssertionError("causal_lower_right only supports 2D tensors")
    return CausalBias(CausalVariant.LOWER_RIGHT, *size)
