"""The Vision Transformer: https://arxiv.org/abs/2010.11929."""

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight import Tensor, nn
from penlight.vision.models.weights import builder
from penlight.vision.ops.layers import MLP

__all__ = ["VisionTransformer", "vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32"]

_Norm = functools.partial(nn.LayerNorm, eps=1e-6)


class MLPBlock(MLP):
    """Two linear layers with GELU between them."""

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float):
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, inplace=None, dropout=dropout)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.normal_(module.bias, std=1e-6)

    def _load_from_state_dict(
        self, state_dict: dict, prefix: str, local_metadata: dict, strict: bool, *rest: Any
    ) -> None:
        if (local_metadata.get("version") or 1) < 2:  # files of the first release: linear_1, linear_2
            for number, place in ((1, 0), (2, 3)):
                for kind in ("weight", "bias"):
                    old = f"{prefix}linear_{number}.{kind}"
                    if old in state_dict:
                        state_dict[f"{prefix}{place}.{kind}"] = state_dict.pop(old)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, strict, *rest)


class EncoderBlock(nn.Module):
    """Norm, self-attention, norm, MLP, each pair with a shortcut."""

    def __init__(
        self, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float, attention_dropout: float,
        norm_layer: Callable = _Norm,
    ):  # fmt: skip
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(hidden_dim, num_heads, dropout=attention_dropout, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Positions and a stack of blocks: (B, T, C) -> (B, T, C)."""

    def __init__(
        self, seq_length: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float,
        attention_dropout: float, norm_layer: Callable = _Norm,
    ):  # fmt: skip
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        sizes = (num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer)
        self.layers = nn.Sequential(
            OrderedDict((f"encoder_layer_{i}", EncoderBlock(*sizes)) for i in range(num_layers))
        )
        self.ln = norm_layer(hidden_dim)

    def forward(self, input: Tensor) -> Tensor:
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """(N, 3, image_size, image_size) -> (N, num_classes).

    Raises: ValueError for an image size that patches do not fill, or images of another size.
    """

    def __init__(
        self, image_size: int, patch_size: int, num_layers: int, num_heads: int, hidden_dim: int, mlp_dim: int,
        dropout: float = 0.0, attention_dropout: float = 0.0, num_classes: int = 1000,
        representation_size: int | None = None, norm_layer: Callable = _Norm,
    ):  # fmt: skip
        super().__init__()
        if image_size % patch_size != 0:
            raise ValueError(f"Input shape indivisible by patch size! ({image_size} by {patch_size})")
        self.image_size, self.patch_size, self.hidden_dim, self.mlp_dim = image_size, patch_size, hidden_dim, mlp_dim
        self.attention_dropout, self.dropout, self.num_classes = attention_dropout, dropout, num_classes
        self.representation_size, self.norm_layer = representation_size, norm_layer
        self.conv_proj = nn.Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        self.seq_length = (image_size // patch_size) ** 2 + 1  # the patches and the class token
        self.class_token = nn.Parameter(torch.zeros(1, 1, hidden_dim))
        self.encoder = Encoder(
            self.seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer
        )
        heads: OrderedDict[str, nn.Module] = OrderedDict()
        if representation_size is None:
            heads["head"] = nn.Linear(hidden_dim, num_classes)
        else:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
            heads["head"] = nn.Linear(representation_size, num_classes)
        self.heads = nn.Sequential(heads)
        fan_in = self.conv_proj.in_channels * patch_size * patch_size
        nn.init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / fan_in))
        nn.init.zeros_(self.conv_proj.bias)
        if representation_size is not None:
            nn.init.trunc_normal_(self.heads.pre_logits.weight, std=math.sqrt(1 / hidden_dim))
            nn.init.zeros_(self.heads.pre_logits.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        B, _, H, W = x.shape
        if (H, W) != (self.image_size, self.image_size):
            raise ValueError(f"expected images of {self.image_size} x {self.image_size} pixels, got {H} x {W}")
        x = self.conv_proj(x).reshape(B, self.hidden_dim, -1).permute(0, 2, 1)  # (B, T, C)
        x = torch.cat([self.class_token.expand(B, -1, -1), x], dim=1)
        return self.heads(self.encoder(x)[:, 0])


def _register(name: str, title: str, patch: int, layers: int, heads: int, hidden: int, mlp: int) -> Callable:
    def make(**kwargs: Any) -> VisionTransformer:
        return VisionTransformer(kwargs.pop("image_size", 224), patch, layers, heads, hidden, mlp, **kwargs)

    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"ViT {title}, patches of {patch} x {patch} pixels."
    make.prepare = _load  # type: ignore[attr-defined]
    return builder(make)


def _load(function: Callable, kwargs: dict[str, Any], state: dict[str, Any]) -> nn.Module:
    """The image size is that which the file's positions are for."""
    patch = state["conv_proj.weight"].shape[-1]
    size = math.isqrt(state["encoder.pos_embedding"].shape[1] - 1) * patch
    if kwargs.setdefault("image_size", size) != size:
        raise ValueError(f"The parameter 'image_size' expected value {size} but got {kwargs['image_size']} instead.")
    model = function(**kwargs)
    model.load_state_dict(state)
    return model


vit_b_16 = _register("vit_b_16", "Base", 16, 12, 12, 768, 3072)
vit_b_32 = _register("vit_b_32", "Base", 32, 12, 12, 768, 3072)
vit_l_16 = _register("vit_l_16", "Large", 16, 24, 16, 1024, 4096)
vit_l_32 = _register("vit_l_32", "Large", 32, 24, 16, 1024, 4096)
vit_h_14 = _register("vit_h_14", "Huge", 14, 32, 16, 1280, 5120)
