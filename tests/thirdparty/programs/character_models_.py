"""Character models step by step: bigram counts, a network with its backward pass by hand, batch normalisation, causal averages"""
# ruff: noqa -- written as people write such programs

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

words = "emma olivia ava isabella sophia charlotte mia amelia harper evelyn abigail emily elizabeth mila ella avery sofia camila aria scarlett victoria madison luna grace chloe penelope layla riley zoey nora lily eleanor hannah lillian addison aubrey ellie stella natalie zoe leah hazel violet aurora savannah audrey brooklyn bella claire skylar".split()
chars = sorted(list(set("".join(words))))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
itos = {i: s for s, i in stoi.items()}
V = len(itos)
N = torch.zeros((V, V), dtype=torch.int32)
for w in words:
    cs = ["."] + list(w) + ["."]
    for a, b in zip(cs, cs[1:]):
        N[stoi[a], stoi[b]] += 1
print(N[:4], N.dtype, N.sum())
P = (N + 1).float()
P /= P.sum(1, keepdims=True)
g = torch.Generator().manual_seed(2147483647)
for i in range(5):
    out, ix = [], 0
    while True:
        ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
        out.append(itos[ix])
        if ix == 0:
            break
    print("".join(out))
xs, ys = [], []
for w in words:
    cs = ["."] + list(w) + ["."]
    for a, b in zip(cs, cs[1:]):
        xs.append(stoi[a])
        ys.append(stoi[b])
xs, ys = torch.tensor(xs), torch.tensor(ys)
num = xs.nelement()
print("number of examples: ", num)
W = torch.randn((V, V), generator=g, requires_grad=True)
for k in range(20):
    xenc = F.one_hot(xs, num_classes=V).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W**2).mean()
    if k % 5 == 0:
        print(loss.item())
    W.grad = None
    loss.backward()
    W.data += -50 * W.grad


def build(words, bs=3):
    X, Y = [], []
    for w in words:
        c = [0] * bs
        for ch in w + ".":
            ix = stoi[ch]
            X.append(c)
            Y.append(ix)
            c = c[1:] + [ix]
    X, Y = torch.tensor(X), torch.tensor(Y)
    print(X.shape, Y.shape)
    return X, Y


random.seed(42)
random.shuffle(words)
n1, n2 = int(0.8 * len(words)), int(0.9 * len(words))
Xtr, Ytr = build(words[:n1])
Xdev, Ydev = build(words[n1:n2])
g = torch.Generator().manual_seed(2147483647)
C = torch.randn((V, 10), generator=g)
W1 = torch.randn((30, 64), generator=g) * (5 / 3) / (30**0.5)
b1 = torch.randn(64, generator=g) * 0.1
W2 = torch.randn((64, V), generator=g) * 0.1
b2 = torch.randn(V, generator=g) * 0.1
bngain = torch.randn((1, 64)) * 0.1 * 0 + 1.0
bnbias = torch.zeros((1, 64))
params = [C, W1, b1, W2, b2, bngain, bnbias]
print(sum(p.nelement() for p in params))
for p in params:
    p.requires_grad = True
n = 32
ix = torch.randint(0, Xtr.shape[0], (n,), generator=g)
Xb, Yb = Xtr[ix], Ytr[ix]
emb = C[Xb]
embcat = emb.view(emb.shape[0], -1)
hprebn = embcat @ W1 + b1
bnmeani = 1 / n * hprebn.sum(0, keepdim=True)
bndiff = hprebn - bnmeani
bndiff2 = bndiff**2
bnvar = 1 / (n - 1) * (bndiff2).sum(0, keepdim=True)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
lmax = logits.max(1, keepdim=True).values
nl = logits - lmax
counts = nl.exp()
csum = counts.sum(1, keepdims=True)
csum_inv = csum**-1
probs = counts * csum_inv
logprobs = probs.log()
loss = -logprobs[range(n), Yb].mean()
for p in params:
    p.grad = None
for t in [
    logprobs,
    probs,
    counts,
    csum,
    csum_inv,
    nl,
    lmax,
    logits,
    h,
    hpreact,
    bnraw,
    bnvar_inv,
    bnvar,
    bndiff2,
    bndiff,
    hprebn,
    bnmeani,
    embcat,
    emb,
]:
    t.retain_grad()
loss.backward()
print(loss)


def cmp(s, dt, t):
    print(
        f"{s:15s} | exact: {str(torch.all(dt == t.grad).item()):5s} | approximate: {str(torch.allclose(dt, t.grad)):5s} | maxdiff: {(dt - t.grad).abs().max().item() < 1e-7}"
    )


dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), Yb] = -1.0 / n
dprobs = (1.0 / probs) * dlogprobs
dcsum_inv = (counts * dprobs).sum(1, keepdim=True)
dcounts = csum_inv * dprobs
dcsum = (-(csum**-2)) * dcsum_inv
dcounts += torch.ones_like(counts) * dcsum
dnl = counts * dcounts
dlogits = dnl.clone()
dlmax = (-dnl).sum(1, keepdim=True)
dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlmax
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpre = (1.0 - h**2) * dh
dbng = (bnraw * dhpre).sum(0, keepdim=True)
dbnraw = bngain * dhpre
dbnbias = dhpre.sum(0, keepdim=True)
for s, d, t in (
    ("logprobs", dlogprobs, logprobs),
    ("probs", dprobs, probs),
    ("csum_inv", dcsum_inv, csum_inv),
    ("csum", dcsum, csum),
    ("counts", dcounts, counts),
    ("nl", dnl, nl),
    ("lmax", dlmax, lmax),
    ("logits", dlogits, logits),
    ("h", dh, h),
    ("W2", dW2, W2),
    ("b2", db2, b2),
):
    cmp(s, d, t)


class Linear:
    def __init__(self, i, o, bias=True):
        self.weight = torch.randn((i, o), generator=g) / i**0.5
        self.bias = torch.zeros(o) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        self.out = self.out + self.bias if self.bias is not None else self.out
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


class BatchNorm1d:
    def __init__(self, d, eps=1e-5, m=0.1):
        self.eps, self.m, self.training = eps, m, True
        self.gamma, self.beta, self.rm, self.rv = torch.ones(d), torch.zeros(d), torch.zeros(d), torch.ones(d)

    def __call__(self, x):
        if self.training:
            dim = 0 if x.ndim == 2 else (0, 1)
            xm, xv = x.mean(dim, keepdim=True), x.var(dim, keepdim=True)
        else:
            xm, xv = self.rm, self.rv
        self.out = self.gamma * (x - xm) / torch.sqrt(xv + self.eps) + self.beta
        if self.training:
            with torch.no_grad():
                self.rm = (1 - self.m) * self.rm + self.m * xm
                self.rv = (1 - self.m) * self.rv + self.m * xv
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


class Embedding:
    def __init__(self, n, d):
        self.weight = torch.randn((n, d))

    def __call__(self, IX):
        self.out = self.weight[IX]
        return self.out

    def parameters(self):
        return [self.weight]


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        x = x.view(B, T // self.n, C * self.n)
        x = x.squeeze(1) if x.shape[1] == 1 else x
        self.out = x
        return x

    def parameters(self):
        return []


torch.manual_seed(42)
Xtr, Ytr = build(words[:n1], 8)
layers = [
    Embedding(V, 10),
    FlattenConsecutive(2),
    Linear(20, 24, False),
    BatchNorm1d(24),
    Tanh(),
    FlattenConsecutive(2),
    Linear(48, 24, False),
    BatchNorm1d(24),
    Tanh(),
    FlattenConsecutive(2),
    Linear(48, 24, False),
    BatchNorm1d(24),
    Tanh(),
    Linear(24, V),
]
params = [p for l in layers for p in l.parameters()]
with torch.no_grad():
    layers[-1].weight *= 0.1
for p in params:
    p.requires_grad = True
lossi, ud = [], []
for i in range(60):
    ix = torch.randint(0, Xtr.shape[0], (32,))
    x = Xtr[ix]
    for l in layers:
        x = l(x)
    loss = F.cross_entropy(x, Ytr[ix])
    for l in layers:
        l.out.retain_grad()
    for p in params:
        p.grad = None
    loss.backward()
    for p in params:
        p.data += -0.1 * p.grad
    with torch.no_grad():
        ud.append([((0.1 * p.grad).std() / p.data.std()).log10().item() for p in params])
    if i % 10 == 0:
        print(f"{i:7d}/{60:7d}: {loss.item():.4f}")
    lossi.append(loss.log10().item())
print(torch.tensor(lossi).view(-1, 10).mean(1), ud[-1][2:5])
for i, l in enumerate(layers[:-1]):
    if isinstance(l, Tanh):
        t = l.out
        print(
            "layer %d (%10s): mean %+.2f, std %.2f, saturated: %.2f%%"
            % (i, l.__class__.__name__, t.mean(), t.std(), (t.abs() > 0.97).float().mean() * 100)
        )
        t = l.out.grad
        print("grad mean %+f, std %e" % (t.mean(), t.std()))
        hy, hx = torch.histogram(t, density=True)
        print(hx[:3], hy[:3].sum())


@torch.no_grad()
def split_loss(x, y):
    for l in layers:
        if isinstance(l, BatchNorm1d):
            l.training = False
        x = l(x)
    print(F.cross_entropy(x, y).item())


split_loss(Xtr, Ytr)
a = torch.Tensor([2.0]).double()
a.requires_grad = True
b = torch.Tensor([-3.0]).double()
b.requires_grad = True
x = a * b + 6.88
o = torch.tanh(x)
print(o.data.item())
o.backward()
print(a.grad.item(), b.grad.item(), o.dtype, torch.Tensor([2.0]).dtype)
# gpt lecture
torch.manual_seed(1337)
B, T, Cc = 4, 8, 2
x = torch.randn(B, T, Cc)
xbow = torch.zeros((B, T, Cc))
for b in range(B):
    for t in range(T):
        xbow[b, t] = torch.mean(x[b, : t + 1], 0)
wei = torch.tril(torch.ones(T, T))
wei = wei / wei.sum(1, keepdim=True)
print(torch.allclose(xbow, wei @ x, atol=1e-6))
tril = torch.tril(torch.ones(T, T))
wei = torch.zeros((T, T)).masked_fill(tril == 0, float("-inf"))
wei = F.softmax(wei, dim=-1)
print(wei, torch.allclose(xbow, wei @ x, atol=1e-6))
k, q, v = nn.Linear(2, 16, bias=False), nn.Linear(2, 16, bias=False), nn.Linear(2, 16, bias=False)
w = q(x) @ k(x).transpose(-2, -1) * 16**-0.5
w = F.softmax(w.masked_fill(tril == 0, float("-inf")), dim=-1)
print(
    w[0],
    (w @ v(x)).shape,
    torch.randn(4, 8, 32).var(),
    torch.softmax(torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5]) * 8, dim=-1),
)
