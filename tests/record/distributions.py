"""Record what real PyTorch answers: `python -m tests.record.distributions` where torch can be imported."""

import json
import os

import torch

from tests.system.distribution_cases import EXPRESSIONS, evaluate

if __name__ == "__main__":
    recorded = {e: evaluate(torch, e) for e in EXPRESSIONS}
    torch.manual_seed(5)
    a = torch.tensor([[0.7, 2.0, 3.5], [20.0, 1.0, 6.0]], requires_grad=True)
    (torch.distributions.Dirichlet(a).rsample((4,)) * torch.tensor([1.0, -2.0, 5.0])).sum().backward()
    recorded["gradient of Dirichlet"] = a.grad.tolist()
    a, b = (torch.tensor(v, requires_grad=True) for v in (0.7, 4.0))
    torch.distributions.Beta(a, b).rsample((5,)).square().sum().backward()
    recorded["gradient of Beta"] = [a.grad.item(), b.grad.item()]
    path = os.path.join(os.path.dirname(__file__), "..", "system", "data", "distributions.json")
    with open(path, "w") as file:
        json.dump(recorded, file, indent=0)
        file.write("\n")
