"""Sharing memory with other array libraries."""

from __future__ import annotations

from typing import Any

from penlight.tensor import Tensor
from penlight.tensor.create import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A DLPack capsule on the tensor's memory."""
    return tensor.__dlpack__()
