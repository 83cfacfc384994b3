"""Parts of language models: rotary positions, grouped queries with a cache, experts, LoRA, a state-space scan, quantisation"""
# ruff: noqa -- written as people write such programs

import math
from dataclasses import dataclass
from typing import Optional

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(5)


@dataclass
class Args:
    dim: int = 32
    n_layers: int = 2
    n_heads: int = 4
    n_kv_heads: Optional[int] = 2
    vocab_size: int = 40
    multiple_of: int = 16
    norm_eps: float = 1e-5
    max_batch_size: int = 4
    max_seq_len: int = 24


class RMSNorm(torch.nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def _norm(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def forward(self, x):
        return self._norm(x.float()).type_as(x) * self.weight


def precompute(dim, end, theta=10000.0):
    freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].float() / dim))
    t = torch.arange(end, device=freqs.device, dtype=torch.float32)
    freqs = torch.outer(t, freqs)
    return torch.polar(torch.ones_like(freqs), freqs)


def reshape_b(fc, x):
    nd = x.ndim
    assert fc.shape == (x.shape[1], x.shape[-1])
    return fc.view(*[d if i == 1 or i == nd - 1 else 1 for i, d in enumerate(x.shape)])


def rope(xq, xk, fc):
    q_ = torch.view_as_complex(xq.float().reshape(*xq.shape[:-1], -1, 2))
    k_ = torch.view_as_complex(xk.float().reshape(*xk.shape[:-1], -1, 2))
    fc = reshape_b(fc, q_)
    return torch.view_as_real(q_ * fc).flatten(3).type_as(xq), torch.view_as_real(k_ * fc).flatten(3).type_as(xk)


def repeat_kv(x, n):
    b, s, h, d = x.shape
    return x if n == 1 else x[:, :, :, None, :].expand(b, s, h, n, d).reshape(b, s, h * n, d)


class Attention(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.nkv = a.n_heads if a.n_kv_heads is None else a.n_kv_heads
        self.nh = a.n_heads
        self.rep = self.nh // self.nkv
        self.hd = a.dim // a.n_heads
        self.wq, self.wk, self.wv, self.wo = (
            nn.Linear(a.dim, a.dim, bias=False),
            nn.Linear(a.dim, self.nkv * self.hd, bias=False),
            nn.Linear(a.dim, self.nkv * self.hd, bias=False),
            nn.Linear(a.dim, a.dim, bias=False),
        )
        self.cache_k = torch.zeros((a.max_batch_size, a.max_seq_len, self.nkv, self.hd))
        self.cache_v = torch.zeros((a.max_batch_size, a.max_seq_len, self.nkv, self.hd))

    def forward(self, x, pos, fc, mask):
        b, s, _ = x.shape
        q, k, v = (
            self.wq(x).view(b, s, self.nh, self.hd),
            self.wk(x).view(b, s, self.nkv, self.hd),
            self.wv(x).view(b, s, self.nkv, self.hd),
        )
        q, k = rope(q, k, fc)
        if not self.training:
            self.cache_k = self.cache_k.to(q)
            self.cache_v = self.cache_v.to(q)
            self.cache_k[:b, pos : pos + s] = k
            self.cache_v[:b, pos : pos + s] = v
            k, v = self.cache_k[:b, : pos + s], self.cache_v[:b, : pos + s]
        k, v = repeat_kv(k, self.rep), repeat_kv(v, self.rep)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        sc = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(self.hd)
        sc = sc + mask if mask is not None else sc
        sc = F.softmax(sc.float(), dim=-1).type_as(q)
        return self.wo(torch.matmul(sc, v).transpose(1, 2).contiguous().view(b, s, -1))


class FFN(nn.Module):
    def __init__(self, d, h, m):
        super().__init__()
        h = int(2 * h / 3)
        h = m * ((h + m - 1) // m)
        self.w1, self.w2, self.w3 = (
            nn.Linear(d, h, bias=False),
            nn.Linear(h, d, bias=False),
            nn.Linear(d, h, bias=False),
        )

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class MoE(nn.Module):
    def __init__(self, a, n=4, k=2):
        super().__init__()
        self.gate = nn.Linear(a.dim, n, bias=False)
        self.experts = nn.ModuleList([FFN(a.dim, a.dim, 16) for _ in range(n)])
        self.k = k
        self.aux = 0.0

    def forward(self, x):
        sh = x.shape
        x = x.view(-1, sh[-1])
        lg = self.gate(x)
        w, sel = torch.topk(lg, self.k)
        w = F.softmax(w, dim=1, dtype=torch.float).to(x.dtype)
        r = torch.zeros_like(x)
        for i, e in enumerate(self.experts):
            bi, ne = torch.where(sel == i)
            r[bi] += w[bi, ne, None] * e(x[bi])
        p = lg.softmax(-1)
        f = F.one_hot(sel, p.shape[-1]).float().sum(1).mean(0)
        self.aux = (f * p.mean(0)).sum() * p.shape[-1]
        return r.view(sh)


class Block(nn.Module):
    def __init__(self, i, a):
        super().__init__()
        self.attention = Attention(a)
        self.feed_forward = MoE(a) if i % 2 else FFN(a.dim, 4 * a.dim, a.multiple_of)
        self.n1, self.n2 = RMSNorm(a.dim, a.norm_eps), RMSNorm(a.dim, a.norm_eps)

    def forward(self, x, pos, fc, mask):
        h = x + self.attention(self.n1(x), pos, fc, mask)
        return h + self.feed_forward(self.n2(h))


class Transformer(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.a = a
        self.tok = nn.Embedding(a.vocab_size, a.dim)
        self.layers = torch.nn.ModuleList()
        [self.layers.append(Block(i, a)) for i in range(a.n_layers)]
        self.norm = RMSNorm(a.dim, a.norm_eps)
        self.output = nn.Linear(a.dim, a.vocab_size, bias=False)
        self.fc = precompute(a.dim // a.n_heads, a.max_seq_len * 2)

    def forward(self, t, pos=0):
        b, s = t.shape
        h = self.tok(t)
        fc = self.fc[pos : pos + s]
        mask = None
        if s > 1:
            mask = torch.full((s, s), float("-inf"))
            mask = torch.triu(mask, diagonal=1)
            mask = torch.hstack([torch.zeros((s, pos)), mask]).type_as(h)
        for l in self.layers:
            h = l(h, pos, fc, mask)
        return self.output(self.norm(h)).float()


m = Transformer(Args())
opt = torch.optim.AdamW(m.parameters(), lr=3e-3, betas=(0.9, 0.95), eps=1e-5, weight_decay=0.1)
warm = torch.optim.lr_scheduler.SequentialLR(
    opt, [torch.optim.lr_scheduler.LinearLR(opt, 0.1, 1.0, 4), torch.optim.lr_scheduler.CosineAnnealingLR(opt, 10)], [4]
)
data = torch.randint(0, 40, (4, 17))
data[:, 8:16] = data[:, :8]
for i in range(14):
    lg = m(data[:, :-1])
    l = F.cross_entropy(lg.flatten(0, 1), data[:, 1:].flatten()) + 0.01 * m.layers[1].feed_forward.aux
    opt.zero_grad()
    l.backward()
    gn = nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    opt.step()
    warm.step()
    print(f"{i} {l.item():.5f} {gn.item():.5f} {opt.param_groups[0]['lr']:.6f}")


def top_p(probs, p):
    ps, pi = torch.sort(probs, dim=-1, descending=True)
    c = torch.cumsum(ps, dim=-1)
    mask = c - ps > p
    ps[mask] = 0.0
    ps.div_(ps.sum(dim=-1, keepdim=True))
    nt = torch.multinomial(ps, num_samples=1)
    return torch.gather(pi, -1, nt)


@torch.inference_mode()
def generate(m, prompts, n, temp=0.6, p=0.9):
    m.eval()
    b = len(prompts)
    mn, mx = min(map(len, prompts)), max(map(len, prompts))
    tot = min(m.a.max_seq_len, n + mx)
    tk = torch.full((b, tot), 0, dtype=torch.long)
    for k, t in enumerate(prompts):
        tk[k, : len(t)] = torch.tensor(t, dtype=torch.long)
    prev = 0
    imask = tk != 0
    eos = torch.tensor([False] * b)
    for cur in range(mn, tot):
        lg = m(tk[:, prev:cur], prev)
        nt = top_p(torch.softmax(lg[:, -1] / temp, dim=-1), p) if temp > 0 else torch.argmax(lg[:, -1], dim=-1)
        nt = nt.reshape(-1)
        nt = torch.where(imask[:, cur], tk[:, cur], nt)
        tk[:, cur] = nt
        eos |= (~imask[:, cur]) & (nt == 39)
        prev = cur
        if all(eos):
            break
    return tk


print(generate(m, [data[0, :6].tolist(), data[1, :9].tolist()], 8), generate(m, [data[0, :6].tolist()], 8, 0.0))


@torch.no_grad()
def beam(m, start, k=3, n=5):
    seqs = [(torch.tensor(start)[None], 0.0)]
    m.train()
    for _ in range(n):
        c = []
        for s, sc in seqs:
            lp = F.log_softmax(m(s)[:, -1], -1)
            v, i = lp.topk(k)
            c += [(torch.cat([s, i[:, j : j + 1]], 1), sc + v[0, j].item()) for j in range(k)]
        seqs = sorted(c, key=lambda t: -t[1])[:k]
    return seqs


print([(s.tolist(), round(sc, 4)) for s, sc in beam(m, data[0, :5].tolist())])


class LoRALinear(nn.Module):
    def __init__(self, lin, r=4, alpha=8):
        super().__init__()
        self.lin = lin
        self.A = nn.Parameter(torch.zeros(r, lin.in_features))
        self.B = nn.Parameter(torch.zeros(lin.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.s = alpha / r
        [p.requires_grad_(False) for p in lin.parameters()]

    def forward(self, x):
        return self.lin(x) + (x @ self.A.T @ self.B.T) * self.s


for p in m.parameters():
    p.requires_grad = False
for n, c in list(m.named_modules()):
    if n.endswith(("wq", "wv")):
        par = m.get_submodule(n.rpartition(".")[0])
        setattr(par, n.rpartition(".")[2], LoRALinear(c))
tr = [p for p in m.parameters() if p.requires_grad]
print(f"trainable params: {sum(p.numel() for p in tr):,} || all params: {sum(p.numel() for p in m.parameters()):,}")
opt = torch.optim.AdamW(tr, lr=1e-2)
m.train()
for i in range(4):
    l = F.cross_entropy(m(data[:, :-1]).transpose(1, 2), data[:, 1:])
    opt.zero_grad()
    l.backward()
    opt.step()
    print(f"{l.item():.5f}")


class Mamba(nn.Module):
    def __init__(self, d=16, n=4, dc=4):
        super().__init__()
        self.d, self.n, self.r = d, n, 2
        self.inp = nn.Linear(d, 2 * d, bias=False)
        self.conv = nn.Conv1d(d, d, dc, groups=d, padding=dc - 1)
        self.xp = nn.Linear(d, self.r + 2 * n, bias=False)
        self.dt = nn.Linear(self.r, d)
        self.A_log = nn.Parameter(torch.log(torch.arange(1, n + 1, dtype=torch.float32).repeat(d, 1)))
        self.D = nn.Parameter(torch.ones(d))
        self.out = nn.Linear(d, d, bias=False)

    def forward(self, x):
        b, l, _ = x.shape
        x, z = self.inp(x).chunk(2, -1)
        x = F.silu(self.conv(x.transpose(1, 2))[:, :, :l].transpose(1, 2))
        dt, B, C = self.xp(x).split([self.r, self.n, self.n], -1)
        dt = F.softplus(self.dt(dt))
        A = -torch.exp(self.A_log.float())
        dA = torch.exp(torch.einsum("bld,dn->bldn", dt, A))
        dBx = torch.einsum("bld,bln,bld->bldn", dt, B, x)
        h = torch.zeros(b, self.d, self.n)
        ys = []
        for i in range(l):
            h = dA[:, i] * h + dBx[:, i]
            ys.append(torch.einsum("bdn,bn->bd", h, C[:, i]))
        return self.out((torch.stack(ys, 1) + x * self.D) * F.silu(z))


mb = Mamba()
x = torch.randn(2, 10, 16)
o = torch.optim.Adam(mb.parameters(), 1e-2)
for i in range(4):
    l = F.mse_loss(mb(x)[:, :-1], x[:, 1:])
    o.zero_grad()
    l.backward()
    o.step()
    print(f"{l.item():.6f}", mb.A_log.grad.norm())


def wkv(w, u, k, v):
    w = -torch.exp(w)
    a = b = torch.zeros_like(k[:, 0])
    pp = torch.full_like(a, -1e38)
    out = []
    for t in range(k.shape[1]):
        ww = u + k[:, t]
        p = torch.maximum(pp, ww)
        e1, e2 = torch.exp(pp - p), torch.exp(ww - p)
        out.append((e1 * a + e2 * v[:, t]) / (e1 * b + e2))
        ww = pp + w
        p = torch.maximum(ww, k[:, t])
        e1, e2 = torch.exp(ww - p), torch.exp(k[:, t] - p)
        a, b, pp = e1 * a + e2 * v[:, t], e1 * b + e2, p
    return torch.stack(out, 1)


w, u, k, v = (
    torch.randn(6, requires_grad=True),
    torch.randn(6, requires_grad=True),
    torch.randn(2, 7, 6, requires_grad=True),
    torch.randn(2, 7, 6, requires_grad=True),
)
r = wkv(w, u, k, v)
r.pow(2).sum().backward()
print(r[0, -1], w.grad, u.grad)
shift = nn.ZeroPad2d((0, 0, 1, -1))
print(shift(x)[0, :2, :3])


def slopes(n):
    s = 2 ** (-(2 ** -(math.log2(n) - 3)))
    return torch.tensor([s ** (i + 1) for i in range(n)])


q = torch.randn(1, 4, 6, 8)
bias = slopes(4)[:, None, None] * -(torch.arange(6)[None, :, None] - torch.arange(6)[None, None, :]).abs()
win = (torch.arange(6)[:, None] - torch.arange(6)[None] < 3) & torch.ones(6, 6).tril().bool()
print(
    F.scaled_dot_product_attention(q, q, q, attn_mask=bias.unsqueeze(0))[0, 0, 0],
    F.scaled_dot_product_attention(q, q, q, attn_mask=win)[0, 1, 5],
    F.scaled_dot_product_attention(q, q[:, :2], q[:, :2], enable_gqa=True)[0, 3, 0],
)


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, g):
        return g


def quant(w, bits=8):
    s = w.abs().amax(dim=1, keepdim=True) / (2 ** (bits - 1) - 1)
    qi = torch.clamp(torch.round(w / s), -128, 127).to(torch.int8)
    return qi, s


W = torch.randn(6, 8, requires_grad=True)
qi, s = quant(W.detach())
print(qi, (qi.float() * s - W).abs().max() < 0.02, torch.iinfo(qi.dtype).max)
fq = Round.apply(W / 0.1) * 0.1
fq.pow(2).sum().backward()
print(W.grad[0])
sign = (W.sign() - W).detach() + W
print(
    sign.mean(),
    torch.where(W.abs() < 0.5, torch.zeros_like(W), W).count_nonzero(),
    W.abs().flatten().kthvalue(24).values,
)
