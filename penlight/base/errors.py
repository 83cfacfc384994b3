"""Exception types of PyTorch that Python has no name for."""

from __future__ import annotations

__all__ = ["LinAlgError"]


class LinAlgError(RuntimeError):
    """A matrix cannot be inverted or factorised. `torch.linalg.LinAlgError`."""

    __module__ = "torch._C"
    __qualname__ = "_LinAlgError"
