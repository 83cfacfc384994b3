"""Reinforcement learning on a pole cart written by hand: REINFORCE, actor-critic, deep Q learning, PPO"""
# ruff: noqa -- written as people write such programs

import math
import random
from collections import deque, namedtuple
from itertools import count

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical, Normal

seed = 543
torch.manual_seed(seed)
random.seed(seed)
np.random.seed(seed)


class Cart:
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def reset(self):
        self.s = self.rng.uniform(-0.05, 0.05, 4).astype(np.float32)
        self.t = 0
        return self.s.copy(), {}

    def step(self, a):
        x, xd, th, td = self.s
        f = 10.0 if a == 1 else -10.0
        c, s = math.cos(th), math.sin(th)
        tmp = (f + 0.05 * td * td * s) / 1.1
        ta = (9.8 * s - c * tmp) / (0.5 * (4 / 3 - 0.1 * c * c / 1.1))
        xa = tmp - 0.05 * ta * c / 1.1
        self.s = np.array([x + 0.02 * xd, xd + 0.02 * xa, th + 0.02 * td, td + 0.02 * ta], dtype=np.float32)
        self.t += 1
        done = bool(abs(self.s[0]) > 2.4 or abs(self.s[2]) > 0.21)
        return self.s.copy(), 1.0, done, self.t >= 200, {}


env = Cart()


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 128)
        self.dropout = nn.Dropout(p=0.6)
        self.affine2 = nn.Linear(128, 2)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        return F.softmax(self.affine2(F.relu(self.dropout(self.affine1(x)))), dim=1)


policy = Policy()
opt = optim.Adam(policy.parameters(), lr=1e-2)
eps = np.finfo(np.float32).eps.item()


def select(s):
    s = torch.from_numpy(s).float().unsqueeze(0)
    p = policy(s)
    m = Categorical(p)
    a = m.sample()
    policy.saved_log_probs.append(m.log_prob(a))
    return a.item()


rr = 10
for ep in range(12):
    s, _ = env.reset()
    er = 0
    for t in range(1, 500):
        s, r, done, tr, _ = env.step(select(s))
        policy.rewards.append(r)
        er += r
        if done or tr:
            break
    rr = 0.05 * er + 0.95 * rr
    R = 0
    loss = []
    rets = deque()
    for r in policy.rewards[::-1]:
        R = r + 0.99 * R
        rets.appendleft(R)
    rets = torch.tensor(rets)
    rets = (rets - rets.mean()) / (rets.std() + eps)
    for lp, R in zip(policy.saved_log_probs, rets):
        loss.append(-lp * R)
    opt.zero_grad()
    loss = torch.cat(loss).sum()
    loss.backward()
    opt.step()
    del policy.rewards[:]
    del policy.saved_log_probs[:]
    print("Episode {}\tLast reward: {:.2f}\tAverage reward: {:.2f} {:.5f}".format(ep, er, rr, loss.item()))
SavedAction = namedtuple("SavedAction", ["log_prob", "value"])


class AC(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 64)
        self.action_head = nn.Linear(64, 2)
        self.value_head = nn.Linear(64, 1)
        self.saved = []
        self.rewards = []

    def forward(self, x):
        x = F.relu(self.affine1(x))
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x)


m = AC()
opt = optim.Adam(m.parameters(), lr=3e-2)
for ep in range(8):
    s, _ = env.reset()
    for t in range(200):
        p, v = m(torch.from_numpy(s).float())
        c = Categorical(p)
        a = c.sample()
        m.saved.append(SavedAction(c.log_prob(a), v))
        s, r, done, tr, _ = env.step(a.item())
        m.rewards.append(r)
        if done or tr:
            break
    R = 0
    pl, vl, rets = [], [], []
    for r in m.rewards[::-1]:
        R = r + 0.99 * R
        rets.insert(0, R)
    rets = torch.tensor(rets)
    rets = (rets - rets.mean()) / (rets.std() + eps)
    for (lp, v), R in zip(m.saved, rets):
        adv = R - v.item()
        pl.append(-lp * adv)
        vl.append(F.smooth_l1_loss(v, torch.tensor([R])))
    opt.zero_grad()
    loss = torch.stack(pl).sum() + torch.stack(vl).sum()
    loss.backward()
    opt.step()
    del m.rewards[:]
    del m.saved[:]
    print(ep, t, f"{loss.item():.5f}")
Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))


class Replay(object):
    def __init__(self, c):
        self.memory = deque([], maxlen=c)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, n):
        return random.sample(self.memory, n)

    def __len__(self):
        return len(self.memory)


class DQN(nn.Module):
    def __init__(self, o, a):
        super().__init__()
        self.layer1 = nn.Linear(o, 32)
        self.layer2 = nn.Linear(32, 32)
        self.layer3 = nn.Linear(32, a)

    def forward(self, x):
        return self.layer3(F.relu(self.layer2(F.relu(self.layer1(x)))))


pn, tn = DQN(4, 2), DQN(4, 2)
tn.load_state_dict(pn.state_dict())
opt = optim.AdamW(pn.parameters(), lr=1e-4, amsgrad=True)
mem = Replay(1000)
steps = 0
B = 32
for ep in range(8):
    s, info = env.reset()
    s = torch.tensor(s, dtype=torch.float32).unsqueeze(0)
    for t in count():
        th = 0.05 + 0.85 * math.exp(-steps / 1000)
        steps += 1
        if random.random() > th:
            with torch.no_grad():
                a = pn(s).max(1).indices.view(1, 1)
        else:
            a = torch.tensor([[random.randrange(2)]], dtype=torch.long)
        o, r, term, trunc, _ = env.step(a.item())
        r = torch.tensor([r])
        ns = None if term else torch.tensor(o, dtype=torch.float32).unsqueeze(0)
        mem.push(s, a, ns, r)
        s = ns
        loss = None
        if len(mem) >= B:
            b = Transition(*zip(*mem.sample(B)))
            mask = torch.tensor(tuple(map(lambda s: s is not None, b.next_state)), dtype=torch.bool)
            nf = torch.cat([x for x in b.next_state if x is not None])
            q = pn(torch.cat(b.state)).gather(1, torch.cat(b.action))
            nv = torch.zeros(B)
            with torch.no_grad():
                nv[mask] = tn(nf).max(1).values
            loss = nn.SmoothL1Loss()(q, ((nv * 0.99) + torch.cat(b.reward)).unsqueeze(1))
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_value_(pn.parameters(), 100)
            opt.step()
        ts, ps = tn.state_dict(), pn.state_dict()
        for k in ps:
            ts[k] = ps[k] * 0.005 + ts[k] * 0.995
        tn.load_state_dict(ts)
        if term or trunc:
            print(ep, t, loss.item() if loss is not None else None)
            break


class Gauss(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.log_std = nn.Parameter(-0.5 * torch.ones(1))
        self.v = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        [nn.init.orthogonal_(l.weight, 2**0.5) for l in self.modules() if isinstance(l, nn.Linear)]

    def dist(self, o):
        return Normal(self.mu(o), self.log_std.exp())


ac = Gauss()
po, vo = optim.Adam([*ac.mu.parameters(), ac.log_std], lr=3e-3), optim.Adam(ac.v.parameters(), lr=1e-2)
for it in range(3):
    obs, acts, lps, rews, vals = [], [], [], [], []
    o = torch.tensor([1.0, 0.0, 0.0])
    for t in range(64):
        with torch.no_grad():
            dd = ac.dist(o)
            a = dd.sample()
            lp = dd.log_prob(a).sum(-1)
            v = ac.v(o).squeeze(-1)
        obs.append(o)
        acts.append(a)
        lps.append(lp)
        vals.append(v)
        rews.append(-(o[1].abs() + 0.1 * a.pow(2).sum()))
        o = torch.stack(
            [torch.cos(o[2]), torch.sin(o[2]) + 0.1 * a[0].clamp(-2, 2), o[2] + 0.05 * a[0].clamp(-2.0, 2.0)]
        )
    obs, acts, lps, rews, vals = map(torch.stack, (obs, acts, lps, rews, vals))
    adv = torch.zeros_like(rews)
    g = 0.0
    for t in reversed(range(64)):
        nv = vals[t + 1] if t < 63 else 0.0
        delta = rews[t] + 0.99 * nv - vals[t]
        g = delta + 0.99 * 0.95 * g
        adv[t] = g
    ret = adv + vals
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for k in range(6):
        dd = ac.dist(obs)
        lp = dd.log_prob(acts).sum(-1)
        ratio = (lp - lps).exp()
        ca = torch.clamp(ratio, 0.8, 1.2) * adv
        lpi = -(torch.min(ratio * adv, ca)).mean() - 0.01 * dd.entropy().mean()
        kl = (lps - lp).mean().item()
        cf = (ratio.gt(1.2) | ratio.lt(0.8)).float().mean().item()
        po.zero_grad()
        lpi.backward()
        po.step()
        lv = ((ac.v(obs).squeeze(-1) - ret) ** 2).mean()
        vo.zero_grad()
        lv.backward()
        vo.step()
    print(
        it,
        f"{lpi.item():.5f} {lv.item():.5f} {kl:.5f} {cf:.4f}",
        ac.log_std.data,
        torch.distributions.kl_divergence(ac.dist(obs), Normal(torch.zeros(64, 1), torch.ones(64, 1))).mean(),
    )
