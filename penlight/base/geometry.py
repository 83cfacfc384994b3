"""Where the elements of strided arrays lie in memory: (shape, strides, offset), counted in elements."""

from __future__ import annotations

import numpy as np

__all__ = ["apart", "placed", "shared", "span"]


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
