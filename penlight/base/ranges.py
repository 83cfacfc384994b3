"""Evenly spaced numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["evenly"]


def evenly(first: Any, last: Any, steps: int, dtype: np.dtype) -> np.ndarray:
    """`steps` values from first to last, from both ends toward the middle in the dtype's own precision, as PyTorch's."""
    if steps == 1:
        return np.array([first]).astype(dtype)
    compute = dtype if dtype.kind in "fc" and dtype.itemsize > 2 else np.dtype(np.float32)
    one = compute.type
    step = (one(last) - one(first)) / one(steps - 1) if steps else one(0)
    i = np.arange(steps)
    low = one(first) + step * i.astype(compute)
    high = one(last) - step * (steps - 1 - i).astype(compute)
    if compute == np.float32:  # product and sum are fused there: round once
        low = (np.float64(one(first)) + np.float64(step) * i).astype(np.float32)
        high = (np.float64(one(last)) - np.float64(step) * (steps - 1 - i)).astype(np.float32)
    return np.where(i < steps // 2, low, high).astype(dtype)
