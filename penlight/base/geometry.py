"""Where the elements of strided arrays lie in memory: (shape, strides, offset), counted in elements."""

from __future__ import annotations

import numpy as np

__all__ = ["apart", "overlap", "placed", "shared", "span"]


def apart(shape: tuple, strides: tuple) -> bool:
    """Whether surely no two elements lie on one place."""
    reach = 0
    for s, n in sorted((s, n) for n, s in zip(shape, strides) if n > 1):
        if s <= reach:
            return 0 in shape
        reach += (n - 1) * s
    return True


def shared(shape: tuple, strides: tuple) -> bool:
    """Whether elements surely lie on one place: what PyTorch's check of overlaps finds."""
    return 0 in strides and 0 not in shape and any(s == 0 and n > 1 for n, s in zip(shape, strides))


def overlap(a: np.ndarray, b: np.ndarray) -> str:
    """How two arrays lie in one memory: "full", "partial" or "", where they lie apart or one of them is not dense."""
    if not (a.size and b.size):
        return ""
    start, other = a.__array_interface__["data"][0], b.__array_interface__["data"][0]
    if start == other and a.shape == b.shape and a.strides == b.strides:
        return "full"
    if start >= other + b.nbytes or other >= start + a.nbytes or not (_dense(a) and _dense(b)):
        return ""
    return "partial"


def _dense(a: np.ndarray) -> bool:
    reach = sum((n - 1) * s for n, s in zip(a.shape, a.strides)) + a.itemsize
    return reach == a.nbytes and apart(a.shape, a.strides)


def span(*geometries: tuple) -> tuple[int, int]:
    """(the lowest place, the number of places) of a memory that holds all of them, from an offset of 0 on."""
    low = min(0, *(offset for _, _, offset in geometries))
    ends = [o + 1 + sum((n - 1) * s for n, s in zip(shape, strides)) for shape, strides, o in geometries if 0 not in shape]
    return low, max([1, *ends]) - low


def placed(flat: np.ndarray, low: int, geometry: tuple) -> np.ndarray:
    """The elements at a geometry in a flat memory that begins at the place `low`."""
    shape, strides, offset = geometry
    item = flat.itemsize
    start = (offset - low) * item if 0 not in shape else 0
    return np.ndarray(shape, flat.dtype, flat, start, tuple([s * item for s in strides]))
