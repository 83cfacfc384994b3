"""Warnings that name the line of the program, however deep in penlight they are raised."""

from __future__ import annotations

import functools
import os
import sys
import warnings

__all__ = ["warn", "warn_once"]

_INSIDE = (os.path.dirname(os.path.dirname(__file__)) + os.sep, "<penlight")


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the innermost line that is not penlight's."""
    depth, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, category, stacklevel=depth)


warn_once = functools.cache(warn)  # once in a process, as PyTorch's TORCH_WARN_ONCE
