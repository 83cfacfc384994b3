"""DropBlock, dropout of whole squares: https://arxiv.org/abs/1810.12890."""

from __future__ import annotations

import math
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.nn import functional as F

__all__ = ["DropBlock2d", "DropBlock3d", "drop_block2d", "drop_block3d"]


def _drop_block(
    input: Tensor, p: float, block_size: int, inplace: bool, eps: float, training: bool, dims: int
) -> Tensor:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}.")
    if input.ndim != dims + 2:
        raise ValueError(f"input should be {dims + 2} dimensional. Got {input.ndim} dimensions.")
    if not training or p == 0.0:
        return input
    sizes = input.shape[2:]
    block = min(block_size, *sizes)
    room = [size - block + 1 for size in sizes]
    gamma = p * math.prod(sizes) / (block**dims * math.prod(room))  # of a block's centre
    noise = torch.empty((*input.shape[:2], *room), dtype=input.dtype).bernoulli_(gamma)
    noise = F.pad(noise, [block // 2] * 2 * dims, value=0)
    pool: Any = F.max_pool2d if dims == 2 else F.max_pool3d
    noise = 1 - pool(noise, stride=1, kernel_size=block, padding=block // 2)
    scale = noise.numel() / (eps + noise.sum())
    return input.mul_(noise).mul_(scale) if inplace else input * noise * scale


def drop_block2d(
    input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06, training: bool = True
) -> Tensor:
    """Zero squares of `block_size` pixels, about the share `p` of all, and scale the rest. Shape: (N, C, H, W), kept.

    Raises: ValueError for other probabilities or shapes.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.ops.drop_block2d.html

    >>> drop_block2d(torch.ones(1, 1, 2, 2), p=0.5, block_size=1, training=False).sum()
    tensor(4.)
    """
    return _drop_block(input, p, block_size, inplace, eps, training, 2)


def drop_block3d(
    input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06, training: bool = True
) -> Tensor:
    """`drop_block2d` of cubes. Shape: (N, C, D, H, W), kept."""
    return _drop_block(input, p, block_size, inplace, eps, training, 3)


class DropBlock2d(nn.Module):
    """`drop_block2d` in training."""

    _dims = 2

    def __init__(self, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06):
        super().__init__()
        self.p, self.block_size, self.inplace, self.eps = p, block_size, inplace, eps

    def forward(self, input: Tensor) -> Tensor:
        return _drop_block(input, self.p, self.block_size, self.inplace, self.eps, self.training, self._dims)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, block_size={self.block_size}, inplace={self.inplace})"


class DropBlock3d(DropBlock2d):
    """`drop_block3d` in training."""

    _dims = 3
