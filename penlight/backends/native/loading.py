"""Whether there are kernels in C, and what those of all topics share."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

__all__ = ["FLOAT", "available", "built", "contiguous", "floats", "kernels"]

_REVISION = 10  # of the calls, as in native/module.c

try:
    from penlight.backends import _kernels as kernels  # type: ignore[attr-defined]

    if getattr(kernels, "revision", 1) != _REVISION:  # built from an older source tree
        kernels = None
except ImportError:
    kernels = None

FLOAT = np.dtype(np.float32)
contiguous = np.ascontiguousarray


def built() -> str | None:
    """The instruction set the kernels in C use here ("avx512", "avx2" or "baseline"); None where they were not built.

    >>> built() in ("avx512", "avx2", "baseline", None)
    True
    """
    return None if kernels is None else kernels.instruction_set


def available(table: dict) -> dict:
    """`table`, or nothing where the kernels in C were not built or are switched off."""
    return {} if kernels is None or os.environ.get("PENLIGHT_NATIVE") == "0" else table


def floats(*arrays: Any) -> bool:
    """Whether all arrays that are there hold float32."""
    return all(a is None or a.dtype == FLOAT for a in arrays)
