"""Conditional random fields of pytorch-crf, averages, optimizers of prodigyopt and schedulefree, mup, rotary embeddings."""

import mup
import torch
from ema_pytorch import EMA
from prodigyopt import Prodigy
from report import show, train
from rotary_embedding_torch import RotaryEmbedding
from schedulefree import AdamWScheduleFree, RAdamScheduleFree, SGDScheduleFree
from torch_ema import ExponentialMovingAverage
from torchcrf import CRF

torch.manual_seed(0)
crf, emissions, tags = CRF(5, batch_first=True), torch.randn(3, 7, 5, requires_grad=True), torch.randint(0, 5, (3, 7))
mask = torch.tensor([[1] * 7, [1] * 4 + [0] * 3, [1] * 6 + [0]]).bool()
for reduction in ("none", "sum", "mean", "token_mean"):
    show(reduction, crf(emissions, tags, mask=mask, reduction=reduction))
train(crf, lambda: -crf(emissions, tags, mask=mask, reduction="token_mean"))
show("decoded", crf.decode(emissions, mask), emissions.grad)


def net():
    torch.manual_seed(1)
    return torch.nn.Sequential(
        torch.nn.Linear(4, 8, bias=False), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
    )


x, y = torch.randn(16, 4), torch.randn(16, 1)
kinds = {
    "prodigy": lambda p: Prodigy(p, lr=1.0, weight_decay=0.01, safeguard_warmup=True),
    "sgd": lambda p: SGDScheduleFree(p, lr=0.1, warmup_steps=2),
    "adamw": lambda p: AdamWScheduleFree(p, lr=0.01, weight_decay=0.1),
    "radam": lambda p: RAdamScheduleFree(p, lr=0.01),
}
for name, make in kinds.items():
    model = net()
    optimizer = make(model.parameters())
    if name != "prodigy":
        optimizer.train()
    average, shadow = ExponentialMovingAverage(model.parameters(), 0.9), EMA(model, beta=0.9, update_every=1)
    for _ in range(3):
        train(model, lambda: (model(x) - y).square().mean(), 2, optimizer, name)  # noqa: B023
        average.update()
        shadow.update()
    if name != "prodigy":
        optimizer.eval()
    show("weights", *model.parameters())
    with average.average_parameters():
        show("averaged", model(x))
    show("shadowed", shadow(x), len(shadow.state_dict()))
    show("kept", len(optimizer.state_dict()["state"]), sorted(optimizer.state_dict()["state"][0]))


def width(n):
    torch.manual_seed(2)
    return torch.nn.Sequential(torch.nn.Linear(4, n), torch.nn.ReLU(), torch.nn.Linear(n, n), mup.MuReadout(n, 2))


model = width(32)
mup.set_base_shapes(model, width(8), delta=width(16))
for parameter in model.parameters():
    mup.init.kaiming_uniform_(parameter, a=1) if parameter.ndim > 1 else mup.init.uniform_(parameter, -0.1, 0.1)
train(model, lambda: model(x).square().mean(), 3, mup.MuAdam(model.parameters(), lr=0.01), "mup")
mup.init.trunc_normal_(model[2].weight, std=0.3)
show("scaled", *[p.infshape.width_mult() for p in model.parameters()], model[2].weight)
rotary = RotaryEmbedding(dim=8, use_xpos=False, learned_freq=True)
q = torch.randn(1, 2, 6, 16)
train(rotary, lambda: (rotary.rotate_queries_or_keys(q) * q).mean(), 2, label="rotary")
show(
    "cached",
    *rotary.rotate_queries_with_cached_keys(q[:, :, -1:], q),
    RotaryEmbedding(8, freqs_for="pixel").get_axial_freqs(3, 4),
)
