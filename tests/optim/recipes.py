"""Training recipes whose losses over 300 steps must be PyTorch's: together they use every optimizer and every scheduler.

    python -m tests.optim.recipes

run with a Python that has PyTorch, records the losses of every tenth step into tests/optim/data/recipes.npz.

How they were chosen: PyTorch itself was run a second time from initial weights moved by one unit in the last place. A
recipe is kept if its two traces agree to a tenth of the tolerance of the test (1e-4 relative in float32, 1e-9 in
float64); the recorder refuses others. So the nets have smooth activations (a ReLU's kink makes two futures of one
rounding), learning rates at which the loss falls without jumping, and targets that leave a loss to measure.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path

import numpy as np

RECORD = Path(__file__).parent / "data" / "recipes.npz"
STEPS, EVERY = 300, 10
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}


# --- the nets: (module, inputs, loss of the module's output) ----------------------------------------------------------


def classes(torch, count=12, among=3):
    target = torch.randint(among, (count,))
    return lambda out: torch.nn.functional.cross_entropy(out, target)


def mlp(torch):
    nn = torch.nn
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)), (torch.randn(12, 4),), classes(torch)


def conv(torch):
    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3), nn.SiLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(27, 3)
    )  # fmt: skip
    return net, (torch.randn(12, 1, 6, 6),), classes(torch)


def groups(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Conv1d(2, 4, 3), nn.GroupNorm(2, 4), nn.GELU(), nn.Flatten(), nn.Linear(16, 1))
    target = torch.randn(8, 1)
    return net, (torch.randn(8, 2, 6),), lambda out: nn.functional.smooth_l1_loss(out, target.to(out.dtype))


def dropout(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.SiLU(), nn.Dropout(0.2), nn.Linear(8, 3))
    return net, (torch.randn(12, 4),), classes(torch)


def recurrent(kind):
    def build(torch):
        nn = torch.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = getattr(nn, kind)(3, 5, bidirectional=kind == "GRU")
                self.head = nn.Linear(10 if kind == "GRU" else 5, 2)

            def forward(self, x):
                return self.head(self.layer(x)[0])

        target = torch.randn(4, 6, 2)
        return Net(), (torch.randn(4, 6, 3),), lambda out: nn.functional.mse_loss(out, target.to(out.dtype))

    return build


def packed(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.head = nn.GRU(3, 5, batch_first=True), nn.Linear(5, 3)

        def forward(self, x):
            rows = nn.utils.rnn.pack_padded_sequence(x, [2, 5, 3, 4], batch_first=True, enforce_sorted=False)
            return self.head(self.layer(rows)[1][-1])

    return Net(), (torch.randn(4, 5, 3),), classes(torch, 4)


def attention(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(7, 8)
            self.places = nn.Parameter(torch.randn(5, 8) * 0.1)
            self.layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.1, activation="gelu", batch_first=True)
            self.head = nn.Linear(8, 7)

        def forward(self, words):
            mask = nn.Transformer.generate_square_subsequent_mask(words.shape[1], dtype=self.places.dtype)
            return self.head(self.layer(self.words(words) + self.places, src_mask=mask)).reshape(-1, 7)

    words = torch.randint(7, (4, 6))
    return Net(), (words[:, :-1],), lambda out: nn.functional.cross_entropy(out, words[:, 1:].reshape(-1))


def parametrized(torch):
    nn = torch.nn
    normal = importlib.import_module(f"{torch.__name__}.nn.utils.parametrizations")
    net = nn.Sequential(
        normal.weight_norm(nn.Linear(4, 6)), nn.Softplus(), normal.spectral_norm(nn.Linear(6, 6)), nn.Tanh(), nn.Linear(6, 3)
    )  # fmt: skip
    return net, (torch.randn(12, 4),), classes(torch)


def matrices(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Tanh(), nn.Linear(2, 2, bias=False))
    return net, (torch.randn(8, 2),), classes(torch, 8, 2)


def bag(torch):
    nn = torch.nn
    target = torch.randn(3, 4)
    net = nn.Embedding(9, 4, sparse=True)
    words = torch.randint(9, (3, 5))
    return net, (words,), lambda out: nn.functional.mse_loss(out.mean(1), target.to(out.dtype))


# --- the recipes ------------------------------------------------------------------------------------------------------
# name: (net, optimizer, its options, scheduler or None, extras)

RECIPES = {
    "SGD StepLR": (mlp, "SGD", {"lr": 0.3}, lambda s, o: s.StepLR(o, 60, 0.7), ""),
    "SGD MultiStepLR": (conv, "SGD", {"lr": 0.03, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, lambda s, o: s.MultiStepLR(o, [100, 200, 200], 0.5), ""),  # noqa: E501
    "SGD CyclicLR": (recurrent("LSTM"), "SGD", {"lr": 0.1, "momentum": 0.8}, lambda s, o: s.CyclicLR(o, 0.01, 0.2, 20, 30), "each"),  # noqa: E501
    "SGD maximize": (mlp, "SGD", {"lr": 0.2, "maximize": True, "dampening": 0.1, "momentum": 0.5}, lambda s, o: s.LambdaLR(o, lambda e: 1 / (1 + 0.01 * e)), "negate"),  # noqa: E501
    "SGD parametrized": (parametrized, "SGD", {"lr": 0.1}, None, "resume"),
    "Adam CosineAnnealingLR": (conv, "Adam", {"lr": 0.01}, lambda s, o: s.CosineAnnealingLR(o, 300, 1e-4), ""),
    "Adam amsgrad LambdaLR": (recurrent("GRU"), "Adam", {"lr": 0.01, "amsgrad": True, "weight_decay": 1e-3}, lambda s, o: s.LambdaLR(o, lambda e: 0.995**e), "clip"),  # noqa: E501
    "Adam ChainedScheduler": (dropout, "Adam", {"lr": 0.01}, lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.2, 20), s.ExponentialLR(o, 0.995)]), ""),  # noqa: E501
    "Adam accumulate": (groups, "Adam", {"lr": 5e-4, "betas": (0.8, 0.95)}, None, "accumulate resume"),
    "Adam packed": (packed, "Adam", {"lr": 0.005}, lambda s, o: s.ExponentialLR(o, 0.99), ""),
    "AdamW OneCycleLR": (attention, "AdamW", {"lr": 1e-3, "weight_decay": 0.1}, lambda s, o: s.OneCycleLR(o, 0.01, STEPS + 1), "each"),  # noqa: E501
    "AdamW SWALR": (conv, "AdamW", {"lr": 0.01}, lambda s, o: swa(s).SWALR(o, 0.001, 50), "swa"),
    "NAdam ExponentialLR": (recurrent("LSTM"), "NAdam", {"lr": 0.003}, lambda s, o: s.ExponentialLR(o, 0.995), ""),
    "NAdam decoupled": (mlp, "NAdam", {"lr": 0.01, "weight_decay": 0.05, "decoupled_weight_decay": True}, None, ""),
    "RAdam LinearLR": (mlp, "RAdam", {"lr": 0.01, "weight_decay": 0.01}, lambda s, o: s.LinearLR(o, 0.1, 1.0, 100), ""),
    "RMSprop PolynomialLR": (conv, "RMSprop", {"lr": 1e-3, "centered": True, "momentum": 0.5, "eps": 1e-4}, lambda s, o: s.PolynomialLR(o, 400, 2.0), ""),  # noqa: E501
    "Adagrad ConstantLR": (dropout, "Adagrad", {"lr": 0.1, "lr_decay": 1e-3}, lambda s, o: s.ConstantLR(o, 0.5, 50), ""),
    "Adadelta MultiplicativeLR": (recurrent("GRU"), "Adadelta", {"lr": 0.5}, lambda s, o: s.MultiplicativeLR(o, lambda e: 0.998), ""),  # noqa: E501
    "Adamax WarmRestarts": (attention, "Adamax", {"lr": 0.01}, lambda s, o: s.CosineAnnealingWarmRestarts(o, 40, 2, 1e-4), ""),
    "ASGD SequentialLR": (mlp, "ASGD", {"lr": 0.3, "t0": 100, "lambd": 1e-3}, lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.1, 1, 50), s.ExponentialLR(o, 0.995)], [50]), ""),  # noqa: E501
    "Rprop": (recurrent("RNN"), "Rprop", {"lr": 0.001, "step_sizes": (1e-6, 0.003)}, None, ""),
    "Adafactor ReduceLROnPlateau": (mlp, "Adafactor", {"lr": 0.02}, lambda s, o: s.ReduceLROnPlateau(o, patience=5, factor=0.7, threshold=0.01), ""),  # noqa: E501
    "Muon ExponentialLR": (matrices, "Muon", {"lr": 0.01}, lambda s, o: s.ExponentialLR(o, 0.99), ""),
    "LBFGS": (mlp, "LBFGS", {"lr": 0.02, "max_iter": 1}, None, "closure"),
    "LBFGS strong_wolfe": (mlp, "LBFGS", {"max_iter": 2, "line_search_fn": "strong_wolfe"}, None, "closure"),
    "SparseAdam": (bag, "SparseAdam", {"lr": 0.01}, lambda s, o: s.LambdaLR(o, lambda e: 0.99**e), ""),
    "SGD averages": (mlp, "SGD", {"lr": 0.1, "momentum": 0.5}, None, "ema"),
}  # fmt: skip


def swa(scheduler_module):
    return importlib.import_module(scheduler_module.__name__.replace("lr_scheduler", "swa_utils"))


def penalty(net):
    """A pull to zero, so that what LBFGS minimises has a minimum of a size that can be compared."""
    return 1e-2 * sum((p * p).sum() for p in net.parameters())


def evaluate(net, inputs, criterion, optimizer):
    optimizer.zero_grad()
    loss = criterion(net(*inputs)) + penalty(net)
    loss.backward()
    return loss


def train(torch, name, dtype, move=None) -> list[float]:
    """The loss of every tenth step; `move(parameter)` may change the initial weights."""
    build, optimizer_name, options, make_schedule, extras = RECIPES[name]
    optim = importlib.import_module(f"{torch.__name__}.optim")
    schedulers = importlib.import_module(f"{torch.__name__}.optim.lr_scheduler")
    averages = importlib.import_module(f"{torch.__name__}.optim.swa_utils")
    torch.manual_seed(3)
    net, inputs, criterion = build(torch)
    net.to(getattr(torch, dtype))
    inputs = [x.to(getattr(torch, dtype)) if x.is_floating_point() else x for x in inputs]
    if move is not None:
        with torch.no_grad():
            for p in net.parameters():
                move(p)
    optimizer = getattr(optim, optimizer_name)(net.parameters(), **options)
    schedule = make_schedule and make_schedule(schedulers, optimizer)
    averaged = None
    if extras in ("swa", "ema"):
        how = {"multi_avg_fn": averages.get_ema_multi_avg_fn(0.95)} if extras == "ema" else {}
        averaged = averages.AveragedModel(net, **how)
    losses = []
    for step in range(STEPS):
        if "resume" in extras and step == STEPS // 2:
            saved = [thing.state_dict() for thing in (net, optimizer)]
            torch.manual_seed(4)
            net = build(torch)[0].to(getattr(torch, dtype))
            optimizer = getattr(optim, optimizer_name)(net.parameters(), **options)
            for thing, state in zip((net, optimizer), saved):
                thing.load_state_dict(state)

        if extras == "closure":
            loss = optimizer.step(functools.partial(evaluate, net, inputs, criterion, optimizer))
        else:
            loss = criterion(net(*inputs))
            if "accumulate" not in extras or step % 2 == 0:
                optimizer.zero_grad(set_to_none=step % 3 == 0)
            (-loss if extras == "negate" else loss).backward()
            if extras == "clip":
                torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            if "accumulate" not in extras or step % 2 == 1:
                optimizer.step()
        if averaged is not None and step >= 200:
            averaged.update_parameters(net)
        if schedule is not None and (extras == "each" or step % 3 == 2):  # three steps are an epoch
            schedule.step(*([loss.item()] if "Plateau" in name else []))
        if step % EVERY == EVERY - 1:
            losses.append(loss.item())
    if averaged is not None:
        if extras == "swa":
            averages.update_bn([inputs[0][:6], inputs[0][6:]], averaged)
        losses.append(criterion(averaged.eval()(*inputs)).item())
    return losses


def deviation(got, want) -> float:
    """The largest relative difference."""
    got, want = np.array(got), np.array(want)
    return float((np.abs(got - want) / np.abs(want)).max())


def record(names=None) -> None:
    import torch

    torch.set_num_threads(1)
    arrays, restless = {}, []
    for name in names or RECIPES:
        for dtype in TOLERANCE:
            want = train(torch, name, dtype)
            one_up = lambda p: p.copy_(torch.nextafter(p, p + 1))
            alone = deviation(train(torch, name, dtype, one_up), want)
            print(f"{name} {dtype}: {want[0]:.4f} -> {want[-1]:.4f}, moved by an ulp {alone:.1e}", flush=True)
            if not alone < TOLERANCE[dtype] / 10:
                restless.append((name, dtype))
            arrays[f"{name} {dtype}"] = np.array(want)
    if restless:
        raise SystemExit(f"too restless to compare: {restless}")
    if not names:
        np.savez_compressed(RECORD, **arrays)


if __name__ == "__main__":
    record()
