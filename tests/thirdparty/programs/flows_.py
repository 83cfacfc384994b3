"""Normalizing flows of nflows and normflows, stochastic differential equations of torchsde."""

import normflows as nf
import torch
import torchsde
from nflows import distributions, flows, transforms
from report import show, train


class Net(torch.nn.Sequential):
    def __init__(self, i, o):
        super().__init__(torch.nn.Linear(i, 8), torch.nn.Tanh(), torch.nn.Linear(8, o))

    def forward(self, x, context=None):
        return super().forward(x)


torch.manual_seed(0)
x = torch.randn(32, 4)
spline = transforms.PiecewiseRationalQuadraticCouplingTransform(
    torch.tensor([1, 0, 1, 0]), Net, tails="linear", tail_bound=3.0
)
parts = [
    transforms.ReversePermutation(4),
    transforms.MaskedAffineAutoregressiveTransform(4, 8),
    spline,
    transforms.LULinear(4),
]
flow = flows.Flow(transforms.CompositeTransform(parts), distributions.StandardNormal([4]))
train(flow, lambda: -flow.log_prob(x).mean())
show("sampled", flow.sample(5))
layers = []
for _ in range(2):
    layers += [nf.flows.AffineCouplingBlock(nf.nets.MLP([2, 8, 4], init_zeros=True)), nf.flows.Permute(4, mode="swap")]
layers += [nf.flows.ActNorm(4), nf.flows.AutoregressiveRationalQuadraticSpline(4, 1, 8)]
model = nf.NormalizingFlow(nf.distributions.DiagGaussian(4), layers)
train(model, lambda: model.forward_kld(x))
show("drawn", *model.sample(4))


class Motion(torch.nn.Module):
    noise_type, sde_type = "diagonal", "ito"

    def __init__(self):
        super().__init__()
        self.drift, self.diffusion = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)

    def f(self, t, y):
        return self.drift(y)

    def g(self, t, y):
        return self.diffusion(y).sigmoid()


sde, y0, t = Motion(), torch.ones(4, 3), torch.linspace(0, 1, 4)
bm = torchsde.BrownianInterval(0.0, 1.0, size=(4, 3), entropy=1, levy_area_approximation="space-time")
for method in ("euler", "milstein", "srk"):
    show(method, torchsde.sdeint(sde, y0, t, bm=bm, method=method, dt=0.1))
train(sde, lambda: torchsde.sdeint_adjoint(sde, y0, t, dt=0.1, bm=bm).square().mean())
