"""Swin Transformer: https://arxiv.org/abs/2103.14030, V2: https://arxiv.org/abs/2111.09883."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.nn import functional as F
from penlight.vision.models.weights import register
from penlight.vision.ops.layers import MLP, Permute, StochasticDepth

__all__ = ["SwinTransformer", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t"]


class PatchMerging(nn.Module):
    """Join 2 x 2 patches: (..., H, W, C) -> (..., H / 2, W / 2, 2 C), sizes rounded up."""

    def __init__(self, dim: int, norm_layer: Callable = nn.LayerNorm):
        super().__init__()
        self.dim = dim
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)
        self.norm = norm_layer(4 * dim)

    def _joined(self, x: Tensor) -> Tensor:
        H, W, _ = x.shape[-3:]
        x = F.pad(x, (0, 0, 0, W % 2, 0, H % 2))
        return torch.cat([x[..., i::2, j::2, :] for j in (0, 1) for i in (0, 1)], -1)  # (..., H/2, W/2, 4C)

    def forward(self, x: Tensor) -> Tensor:
        return self.reduction(self.norm(self._joined(x)))


class PatchMergingV2(PatchMerging):
    """`PatchMerging` with the norm behind the reduction."""

    def __init__(self, dim: int, norm_layer: Callable = nn.LayerNorm):
        nn.Module.__init__(self)
        self.dim = dim
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)
        self.norm = norm_layer(2 * dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.reduction(self._joined(x)))


def _windows(x: Tensor, window: list[int]) -> Tensor:
    """(B, H, W, C) -> (B windows, positions of a window, C)."""
    B, H, W, C = x.shape
    x = x.view(B, H // window[0], window[0], W // window[1], window[1], C)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, window[0] * window[1], C)


def _mask(H: int, W: int, window: list[int], shift: list[int], like: Tensor) -> Tensor:
    """-100 between positions of a window that the shift brought together, (windows, positions, positions)."""
    regions = []
    for size, wide, step in zip((H, W), window, shift):
        place = torch.arange(size)
        regions.append((place >= size - wide).long() + (place >= size - step).long() * (step > 0))
    count = regions[0][:, None] * 3 + regions[1]
    groups = _windows(count[None, :, :, None], window)[..., 0]  # (windows, positions)
    apart = groups[:, None, :] != groups[:, :, None]
    return torch.where(apart, -100.0, 0.0).to(like.dtype)


class ShiftedWindowAttention(nn.Module):
    """Self-attention within windows, shifted by `shift_size`: (B, H, W, C), kept."""

    scaled_cosine = False

    def __init__(
        self, dim: int, window_size: list[int], shift_size: list[int], num_heads: int, qkv_bias: bool = True,
        proj_bias: bool = True, attention_dropout: float = 0.0, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        if len(window_size) != 2 or len(shift_size) != 2:
            raise ValueError("window_size and shift_size must be of length 2")
        self.window_size, self.shift_size, self.num_heads = window_size, shift_size, num_heads
        self.attention_dropout, self.dropout = attention_dropout, dropout
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim, bias=proj_bias)
        self.define_relative_position_bias_table()
        H, W = window_size
        places = torch.stack(torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")).flatten(1)
        steps = places[:, :, None] - places[:, None, :]  # (2, positions, positions)
        index = (steps[0] + H - 1) * (2 * W - 1) + steps[1] + W - 1
        self.register_buffer("relative_position_index", index.flatten())

    def define_relative_position_bias_table(self) -> None:
        H, W = self.window_size
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * H - 1) * (2 * W - 1), self.num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    def _looked_up(self, table: Tensor) -> Tensor:
        N = self.window_size[0] * self.window_size[1]
        return table[self.relative_position_index].view(N, N, -1).permute(2, 0, 1).contiguous().unsqueeze(0)

    def get_relative_position_bias(self) -> Tensor:
        """(1, heads, positions, positions)."""
        return self._looked_up(self.relative_position_bias_table)

    def _scores(self, q: Tensor, k: Tensor) -> Tensor:
        return (q * q.shape[-1] ** -0.5).matmul(k.transpose(-2, -1))

    def _qkv_bias(self) -> Tensor | None:
        return self.qkv.bias

    def forward(self, x: Tensor) -> Tensor:
        B, H, W, C = x.shape
        window, heads = self.window_size, self.num_heads
        x = F.pad(x, (0, 0, 0, -W % window[1], 0, -H % window[0]))
        padded = x.shape[1:3]
        shift = [0 if wide >= size else step for wide, size, step in zip(window, padded, self.shift_size)]
        if sum(shift) > 0:
            x = torch.roll(x, shifts=(-shift[0], -shift[1]), dims=(1, 2))
        x = _windows(x, window)
        qkv = F.linear(x, self.qkv.weight, self._qkv_bias())
        q, k, v = qkv.reshape(x.size(0), x.size(1), 3, heads, C // heads).permute(2, 0, 3, 1, 4)
        scores = self._scores(q, k) + self.get_relative_position_bias()  # (B windows, heads, N, N)
        if sum(shift) > 0:
            mask = _mask(*padded, window, shift, x)
            count, N = mask.shape[:2]
            scores = scores.view(B, count, heads, N, N) + mask[:, None]
            scores = scores.view(-1, heads, N, N)
        attention = F.dropout(F.softmax(scores, dim=-1), p=self.attention_dropout, training=self.training)
        x = self.proj(attention.matmul(v).transpose(1, 2).reshape(-1, window[0] * window[1], C))
        x = F.dropout(x, p=self.dropout, training=self.training)
        x = x.view(B, padded[0] // window[0], padded[1] // window[1], window[0], window[1], C)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(B, *padded, C)
        if sum(shift) > 0:
            x = torch.roll(x, shifts=(shift[0], shift[1]), dims=(1, 2))
        return x[:, :H, :W, :].contiguous()


class ShiftedWindowAttentionV2(ShiftedWindowAttention):
    """The same with cosines for scores, and a bias of position that a small net computes."""

    def __init__(
        self, dim: int, window_size: list[int], shift_size: list[int], num_heads: int, qkv_bias: bool = True,
        proj_bias: bool = True, attention_dropout: float = 0.0, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__(dim, window_size, shift_size, num_heads, qkv_bias, proj_bias, attention_dropout, dropout)
        self.logit_scale = nn.Parameter(torch.log(10 * torch.ones((num_heads, 1, 1))))
        self.cpb_mlp = nn.Sequential(nn.Linear(2, 512), nn.ReLU(inplace=True), nn.Linear(512, num_heads, bias=False))
        if qkv_bias:
            with torch.no_grad():
                self.qkv.bias[dim : 2 * dim].zero_()

    def define_relative_position_bias_table(self) -> None:
        steps = [torch.arange(-(size - 1), size, dtype=torch.float32) for size in self.window_size]
        table = torch.stack(torch.meshgrid(steps, indexing="ij")).permute(1, 2, 0).contiguous().unsqueeze(0)
        for axis, size in enumerate(self.window_size):
            table[..., axis] /= size - 1
        table *= 8
        self.register_buffer("relative_coords_table", torch.sign(table) * torch.log2(torch.abs(table) + 1.0) / 3.0)

    def get_relative_position_bias(self) -> Tensor:
        """(1, heads, positions, positions)."""
        return 16 * torch.sigmoid(self._looked_up(self.cpb_mlp(self.relative_coords_table).view(-1, self.num_heads)))

    def _scores(self, q: Tensor, k: Tensor) -> Tensor:
        cosines = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)
        return cosines * torch.clamp(self.logit_scale, max=math.log(100.0)).exp()

    def _qkv_bias(self) -> Tensor | None:
        if self.qkv.bias is None:
            return None
        third = self.qkv.bias.numel() // 3
        bias = self.qkv.bias.clone()
        bias[third : 2 * third].zero_()  # the keys have none
        return bias


class SwinTransformerBlock(nn.Module):
    """Norm, attention in windows, norm, MLP, each pair with a shortcut."""

    def __init__(
        self, dim: int, num_heads: int, window_size: list[int], shift_size: list[int], mlp_ratio: float = 4.0,
        dropout: float = 0.0, attention_dropout: float = 0.0, stochastic_depth_prob: float = 0.0,
        norm_layer: Callable = nn.LayerNorm, attn_layer: Callable = ShiftedWindowAttention,
    ):  # fmt: skip
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = attn_layer(
            dim, window_size, shift_size, num_heads, attention_dropout=attention_dropout, dropout=dropout
        )
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.norm2 = norm_layer(dim)
        self.mlp = MLP(dim, [int(dim * mlp_ratio), dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for module in self.mlp.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.normal_(module.bias, std=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.stochastic_depth(self.attn(self.norm1(x)))
        return x + self.stochastic_depth(self.mlp(self.norm2(x)))


class SwinTransformerBlockV2(SwinTransformerBlock):
    """The norms behind attention and MLP."""

    def __init__(
        self, dim: int, num_heads: int, window_size: list[int], shift_size: list[int], mlp_ratio: float = 4.0,
        dropout: float = 0.0, attention_dropout: float = 0.0, stochastic_depth_prob: float = 0.0,
        norm_layer: Callable = nn.LayerNorm, attn_layer: Callable = ShiftedWindowAttentionV2,
    ):  # fmt: skip
        super().__init__(
            dim, num_heads, window_size, shift_size, mlp_ratio, dropout, attention_dropout, stochastic_depth_prob,
            norm_layer, attn_layer,
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.stochastic_depth(self.norm1(self.attn(x)))
        return x + self.stochastic_depth(self.norm2(self.mlp(x)))


class SwinTransformer(nn.Module):
    """(N, 3, H, W) -> (N, num_classes)."""

    def __init__(
        self, patch_size: list[int], embed_dim: int, depths: list[int], num_heads: list[int], window_size: list[int],
        mlp_ratio: float = 4.0, dropout: float = 0.0, attention_dropout: float = 0.0,
        stochastic_depth_prob: float = 0.1, num_classes: int = 1000, norm_layer: Callable | None = None,
        block: Callable | None = None, downsample_layer: Callable = PatchMerging,
    ):  # fmt: skip
        super().__init__()
        self.num_classes = num_classes
        block, norm = block or SwinTransformerBlock, norm_layer or functools.partial(nn.LayerNorm, eps=1e-5)
        stride: Any = (patch_size[0], patch_size[1])
        stem = nn.Conv2d(3, embed_dim, kernel_size=stride, stride=stride)
        layers: list[nn.Module] = [nn.Sequential(stem, Permute([0, 2, 3, 1]), norm(embed_dim))]
        total, number = sum(depths), 0
        for i, (depth, heads) in enumerate(zip(depths, num_heads)):
            dim = embed_dim * 2**i
            stage: list[nn.Module] = []
            for j in range(depth):
                shift = [0 if j % 2 == 0 else size // 2 for size in window_size]
                drop = stochastic_depth_prob * float(number) / (total - 1)
                stage.append(
                    block(
                        dim, heads, window_size, shift, mlp_ratio, dropout, attention_dropout,
                        stochastic_depth_prob=drop, norm_layer=norm,
                    )
                )  # fmt: skip
                number += 1
            layers.append(nn.Sequential(*stage))
            if i < len(depths) - 1:
                layers.append(downsample_layer(dim, norm))
        self.features = nn.Sequential(*layers)
        width = embed_dim * 2 ** (len(depths) - 1)
        self.norm, self.permute = norm(width), Permute([0, 3, 1, 2])
        self.avgpool, self.flatten = nn.AdaptiveAvgPool2d(1), nn.Flatten(1)
        self.head = nn.Linear(width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.permute(self.norm(self.features(x)))
        return self.head(self.flatten(self.avgpool(x)))


def _register(version: str, size: str, width: int, third: int, heads: int, drop: float) -> Callable:
    second = {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2} if version else {}
    return register(
        f"swin_{version}{size}", f"Swin Transformer{' V2' if version else ''} {size.upper()}.", SwinTransformer,
        [4, 4], width, [2, 2, third, 2], [heads * 2**i for i in range(4)], [8, 8] if version else [7, 7],
        stochastic_depth_prob=drop, **second,
    )  # fmt: skip


swin_t, swin_v2_t = (_register(version, "t", 96, 6, 3, 0.2) for version in ("", "v2_"))
swin_s, swin_v2_s = (_register(version, "s", 96, 18, 3, 0.3) for version in ("", "v2_"))
swin_b, swin_v2_b = (_register(version, "b", 128, 18, 4, 0.5) for version in ("", "v2_"))
