"""float32 from and to the 16-bit floats, float16 and bfloat16: what every op on these begins and ends with."""

from __future__ import annotations

import numpy as np

__all__ = ["halved", "widened"]


def widened(x) -> np.ndarray:
    """16-bit floats as float32, in the same order in memory."""
    return x.astype(np.float32, "C" if 0 in x.strides else "K")  # NumPy would turn an expanded array around


def halved(x, dtype) -> np.ndarray:
    """float32 rounded to the nearest number of a 16-bit dtype; what is too large is infinite."""
    with np.errstate(over="ignore"):
        return x.astype(dtype, "C" if 0 in x.strides else "K")
