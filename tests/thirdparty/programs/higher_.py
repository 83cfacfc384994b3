"""higher: differentiating through the steps of an inner optimizer."""

import higher
import torch
from report import show
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
rate = torch.tensor(0.1, requires_grad=True)
x, y = torch.randn(16, 4), torch.randn(16, 1)
for maker in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop):
    inner = maker(net.parameters(), lr=0.1)
    with higher.innerloop_ctx(net, inner, override={"lr": [rate]}) as (functional, steps):
        for _ in range(3):
            steps.step((functional(x) - y).square().mean())
        loss = (functional(x) - y).square().mean()
        show(maker.__name__, loss, *torch.autograd.grad(loss, [rate, *functional.parameters(time=0)]))
