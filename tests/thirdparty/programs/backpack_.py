"""BackPACK on a small network: individual gradients, variances, second-order diagonals and Kronecker factors."""

import torch
from backpack import backpack, extend, extensions
from backpack.hessianfree.ggnvp import ggn_vector_product
from backpack.hessianfree.hvp import hessian_vector_product
from report import show

torch.manual_seed(0)
x, y = torch.randn(6, 1, 8, 8), torch.randint(0, 4, (6,))
model = extend(
    torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3, stride=2, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
        torch.nn.Linear(12, 5), torch.nn.Sigmoid(), torch.nn.Linear(5, 4),
    )
)  # fmt: skip
criterion = extend(torch.nn.CrossEntropyLoss())
wanted = (
    extensions.BatchGrad(), extensions.BatchL2Grad(), extensions.SumGradSquared(), extensions.Variance(),
    extensions.DiagGGNExact(), extensions.BatchDiagGGNExact(), extensions.DiagGGNMC(), extensions.KFAC(),
    extensions.KFLR(), extensions.KFRA(), extensions.DiagHessian(), extensions.BatchDiagHessian(), extensions.SqrtGGNExact(),
)  # fmt: skip
for extension in wanted:
    model.zero_grad()
    torch.manual_seed(1)
    loss = criterion(model(x), y)
    try:
        with backpack(extension):
            loss.backward()
    except (NotImplementedError, RuntimeError) as problem:
        show(extension.savefield, type(problem).__name__)
        continue
    for name, parameter in model.named_parameters():
        value = getattr(parameter, extension.savefield)
        show(f"{extension.savefield} {name}", *(value if isinstance(value, (list, tuple)) else [value]))
parameters = list(model.parameters())
vectors = [torch.randn_like(p) for p in parameters]
plain = torch.nn.Sequential(*model)
outputs = plain(x)
loss = torch.nn.functional.cross_entropy(outputs, y)
show("hvp", *hessian_vector_product(loss, parameters, vectors))
show("ggnvp", *ggn_vector_product(loss, outputs, plain, vectors))
