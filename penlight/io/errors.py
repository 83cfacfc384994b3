"""What reading and writing checkpoints may raise.

Every refusal is a CheckpointError, and at the same time the type PyTorch raises in that place.
"""

from __future__ import annotations

import pickle

__all__ = ["CheckpointEndError", "CheckpointError", "ForbiddenContentError", "UnknownByteOrderError"]


class CheckpointError(RuntimeError):
    """A checkpoint that is damaged, hostile, or holds what penlight does not have."""


class CheckpointEndError(CheckpointError, EOFError):
    """The file ends before the checkpoint does."""


class UnknownByteOrderError(CheckpointError, ValueError):
    """The archive's `byteorder` record says neither little nor big."""


class ForbiddenContentError(CheckpointError, pickle.UnpicklingError):
    """The pickle asks for something that `weights_only=True` does not do."""
