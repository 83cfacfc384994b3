"""Laplace approximations of a trained network: all, last-layer and subnetwork weights, each structure of the Hessian."""

import torch
from laplace import Laplace, marglik_training
from laplace.curvature import BackPackGGN, CurvlinopsGGN
from report import show
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(24, 3), torch.randint(0, 3, (24,))
loader = DataLoader(TensorDataset(x, y), batch_size=8)
model = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3))
optimizer = torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(10):
    for a, b in loader:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(a), b).backward()
        optimizer.step()
for backend in (BackPackGGN, CurvlinopsGGN):
    for weights, structure in (
        ("all", "diag"),
        ("all", "kron"),
        ("all", "full"),
        ("last_layer", "kron"),
        ("last_layer", "full"),
    ):
        la = Laplace(model, "classification", subset_of_weights=weights, hessian_structure=structure, backend=backend)
        la.fit(loader)
        la.optimize_prior_precision(method="marglik", n_steps=5)
        show(f"{backend.__name__} {weights} {structure}", la.prior_precision, la.log_marginal_likelihood())
        for link in ("probit", "bridge"):
            show(link, la(x[:4], link_approx=link))
        torch.manual_seed(1)
        show("sampled", la.sample(3), la.predictive_samples(x[:2], n_samples=3))
regression = DataLoader(TensorDataset(x, x[:, :1].sin()), batch_size=8)
torch.manual_seed(2)
net = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1))
la, net, margliks, losses = marglik_training(
    net, regression, "regression", hessian_structure="kron", n_epochs=6, n_epochs_burnin=2, marglik_frequency=2
)
show("marglik", *map(float, margliks), *map(float, losses))
show("regression", *la(x[:3]))
