"""Sums over dimensions. How NumPy makes them is in penlight/ops/sums.py."""

__all__ = ["sums"]


def sums(array, axes, keepdims: bool):
    """The sum of float32 over `axes` (a tuple, or None for all), where there is a kernel for it; else None."""
    return None
