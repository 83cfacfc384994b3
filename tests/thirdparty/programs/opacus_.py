"""Private training with Opacus: gradients of samples by hooks and by function transforms, clipping, noise, accounting."""

import torch
from opacus import GradSampleModule, PrivacyEngine
from opacus.accountants import GaussianAccountant, RDPAccountant
from opacus.accountants.utils import get_noise_multiplier
from opacus.layers import DPLSTM, DPMultiheadAttention
from opacus.validators import ModuleValidator
from report import show
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(32, 1, 8, 8), torch.randint(0, 3, (32,))


def net():
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.GroupNorm(2, 4), torch.nn.ReLU(), torch.nn.AvgPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(64, 6), torch.nn.LayerNorm(6), torch.nn.Linear(6, 3),
    )  # fmt: skip


for mode in ("hooks", "functorch"):
    torch.manual_seed(1)
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    engine = PrivacyEngine(accountant="rdp")
    model, optimizer, loader = engine.make_private(
        module=model, optimizer=optimizer, data_loader=DataLoader(TensorDataset(x, y), 8), noise_multiplier=1.1,
        max_grad_norm=1.0, grad_sample_mode=mode, noise_generator=torch.Generator().manual_seed(4), poisson_sampling=False,
    )  # fmt: skip
    for a, b in loader:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(a), b)
        loss.backward()
        optimizer.step()
        show(mode, loss)
    show("state", len(model.state_dict()), torch.stack([v.double().sum() for v in model.state_dict().values()]))
    show("epsilon", engine.get_epsilon(1e-5))
parts = {
    "lstm": (DPLSTM(3, 4, batch_first=True, bidirectional=True), (torch.randn(5, 6, 3),)),
    "attention": (DPMultiheadAttention(8, 2), (torch.randn(4, 5, 8),) * 3),
    "embedding": (torch.nn.Embedding(7, 3), (torch.randint(0, 7, (5, 4)),)),
    "conv1d": (torch.nn.Conv1d(2, 4, 3, groups=2), (torch.randn(5, 2, 9),)),
}
for name, (part, inputs) in parts.items():
    model = GradSampleModule(part, batch_first=name != "attention")
    out = model(*inputs)
    (out[0] if isinstance(out, tuple) else out).square().sum().backward()
    show(name, *[p.grad_sample for p in model.parameters() if p.grad_sample is not None])
bad = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten())
show("validated", len(ModuleValidator.validate(bad)), type(ModuleValidator.fix(bad)[1]).__name__)
for accountant in (RDPAccountant(), GaussianAccountant()):
    for _ in range(20):
        accountant.step(noise_multiplier=1.2, sample_rate=0.05)
    show(type(accountant).__name__, float(accountant.get_epsilon(1e-5)))
show(
    "multiplier",
    float(get_noise_multiplier(target_epsilon=3, target_delta=1e-5, sample_rate=0.05, steps=50, accountant="rdp")),
)
