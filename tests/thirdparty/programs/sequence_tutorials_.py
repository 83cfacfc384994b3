"""Sequence tutorials: embeddings, a tagger, a conditional random field, a character network, attention decoders"""
# ruff: noqa -- written as people write such programs

import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.manual_seed(1)
random.seed(1)
V_data = [1.0, 2.0, 3.0]
V = torch.tensor(V_data)
print(
    V,
    torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6]]),
    torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]),
)
print(V[0], V[0].item())
x = torch.randn((3, 4, 5))
print(x)
print(
    torch.cat([torch.randn(2, 5), torch.randn(3, 5)]),
    torch.randn(2, 3, 4).view(2, 12),
    torch.randn(2, 3, 4).view(2, -1)[0, :3],
)
x = torch.tensor([1.0, 2.0, 3], requires_grad=True)
y = torch.tensor([4.0, 5.0, 6], requires_grad=True)
z = x + y
print(z)
s = z.sum()
print(s)
s.backward()
print(x.grad)
lin = nn.Linear(5, 3)
print(
    lin(torch.randn(2, 5)),
    F.relu(torch.randn(2, 2)),
    F.softmax(torch.randn(5), dim=0),
    F.log_softmax(torch.randn(5), dim=0),
)
data = [
    ("me gusta comer en la cafeteria".split(), "SPANISH"),
    ("Give it to me".split(), "ENGLISH"),
    ("No creo que sea una buena idea".split(), "SPANISH"),
    ("No it is not a good idea to get lost at sea".split(), "ENGLISH"),
]
w2i = {}
for s, _ in data:
    for w in s:
        w2i.setdefault(w, len(w2i))


class BoW(nn.Module):
    def __init__(self, nl, vs):
        super(BoW, self).__init__()
        self.linear = nn.Linear(vs, nl)

    def forward(self, v):
        return F.log_softmax(self.linear(v), dim=1)


def bow(s):
    v = torch.zeros(len(w2i))
    for w in s:
        v[w2i[w]] += 1
    return v.view(1, -1)


m = BoW(2, len(w2i))
lf = nn.NLLLoss()
op = optim.SGD(m.parameters(), lr=0.1)
l2i = {"SPANISH": 0, "ENGLISH": 1}
for p in m.parameters():
    print(p)
for ep in range(20):
    for s, l in data:
        m.zero_grad()
        loss = lf(m(bow(s)), torch.LongTensor([l2i[l]]))
        loss.backward()
        op.step()
with torch.no_grad():
    print(m(bow(data[0][0])))
    print(next(m.parameters())[:, w2i["creo"]])
text = "when forty winters shall besiege thy brow and dig deep trenches in thy beauty field".split()
ng = [([text[i - 2], text[i - 1]], text[i]) for i in range(2, len(text))]
vocab = sorted(set(text))
wi = {w: i for i, w in enumerate(vocab)}


class NGram(nn.Module):
    def __init__(self, v, d, c):
        super().__init__()
        self.embeddings = nn.Embedding(v, d)
        self.linear1 = nn.Linear(c * d, 32)
        self.linear2 = nn.Linear(32, v)

    def forward(self, i):
        return F.log_softmax(self.linear2(F.relu(self.linear1(self.embeddings(i).view((1, -1))))), dim=1)


m = NGram(len(vocab), 10, 2)
op = optim.SGD(m.parameters(), lr=0.001)
losses = []
for ep in range(5):
    tot = 0
    for c, t in ng:
        m.zero_grad()
        loss = lf(m(torch.tensor([wi[w] for w in c], dtype=torch.long)), torch.tensor([wi[t]], dtype=torch.long))
        loss.backward()
        op.step()
        tot += loss.item()
    losses.append(tot)
print(losses, m.embeddings.weight[wi["winters"]])
lstm = nn.LSTM(3, 3)
inputs = [torch.randn(1, 3) for _ in range(5)]
hidden = (torch.randn(1, 1, 3), torch.randn(1, 1, 3))
for i in inputs:
    out, hidden = lstm(i.view(1, 1, -1), hidden)
print(out, hidden)
print(lstm(torch.cat(inputs).view(len(inputs), 1, -1), hidden))


class Tagger(nn.Module):
    def __init__(self, e, h, v, t):
        super().__init__()
        self.hidden_dim = h
        self.word_embeddings = nn.Embedding(v, e)
        self.lstm = nn.LSTM(e, h)
        self.hidden2tag = nn.Linear(h, t)

    def forward(self, s):
        o, _ = self.lstm(self.word_embeddings(s).view(len(s), 1, -1))
        return F.log_softmax(self.hidden2tag(o.view(len(s), -1)), dim=1)


m = Tagger(6, 6, 9, 3)
op = optim.SGD(m.parameters(), lr=0.1)
S = [(torch.arange(5), torch.tensor([0, 1, 2, 0, 1])), (torch.tensor([5, 6, 7, 8]), torch.tensor([1, 2, 0, 1]))]
for ep in range(40):
    for s, t in S:
        m.zero_grad()
        loss = lf(m(s), t)
        loss.backward()
        op.step()
print(loss.item(), m(S[0][0]))
START, STOP = "<START>", "<STOP>"


def argmax(v):
    _, i = torch.max(v, 1)
    return i.item()


def lse(v):
    mx = v[0, argmax(v)]
    return mx + torch.log(torch.sum(torch.exp(v - mx.view(1, -1).expand(1, v.size()[1]))))


class CRF(nn.Module):
    def __init__(self, vs, t2i, e, h):
        super(CRF, self).__init__()
        self.h = h
        self.t2i = t2i
        self.n = len(t2i)
        self.we = nn.Embedding(vs, e)
        self.lstm = nn.LSTM(e, h // 2, num_layers=1, bidirectional=True)
        self.h2t = nn.Linear(h, self.n)
        self.transitions = nn.Parameter(torch.randn(self.n, self.n))
        self.transitions.data[t2i[START], :] = -10000
        self.transitions.data[:, t2i[STOP]] = -10000
        self.hidden = self.init_hidden()

    def init_hidden(self):
        return (torch.randn(2, 1, self.h // 2), torch.randn(2, 1, self.h // 2))

    def _forward_alg(self, feats):
        a = torch.full((1, self.n), -10000.0)
        a[0][self.t2i[START]] = 0.0
        fv = a
        for f in feats:
            al = []
            for t in range(self.n):
                al.append(lse(fv + self.transitions[t].view(1, -1) + f[t].view(1, -1).expand(1, self.n)).view(1))
            fv = torch.cat(al).view(1, -1)
        return lse(fv + self.transitions[self.t2i[STOP]])

    def feats(self, s):
        self.hidden = self.init_hidden()
        o, self.hidden = self.lstm(self.we(s).view(len(s), 1, -1), self.hidden)
        return self.h2t(o.view(len(s), self.h))

    def score(self, feats, tags):
        s = torch.zeros(1)
        tags = torch.cat([torch.tensor([self.t2i[START]], dtype=torch.long), tags])
        for i, f in enumerate(feats):
            s = s + self.transitions[tags[i + 1], tags[i]] + f[tags[i + 1]]
        return s + self.transitions[self.t2i[STOP], tags[-1]]

    def viterbi(self, feats):
        bps = []
        iv = torch.full((1, self.n), -10000.0)
        iv[0][self.t2i[START]] = 0
        fv = iv
        for f in feats:
            bp, vv = [], []
            for t in range(self.n):
                nt = fv + self.transitions[t]
                b = argmax(nt)
                bp.append(b)
                vv.append(nt[0][b].view(1))
            fv = (torch.cat(vv) + f).view(1, -1)
            bps.append(bp)
        tv = fv + self.transitions[self.t2i[STOP]]
        b = argmax(tv)
        sc = tv[0][b]
        path = [b]
        for bp in reversed(bps):
            b = bp[b]
            path.append(b)
        assert path.pop() == self.t2i[START]
        path.reverse()
        return sc, path

    def nll(self, s, t):
        f = self.feats(s)
        return self._forward_alg(f) - self.score(f, t)

    def forward(self, s):
        return self.viterbi(self.feats(s))


m = CRF(9, {"B": 0, "I": 1, "O": 2, START: 3, STOP: 4}, 5, 4)
op = optim.SGD(m.parameters(), lr=0.01, weight_decay=1e-4)
with torch.no_grad():
    print(m(S[0][0]))
for ep in range(8):
    for s, t in S:
        m.zero_grad()
        loss = m.nll(s, t)
        loss.backward()
        op.step()
    print(ep, loss)
with torch.no_grad():
    print(m(S[0][0]))
print(m.transitions)


class CharRNN(nn.Module):
    def __init__(self, i, h, o):
        super().__init__()
        self.hidden_size = h
        self.i2h = nn.Linear(i + h, h)
        self.i2o = nn.Linear(i + h, o)
        self.o2o = nn.Linear(h + o, o)
        self.dropout = nn.Dropout(0.1)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        ic = torch.cat((input, hidden), 1)
        hidden = self.i2h(ic)
        o = self.i2o(ic)
        o = self.dropout(self.o2o(torch.cat((hidden, o), 1)))
        return self.softmax(o), hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


m = CharRNN(10, 16, 10)


def train(line, target):
    target.unsqueeze_(-1)
    h = m.initHidden()
    m.zero_grad()
    loss = torch.Tensor([0])
    for i in range(line.size(0)):
        o, h = m(line[i], h)
        loss += lf(o, target[i])
    loss.backward()
    for p in m.parameters():
        p.data.add_(p.grad.data, alpha=-0.05)
    return o, loss.item() / line.size(0)


line = F.one_hot(torch.randint(0, 10, (7,)), 10).float().unsqueeze(1)
for i in range(10):
    o, l = train(line, torch.randint(0, 10, (7,)))
    print(f"{l:.5f}")
tv, ti = o.topk(3)
print(tv, ti, ti[0][0].item(), ti.squeeze().detach())


class Luong(nn.Module):
    def __init__(self, method, h):
        super().__init__()
        self.method = method
        if method == "general":
            self.attn = nn.Linear(h, h)
        elif method == "concat":
            self.attn = nn.Linear(h * 2, h)
            self.v = nn.Parameter(torch.FloatTensor(h).fill_(0.1))

    def forward(self, h, e):
        if self.method == "dot":
            en = torch.sum(h * e, dim=2)
        elif self.method == "general":
            en = torch.sum(h * self.attn(e), dim=2)
        else:
            en = torch.sum(self.v * self.attn(torch.cat((h.expand(e.size(0), -1, -1), e), 2)).tanh(), dim=2)
        return F.softmax(en.t(), dim=1).unsqueeze(1)


class Enc(nn.Module):
    def __init__(self, h, emb):
        super().__init__()
        self.hidden_size = h
        self.embedding = emb
        self.gru = nn.GRU(h, h, 2, dropout=0.1, bidirectional=True)

    def forward(self, s, l, hidden=None):
        p = nn.utils.rnn.pack_padded_sequence(self.embedding(s), l)
        o, hidden = self.gru(p, hidden)
        o, _ = nn.utils.rnn.pad_packed_sequence(o)
        return o[:, :, : self.hidden_size] + o[:, :, self.hidden_size :], hidden


class Dec(nn.Module):
    def __init__(self, mth, emb, h, o):
        super().__init__()
        self.embedding = emb
        self.ed = nn.Dropout(0.1)
        self.gru = nn.GRU(h, h, 2, dropout=0.1)
        self.concat = nn.Linear(h * 2, h)
        self.out = nn.Linear(h, o)
        self.attn = Luong(mth, h)

    def forward(self, s, lh, eo):
        r, hid = self.gru(self.ed(self.embedding(s)), lh)
        w = self.attn(r, eo)
        c = w.bmm(eo.transpose(0, 1))
        r = r.squeeze(0)
        c = c.squeeze(1)
        return F.softmax(self.out(torch.tanh(self.concat(torch.cat((r, c), 1)))), dim=1), hid


def maskNLL(inp, t, mask):
    n = mask.sum()
    ce = -torch.log(torch.gather(inp, 1, t.view(-1, 1)).squeeze(1))
    return ce.masked_select(mask).mean(), n.item()


for mth in ("dot", "general", "concat"):
    emb = nn.Embedding(12, 8)
    e, d = Enc(8, emb), Dec(mth, emb, 8, 12)
    eo_, do_ = optim.Adam(e.parameters(), lr=0.01), optim.Adam(d.parameters(), lr=0.05)
    inp = torch.randint(3, 12, (6, 4))
    tgt = torch.randint(3, 12, (5, 4))
    mask = torch.BoolTensor(tgt.numpy() > 4)
    for it in range(4):
        eo_.zero_grad()
        do_.zero_grad()
        loss = 0
        tots = []
        nt = 0
        o, h = e(inp, torch.tensor([6, 5, 3, 2]))
        di = torch.LongTensor([[1 for _ in range(4)]])
        dh = h[:2]
        tf = True if random.random() < 0.5 else False
        for t in range(5):
            do, dh = d(di, dh, o)
            if tf:
                di = tgt[t].view(1, -1)
            else:
                _, ti = do.topk(1)
                di = torch.LongTensor([[ti[i][0] for i in range(4)]])
            ml, n = maskNLL(do, tgt[t], mask[t])
            loss += ml
            tots.append(ml.item() * n)
            nt += n
        loss.backward()
        _ = nn.utils.clip_grad_norm_(e.parameters(), 50.0)
        _ = nn.utils.clip_grad_norm_(d.parameters(), 50.0)
        eo_.step()
        do_.step()
        print(mth, it, tf, sum(tots) / nt, _)
