"""A small GPT in the style of the well-known teaching repositories: masks, weight tying, parameter groups, sampling."""

import math

import torch
from report import show, train
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self, width, heads, block):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.drop = nn.Dropout(0.1)
        self.register_buffer("mask", torch.tril(torch.ones(block, block)).view(1, 1, block, block))

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in self.qkv(x).split(C, dim=2))
        a = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        a = self.drop(F.softmax(a.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf")), dim=-1))
        return self.out((a @ v).transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, width, heads, block):
        super().__init__()
        self.a, self.b, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), Attention(width, heads, block)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.a(x))
        return x + self.mlp(self.b(x))


class GPT(nn.Module):
    def __init__(self, words=40, width=32, block=16):
        super().__init__()
        self.block = block
        self.tokens, self.places = nn.Embedding(words, width), nn.Embedding(block, width)
        self.blocks = nn.ModuleList([Block(width, 4, block) for _ in range(2)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
        self.tokens.weight = self.head.weight
        self.apply(lambda m: nn.init.normal_(m.weight, 0.0, 0.02) if isinstance(m, (nn.Linear, nn.Embedding)) else None)

    def forward(self, ids, targets=None):
        x = self.tokens(ids) + self.places(torch.arange(ids.size(1)))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.norm(x))
        return logits, None if targets is None else F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))

    @torch.no_grad()
    def generate(self, ids, count, top_k=5):
        for _ in range(count):
            logits = self(ids[:, -self.block :])[0][:, -1, :] / 0.8
            v, _ = torch.topk(logits, top_k)
            logits[logits < v[:, [-1]]] = -float("inf")
            ids = torch.cat((ids, torch.multinomial(F.softmax(logits, dim=-1), 1)), dim=1)
        return ids


torch.manual_seed(1337)
model, data = GPT(), torch.randint(0, 40, (500,))
decay = [p for p in model.parameters() if p.dim() >= 2]
groups = [
    {"params": decay, "weight_decay": 0.1},
    {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
]


def batch():
    at = torch.randint(len(data) - 16, (4,))
    x, y = (torch.stack([data[i + s : i + s + 16] for i in at]) for s in (0, 1))
    return model(x, y)[1]


train(model, batch, 5, torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), fused=True))
show("sampled", model.eval().generate(data[None, :4], 20).tolist())
