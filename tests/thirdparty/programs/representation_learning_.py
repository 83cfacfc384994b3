"""Representation learning: SimCLR, BYOL, MoCo, MAML, point sets, distillation, mixing, averaged weights"""
# ruff: noqa -- written as people write such programs

import copy
import math
import random
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

torch.manual_seed(21)
random.seed(21)
X, Y = torch.rand(16, 3, 12, 12), torch.randint(0, 4, (16,))
mk = lambda out=16: nn.Sequential(
    nn.Conv2d(3, 8, 3, 2),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 12, 3),
    nn.BatchNorm2d(12),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(12, out),
)
aug = lambda x: (x + 0.1 * torch.randn_like(x)) * (torch.rand(x.size(0), 1, 1, 1) * 0.5 + 0.75)


def nt_xent(z1, z2, t=0.5):
    n = z1.size(0)
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    sim = z @ z.T / t
    mask = torch.eye(2 * n, dtype=torch.bool)
    sim = sim.masked_fill(mask, -9e15)
    lab = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, lab)


def info_nce(features, n_views=2, temperature=0.07):
    labels = torch.cat([torch.arange(features.shape[0] // 2) for i in range(n_views)], dim=0)
    labels = (labels.unsqueeze(0) == labels.unsqueeze(1)).float()
    features = F.normalize(features, dim=1)
    sm = torch.matmul(features, features.T)
    mask = torch.eye(labels.shape[0], dtype=torch.bool)
    labels = labels[~mask].view(labels.shape[0], -1)
    sm = sm[~mask].view(sm.shape[0], -1)
    pos = sm[labels.bool()].view(labels.shape[0], -1)
    neg = sm[~labels.bool()].view(sm.shape[0], -1)
    return torch.cat([pos, neg], dim=1) / temperature, torch.zeros(features.shape[0], dtype=torch.long)


net = mk()
opt = torch.optim.Adam(net.parameters(), 3e-4, weight_decay=1e-4)
sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=6, eta_min=0)
for i in range(6):
    l = nt_xent(net(aug(X)), net(aug(X)))
    opt.zero_grad()
    l.backward()
    opt.step()
    lg, lb = info_nce(net(torch.cat([aug(X), aug(X)])))
    print(f"{l.item():.5f} {F.cross_entropy(lg, lb).item():.5f} {sch.get_last_lr()[0]:.3e}")
    sch.step()


class MLP(nn.Module):
    def __init__(self, d, o):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, 32), nn.BatchNorm1d(32), nn.ReLU(inplace=True), nn.Linear(32, o))

    def forward(self, x):
        return self.net(x)


online = nn.Sequential(mk(), MLP(16, 8))
pred = MLP(8, 8)
target = copy.deepcopy(online)
[p.requires_grad_(False) for p in target.parameters()]
opt = torch.optim.SGD([*online.parameters(), *pred.parameters()], lr=0.05, momentum=0.9)
rl = lambda x, y: 2 - 2 * (F.normalize(x, dim=-1, p=2) * F.normalize(y, dim=-1, p=2)).sum(dim=-1)
for i in range(5):
    a, b = aug(X), aug(X)
    p1, p2 = pred(online(a)), pred(online(b))
    with torch.no_grad():
        t1, t2 = target(a), target(b)
        t1.detach_()
    l = (rl(p1, t2.detach()) + rl(p2, t1.detach())).mean()
    opt.zero_grad()
    l.backward()
    opt.step()
    for o, t in zip(online.parameters(), target.parameters()):
        t.data = t.data * 0.99 + (1 - 0.99) * o.data
    print(f"{l.item():.6f}", sum(p.sum() for p in target.parameters()).item())


class MoCo(nn.Module):
    def __init__(self, K=32, dim=16):
        super().__init__()
        self.K = K
        self.eq, self.ek = mk(dim), mk(dim)
        for pq, pk in zip(self.eq.parameters(), self.ek.parameters()):
            pk.data.copy_(pq.data)
            pk.requires_grad = False
        self.register_buffer("queue", torch.randn(dim, K))
        self.queue = nn.functional.normalize(self.queue, dim=0)
        self.register_buffer("queue_ptr", torch.zeros(1, dtype=torch.long))

    @torch.no_grad()
    def _deq(self, keys):
        n = keys.shape[0]
        ptr = int(self.queue_ptr)
        assert self.K % n == 0
        self.queue[:, ptr : ptr + n] = keys.T
        self.queue_ptr[0] = (ptr + n) % self.K

    def forward(self, q, k):
        q = F.normalize(self.eq(q), dim=1)
        with torch.no_grad():
            for pq, pk in zip(self.eq.parameters(), self.ek.parameters()):
                pk.data = pk.data * 0.9 + pq.data * 0.1
            idx = torch.randperm(k.shape[0])
            un = torch.argsort(idx)
            k = F.normalize(self.ek(k[idx]), dim=1)[un]
        pos = torch.einsum("nc,nc->n", [q, k]).unsqueeze(-1)
        neg = torch.einsum("nc,ck->nk", [q, self.queue.clone().detach()])
        lg = torch.cat([pos, neg], dim=1) / 0.07
        self._deq(k)
        return lg, torch.zeros(lg.shape[0], dtype=torch.long)


m = MoCo()
opt = torch.optim.SGD(m.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)
for i in range(5):
    o, t = m(aug(X), aug(X))
    l = F.cross_entropy(o, t)
    opt.zero_grad()
    l.backward()
    opt.step()
    print(f"{l.item():.5f}", m.queue_ptr)
print(list(m.state_dict())[-3:], m.queue[:2, :3])
# MAML
net = nn.Sequential(
    OrderedDict(
        [
            ("l1", nn.Linear(1, 20)),
            ("r1", nn.ReLU()),
            ("l2", nn.Linear(20, 20)),
            ("r2", nn.ReLU()),
            ("l3", nn.Linear(20, 1)),
        ]
    )
)
meta = torch.optim.Adam(net.parameters(), 1e-3)


def fwd(x, w):
    x = F.relu(F.linear(x, w[0], w[1]))
    x = F.relu(F.linear(x, w[2], w[3]))
    return F.linear(x, w[4], w[5])


for it in range(4):
    tot = 0
    for task in range(3):
        A, ph = random.uniform(0.1, 5), random.uniform(0, math.pi)
        xs, xq = torch.rand(10, 1) * 10 - 5, torch.rand(10, 1) * 10 - 5
        f = lambda x: A * torch.sin(x + ph)
        w = list(net.parameters())
        for _ in range(3):
            g = torch.autograd.grad(F.mse_loss(fwd(xs, w), f(xs)), w, create_graph=True)
            w = [a - 0.01 * b for a, b in zip(w, g)]
        tot = tot + F.mse_loss(fwd(xq, w), f(xq))
    mg = torch.autograd.grad(tot / 3, net.parameters())
    for p, g in zip(net.parameters(), mg):
        p.grad = g
    meta.step()
    print(f"{tot.item() / 3:.5f}")


class TNet(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k
        self.c1, self.c2 = nn.Conv1d(k, 16, 1), nn.Conv1d(16, 32, 1)
        self.f1, self.f2 = nn.Linear(32, 16), nn.Linear(16, k * k)
        self.b1, self.b2, self.b3 = nn.BatchNorm1d(16), nn.BatchNorm1d(32), nn.BatchNorm1d(16)

    def forward(self, x):
        b = x.size(0)
        x = F.relu(self.b1(self.c1(x)))
        x = F.relu(self.b2(self.c2(x)))
        x = torch.max(x, 2, keepdim=True)[0].view(-1, 32)
        x = self.f2(F.relu(self.b3(self.f1(x))))
        iden = torch.eye(self.k, requires_grad=True).repeat(b, 1, 1)
        return x.view(-1, self.k, self.k) + iden


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.t, self.c, self.b, self.f = TNet(3), nn.Conv1d(3, 24, 1), nn.BatchNorm1d(24), nn.Linear(24, 4)

    def forward(self, x):
        m = self.t(x)
        x = torch.bmm(x.transpose(2, 1), m).transpose(2, 1)
        x = nn.MaxPool1d(x.size(-1))(F.relu(self.b(self.c(x))))
        return F.log_softmax(self.f(nn.Flatten(1)(x)), 1), m


pn = PointNet()
o = torch.optim.Adam(pn.parameters(), 1e-3)
P = torch.randn(16, 3, 30)
for i in range(5):
    out, mt = pn(P)
    l = (
        F.nll_loss(out, Y)
        + 1e-3 * torch.norm(torch.eye(3).expand(16, 3, 3) - torch.bmm(mt, mt.transpose(1, 2)), dim=(1, 2)).mean()
    )
    o.zero_grad()
    l.backward()
    o.step()
    print(f"{l.item():.5f}")


class DeepSet(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi, self.rho = (
            nn.Sequential(nn.Linear(3, 16), nn.ELU(inplace=True), nn.Linear(16, 16)),
            nn.Sequential(nn.Linear(16, 4)),
        )

    def forward(self, x, mask):
        h = self.phi(x) * mask.unsqueeze(-1)
        return self.rho(h.sum(1) / mask.sum(1, keepdim=True).clamp(min=1))


dsn = DeepSet()
mask = (torch.arange(30)[None] < torch.randint(1, 30, (16, 1))).float()
o = torch.optim.NAdam(dsn.parameters(), 1e-2)
for i in range(4):
    l = F.cross_entropy(dsn(P.transpose(1, 2), mask), Y, weight=torch.tensor([1.0, 2, 1, 0.5]))
    o.zero_grad()
    l.backward()
    o.step()
    print(f"{l.item():.5f}")
e = mk()(X)
d = torch.cdist(e, e)
pos = Y[:, None] == Y[None]
hp = (d * pos.float()).max(1)[0]
hn = (d + 1e6 * pos.float()).min(1).values
print(
    F.relu(hp - hn + 0.3).mean(),
    nn.TripletMarginLoss(margin=1.0)(e[:4], e[4:8], e[8:12]),
    nn.CosineEmbeddingLoss()(e[:4], e[4:8], torch.tensor([1, -1, 1, -1])),
    nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: 1 - F.cosine_similarity(a, b))(
        e[:4], e[4:8], e[8:12]
    ),
)
protos = torch.stack([e[Y == c].mean(0) if (Y == c).any() else e.new_zeros(e.size(1)) for c in range(4)])
print(F.log_softmax(-(torch.cdist(e, protos) ** 2), 1)[0])
lam = torch.distributions.Beta(0.4, 0.4).sample().item()
idx = torch.randperm(16)
mx = lam * X + (1 - lam) * X[idx]
net = mk(4)
lo = net(mx)
print(lam, lam * F.cross_entropy(lo, Y) + (1 - lam) * F.cross_entropy(lo, Y[idx]))
W, H = 12, 12
cr = math.sqrt(1 - lam)
cx, cy = torch.randint(W, (1,)).item(), torch.randint(H, (1,)).item()
x1, x2, y1, y2 = (
    max(cx - int(W * cr) // 2, 0),
    min(cx + int(W * cr) // 2, W),
    max(cy - int(H * cr) // 2, 0),
    min(cy + int(H * cr) // 2, H),
)
Xc = X.clone()
Xc[:, :, y1:y2, x1:x2] = X[idx, :, y1:y2, x1:x2]
print(Xc.sum(), x1, x2, y1, y2)
teacher = mk(4).eval()
T = 4.0
with torch.no_grad():
    tl = teacher(X)
sl = net(X)
print(
    F.kl_div(F.log_softmax(sl / T, dim=1), F.softmax(tl / T, dim=1), reduction="batchmean") * T * T,
    F.kl_div(F.log_softmax(sl, 1), F.log_softmax(tl, 1), log_target=True, reduction="sum"),
)
focal = lambda i, t, g=2, a=0.25: (lambda ce: (a * (1 - torch.exp(-ce)) ** g * ce).mean())(
    F.cross_entropy(i, t, reduction="none")
)
print(
    focal(sl, Y),
    nn.CrossEntropyLoss(label_smoothing=0.1)(sl, Y),
    F.cross_entropy(sl, F.one_hot(Y, 4).float() * 0.9 + 0.025).item(),
)
opt = torch.optim.SGD(net.parameters(), 0.1)
swa = AveragedModel(net)
ema = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9))
ss = SWALR(opt, anneal_strategy="linear", anneal_epochs=3, swa_lr=0.05)
for i in range(6):
    opt.zero_grad()
    l = F.cross_entropy(net(X), Y)
    l.backward()
    opt.step()
    ema.update_parameters(net)
    if i > 2:
        swa.update_parameters(net)
        ss.step()
update_bn([X, X], swa)
swa.eval()
print(l, swa(X)[0], swa.n_averaged, opt.param_groups[0]["lr"], ema.module[0].weight.sum())
print(list(swa.state_dict())[:2], swa)
