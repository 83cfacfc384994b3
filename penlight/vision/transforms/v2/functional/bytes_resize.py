"""Resizing bytes as PyTorch's kernels for uint8 do: weights of 16 bits, bytes between the two passes.

Source: Pillow's resampling (https://github.com/python-pillow/Pillow, Resample.c), which those kernels follow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

import penlight as torch
from penlight import Tensor

__all__ = ["resize_bytes"]


def _cubic(a: float) -> Callable[[np.ndarray], np.ndarray]:
    """Keys' cubic convolution."""

    def weight(x: np.ndarray) -> np.ndarray:
        x = np.abs(x)
        near = ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
        far = (((x - 5.0) * x + 8.0) * x - 4.0) * a
        return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))

    return weight


def _lanczos(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < 3.0, np.sinc(x) * np.sinc(x / 3.0), 0.0)


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(1.0 - np.abs(x), 0.0)


_SMOOTH = {"bilinear": (2, _triangle), "bicubic": (4, _cubic(-0.5)), "lanczos": (6, _lanczos)}  # taps, filter
_PLAIN = {"bilinear": (2, _triangle), "bicubic": (4, _cubic(-0.75))}


@functools.lru_cache(maxsize=32)
def _weights(before: int, after: int, mode: str, antialias: bool) -> tuple[np.ndarray, int]:
    """(whole numbers (before, after), their exponent): what each input gives to each output, times 2 ** exponent."""
    taps, filter_of = (_SMOOTH if antialias else _PLAIN)[mode]
    scale = before / after
    weights = np.zeros((before, after))
    for i in range(after):
        if antialias:
            widened = max(scale, 1.0)
            center, support = scale * (i + 0.5), taps * 0.5 * widened
            first = max(int(center - support + 0.5), 0)
            places = np.arange(first, min(int(center + support + 0.5), before))
            share = filter_of((places - center + 0.5) / widened)
            weights[places, i] = share / share.sum()
        else:
            center = scale * (i + 0.5) - 0.5
            center = center if taps == 4 else max(center, 0.0)
            places = int(np.floor(center)) + np.arange(1 - taps // 2, 1 + taps // 2)
            # Beyond the border the border pixel counts.
            np.add.at(weights[:, i], places.clip(0, before - 1), filter_of(places - center))
    exponent, largest = 0, weights.max()
    while exponent < 22 and int(0.5 + largest * (1 << (exponent + 1))) < 1 << 15:
        exponent += 1
    return np.trunc(weights * (1 << exponent) + np.where(weights < 0, -0.5, 0.5)), exponent


def _rounded(sums: np.ndarray, exponent: int) -> np.ndarray:
    return np.floor((sums + (1 << (exponent - 1))) / (1 << exponent)).clip(0, 255)


def resize_bytes(image: Tensor, height: int, width: int, mode: str, antialias: bool) -> Tensor:
    """A uint8 tensor (…, H, W) resized with bilinear, bicubic or (antialiased) lanczos weights.

    >>> resize_bytes(torch.tensor([[0, 100]], dtype=torch.uint8), 1, 4, "bilinear", True)
    tensor([[  0,  25,  75, 100]], dtype=torch.uint8)
    """
    pixels = image.detach().numpy().astype(np.float64)  # sums of whole numbers below 2 ** 53 are exact
    if width != pixels.shape[-1]:
        weights, exponent = _weights(pixels.shape[-1], width, mode, antialias)
        pixels = _rounded(pixels @ weights, exponent)
    if height != pixels.shape[-2]:
        weights, exponent = _weights(pixels.shape[-2], height, mode, antialias)
        pixels = _rounded(weights.T @ pixels, exponent)
    return torch.from_numpy(pixels.astype(np.uint8))
