"""Bayesian optimisation with botorch: a Gaussian process, its fit, an acquisition function and its ascent."""

import torch
from botorch.acquisition import LogExpectedImprovement, UpperConfidenceBound
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from botorch.models.transforms import Normalize, Standardize
from gpytorch.mlls import ExactMarginalLogLikelihood
from report import show

torch.manual_seed(0)
x = torch.rand(12, 2, dtype=torch.float64)
y = (1 - (x - 0.4).norm(dim=-1, keepdim=True)) + 0.05 * torch.randn(12, 1, dtype=torch.float64)
model = SingleTaskGP(x, y, input_transform=Normalize(d=2), outcome_transform=Standardize(m=1))
fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
told = model.posterior(torch.rand(4, 2, dtype=torch.float64))
show("posterior", told.mean, told.variance)
for acquisition in (LogExpectedImprovement(model, y.max()), UpperConfidenceBound(model, beta=0.2)):
    points = torch.rand(3, 1, 2, dtype=torch.float64).requires_grad_()
    optimizer = torch.optim.Adam([points], lr=0.05)
    for _ in range(5):
        optimizer.zero_grad()
        (-acquisition(points).sum()).backward()
        optimizer.step()
    show(type(acquisition).__name__, points, acquisition(points))
