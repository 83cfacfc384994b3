"""How the fused linear layer and cross entropy may be computed."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Literal

from penlight.base.dtypes import DTYPES

__all__ = ["LinearCrossEntropyOptions"]

_SUMS = (None, *(DTYPES[name] for name in ("float16", "bfloat16", "float32", "float64")))


@dataclasses.dataclass(frozen=True, slots=True)
class LinearCrossEntropyOptions:
    """How PyTorch splits `linear_cross_entropy` over the batch. Checked and kept; here the logits are made at once.

    With options PyTorch's second backward pass raises unless `allow_retain_graph`; penlight's is always allowed.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html

    >>> import penlight as torch
    >>> torch.nn.LinearCrossEntropyOptions(batch_chunk_size=0)
    Traceback (most recent call last):
    ValueError: batch_chunk_size must be positive int or None, got 0
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: Literal["accurate", "balanced", "compact", "auto"] = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        size, method = self.batch_chunk_size, self.chunking_method
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if method not in (None, "auto") and not re.fullmatch(r"aspect_ratio:0*[1-9]\d*", str(method)):
            raise ValueError(f"invalid chunking_method: {method!r}")
        if self.acc_policy not in ("accurate", "balanced", "compact", "auto"):
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if not any(self.acc_dtype is allowed for allowed in _SUMS):
            raise ValueError(
                "acc_dtype must be one of {None, torch.float16, torch.bfloat16, torch.float32, torch.float64}, got "
                f"{self.acc_dtype!r}. Pass acc_dtype=None to let the op pick automatically."
            )
