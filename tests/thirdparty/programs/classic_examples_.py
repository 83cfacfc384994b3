"""Classic examples: word models, sine waves with L-BFGS, graph networks, forward-forward, a vision transformer, style layers"""
# ruff: noqa -- written as people write such programs

import argparse
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=1111)
parser.add_argument("--no-accel", action="store_true")
args = parser.parse_args([])
torch.manual_seed(args.seed)
use_accel = not args.no_accel and torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if use_accel else torch.device("cpu")
print(device)


class RNNModel(nn.Module):
    def __init__(self, rnn_type, ntoken, ninp, nhid, nlayers, dropout=0.5, tie=False):
        super().__init__()
        self.ntoken = ntoken
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        if rnn_type in ["LSTM", "GRU"]:
            self.rnn = getattr(nn, rnn_type)(ninp, nhid, nlayers, dropout=dropout)
        else:
            self.rnn = nn.RNN(
                ninp, nhid, nlayers, nonlinearity={"RNN_TANH": "tanh", "RNN_RELU": "relu"}[rnn_type], dropout=dropout
            )
        self.decoder = nn.Linear(nhid, ntoken)
        if tie:
            self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
        self.rnn_type, self.nhid, self.nlayers = rnn_type, nhid, nlayers

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        output = self.drop(output)
        d = self.decoder(output).view(-1, self.ntoken)
        return F.log_softmax(d, dim=1), hidden

    def init_hidden(self, bsz):
        w = next(self.parameters())
        return (
            (w.new_zeros(self.nlayers, bsz, self.nhid), w.new_zeros(self.nlayers, bsz, self.nhid))
            if self.rnn_type == "LSTM"
            else w.new_zeros(self.nlayers, bsz, self.nhid)
        )


class PositionalEncoding(nn.Module):
    def __init__(self, d, dropout=0.1, max_len=100):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d)
        pos = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2).float() * (-math.log(10000.0) / d))
        pe[:, 0::2] = torch.sin(pos * div)
        pe[:, 1::2] = torch.cos(pos * div)
        pe = pe.unsqueeze(0).transpose(0, 1)
        self.register_buffer("pe", pe)

    def forward(self, x):
        x = x + self.pe[: x.size(0), :]
        return self.dropout(x)


class TransformerModel(nn.Transformer):
    def __init__(self, ntoken, ninp, nhead, nhid, nlayers, dropout=0.5):
        super().__init__(
            d_model=ninp, nhead=nhead, dim_feedforward=nhid, num_encoder_layers=nlayers, num_decoder_layers=1
        )
        self.src_mask = None
        self.pos_encoder = PositionalEncoding(ninp, dropout)
        self.input_emb = nn.Embedding(ntoken, ninp)
        self.ninp = ninp
        self.decoder = nn.Linear(ninp, ntoken)
        nn.init.uniform_(self.input_emb.weight, -0.1, 0.1)

    def forward(self, src):
        if self.src_mask is None or self.src_mask.size(0) != len(src):
            self.src_mask = torch.log(torch.tril(torch.ones(len(src), len(src))))
        return F.log_softmax(
            self.decoder(
                self.encoder(self.pos_encoder(self.input_emb(src) * math.sqrt(self.ninp)), mask=self.src_mask)
            ),
            dim=-1,
        )


corpus = torch.randint(0, 30, (600,))
corpus[::3] = 7


def batchify(d, b):
    n = d.size(0) // b
    return d.narrow(0, 0, n * b).view(b, -1).t().contiguous()


tr = batchify(corpus, 6)
bptt = 8


def get_batch(s, i):
    n = min(bptt, len(s) - 1 - i)
    return s[i : i + n], s[i + 1 : i + 1 + n].view(-1)


def repackage(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage(v) for v in h)


for kind in ("LSTM", "GRU", "RNN_TANH", "RNN_RELU", "Transformer"):
    m = (
        TransformerModel(30, 16, 2, 32, 2)
        if kind == "Transformer"
        else RNNModel(kind, 30, 16, 16, 2, 0.2, kind != "GRU")
    )
    m.train()
    lr = 2.0
    hid = None if kind == "Transformer" else m.init_hidden(6)
    tot = 0.0
    for b, i in enumerate(range(0, tr.size(0) - 1, bptt)):
        data, t = get_batch(tr, i)
        m.zero_grad()
        if kind == "Transformer":
            out = m(data).view(-1, 30)
        else:
            hid = repackage(hid)
            out, hid = m(data, hid)
        loss = nn.NLLLoss()(out, t)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(m.parameters(), 0.25)
        for p in m.parameters():
            if p.grad is not None:
                p.data.add_(p.grad, alpha=-lr)
        tot += loss.item()
    print("| {} | loss {:5.5f} | ppl {:8.4f}".format(kind, tot / (b + 1), math.exp(tot / (b + 1))))
    m.eval()
    with torch.no_grad():
        inp = torch.randint(30, (1, 1), dtype=torch.long)
        words = []
        for _ in range(8):
            if kind == "Transformer":
                o = m(inp)
                w = torch.multinomial(o[-1].squeeze().div(1.0).exp().cpu(), 1)[0]
                inp = torch.cat([inp, torch.Tensor([[w]]).long()], 0)
            else:
                if _ == 0:
                    hid = m.init_hidden(1)
                o, hid = m(inp, hid)
                w = torch.multinomial(o.squeeze().div(1.0).exp().cpu(), 1)[0]
                inp.fill_(w)
            words.append(int(w))
        print(words)
# sine
np.random.seed(2)
x = np.empty((6, 60), "int64")
x[:] = np.array(range(60)) + np.random.randint(-80, 80, 6).reshape(6, 1)
d = np.sin(x / 1.0 / 20).astype("float64")
inp, tgt = torch.from_numpy(d[2:, :-1]), torch.from_numpy(d[2:, 1:])


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm1 = nn.LSTMCell(1, 11)
        self.lstm2 = nn.LSTMCell(11, 11)
        self.linear = nn.Linear(11, 1)

    def forward(self, input, future=0):
        outs = []
        h, c, h2, c2 = (torch.zeros(input.size(0), 11, dtype=torch.double) for _ in range(4))
        for it in input.split(1, dim=1):
            h, c = self.lstm1(it, (h, c))
            h2, c2 = self.lstm2(h, (h2, c2))
            o = self.linear(h2)
            outs += [o]
        for i in range(future):
            h, c = self.lstm1(o, (h, c))
            h2, c2 = self.lstm2(h, (h2, c2))
            o = self.linear(h2)
            outs += [o]
        return torch.cat(outs, dim=1)


s = Sequence()
s.double()
op = optim.LBFGS(s.parameters(), lr=0.8, max_iter=6)
cr = nn.MSELoss()
for i in range(2):

    def closure():
        op.zero_grad()
        l = cr(s(inp), tgt)
        print("loss:", l.item())
        l.backward()
        return l

    op.step(closure)
    with torch.no_grad():
        pred = s(inp[:2], future=5)
        print("test", cr(pred[:, :-5], tgt[:2]).item(), pred[0, -3:].numpy())
# GCN / GAT
adj = (torch.rand(12, 12) < 0.3).float()
adj = ((adj + adj.t()) > 0).float() + torch.eye(12)
dg = adj.sum(1).pow(-0.5)
na = dg.unsqueeze(0) * adj * dg.unsqueeze(1)
sp = na.to_sparse_coo()
X, y = torch.rand(12, 10), torch.randint(0, 3, (12,))
print(sp.coalesce().indices().shape)


class GraphConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.kernel = nn.Parameter(torch.Tensor(i, o))
        nn.init.xavier_normal_(self.kernel)
        self.bias = nn.Parameter(torch.Tensor(o))
        nn.init.zeros_(self.bias)

    def forward(self, x, a):
        return torch.spmm(a, torch.mm(x, self.kernel)) + self.bias


class GAT(nn.Module):
    def __init__(self, i, o, h=2, concat=True):
        super().__init__()
        self.h, self.o, self.concat = h, o, concat
        self.W = nn.Parameter(torch.empty(size=(i, o * h)))
        self.a = nn.Parameter(torch.empty(size=(h, 2 * o, 1)))
        nn.init.xavier_normal_(self.W)
        nn.init.xavier_normal_(self.a)
        self.lr = nn.LeakyReLU(0.2)

    def forward(self, x, a):
        n = x.shape[0]
        ht = F.dropout(torch.mm(x, self.W).view(n, self.h, self.o).permute(1, 0, 2), 0.1, training=self.training)
        s1, s2 = torch.matmul(ht, self.a[:, : self.o, :]), torch.matmul(ht, self.a[:, self.o :, :])
        e = self.lr(s1 + s2.mT)
        e = torch.where(a > 0, e, -9e16 * torch.ones_like(e))
        at = F.dropout(F.softmax(e, dim=-1), 0.1, training=self.training)
        hp = torch.matmul(at, ht)
        return hp.permute(1, 0, 2).contiguous().view(n, -1) if self.concat else hp.mean(dim=0)


class Net(nn.Module):
    def __init__(self, L, a):
        super().__init__()
        self.g1, self.g2, self.a = L(10, 8), L(16 if L is GAT else 8, 3), a

    def forward(self, x):
        x = F.elu(self.g1(x, self.a))
        h = self.g2(x, self.a)
        return F.log_softmax(h[:, :3], dim=1)


for L, a in ((GraphConv, sp), (GAT, adj)):
    n = Net(L, a)
    o = optim.Adam(n.parameters(), lr=0.05, weight_decay=5e-4)
    for i in range(10):
        o.zero_grad()
        l = F.nll_loss(n(X), y)
        l.backward()
        o.step()
    print(L.__name__, f"{l.item():.6f}", n(X).argmax(1).eq(y).float().mean())


# forward-forward
class Layer(nn.Linear):
    def __init__(self, i, o):
        super().__init__(i, o)
        self.relu = nn.ReLU()
        self.opt = optim.Adam(self.parameters(), lr=0.03)
        self.threshold = 2.0

    def forward(self, x):
        xd = x / (x.norm(2, 1, keepdim=True) + 1e-4)
        return self.relu(torch.mm(xd, self.weight.T) + self.bias.unsqueeze(0))

    def train_layer(self, xp, xn):
        for i in range(10):
            gp = self.forward(xp).pow(2).mean(1)
            gn = self.forward(xn).pow(2).mean(1)
            loss = torch.log(1 + torch.exp(torch.cat([-gp + self.threshold, gn - self.threshold]))).mean()
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        return self.forward(xp).detach(), self.forward(xn).detach(), loss


def overlay(x, y):
    x_ = x.clone()
    x_[:, :10] *= 0.0
    x_[range(x.shape[0]), y] = x.max()
    return x_


X, y = torch.rand(20, 30), torch.randint(0, 10, (20,))
rnd = y[torch.randperm(20)]
p, n = overlay(X, y), overlay(X, rnd)
layers = [Layer(30, 24), Layer(24, 24)]
for l in layers:
    p, n, loss = l.train_layer(p, n)
    print(f"{loss.item():.5f}")


# ViT
class PatchExtractor(nn.Module):
    def __init__(self, p=4):
        super().__init__()
        self.p = p

    def forward(self, x):
        b, c, h, w = x.size()
        n = (h // self.p) * (w // self.p)
        return (
            x.unfold(2, self.p, self.p).unfold(3, self.p, self.p).permute(0, 2, 3, 1, 4, 5).contiguous().view(b, n, -1)
        )


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.pe = PatchExtractor()
        self.fc = nn.Linear(48, 24)
        self.pos = nn.Parameter(torch.empty(1, 16, 24).normal_(std=0.02))
        self.cls = nn.Parameter(torch.rand(1, 1, 24))
        self.enc = nn.ModuleList(
            [
                nn.ModuleDict(
                    {
                        "n1": nn.LayerNorm(24),
                        "att": nn.MultiheadAttention(24, 4, dropout=0.1),
                        "n2": nn.LayerNorm(24),
                        "mlp": nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Dropout(0.1), nn.Linear(48, 24)),
                    }
                )
                for _ in range(2)
            ]
        )
        self.head = nn.Linear(24, 10)

    def forward(self, x):
        x = self.fc(self.pe(x)) + self.pos
        x = torch.cat([self.cls.repeat(x.shape[0], 1, 1), x], 1)
        for e in self.enc:
            h = e["n1"](x).transpose(0, 1)
            x = x + e["att"](h, h, h)[0].transpose(0, 1)
            x = x + e["mlp"](e["n2"](x))
        return self.head(x[:, 0])


v = ViT()
o = optim.AdamW(v.parameters(), lr=1e-3)
X, y = torch.rand(8, 3, 16, 16), torch.randint(0, 10, (8,))
for i in range(6):
    o.zero_grad()
    l = F.cross_entropy(v(X), y, label_smoothing=0.1)
    l.backward()
    o.step()
    print(f"{l:.5f}")


class ConvLayer(nn.Module):
    def __init__(self, i, o, k, s, up=None):
        super().__init__()
        self.up = up
        self.pad = nn.ReflectionPad2d(int(np.floor(k / 2)))
        self.conv2d = nn.Conv2d(i, o, k, s)

    def forward(self, x):
        x = F.interpolate(x, mode="nearest", scale_factor=self.up) if self.up else x
        return self.conv2d(self.pad(x))


f = nn.Sequential(
    ConvLayer(3, 8, 9, 1),
    nn.InstanceNorm2d(8, affine=True),
    nn.ReLU(),
    ConvLayer(8, 12, 3, 2),
    nn.InstanceNorm2d(12, affine=True),
    nn.ReLU(),
    ConvLayer(12, 8, 3, 1, 2),
    nn.InstanceNorm2d(8, affine=True),
    ConvLayer(8, 3, 9, 1),
)
o = optim.Adam(f.parameters(), 1e-3)
for i in range(4):
    o.zero_grad()
    l = F.mse_loss(f(X), X)
    l.backward()
    o.step()
    print(f"{l.item():.6f}")
W = torch.randn(4, 1) * 5
b = torch.randn(1) * 5
mk = lambda x: torch.cat([x.unsqueeze(1) ** i for i in range(1, 5)], 1)
fc = nn.Linear(4, 1)
for i in range(200):
    x = mk(torch.randn(32))
    y = x.mm(W) + b.item()
    fc.zero_grad()
    out = F.smooth_l1_loss(fc(x), y)
    loss = out.item()
    out.backward()
    for p in fc.parameters():
        p.data.add_(-0.1 * p.grad)
print("Loss: {:.6f}".format(loss), " ".join("{:+.2f} x^{}".format(w, 4 - i) for i, w in enumerate(fc.weight.view(-1))))


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.fc = nn.Sequential(nn.Linear(32, 8), nn.ReLU(inplace=True), nn.Linear(8, 1))
        self.sigmoid = nn.Sigmoid()
        self.c.apply(self.iw)
        self.fc.apply(self.iw)

    def iw(self, m):
        if isinstance(m, nn.Linear):
            torch.nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0.01)

    def forward(self, a, b):
        return self.sigmoid(self.fc(torch.cat((self.c(a), self.c(b)), 1)))


s = Siamese()
o = optim.Adadelta(s.parameters(), lr=1.0)
sc = StepLR(o, 1, 0.7)
a, b, t = torch.rand(8, 1, 10, 10), torch.rand(8, 1, 10, 10), torch.tensor([0.0, 1] * 4)
for i in range(5):
    o.zero_grad()
    l = nn.BCELoss()(s(a, b).squeeze(), t)
    l.backward()
    o.step()
    sc.step()
    print(f"{l.item():.6f}", sc.get_last_lr())
