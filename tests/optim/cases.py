"""What the recorded expectations and the tests both run: each optimizer and schedule on a small problem.

    python -m tests.optim.cases

run with a Python that has PyTorch, records the expectations into tests/optim/data.
"""

import importlib
import json
import pathlib
import warnings

import numpy as np

FOLDER = pathlib.Path(__file__).parent / "data"

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "maximize": True}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "maximize": True, "betas": (0.3, 0.9)}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "amsgrad": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.5, "maximize": True}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.2, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adamax", {"lr": 0.05}),
    ("Adamax", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"lr": 0.05}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {"lr": 0.05}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("ASGD", {"t0": 3}),
    ("ASGD", {"t0": 3, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"maximize": True, "step_sizes": (0.005, 0.02)}),
    ("Adafactor", {}),
    ("Adafactor", {"weight_decay": 0.1, "maximize": True, "d": 2.0}),
    ("Muon", {"lr": 0.05}),
    ("Muon", {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"}),
]
# PyTorch's own float32 square root is not correctly rounded, so rules with a root differ in the last bit.
# float32 for all, the other dtypes for each optimizer's first options
RUNS = [
    (name, options, dtype)
    for i, (name, options) in enumerate(OPTIMIZERS)
    for dtype in ("float32", "float64", "bfloat16")
    if dtype == "float32" or name not in [other for other, _ in OPTIMIZERS[:i]]
]
BITWISE = {"SGD", "Adamax", "RAdam", "ASGD", "Rprop"}


def optimize(torch, name, options, dtype="float32"):
    """Parameters and state after 8 steps with given gradients (the second parameter has none at step 1)."""
    shapes = ((7, 5), (4, 9)) if name == "Muon" else ((7, 5), (5,), (3, 2, 4), ())
    random = np.random.RandomState(0)
    make = lambda shape, scale: torch.from_numpy(np.array(random.randn(*shape) * scale)).to(getattr(torch, dtype))
    params = [make(shape, 1.0).requires_grad_() for shape in shapes]
    optim = importlib.import_module(torch.__name__ + ".optim")
    optimizer = getattr(optim, name)(params, **options)
    for i in range(8):
        for j, p in enumerate(params):
            gradient = make(p.shape, 0.5)
            p.grad = None if (i, j) == (1, 1) else gradient
        optimizer.step()
    state = {
        f"{i}.{key}": [str(value.dtype), value.double().tolist()]
        for i, entries in optimizer.state_dict()["state"].items()
        for key, value in entries.items()
    }
    return {"params": [p.detach().double().tolist() for p in params], "state": state}


SCHEDULES = {
    "LambdaLR": lambda s, op, **k: s.LambdaLR(op, [lambda e: 0.95**e, lambda e: 1 / (e + 1)], **k),
    "MultiplicativeLR": lambda s, op, **k: s.MultiplicativeLR(op, lambda e: 0.95, **k),
    "StepLR": lambda s, op, **k: s.StepLR(op, 3, 0.5, **k),
    "MultiStepLR": lambda s, op, **k: s.MultiStepLR(op, [2, 5, 5, 9], 0.5, **k),
    "ConstantLR": lambda s, op, **k: s.ConstantLR(op, 0.25, 4, **k),
    "LinearLR": lambda s, op, **k: s.LinearLR(op, 0.25, 0.9, 4, **k),
    "ExponentialLR": lambda s, op, **k: s.ExponentialLR(op, 0.9, **k),
    "PolynomialLR": lambda s, op, **k: s.PolynomialLR(op, 6, 2.0, **k),
    "CosineAnnealingLR": lambda s, op, **k: s.CosineAnnealingLR(op, 5, 0.01, **k),
    "CosineAnnealingWarmRestarts": lambda s, op, **k: s.CosineAnnealingWarmRestarts(op, 3, 2, 0.01, **k),
    "CosineAnnealingWarmRestarts-1": lambda s, op, **k: s.CosineAnnealingWarmRestarts(op, 3, 1, 0.01, **k),
    "CyclicLR": lambda s, op, **k: s.CyclicLR(op, 0.01, [0.1, 0.2], 3, 4, **k),
    "CyclicLR-triangular2": lambda s, op, **k: s.CyclicLR(op, 0.01, 0.1, 3, mode="triangular2", **k),
    "CyclicLR-exp_range": lambda s, op, **k: s.CyclicLR(op, 0.01, 0.1, 3, mode="exp_range", gamma=0.97, cycle_momentum=False, **k),  # noqa: E501
    "CyclicLR-function": lambda s, op, **k: s.CyclicLR(op, 0.01, 0.1, 3, scale_fn=lambda x: 1 / (x + 1), scale_mode="iterations", **k),  # noqa: E501
    "OneCycleLR": lambda s, op, **k: s.OneCycleLR(op, [0.5, 0.1], 15, **k),
    "OneCycleLR-3": lambda s, op, **k: s.OneCycleLR(op, 0.5, epochs=2, steps_per_epoch=8, three_phase=True, anneal_strategy="linear", **k),  # noqa: E501
    "SequentialLR": lambda s, op, **k: s.SequentialLR(op, [s.ConstantLR(op, 0.1, 3), s.LinearLR(op, 0.5, 1, 3), s.ExponentialLR(op, 0.9)], [3, 7], **k),  # noqa: E501
    "ChainedScheduler": lambda s, op: s.ChainedScheduler([s.ConstantLR(op, 0.1, 3), s.ExponentialLR(op, 0.9)]),
    "ReduceLROnPlateau": lambda s, op: s.ReduceLROnPlateau(op, patience=1, cooldown=1, factor=0.5),
}  # fmt: skip
METRICS = [5, 4, 3, 3, 3, 3, 3, 2.9999, 1, 2, 2, 2, 2, 2]
WITHOUT_EPOCHS = {"SequentialLR", "ChainedScheduler", "ReduceLROnPlateau"}


def two_groups(torch):
    a, b = (torch.zeros(1, requires_grad=True) for _ in range(2))
    optim = importlib.import_module(torch.__name__ + ".optim")
    return optim.SGD([{"params": [a], "lr": 0.5}, {"params": [b], "lr": 0.05}], lr=0.1, momentum=0.9)


def advance(name, optimizer, schedule, epochs):
    rows = []
    for i in range(epochs):
        rows.append([*[g["lr"] for g in optimizer.param_groups], optimizer.param_groups[0]["momentum"]])
        optimizer.step()
        schedule.step(*([METRICS[i % len(METRICS)]] if name == "ReduceLROnPlateau" else []))
    return rows


def schedule(torch, name):
    """Rates of 14 epochs; of epochs asked for out of order; after a resume from `last_epoch`; the saved names."""
    s = importlib.import_module(torch.__name__ + ".optim.lr_scheduler")
    make = SCHEDULES[name]
    optimizer = two_groups(torch)
    made = make(s, optimizer)
    result = {"saved": sorted(k for k in made.state_dict() if "scale_fn" not in k)}
    result["rates"] = advance(name, optimizer, made, 14)
    if name not in WITHOUT_EPOCHS:
        optimizer = two_groups(torch)
        made = make(s, optimizer)
        optimizer.step()
        result["epochs"] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (2, 5, 0, 7, 7):
                made.step(epoch)
                result["epochs"].append(list(made.get_last_lr()))
        for last_epoch in (2, 3, 5):
            optimizer = two_groups(torch)
            for group in optimizer.param_groups:
                group.update(initial_lr=group["lr"], max_lr=0.3, min_lr=0.1, max_momentum=0.9, base_momentum=0.7)
            made = make(s, optimizer, last_epoch=last_epoch)
            result[f"resumed {last_epoch}"] = advance(name, optimizer, made, 4)
    return result


def key(name, options, dtype):
    return f"{name}({', '.join(f'{k}={v}' for k, v in options.items())}) {dtype}"


def record():
    import torch

    optimizers = {key(name, options, dtype): optimize(torch, name, options, dtype) for name, options, dtype in RUNS}
    schedules = {name: schedule(torch, name) for name in SCHEDULES}
    for file, content in (("optimizers.json", optimizers), ("schedules.json", schedules)):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / file).write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    record()
