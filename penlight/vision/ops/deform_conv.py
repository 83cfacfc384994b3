"""Deformable convolution: https://arxiv.org/abs/1703.06211, with a mask: https://arxiv.org/abs/1811.11168."""

from __future__ import annotations

import math
from typing import Any

import penlight as torch
from penlight import Tensor, nn

__all__ = ["DeformConv2d", "deform_conv2d"]


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _sampled(x: Tensor, y_at: Tensor, x_at: Tensor) -> Tensor:
    """Bilinear values of (B, C, H, W) at places (B, P) in pixels, zero outside -> (B, C, P)."""
    B, C, H, W = x.shape
    flat = x.reshape(B, C, H * W)
    result: Any = 0.0
    low_y, low_x = y_at.detach().floor(), x_at.detach().floor()
    part_y, part_x = y_at - low_y, x_at - low_x
    for down in (0, 1):
        for across in (0, 1):
            row, column = low_y + down, low_x + across
            inside = (row >= 0) & (row < H) & (column >= 0) & (column < W)
            index = (row.clamp(0, H - 1) * W + column.clamp(0, W - 1)).long()
            weight = (part_y if down else 1 - part_y) * (part_x if across else 1 - part_x) * inside
            result = result + flat.gather(2, index[:, None].expand(B, C, -1)) * weight[:, None]
    return result


def deform_conv2d(
    input: Tensor, offset: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = (1, 1),
    padding: Any = (0, 0), dilation: Any = (1, 1), mask: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Convolve with each tap moved by its own offset (and scaled by its mask) at each place of the output.

    Shape: input (N, C, H, W), offset (N, 2 G kh kw, H', W') of (dy, dx) for each tap, weight (C', C / groups, kh, kw),
    mask (N, G kh kw, H', W') -> (N, C', H', W'); each of the G groups of channels has offsets of its own.

    Raises: RuntimeError for other shapes.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.ops.deform_conv2d.html

    >>> x, w = torch.arange(9.0).reshape(1, 1, 3, 3), torch.ones(1, 1, 1, 1)
    >>> deform_conv2d(x, torch.full((1, 2, 3, 3), 0.5), w)[0, 0, 0]
    tensor([2.0000, 3.0000, 1.7500])
    """
    if input.ndim != 4 or offset.ndim != 4 or weight.ndim != 4:
        raise RuntimeError(
            f"expected input, offset and weight of 4 dimensions, got {input.ndim}, {offset.ndim} and {weight.ndim}"
        )
    (sh, sw), (ph, pw), (dh, dw) = _pair(stride), _pair(padding), _pair(dilation)
    (N, C, H, W), (outputs, per_group, kh, kw) = input.shape, weight.shape
    K, groups, offset_groups = kh * kw, C // per_group, offset.shape[1] // (2 * kh * kw)
    if offset_groups == 0:
        raise RuntimeError(
            "the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of 2 * "
            f"weight.size[2] * weight.size[3].\nGot offset.shape[1]={offset.shape[1]}, while "
            f"2 * weight.size[2] * weight.size[3]={2 * K}"
        )
    rows, columns = (H + 2 * ph - dh * (kh - 1) - 1) // sh + 1, (W + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    expected = [("offset", offset, (N, 2 * offset_groups * K, rows, columns))]
    if mask is not None:
        expected.append(("mask", mask, (N, offset_groups * K, rows, columns)))
    for name, tensor, shape in expected:
        if tuple(tensor.shape) != shape:
            raise RuntimeError(f"expected {name} of shape {shape}, got {tuple(tensor.shape)}")
    if C % per_group or outputs % groups or C % offset_groups:
        raise RuntimeError(
            f"expected {C} input channels to be a multiple of weight.shape[1] ({per_group}) and of the offset groups "
            f"({offset_groups}), and {outputs} output channels to be one of the {groups} groups"
        )
    # (1, K, H', W'): where the taps are without offsets
    taps_y = torch.arange(kh).repeat_interleave(kw).reshape(1, K, 1, 1) * dh
    taps_x = torch.arange(kw).repeat(kh).reshape(1, K, 1, 1) * dw
    moved = offset.reshape(N * offset_groups, K, 2, rows, columns)
    y_at = moved[:, :, 0] + (taps_y + torch.arange(rows)[:, None] * sh - ph).to(input.dtype)
    x_at = moved[:, :, 1] + (taps_x + torch.arange(columns) * sw - pw).to(input.dtype)
    grouped = input.reshape(N * offset_groups, C // offset_groups, H, W)
    values = _sampled(grouped, y_at.reshape(len(y_at), -1), x_at.reshape(len(x_at), -1))
    values = values.reshape(N, offset_groups, C // offset_groups, K, rows * columns)
    if mask is not None:
        values = values * mask.reshape(N, offset_groups, 1, K, rows * columns)
    values = values.reshape(N, groups, per_group * K, rows * columns)
    result = (weight.reshape(groups, outputs // groups, per_group * K) @ values).reshape(N, outputs, rows, columns)
    return result if bias is None else result + bias.reshape(1, -1, 1, 1)


class DeformConv2d(nn.Module):
    """`deform_conv2d` of (input, offset, mask)."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0,
        dilation: Any = 1, groups: int = 1, bias: bool = True,
    ):  # fmt: skip
        super().__init__()
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = _pair(kernel_size), _pair(stride)
        self.padding, self.dilation = _pair(padding), _pair(dilation)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels // groups, *self.kernel_size))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_channels))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.weight[0].numel())
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor, offset: Tensor, mask: Tensor | None = None) -> Tensor:
        return deform_conv2d(input, offset, self.weight, self.bias, self.stride, self.padding, self.dilation, mask)

    def __repr__(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        text += f", padding={self.padding}" if self.padding != (0, 0) else ""
        text += f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        return f"{type(self).__name__}({text}{', bias=False' if self.bias is None else ''})"
