"""Sharing memory with other array libraries."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.tensor import Tensor
from penlight.tensor.create import from_numpy

__all__ = ["from_dlpack", "to_dlpack"]


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor on the memory of an object with `__dlpack__` (a NumPy array, a JAX or CuPy array on the CPU …).

    >>> import numpy as np
    >>> from penlight.utils.dlpack import from_dlpack
    >>> from_dlpack(np.arange(3))
    tensor([0, 1, 2])
    """
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach()
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(
            f"from_dlpack() expects an object with __dlpack__, but got {type(ext_tensor).__name__}; raw capsules are "
            "not supported: hand over the array itself"
        )
    array = np.from_dlpack(ext_tensor)
    if not array.flags.writeable:  # NumPy marks imported memory read-only where the exporter cannot tell
        array = array.copy()
    return from_numpy(array)


def to_dlpack(tensor: Tensor) -> Any:
    """A DLPack capsule on the tensor's memory."""
    return tensor.__dlpack__()
