"""Rearranging, reducing and repeating with einops, as functions and as layers, einsum and packing."""

import torch
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
from report import show, train
from torch import nn

torch.manual_seed(0)
x = torch.randn(2, 3, 8, 8, requires_grad=True)
show("patches", rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4))
show("pooled", *(reduce(x, "b c (h 2) (w 2) -> b c h w", how) for how in ("mean", "max", "sum", "min", "prod")))
show("repeated", repeat(x, "b c h w -> b c (h 2) (w 3)"))
show("einsum", einsum(x, x, "b c h w, b d h w -> b c d"))
packed, shapes = pack([x, torch.ones(2, 5)], "b *")
show("packed", packed, *unpack(packed, shapes, "b *"))
show("list", rearrange([x, x], "two b c h w -> (two b) c h w"), parse_shape(x, "b c _ _"))
reduce(x, "b c h w -> c", "max").sum().backward()
show("gradient", x.grad)
try:
    rearrange(x, "b c h -> b (c h)")
except Exception as problem:
    show("error", type(problem).__name__)

model = nn.Sequential(
    Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4),
    EinMix("b t c -> b t d", weight_shape="c d", bias_shape="d", c=48, d=16),
    nn.GELU(),
    Reduce("b t d -> b d", "mean"),
    nn.Linear(16, 5),
)
print(model)
train(model, lambda: nn.functional.cross_entropy(model(x.detach()), torch.tensor([1, 4])))
