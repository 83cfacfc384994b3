"""Exception types of PyTorch that Python has no name for."""

from __future__ import annotations

__all__ = ["LinAlgError"]


class _LinAlgError(RuntimeError):
    """A matrix cannot be inverted or factorised. `torch.linalg.LinAlgError`."""

    __module__ = "penlight._C"


LinAlgError = _LinAlgError
