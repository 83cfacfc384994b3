"""Neural ODEs with torchdiffeq: adaptive and fixed solvers, the adjoint method, an event."""
# ruff: noqa: B023  (the functions are called before the loop goes on)

import torch
from report import show, train
from torch import nn
from torchdiffeq import odeint, odeint_adjoint, odeint_event

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # in float32 the solvers' steps hang on the last bit
A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
y0, t = torch.tensor([[2.0, 0.0]]), torch.linspace(0, 1, 10)
for method in ("dopri5", "rk4", "euler", "midpoint", "bosh3", "implicit_adams", "dopri8"):
    show(method, odeint(lambda t, y: y**3 @ A, y0, t, method=method, rtol=1e-5, atol=1e-6))
truth = odeint(lambda t, y: y**3 @ A, y0, t)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 2))

    def forward(self, t, y):
        return self.net(y**3)


for solve in (odeint, odeint_adjoint):
    field = Field()
    train(field, lambda: (solve(field, y0, t, rtol=1e-4, atol=1e-5) - truth).pow(2).mean(), label=solve.__name__)
fall = lambda t, s: (s[1], torch.full_like(s[1], -9.8))
when, state = odeint_event(fall, (torch.tensor(10.0), torch.tensor(0.0)), torch.tensor(0.0), event_fn=lambda t, s: s[0])
show("landing", when, state[0][-1], state[1][-1])
