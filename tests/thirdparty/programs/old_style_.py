"""Code as people wrote it for PyTorch 0.3 to 1.4: Variable, typed constructors, old argument orders, size_average"""
# ruff: noqa -- written as people write such programs

from __future__ import division, print_function

import io
import math

import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import torch.utils.data
from torch.autograd import Variable
from torch.nn import init
from torch.nn.parameter import Parameter
from torch.optim.lr_scheduler import MultiStepLR, ReduceLROnPlateau
from torch.utils.data import DataLoader, Dataset
from torch.utils.data.sampler import SubsetRandomSampler, WeightedRandomSampler

cudnn.benchmark = True
cudnn.deterministic = True
cudnn.enabled = True
torch.manual_seed(7)
np.random.seed(7)
if torch.cuda.is_available():
    torch.cuda.manual_seed(7)
    torch.cuda.manual_seed_all(7)
torch.set_default_tensor_type("torch.FloatTensor")
dtype = torch.FloatTensor
ltype = torch.LongTensor
x = Variable(torch.randn(4, 3).type(dtype), requires_grad=False)
w = Variable(torch.randn(3, 2).type(dtype), requires_grad=True)
print(type(x), x.data.type(), isinstance(x, Variable), isinstance(x, torch.FloatTensor), torch.is_tensor(x))
loss = x.mm(w).clamp(min=0).sub(1).pow(2).sum()
loss.backward()
print(loss.data, w.grad.data)
w.grad.data.zero_()
w.data -= 0.1 * w.grad.data
try:
    print(loss.data[0])
except IndexError as e:
    print("IndexError", e)
t = torch.Tensor(2, 3).fill_(1.5)
print(
    t,
    torch.LongTensor(3).zero_(),
    torch.ByteTensor([1, 0, 1]),
    torch.DoubleTensor([[1, 2], [3, 4]]),
    torch.IntTensor([3]).type(),
    torch.HalfTensor([1]).type(),
)
print(F.sigmoid(t), F.tanh(t), F.softmax(t), F.log_softmax(t), nn.Softmax()(t))
print(
    F.mse_loss(t, t * 2, size_average=False),
    F.cross_entropy(t, torch.LongTensor([0, 2]), size_average=False),
    nn.MSELoss(reduce=False)(t, t * 0),
    nn.CrossEntropyLoss(size_average=True)(t, torch.LongTensor([0, 2])),
    F.binary_cross_entropy(F.sigmoid(t), torch.ones(2, 3), size_average=False),
    nn.L1Loss(False)(t, t * 2),
)
m = torch.ByteTensor([1, 0])
print(t[m], t.masked_fill_(m.view(-1, 1).bool(), -1))
print(t[m == 1], (t > 0).type(), (t > 0).sum(), (t > 0).float().mean())
im = Variable(torch.rand(1, 1, 2, 2))
print(
    F.upsample(im, scale_factor=2, mode="bilinear"),
    nn.Upsample(scale_factor=2, mode="nearest")(im).size(),
    nn.UpsamplingBilinear2d(scale_factor=2)(im)[0, 0, 0],
)
a = Variable(torch.ones(2, 2), requires_grad=True)
b = a.clone()
b[0, 0] = 5
b.sum().backward()
print(a.grad)
h = Variable(torch.zeros(1, 4))
print(h.volatile, h.requires_grad)
print(
    torch.addmm(torch.ones(2, 2), torch.ones(2, 3), torch.ones(3, 2)),
    torch.ger(torch.Tensor([1, 2]), torch.Tensor([3, 4])),
    torch.Tensor([[4, 2], [2, 3]]).inverse(),
    torch.Tensor([1, 2, 3]).dist(torch.Tensor([1, 2, 4])),
    torch.cat([torch.ones(1, 2)] * 2, 0),
    torch.Tensor([1, 2, 3]).index_select(0, torch.LongTensor([0, 2])),
)


class Flatten(nn.Module):
    def forward(self, x):
        return x.view(x.size()[0], -1)


class Norm(nn.Module):
    def __init__(self, n):
        super(Norm, self).__init__()
        self.weight = Parameter(torch.Tensor(n))
        self.bias = Parameter(torch.Tensor(n))
        self.register_buffer("running_mean", torch.zeros(n))
        self.reset_parameters()

    def reset_parameters(self):
        self.weight.data.uniform_()
        self.bias.data.zero_()

    def forward(self, x):
        return (x - x.mean(1).unsqueeze(1).expand_as(x)) * self.weight + self.bias

    def __repr__(self):
        return self.__class__.__name__ + " (" + str(self.weight.size(0)) + ")"


net = nn.Sequential(
    nn.Conv2d(1, 4, 3),
    nn.BatchNorm2d(4),
    nn.ReLU(True),
    nn.MaxPool2d(2),
    Flatten(),
    nn.Linear(4 * 9, 8),
    Norm(8),
    nn.Linear(8, 3),
)
for mod in net.modules():
    if isinstance(mod, nn.Conv2d):
        n = mod.kernel_size[0] * mod.kernel_size[1] * mod.out_channels
        mod.weight.data.normal_(0, math.sqrt(2.0 / n))
        mod.bias is not None and mod.bias.data.zero_()
    elif isinstance(mod, nn.BatchNorm2d):
        mod.weight.data.fill_(1)
        mod.bias.data.zero_()
    elif isinstance(mod, nn.Linear):
        init.xavier_normal(mod.weight)
        init.constant(mod.bias, 0.1)
print(net)
opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, nesterov=True)
sched = MultiStepLR(opt, milestones=[2, 4], gamma=0.5)
crit = nn.CrossEntropyLoss().cpu()


class DS(Dataset):
    def __init__(self, n):
        self.x = np.random.rand(n, 8, 8, 1).astype(np.float32)
        self.y = np.random.randint(0, 3, n)

    def __getitem__(self, i):
        return torch.from_numpy(self.x[i].transpose((2, 0, 1))), self.y[i]

    def __len__(self):
        return len(self.x)


class AverageMeter(object):
    def __init__(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, v, n=1):
        self.val = v
        self.sum += v * n
        self.count += n
        self.avg = self.sum / self.count


def accuracy(output, target, topk=(1,)):
    maxk = max(topk)
    bs = target.size(0)
    _, pred = output.topk(maxk, 1, True, True)
    pred = pred.t()
    correct = pred.eq(target.view(1, -1).expand_as(pred))
    return [correct[:k].reshape(-1).float().sum(0).mul_(100.0 / bs) for k in topk]


ds = DS(40)
loader = DataLoader(
    ds,
    batch_size=8,
    sampler=SubsetRandomSampler(list(range(32))),
    num_workers=0,
    pin_memory=torch.cuda.is_available(),
    drop_last=True,
)
for ep in range(5):
    L, A = AverageMeter(), AverageMeter()
    net.train()
    for i, (inp, tgt) in enumerate(loader):
        iv, tv = Variable(inp), Variable(tgt)
        out = net(iv)
        loss = crit(out, tv)
        p1, p2 = accuracy(out.data, tgt, topk=(1, 2))
        L.update(loss.item(), inp.size(0))
        A.update(p1[0] if p1.dim() else p1.item(), inp.size(0))
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
    print(
        "Epoch: [{0}]\tLoss {l.val:.4f} ({l.avg:.4f})\tPrec@1 {a.val:.3f} ({a.avg:.3f}) lr {lr}".format(
            ep, l=L, a=A, lr=opt.param_groups[0]["lr"]
        )
    )
kept = io.BytesIO()
torch.save(
    {"epoch": 1, "state_dict": net.state_dict(), "opt": opt.state_dict()},
    kept,
    _use_new_zipfile_serialization=False,
)
kept.seek(0)
ck = torch.load(kept, map_location=lambda storage, loc: storage)
net.load_state_dict(ck["state_dict"])
print(sorted(ck["opt"].keys()), len(ck["opt"]["state"]))
dp = nn.DataParallel(net)
print(list(dp.state_dict().keys())[:2])
own = net.state_dict()
for name, param in dp.state_dict().items():
    name = name.replace("module.", "")
    if isinstance(param, Parameter):
        param = param.data
    own[name].copy_(param)


def adjust(opt, ep):
    lr = 0.1 * (0.1 ** (ep // 2))
    for pg in opt.param_groups:
        pg["lr"] = lr


adjust(opt, 5)
print(opt.param_groups[0]["lr"], [k for k in opt.param_groups[0] if k != "params"])
rl = ReduceLROnPlateau(opt, "min", patience=1, factor=0.3)
[rl.step(v) for v in (1.0, 1.0, 1.0, 1.0)]
print(opt.param_groups[0]["lr"])
ws = WeightedRandomSampler([0.1, 0.5, 0.4], 8, replacement=True)
print(list(ws))
print(
    torch.multinomial(torch.Tensor([0.2, 0.3, 0.5]), 5, True),
    torch.bernoulli(torch.Tensor([0.2, 0.9, 0.5])),
    torch.normal(torch.zeros(3), torch.ones(3)),
    torch.randperm(5),
)
rnn = nn.LSTMCell(3, 4)
hx, cx = Variable(torch.zeros(2, 4)), Variable(torch.zeros(2, 4))
for t_ in range(3):
    hx, cx = rnn(Variable(torch.ones(2, 3)), (hx, cx))
print(hx)
torch.nn.utils.clip_grad_norm(net.parameters(), 0.25)
print(sum([p.data.nelement() for p in net.parameters()]))


class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        gi = g.clone()
        gi[x < 0] = 0
        return gi


try:

    class Old(torch.autograd.Function):
        def forward(self, x):
            return x

    Old()(torch.ones(1, requires_grad=True))
except RuntimeError as e:
    print(str(e)[:90])
z = Variable(torch.randn(3), requires_grad=True)
MyReLU.apply(z).sum().backward()
print(z.grad)
print(
    z.cpu().data.numpy().dtype,
    float(z.sum().data),
    z.data.tolist()[0] == z[0].item(),
    torch.from_numpy(np.arange(3)).type(torch.FloatTensor),
    torch.zeros(2).new(3).size(),
    z.data.new([1, 2]),
    torch.Tensor([1.5]).long(),
    torch.Tensor([1, 2]).byte(),
    torch.Tensor([[1, 2]]).numpy(),
)
print(
    torch.Tensor([3, 1, 2]).sort(0, descending=True),
    torch.Tensor([3, 1, 2]).kthvalue(2),
    torch.Tensor([[1, 2], [3, 4]]).max(1, keepdim=True),
    torch.max(torch.Tensor([1, 5]), torch.Tensor([3, 2])),
    torch.Tensor([1, 2]).norm(2, 0),
    torch.Tensor([[1, 2], [3, 4]]).norm(1, 1),
    torch.renorm(torch.ones(2, 3), 2, 0, 1),
    torch.Tensor([1, 2, 3, 4]).unfold(0, 2, 1),
    torch.Tensor(2, 2).copy_(torch.eye(2)),
    torch.Tensor([1, 2]).storage().size() if 1 else 0,
    torch.Tensor([[1, 2]]).stride(),
    torch.typename(torch.ones(1)),
    torch.range(0, 2) if 1 else 0,
)
for f in (
    lambda: torch.Tensor([1, 2]) == torch.LongTensor([1, 2]),
    lambda: torch.LongTensor([3]) / 2,
    lambda: torch.LongTensor([3]) // 2,
    lambda: torch.Tensor([1]) + torch.DoubleTensor([2]),
    lambda: torch.LongTensor([1, 2]).float().mean(),
    lambda: torch.LongTensor([1, 2]).mean(),
    lambda: torch.ones(2, 3).view(4),
    lambda: torch.ones(2)[3],
    lambda: nn.Linear(3, 2)(torch.ones(2, 4)),
    lambda: net(torch.ones(1, 2, 8, 8)),
    lambda: torch.ones(2).cuda() if torch.cuda.is_available() else "no cuda",
    lambda: net.load_state_dict({"a": torch.ones(1)}),
    lambda: torch.cat([torch.ones(2, 2), torch.ones(3)], 0),
    lambda: torch.LongTensor([1.5]),
    lambda: torch.Tensor([1]).add(1, torch.Tensor([2])),
    lambda: torch.add(torch.ones(1), 2, torch.ones(1)),
    lambda: torch.ones(2).addcmul_(0.5, torch.ones(2), torch.ones(2)),
    lambda: torch.ones(2).scatter_add_(0, torch.LongTensor([0, 0]), torch.ones(2)),
    lambda: torch.svd(torch.eye(2)).S,
    lambda: torch.qr(torch.eye(2)).R,
    lambda: torch.stft(torch.ones(8), 4, return_complex=False),
    lambda: torch.ones(1).data.cpu().numpy()[0],
):
    try:
        r = f()
        print(type(r).__name__, r)
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0][:130])
