"""Checkpoints: `.pth` files in PyTorch's formats, `.safetensors`."""

from penlight.io import safetensors
from penlight.io.errors import CheckpointEndError, CheckpointError, ForbiddenContentError
from penlight.io.serialization import (
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    get_unsafe_globals_in_checkpoint,
    load,
    safe_globals,
    save,
)

__all__ = [
    "CheckpointEndError",
    "CheckpointError",
    "ForbiddenContentError",
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "safe_globals",
    "safetensors",
    "save",
]
