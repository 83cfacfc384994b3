"""Image tutorials: a GAN, an adversarial attack, transfer learning, a VAE, super-resolution"""
# ruff: noqa -- written as people write such programs

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import torchvision
from torch.optim import lr_scheduler
from torchvision import models, transforms

torch.manual_seed(999)
print("Random Seed: ", torch.initial_seed())
torch.use_deterministic_algorithms(True)


def weights_init(m):
    c = m.__class__.__name__
    if c.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif c.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


class G(nn.Module):
    def __init__(self, nz=12, f=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, f * 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(f * 4),
            nn.ReLU(True),
            nn.ConvTranspose2d(f * 4, f * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(f * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(f * 2, 3, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, x):
        return self.main(x)


class D(nn.Module):
    def __init__(self, f=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, f, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(f, f * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(f * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(f * 2, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.main(x)


g, d = G(), D()
g.apply(weights_init)
d.apply(weights_init)
print(g)
print(d)
cr = nn.BCELoss()
fixed = torch.randn(8, 12, 1, 1)
oD = optim.Adam(d.parameters(), lr=0.0002, betas=(0.5, 0.999))
oG = optim.Adam(g.parameters(), lr=0.0002, betas=(0.5, 0.999))
real = torch.rand(8, 3, 16, 16) * 2 - 1
for i in range(10):
    d.zero_grad()
    label = torch.full((8,), 1.0, dtype=torch.float)
    o = d(real).view(-1)
    eR = cr(o, label)
    eR.backward()
    Dx = o.mean().item()
    noise = torch.randn(8, 12, 1, 1)
    fake = g(noise)
    label.fill_(0.0)
    o = d(fake.detach()).view(-1)
    eF = cr(o, label)
    eF.backward()
    z1 = o.mean().item()
    oD.step()
    g.zero_grad()
    label.fill_(1.0)
    o = d(fake).view(-1)
    eG = cr(o, label)
    eG.backward()
    oG.step()
    print(
        "[%d]\tLoss_D: %.4f\tLoss_G: %.4f\tD(x): %.4f\tD(G(z)): %.4f / %.4f"
        % (i, (eR + eF).item(), eG.item(), Dx, z1, o.mean().item())
    )
with torch.no_grad():
    fk = g(fixed).detach().cpu()
grid = torchvision.utils.make_grid(fk, padding=2, normalize=True)
print(grid.shape, grid.mean())


# FGSM
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 1)
        self.conv2 = nn.Conv2d(8, 16, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(16 * 144, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = self.dropout2(x)
        return F.log_softmax(self.fc2(x), dim=1)


m = Net().eval()
denorm = lambda b, mean=[0.1307], std=[0.3081]: b * torch.tensor(std).view(1, -1, 1, 1) + torch.tensor(mean).view(
    1, -1, 1, 1
)
for eps in [0, 0.1, 0.3]:
    data, target = torch.randn(1, 1, 28, 28), torch.tensor([3])
    data.requires_grad = True
    o = m(data)
    ip = o.max(1, keepdim=True)[1]
    loss = F.nll_loss(o, target)
    m.zero_grad()
    loss.backward()
    dg = data.grad.data
    dd = denorm(data)
    pert = torch.clamp(dd + eps * dg.sign(), 0, 1)
    pn = transforms.Normalize((0.1307,), (0.3081,))(pert)
    o = m(pn)
    print(
        f"Epsilon: {eps}\t{ip.item()} -> {o.max(1, keepdim=True)[1].item()} {loss.item():.5f} {F.nll_loss(o, target).item():.5f}",
        pn.shape,
    )
torch.use_deterministic_algorithms(False)
# transfer learning
mf = models.resnet18(weights=None)
[setattr(p, "requires_grad", False) for p in mf.parameters()]
n = mf.fc.in_features
mf.fc = nn.Linear(n, 2)
of = optim.SGD(mf.fc.parameters(), lr=0.001, momentum=0.9)
sch = lr_scheduler.StepLR(of, step_size=2, gamma=0.1)
best = copy.deepcopy(mf.state_dict())
X, y = torch.randn(4, 3, 64, 64), torch.tensor([0, 1, 1, 0])
for ep in range(3):
    for ph in ["train", "val"]:
        mf.train() if ph == "train" else mf.eval()
        of.zero_grad()
        with torch.set_grad_enabled(ph == "train"):
            out = mf(X)
            _, pr = torch.max(out, 1)
            loss = nn.CrossEntropyLoss()(out, y)
            if ph == "train":
                loss.backward()
                of.step()
        if ph == "train":
            sch.step()
        print(
            f"{ph} Loss: {loss.item() * X.size(0):.4f} Acc: {torch.sum(pr == y.data).double() / 4:.4f}",
            sch.get_last_lr(),
        )
print(mf.load_state_dict(best), mf.conv1)


# VAE, super-resolution, siamese
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 20)
        self.fc21 = nn.Linear(20, 4)
        self.fc22 = nn.Linear(20, 4)
        self.fc3 = nn.Linear(4, 20)
        self.fc4 = nn.Linear(20, 64)

    def forward(self, x):
        h = F.relu(self.fc1(x.view(-1, 64)))
        mu, lv = self.fc21(h), self.fc22(h)
        std = torch.exp(0.5 * lv)
        z = mu + torch.randn_like(std) * std
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, lv


v = VAE()
o = optim.Adam(v.parameters(), lr=1e-3)
X = torch.rand(16, 1, 8, 8)
for i in range(5):
    o.zero_grad()
    r, mu, lv = v(X)
    l = F.binary_cross_entropy(r, X.view(-1, 64), reduction="sum") + -0.5 * torch.sum(1 + lv - mu.pow(2) - lv.exp())
    l.backward()
    o.step()
    print(f"{l.item() / len(X):.6f}")


class ESPCN(nn.Module):
    def __init__(self, r):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, (5, 5), (1, 1), (2, 2))
        self.conv2 = nn.Conv2d(16, r**2, (3, 3), (1, 1), (1, 1))
        self.pixel_shuffle = nn.PixelShuffle(r)
        nn.init.orthogonal_(self.conv1.weight, nn.init.calculate_gain("relu"))
        nn.init.orthogonal_(self.conv2.weight)

    def forward(self, x):
        return self.pixel_shuffle(self.conv2(F.relu(self.conv1(x))))


e = ESPCN(3)
o = optim.Adam(e.parameters(), lr=0.01)
X = torch.rand(2, 1, 8, 8)
Y = F.interpolate(X, scale_factor=3, mode="bicubic", align_corners=False)
for i in range(6):
    o.zero_grad()
    l = nn.MSELoss()(e(X), Y)
    l.backward()
    o.step()
    print("psnr", 10 * torch.log10(1 / l).item())
