"""Flows of zuko, conditional on a context: spline, autoregressive, polynomial, continuous, mixtures; samples and entropies."""

import torch
import zuko
from report import show, train

torch.manual_seed(0)
x, context = torch.rand(16, 3) * 2 - 1, torch.randn(16, 2)
flows = {
    "MAF": zuko.flows.MAF(3, 2, transforms=2, hidden_features=(8,)),
    "NSF": zuko.flows.NSF(3, 2, bins=4, transforms=2, hidden_features=(8,)),
    "NICE": zuko.flows.NICE(3, 2, transforms=2, hidden_features=(8,)),
    "NAF": zuko.flows.NAF(3, 2, transforms=1, signal=4, network={"hidden_features": (8,)}),
    "UNAF": zuko.flows.UNAF(3, 2, transforms=1, signal=4, network={"hidden_features": (8,)}),
    "SOSPF": zuko.flows.SOSPF(3, 2, degree=2, polynomials=2, transforms=1, hidden_features=(8,)),
    "BPF": zuko.flows.BPF(3, 2, degree=4, transforms=1, hidden_features=(8,)),
    "GF": zuko.flows.GF(3, 2, transforms=1, components=3, hidden_features=(8,)),
    "NCSF": zuko.flows.NCSF(3, 2, bins=4, transforms=1, hidden_features=(8,)),
    "CNF": zuko.flows.CNF(3, 2, hidden_features=(8,), exact=True),
    "GMM": zuko.mixtures.GMM(3, 2, components=3, hidden_features=(8,)),
}
for name, flow in flows.items():
    train(flow, lambda: -flow(context).log_prob(x).mean(), 2, torch.optim.Adam(flow.parameters(), 1e-2), name)  # noqa: B023
    if name not in ("UNAF",):
        torch.manual_seed(1)
        sampled = flow(context).sample((2,))
        show("sampled", sampled, flow(context).log_prob(sampled))
print(flows["NSF"])
mixture = zuko.distributions.Mixture(torch.distributions.Normal(torch.randn(4), torch.rand(4)), torch.rand(4))
show("mixture", mixture.sample((3,)), mixture.log_prob(torch.randn(5)))
show("box", zuko.distributions.BoxUniform(-torch.ones(3), torch.ones(3)).log_prob(x[:3]))
