"""Convolutional networks from the simplest to residual and dense ones, normalisation by hand, anchor boxes"""
# ruff: noqa -- written as people write such programs

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(2)


def corr2d(X, K):
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


X = torch.ones((6, 8))
X[:, 2:6] = 0
K = torch.tensor([[1.0, -1.0]])
Y = corr2d(X, K)
print(Y, corr2d(X.t(), K))
conv2d = nn.Conv2d(1, 1, kernel_size=(1, 2), bias=False)
X = X.reshape((1, 1, 6, 8))
Y = Y.reshape((1, 1, 6, 7))
for i in range(10):
    l = (conv2d(X) - Y) ** 2
    conv2d.zero_grad()
    l.sum().backward()
    conv2d.weight.data[:] -= 3e-2 * conv2d.weight.grad
    if (i + 1) % 2 == 0:
        print(f"epoch {i + 1}, loss {l.sum():.3f}")
print(conv2d.weight.data.reshape((1, 2)))
X = torch.arange(16, dtype=torch.float32).reshape((1, 1, 4, 4))
print(
    nn.MaxPool2d(3)(X), nn.MaxPool2d((2, 3), stride=(2, 3), padding=(0, 1))(X), nn.AvgPool2d(3, padding=1, stride=2)(X)
)


class Reshape(nn.Module):
    def forward(self, x):
        return x.view(-1, 1, 28, 28)


lenet = nn.Sequential(
    Reshape(),
    nn.Conv2d(1, 6, kernel_size=5, padding=2),
    nn.Sigmoid(),
    nn.AvgPool2d(2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5),
    nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Flatten(),
    nn.Linear(400, 120),
    nn.Sigmoid(),
    nn.Linear(120, 84),
    nn.Sigmoid(),
    nn.Linear(84, 10),
)
X = torch.rand(1, 1, 28, 28)
for layer in lenet:
    X = layer(X)
    print(layer.__class__.__name__, "output shape: \t", X.shape)


def fit(net, X, y, lr=0.1, n=4, name=""):
    def init(m):
        if type(m) == nn.Linear or type(m) == nn.Conv2d:
            nn.init.xavier_uniform_(m.weight)

    net.apply(init)
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    loss = nn.CrossEntropyLoss()
    net.train()
    for _ in range(n):
        opt.zero_grad()
        l = loss(net(X), y)
        l.backward()
        opt.step()
        print(name, f"{l.item():.5f}")
    net.eval()
    with torch.no_grad():
        print(
            name,
            net(X).argmax(1).tolist(),
            f"{net(X).abs().sum().item():.5g}",
            sum(p.numel() for p in net.parameters()),
        )


X8, y8 = torch.rand(8, 1, 28, 28), torch.randint(0, 10, (8,))
fit(lenet, X8, y8, 0.9, name="lenet")
alex = nn.Sequential(
    nn.Conv2d(1, 12, kernel_size=11, stride=4, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(kernel_size=3, stride=2),
    nn.Conv2d(12, 24, kernel_size=5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(3, 2),
    nn.Conv2d(24, 24, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(kernel_size=3, stride=2),
    nn.Flatten(),
    nn.LazyLinear(40),
    nn.ReLU(),
    nn.Dropout(p=0.5),
    nn.Linear(40, 10),
)
with torch.no_grad():
    print(alex(torch.randn(1, 1, 100, 100)).shape)
fit(alex, torch.rand(4, 1, 100, 100), y8[:4], 0.05, name="alex")


def vgg_block(n, ci, co):
    L = []
    for _ in range(n):
        L.append(nn.Conv2d(ci, co, kernel_size=3, padding=1))
        L.append(nn.ReLU())
        ci = co
    L.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return nn.Sequential(*L)


fit(
    nn.Sequential(
        vgg_block(1, 1, 8),
        vgg_block(2, 8, 12),
        nn.Flatten(),
        nn.Linear(12 * 49, 20),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(20, 10),
    ),
    X8,
    y8,
    0.05,
    name="vgg",
)
nin = lambda ci, co, k, s, p: nn.Sequential(
    nn.Conv2d(ci, co, k, s, p),
    nn.ReLU(),
    nn.Conv2d(co, co, kernel_size=1),
    nn.ReLU(),
    nn.Conv2d(co, co, kernel_size=1),
    nn.ReLU(),
)
fit(
    nn.Sequential(
        nin(1, 8, 5, 2, 0), nn.MaxPool2d(3, stride=2), nin(8, 10, 3, 1, 1), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()
    ),
    X8,
    y8,
    0.1,
    name="nin",
)


class Inception(nn.Module):
    def __init__(self, ci, c1, c2, c3, c4, **kwargs):
        super(Inception, self).__init__(**kwargs)
        self.p1_1 = nn.Conv2d(ci, c1, kernel_size=1)
        self.p2_1 = nn.Conv2d(ci, c2[0], kernel_size=1)
        self.p2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=3, padding=1)
        self.p3_1 = nn.Conv2d(ci, c3[0], kernel_size=1)
        self.p3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=5, padding=2)
        self.p4_1 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.p4_2 = nn.Conv2d(ci, c4, kernel_size=1)

    def forward(self, x):
        p1 = F.relu(self.p1_1(x))
        p2 = F.relu(self.p2_2(F.relu(self.p2_1(x))))
        p3 = F.relu(self.p3_2(F.relu(self.p3_1(x))))
        p4 = F.relu(self.p4_2(self.p4_1(x)))
        return torch.cat((p1, p2, p3, p4), dim=1)


g = nn.Sequential(
    nn.Conv2d(1, 6, 7, 2, 3),
    nn.ReLU(),
    nn.MaxPool2d(3, 2, 1),
    Inception(6, 4, (3, 6), (2, 4), 4),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Flatten(),
    nn.Linear(18, 10),
)
fit(g, X8, y8, name="goog")
print(g[3])


def batch_norm(X, gamma, beta, mm, mv, eps, momentum):
    if not torch.is_grad_enabled():
        Xh = (X - mm) / torch.sqrt(mv + eps)
    else:
        assert len(X.shape) in (2, 4)
        if len(X.shape) == 2:
            mean = X.mean(dim=0)
            var = ((X - mean) ** 2).mean(dim=0)
        else:
            mean = X.mean(dim=(0, 2, 3), keepdim=True)
            var = ((X - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
        Xh = (X - mean) / torch.sqrt(var + eps)
        mm = momentum * mm + (1.0 - momentum) * mean
        mv = momentum * mv + (1.0 - momentum) * var
    return gamma * Xh + beta, mm.data, mv.data


class BatchNorm(nn.Module):
    def __init__(self, n, dims):
        super().__init__()
        shape = (1, n) if dims == 2 else (1, n, 1, 1)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.moving_mean = torch.zeros(shape)
        self.moving_var = torch.ones(shape)

    def forward(self, X):
        if self.moving_mean.device != X.device:
            self.moving_mean = self.moving_mean.to(X.device)
        Y, self.moving_mean, self.moving_var = batch_norm(
            X, self.gamma, self.beta, self.moving_mean, self.moving_var, eps=1e-5, momentum=0.9
        )
        return Y


bn = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5),
    BatchNorm(6, 4),
    nn.Sigmoid(),
    nn.AvgPool2d(2, 2),
    nn.Flatten(),
    nn.Linear(6 * 144, 20),
    BatchNorm(20, 2),
    nn.Sigmoid(),
    nn.Linear(20, 10),
)
fit(bn, X8, y8, 0.5, name="bn")
print(bn[1].gamma.reshape((-1,)), bn[1].moving_mean.flatten(), bn[6].moving_var)


class Residual(nn.Module):
    def __init__(self, ci, n, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(ci, n, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(n, n, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(ci, n, kernel_size=1, stride=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(n)
        self.bn2 = nn.BatchNorm2d(n)

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)


def rb(ci, n, k, first=False):
    return [Residual(ci, n, True, 2) if i == 0 and not first else Residual(n, n) for i in range(k)]


res = nn.Sequential(
    nn.Conv2d(1, 8, 7, 2, 3),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.MaxPool2d(3, 2, 1),
    nn.Sequential(*rb(8, 8, 2, True)),
    nn.Sequential(*rb(8, 12, 2)),
    nn.AdaptiveAvgPool2d((1, 1)),
    nn.Flatten(),
    nn.Linear(12, 10),
)
fit(res, X8, y8, 0.05, name="res")
cb = lambda ci, n: nn.Sequential(nn.BatchNorm2d(ci), nn.ReLU(), nn.Conv2d(ci, n, kernel_size=3, padding=1))


class DenseBlock(nn.Module):
    def __init__(self, k, ci, n):
        super().__init__()
        self.net = nn.Sequential(*[cb(n * i + ci, n) for i in range(k)])

    def forward(self, X):
        for blk in self.net:
            X = torch.cat((X, blk(X)), dim=1)
        return X


tb = lambda ci, n: nn.Sequential(
    nn.BatchNorm2d(ci), nn.ReLU(), nn.Conv2d(ci, n, kernel_size=1), nn.AvgPool2d(kernel_size=2, stride=2)
)
fit(
    nn.Sequential(
        nn.Conv2d(1, 6, 7, 2, 3),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        DenseBlock(2, 6, 4),
        tb(14, 7),
        DenseBlock(2, 7, 4),
        nn.BatchNorm2d(15),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d((1, 1)),
        nn.Flatten(),
        nn.Linear(15, 10),
    ),
    X8,
    y8,
    0.05,
    name="dense",
)
tc = nn.ConvTranspose2d(3, 3, kernel_size=4, padding=1, stride=2, bias=False)


def bilinear_kernel(ci, co, k):
    factor = (k + 1) // 2
    center = factor - 1 if k % 2 == 1 else factor - 0.5
    og = (torch.arange(k).reshape(-1, 1), torch.arange(k).reshape(1, -1))
    filt = (1 - torch.abs(og[0] - center) / factor) * (1 - torch.abs(og[1] - center) / factor)
    w = torch.zeros((ci, co, k, k))
    w[range(ci), range(co), :, :] = filt
    return w


tc.weight.data.copy_(bilinear_kernel(3, 3, 4))
print(tc(torch.ones(1, 3, 2, 2))[0, 0])


# anchors
def multibox_prior(d, sizes, ratios):
    h, w = d.shape[-2:]
    st, rt = torch.tensor(sizes), torch.tensor(ratios)
    n = len(sizes) + len(ratios) - 1
    ch, cw = (torch.arange(h) + 0.5) / h, (torch.arange(w) + 0.5) / w
    sy, sx = torch.meshgrid(ch, cw, indexing="ij")
    sy, sx = sy.reshape(-1), sx.reshape(-1)
    ww = torch.cat((st * torch.sqrt(rt[0]), sizes[0] * torch.sqrt(rt[1:]))) * h / w
    hh = torch.cat((st / torch.sqrt(rt[0]), sizes[0] / torch.sqrt(rt[1:])))
    m = torch.stack((-ww, -hh, ww, hh)).T.repeat(h * w, 1) / 2
    og = torch.stack([sx, sy, sx, sy], dim=1).repeat_interleave(n, dim=0)
    return (og + m).unsqueeze(0)


an = multibox_prior(torch.zeros(1, 3, 4, 5), [0.75, 0.5, 0.25], [1, 2, 0.5])
print(an.shape, an.reshape(4, 5, 5, 4)[1, 2])


def box_iou(a, b):
    ar = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    ul = torch.max(a[:, None, :2], b[:, :2])
    lr = torch.min(a[:, None, 2:], b[:, 2:])
    i = (lr - ul).clamp(min=0)
    ia = i[:, :, 0] * i[:, :, 1]
    return ia / (ar(a)[:, None] + ar(b) - ia)


gt = torch.tensor([[0.1, 0.08, 0.52, 0.92], [0.55, 0.2, 0.9, 0.88]])
j = box_iou(an[0], gt)
print(j[:3])
mi, ix = torch.max(j, dim=1)
print(torch.nonzero(mi >= 0.3).reshape(-1), ix[mi >= 0.3])
mp = torch.full((len(an[0]),), -1, dtype=torch.long)
cd, rd = torch.full((j.shape[0],), -1), torch.full((j.shape[1],), -1)
for _ in range(2):
    k = torch.argmax(j)
    bi = (k % 2).long()
    ai = (k / 2).long()
    mp[ai] = bi
    j[:, bi] = cd
    j[ai, :] = rd
    print(k, bi, ai)
