"""Generative models: diffusion, vector quantisation, coupling flows, a neural ODE, WGAN-GP; CTC; mixed precision"""
# ruff: noqa -- written as people write such programs

import copy
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(11)


def exists(x):
    return x is not None


class SinEmb(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.dim = d

    def forward(self, t):
        h = self.dim // 2
        e = math.log(10000) / (h - 1)
        e = torch.exp(torch.arange(h, device=t.device) * -e)
        e = t[:, None] * e[None, :]
        return torch.cat((e.sin(), e.cos()), dim=-1)


class WSConv(nn.Conv2d):
    def forward(self, x):
        eps = 1e-5 if x.dtype == torch.float32 else 1e-3
        w = self.weight
        mean = w.mean(dim=(1, 2, 3), keepdim=True)
        var = torch.var(w, dim=(1, 2, 3), keepdim=True, unbiased=False)
        return F.conv2d(
            x, (w - mean) * (var + eps).rsqrt(), self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class Res(nn.Module):
    def __init__(self, i, o, t):
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(t, o * 2))
        self.b1, self.n1 = WSConv(i, o, 3, padding=1), nn.GroupNorm(4, o)
        self.b2, self.n2 = nn.Conv2d(o, o, 3, padding=1), nn.GroupNorm(4, o)
        self.r = nn.Conv2d(i, o, 1) if i != o else nn.Identity()

    def forward(self, x, t):
        s, sh = self.mlp(t)[:, :, None, None].chunk(2, dim=1)
        h = F.silu(self.n1(self.b1(x)) * (s + 1) + sh)
        return F.silu(self.n2(self.b2(h))) + self.r(x)


class LinAttn(nn.Module):
    def __init__(self, d, h=2, dh=8):
        super().__init__()
        self.h = h
        self.scale = dh**-0.5
        self.qkv = nn.Conv2d(d, h * dh * 3, 1, bias=False)
        self.out = nn.Sequential(nn.Conv2d(h * dh, d, 1), nn.GroupNorm(1, d))

    def forward(self, x):
        b, c, hh, w = x.shape
        q, k, v = (t.reshape(b, self.h, -1, hh * w) for t in self.qkv(x).chunk(3, dim=1))
        q = q.softmax(dim=-2) * self.scale
        k = k.softmax(dim=-1)
        ctx = torch.einsum("b h d n, b h e n -> b h d e", k, v)
        o = torch.einsum("b h d e, b h d n -> b h e n", ctx, q)
        return self.out(o.reshape(b, -1, hh, w))


class UNet(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.init = nn.Conv2d(1, d, 7, padding=3)
        self.t = nn.Sequential(SinEmb(d), nn.Linear(d, d * 4), nn.GELU(), nn.Linear(d * 4, d * 4))
        self.d1, self.a1, self.down = Res(d, d, d * 4), LinAttn(d), nn.Conv2d(d, d * 2, 4, 2, 1)
        self.m = Res(d * 2, d * 2, d * 4)
        self.up = nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(d * 2, d, 3, padding=1))
        self.u1 = Res(d * 2, d, d * 4)
        self.f = nn.Conv2d(d, 1, 1)

    def forward(self, x, t):
        x = self.init(x)
        t = self.t(t)
        h = self.a1(self.d1(x, t)) + x
        y = self.up(self.m(self.down(h), t))
        return self.f(self.u1(torch.cat((y, h), dim=1), t))


T = 20


def cosine(T, s=0.008):
    x = torch.linspace(0, T, T + 1)
    a = torch.cos(((x / T) + s) / (1 + s) * torch.pi * 0.5) ** 2
    a = a / a[0]
    return torch.clip(1 - (a[1:] / a[:-1]), 0.0001, 0.9999)


betas = cosine(T)
al = 1.0 - betas
ac = torch.cumprod(al, axis=0)
acp = F.pad(ac[:-1], (1, 0), value=1.0)
sra, sac, somac = torch.sqrt(1.0 / al), torch.sqrt(ac), torch.sqrt(1.0 - ac)
pv = betas * (1.0 - acp) / (1.0 - ac)
print(betas, ac[-3:])


def extract(a, t, shape):
    out = a.gather(-1, t.cpu())
    return out.reshape(t.shape[0], *((1,) * (len(shape) - 1))).to(t.device)


net = UNet()
ema = copy.deepcopy(net)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
X = torch.rand(8, 1, 8, 8) * 2 - 1
for i in range(12):
    t = torch.randint(0, T, (8,)).long()
    noise = torch.randn_like(X)
    xn = extract(sac, t, X.shape) * X + extract(somac, t, X.shape) * noise
    l = F.smooth_l1_loss(noise, net(xn, t))
    opt.zero_grad()
    l.backward()
    opt.step()
    print(f"{l.item():.6f}")
    with torch.no_grad():
        for p, e in zip(net.parameters(), ema.parameters()):
            e.data.lerp_(p.data, 0.05)


@torch.no_grad()
def sample(m, shape):
    img = torch.randn(shape)
    for i in reversed(range(0, T)):
        t = torch.full((shape[0],), i, dtype=torch.long)
        mean = extract(sra, t, img.shape) * (
            img - extract(betas, t, img.shape) * m(img, t) / extract(somac, t, img.shape)
        )
        img = mean if i == 0 else mean + torch.sqrt(extract(pv, t, img.shape)) * torch.randn_like(img)
    return img


print(sample(ema, (2, 1, 8, 8))[0, 0, :2])


class VQ(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.e = nn.Embedding(n, d)
        self.e.weight.data.uniform_(-1 / n, 1 / n)
        self.n = n

    def forward(self, z):
        z = z.permute(0, 2, 3, 1).contiguous()
        f = z.view(-1, z.shape[-1])
        d = (f**2).sum(1, keepdim=True) + (self.e.weight**2).sum(1) - 2 * torch.matmul(f, self.e.weight.t())
        idx = torch.argmin(d, dim=1).unsqueeze(1)
        enc = torch.zeros(idx.shape[0], self.n).scatter_(1, idx, 1)
        q = torch.matmul(enc, self.e.weight).view(z.shape)
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(q.detach(), z)
        q = z + (q - z).detach()
        p = enc.mean(0)
        return loss, q.permute(0, 3, 1, 2).contiguous(), torch.exp(-torch.sum(p * torch.log(p + 1e-10)))


enc, vq, dec = (
    nn.Sequential(nn.Conv2d(1, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 6, 3, 1, 1)),
    VQ(16, 6),
    nn.Sequential(nn.ConvTranspose2d(6, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1)),
)
ps = [*enc.parameters(), *vq.parameters(), *dec.parameters()]
opt = torch.optim.Adam(ps, lr=1e-2, amsgrad=False)
for i in range(8):
    opt.zero_grad()
    vl, q, perp = vq(enc(X))
    l = F.mse_loss(dec(q), X) / X.var() + vl
    l.backward()
    opt.step()
    print(f"{l.item():.5f} {perp.item():.4f}")


class Coupling(nn.Module):
    def __init__(self, mask, h=16):
        super().__init__()
        n = lambda a: nn.Sequential(
            nn.Linear(2, h), nn.LeakyReLU(), nn.Linear(h, h), nn.LeakyReLU(), nn.Linear(h, 2), a()
        )
        self.s, self.t = n(nn.Tanh), n(nn.Identity)
        self.register_buffer("mask", mask)

    def forward(self, x):
        xm = x * self.mask
        s, t = self.s(xm) * (1 - self.mask), self.t(xm) * (1 - self.mask)
        return xm + (1 - self.mask) * (x * s.exp() + t), s.sum(1)

    def inverse(self, z):
        zm = z * self.mask
        s, t = self.s(zm) * (1 - self.mask), self.t(zm) * (1 - self.mask)
        return (1 - self.mask) * (z - t) * torch.exp(-s) + zm


masks = torch.from_numpy(__import__("numpy").array([[0, 1], [1, 0]] * 2).astype("float32"))
flow = nn.ModuleList(Coupling(m) for m in masks)
prior = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
opt = torch.optim.Adam([p for p in flow.parameters() if p.requires_grad], lr=1e-2)
th = torch.rand(64) * 3.14
D2 = torch.stack([th.cos(), th.sin()], 1) + 0.1 * torch.randn(64, 2)
for i in range(10):
    z, ld = D2, 0
    for c in flow:
        z, d = c(z)
        ld = ld + d
    l = -(prior.log_prob(z) + ld).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
    print(f"{l.item():.5f}")
z = prior.sample((3,))
for c in reversed(flow):
    z = c.inverse(z)
print(z)


class ODEF(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, t, y):
        return self.net(y**3)


def rk4(f, y, t):
    out = [y]
    for a, b in zip(t[:-1], t[1:]):
        h = b - a
        k1 = f(a, y)
        k2 = f(a + h / 2, y + h * k1 / 2)
        k3 = f(a + h / 2, y + h * k2 / 2)
        k4 = f(b, y + h * k3)
        y = y + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        out.append(y)
    return torch.stack(out)


tt = torch.linspace(0.0, 2.0, 9)
A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
with torch.no_grad():
    ty = rk4(lambda t, y: torch.mm(y**3, A), torch.tensor([[2.0, 0.0]]) / 1.5, tt)
f = ODEF()
opt = torch.optim.RMSprop(f.parameters(), lr=1e-3)
for i in range(8):
    opt.zero_grad()
    l = torch.mean(torch.abs(rk4(f, ty[0], tt) - ty))
    l.backward()
    opt.step()
    print(f"{l.item():.6f}")
G, D = (
    nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)),
    nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.LayerNorm(16), nn.Linear(16, 1)),
)
oD, oG = torch.optim.Adam(D.parameters(), 1e-3, (0.0, 0.9)), torch.optim.Adam(G.parameters(), 1e-3, (0.0, 0.9))


def gp(D, r, f):
    a = torch.rand(r.size(0), 1).expand_as(r)
    i = (a * r + (1 - a) * f).requires_grad_(True)
    d = D(i)
    g = torch.autograd.grad(
        outputs=d, inputs=i, grad_outputs=torch.ones(d.size()), create_graph=True, retain_graph=True, only_inputs=True
    )[0]
    return ((g.view(r.size(0), -1).norm(2, dim=1) - 1) ** 2).mean() * 10


for i in range(6):
    for _ in range(2):
        oD.zero_grad()
        fk = G(torch.randn(64, 4)).detach()
        dl = D(fk).mean() - D(D2).mean() + gp(D, D2, fk)
        dl.backward()
        oD.step()
    oG.zero_grad()
    gl = -D(G(torch.randn(64, 4))).mean()
    gl.backward()
    oG.step()
    print(f"{dl.item():.5f} {gl.item():.5f}")


class CRNN(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.c = nn.Sequential(
            nn.Conv2d(1, 8, 3, 1, 1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d((2, 1)),
            nn.Conv2d(8, 8, (4, 3), 1, (0, 1)),
        )
        self.r = nn.LSTM(8, 12, bidirectional=True)
        self.f = nn.Linear(24, n)

    def forward(self, x):
        c = self.c(x).squeeze(2).permute(2, 0, 1)
        return self.f(self.r(c)[0])


m = CRNN(6)
o = torch.optim.Adadelta(m.parameters())
ctc = nn.CTCLoss(blank=0, zero_infinity=True)
I = torch.rand(4, 1, 8, 14)
tg = torch.tensor([1, 2, 3, 4, 4, 5, 1, 2, 2])
tl = torch.IntTensor([3, 2, 1, 3])
for i in range(6):
    o.zero_grad()
    lp = m(I).log_softmax(2)
    l = ctc(lp, tg, torch.IntTensor([lp.size(0)] * 4), tl)
    l.backward()
    torch.nn.utils.clip_grad_norm_(m.parameters(), 5)
    o.step()
    print(f"{l.item():.5f}")
_, pr = lp.max(2)
pr = pr.transpose(1, 0).contiguous()
print([[c.item() for c, p in zip(r, torch.cat([torch.tensor([-1]), r[:-1]])) if c != 0 and c != p] for r in pr])
# amp
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sc = torch.amp.GradScaler("cpu", init_scale=1024.0)
y = torch.randint(0, 5, (8,))
for i in range(6):
    with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
        out = net(X)
        l = F.cross_entropy(out, y)
    opt.zero_grad(set_to_none=True)
    sc.scale(l).backward()
    sc.unscale_(opt)
    gn = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    sc.step(opt)
    sc.update()
    print(out.dtype, l.dtype, f"{l.item():.4f}", sc.get_scale())
try:
    with torch.cuda.amp.autocast():
        print(net(X).dtype)
    s = torch.cuda.amp.GradScaler()
    print(s.is_enabled(), s.scale(torch.ones(1)), s.state_dict())
except Exception as e:
    print(type(e), e)
