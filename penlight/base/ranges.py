"""Evenly spaced numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["evenly", "stepping"]

_DIGITS = {"float16": 11, "float32": 24, "float64": 53}  # integers up to 2 to this power are exact; bfloat16: 8


def evenly(first: Any, last: Any, steps: int, dtype: np.dtype, fused: bool = True) -> np.ndarray:
    """`steps` values from first to last, from both ends toward the middle in the dtype's own precision, as PyTorch's.

    Integers are cut off from float64. In 16 bits the step and each operation are rounded; wider products and sums are
    fused there: they round once, unless `fused` is False.
    """
    if steps == 1:
        return np.array([first]).astype(dtype)
    if dtype.kind == "c":
        part = np.dtype(f"f{dtype.itemsize // 2}")
        result = np.empty(steps, dtype)
        result.real = evenly(first.real, last.real, steps, part, fused)
        result.imag = evenly(first.imag, last.imag, steps, part, fused)
        return result
    compute = np.dtype(np.float64) if dtype.kind in "biu" else dtype
    start, end = (np.array(v).astype(compute) for v in (first, last))
    i = np.arange(steps)
    i, from_end = i.astype(compute), (steps - 1 - i).astype(compute)
    step = (end - start) / np.array(steps - 1).astype(compute) if steps else start
    add_product = (fused and _FUSED.get(compute.itemsize)) or _rounding_each
    half = steps // 2
    return np.concatenate((add_product(start, step, i[:half]), add_product(end, -step, from_end[half:]))).astype(dtype)


def stepping(first: float, step: float, count: int, dtype: np.dtype) -> np.ndarray:
    """first, first + step, … (`count` values) as PyTorch's kernel for 256-bit vectors rounds them.

    Whole pairs of vectors start from a number that is rounded to `dtype`; the rest is counted from `first`. 16-bit numbers
    are computed in float32, others in float64.
    """
    i = np.arange(count, dtype=np.float64)
    if (
        first == int(first)
        and step == int(step)
        and abs(first) + abs(step) * count <= 2.0 ** _DIGITS.get(dtype.name, 8)
    ):
        return (i * step + first).astype(dtype)
    wide = np.dtype(np.float32 if dtype.itemsize == 2 else np.float64)
    start, by = np.array(first, wide), np.array(step, wide)
    add_product = _FUSED[wide.itemsize] if dtype.itemsize != 4 else _rounding_each
    lanes = 32 // dtype.itemsize
    body = count // (2 * lanes) * (2 * lanes)
    result = np.empty(count, dtype)
    heads = add_product(start, by, i[:body:lanes].astype(wide)).astype(dtype).astype(wide)[:, None]
    result[:body] = add_product(heads, by, i[:lanes].astype(wide)).reshape(-1)
    result[body:] = add_product(start, by, i[body:].astype(wide))
    return result


def _rounding_each(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """a + b * c"""
    return a + b * c


def _fused_single(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """a + b * c of float32, rounded once: the product is exact in float64."""
    return (a + np.multiply(b, c, dtype=np.float64)).astype(np.float32)


def _fused_double(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """a + b * c of float64, rounded once, `b` one number and `c` counting: what product and sum lose is added last.

    Source: Dekker 1971 (the product; a count needs no splitting), Knuth (the sum).
    """
    product = b * c
    high = b * 134217729.0  # 2^27 + 1 splits 53 bits
    high = high - (high - b)
    total = a + product
    other = total - a
    lost = ((high * c - product) + (b - high) * c) + ((a - (total - other)) + (product - other))
    return np.where(np.isfinite(lost), total + lost, total)


_FUSED = {4: _fused_single, 8: _fused_double}  # by the width of a number
