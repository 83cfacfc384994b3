"""Optimizers of torch-optimizer and pytorch-optimizer on a small problem."""

import pytorch_optimizer as P
import torch
import torch_optimizer as O
from report import show

x = torch.randn(32, 5, generator=torch.Generator().manual_seed(0))
y = (x @ torch.arange(5.0)).sin()[:, None]
theirs = (
    "AccSGD AdaBound AdaMod AdaBelief Adafactor Adahessian AdamP AggMo Apollo DiffGrad Lamb LARS MADGRAD NovoGrad PID QHAdam "
    "QHM RAdam Ranger RangerQH RangerVA SGDP SGDW SWATS Yogi Lookahead"
)
more = (
    "AdaBelief AdaBound AdaNorm AdaPNM AdEMAMix Adan ADOPT AvaGrad DiffGrad Fromage GaLore Lamb LARS Lion MADGRAD Muon "
    "NovoGrad PNM Prodigy QHAdam RAdam Ranger21 SGDW StableAdamW Tiger Yogi ScheduleFreeAdamW"
)
makers = [getattr(kit, name, None) for kit, names in ((O, theirs), (P, more)) for name in names.split()]
for maker in filter(None, makers):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    try:
        settings = {"num_iterations": 4} if maker.__name__ == "Ranger21" else {}
        optimizer = maker(
            torch.optim.SGD(net.parameters(), 0.01) if maker is O.Lookahead else net.parameters(), **settings
        )
        losses = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = (net(x) - y).square().mean()
            loss.backward(create_graph=maker.__name__ == "Adahessian")
            optimizer.step()
            losses.append(loss.item())
        show(maker.__module__.split(".")[0], maker.__name__, *losses, sum(p.double().sum() for p in net.parameters()))
    except Exception as problem:
        show(maker.__module__.split(".")[0], maker.__name__, type(problem).__name__)
