"""Multiply-adds of float32 that round once, as PyTorch's CPU kernels do; a product of two float32 is exact in float64."""

from __future__ import annotations

import numpy as np

__all__ = ["adam_step", "add_product", "add_scaled", "approach", "fuses", "sgd_step"]


def fuses() -> bool:
    """Whether these cost no more than operations that round by themselves."""
    return False


def _sum(a, product, out):
    product += a.astype(np.float64)
    if out is None:
        return product.astype(np.float32)
    out[...] = product
    return out


def add_scaled(a, b, scale: float, out=None):
    """a + scale * b.

    >>> add_scaled(np.float32([1, 2]), np.float32([4, 8]), 0.5)
    array([3., 6.], dtype=float32)
    """
    return _sum(a, b.astype(np.float64) * float(np.float32(scale)), out)


def approach(a, b, weight: float, out=None):
    """a + weight * (b - a), from the nearer end."""
    start = a
    if not abs(weight) < 0.5:
        start, weight = b, np.float32(weight) - np.float32(1)
    return _sum(start, np.subtract(b, a).astype(np.float64) * float(np.float32(weight)), out)


def add_product(a, b, c, scale: float, out=None):
    """a + (scale * b) * c."""
    b = b if scale == 1 else b * np.float32(scale)
    return _sum(a, b.astype(np.float64) * c.astype(np.float64), out)


def adam_step(arrays, numbers) -> bool:
    """Whether the rule of penlight/optim/adam.py was carried out here, at once."""
    return False


def sgd_step(arrays, numbers) -> bool:
    """The same for the rule of penlight/optim/sgd.py."""
    return False
