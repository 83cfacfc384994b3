"""Schedules of many options against the installed PyTorch: rates, states, resuming in the other library; averages."""

from __future__ import annotations

import importlib
import io
import itertools
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import penlight  # noqa: E402

GRID = {
    "LambdaLR": [{"lr_lambda": lambda e: 0.9**e}],
    "MultiplicativeLR": [{"lr_lambda": lambda e: 0.9 + 0.01 * e}],
    "StepLR": [{"step_size": n, "gamma": g} for n, g in ((1, 0.5), (7, 0.1), (3, 1.5))],
    "MultiStepLR": [{"milestones": m, "gamma": 0.3} for m in ([1], [5, 5, 9], [20, 3])],
    "ConstantLR": [{"factor": f, "total_iters": n} for f, n in ((1.0, 3), (0.2, 0), (0.5, 100))],
    "LinearLR": [{}, {"start_factor": 1.0, "end_factor": 0.0}, {"start_factor": 0.01, "total_iters": 1}],
    "ExponentialLR": [{"gamma": g} for g in (0.5, 1.0, 1.01)],
    "PolynomialLR": [{}, {"total_iters": 30, "power": 0.5}],
    "CosineAnnealingLR": [{"T_max": n, "eta_min": m} for n, m in ((5, 0), (10, 0.2), (40, 1e-3))],
    "CosineAnnealingWarmRestarts": [{"T_0": 1}, {"T_0": 4, "T_mult": 1, "eta_min": 0.01}, {"T_0": 2, "T_mult": 3}],
    "CyclicLR": [
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": up, "step_size_down": down, "mode": mode, "cycle_momentum": c}
        for up, down in ((3, None), (5, 2))
        for mode in ("triangular", "triangular2", "exp_range")
        for c in (True, False)
    ],
    "OneCycleLR": [
        {"max_lr": 0.5, "total_steps": 41, "anneal_strategy": s, "three_phase": t, "cycle_momentum": c, "pct_start": p}
        for s, t, c, p in itertools.product(("cos", "linear"), (True, False), (True, False), (0.3, 0.5))
    ],
    "ReduceLROnPlateau": [
        {"mode": mode, "threshold_mode": kind, "patience": p, "cooldown": c, "factor": 0.5, "min_lr": low, "eps": e}
        for mode, kind in itertools.product(("min", "max"), ("rel", "abs"))
        for p, c, low, e in ((0, 0, 0, 1e-8), (2, 1, 0.05, 1e-8), (1, 3, [0.1, 0.01], 0.02))
    ],
    "SWALR": [{"swa_lr": 0.05, "anneal_epochs": n, "anneal_strategy": s} for n in (0, 1, 6) for s in ("cos", "linear")],
}
CASES = [(name, options) for name, several in GRID.items() for options in several]
METRICS = np.random.RandomState(0).rand(40).round(2).tolist()


def make(library, name, options, amount=1.0):
    optim = importlib.import_module(f"{library.__name__}.optim")
    a, b = (library.zeros(1, requires_grad=True) for _ in range(2))
    kind = optim.Adam if name == "CyclicLR" and options.get("cycle_momentum") else optim.SGD
    more = {} if kind is optim.Adam else {"momentum": 0.9}
    optimizer = kind([{"params": [a], "lr": 0.5 * amount}, {"params": [b], "lr": 0.05}], lr=0.1, **more)
    home = "swa_utils" if name == "SWALR" else "lr_scheduler"
    schedules = importlib.import_module(f"{library.__name__}.optim.{home}")
    return optimizer, getattr(schedules, name)(optimizer, **options)


def advance(name, optimizer, schedule, epochs):
    rows = []
    for epoch in epochs:
        optimizer.step()
        schedule.step(*([METRICS[epoch]] if name == "ReduceLROnPlateau" else []))
        for group in optimizer.param_groups:
            rows.append([group["lr"], group.get("momentum", 0), *group.get("betas", ())])
        rows[-1].extend(schedule.get_last_lr())
    return rows


def close(got, want):
    assert len(got) == len(want)
    for row, other in zip(got, want):
        np.testing.assert_allclose(row, other, rtol=1e-12, atol=1e-16)


def same_state(got, want):
    assert list(got) == list(want)
    for key, value in want.items():
        if isinstance(value, (int, float, str, bool, list, type(None))):
            assert type(got[key]) is type(value), key
            if isinstance(value, float) or (isinstance(value, list) and value and isinstance(value[0], float)):
                np.testing.assert_allclose(got[key], value, rtol=1e-12, err_msg=key)
            else:
                assert got[key] == value, key


@pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(CASES)])
def test_schedule(name, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = {library: make(library, name, options) for library in (torch, penlight)}
        rows = {library: advance(name, *runs[library], range(17)) for library in runs}
        close(rows[penlight], rows[torch])
        states = {library: (runs[library][0].state_dict(), runs[library][1].state_dict()) for library in runs}
        same_state(states[penlight][1], states[torch][1])
        want = advance(name, *runs[torch], range(17, 40))
        close(advance(name, *runs[penlight], range(17, 40)), want)
        for first, second in ((torch, penlight), (penlight, torch)):  # through a file, into the other library
            stream = io.BytesIO()
            first.save(list(states_before(first, name, options)), stream)
            stream.seek(0)
            saved = second.load(stream, weights_only=False)
            optimizer, schedule = make(second, name, options, 0.7)
            schedule.load_state_dict(saved[1])
            optimizer.load_state_dict(saved[0])
            close(advance(name, optimizer, schedule, range(17, 40)), want)


def states_before(library, name, options):
    optimizer, schedule = make(library, name, options)
    advance(name, optimizer, schedule, range(17))
    return optimizer.state_dict(), schedule.state_dict()


def averages(library, kind):
    swa = importlib.import_module(f"{library.__name__}.optim.swa_utils")
    library.manual_seed(0)
    nn = library.nn
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()
    options = {
        "plain": {},
        "buffers": {"use_buffers": True},
        "function": {"avg_fn": lambda old, new, count: 0.3 * old + 0.7 * new},
        "ema": {"avg_fn": swa.get_ema_avg_fn(0.8)},
        "ema all": {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.8), "use_buffers": True},
        "swa all": {"multi_avg_fn": swa.get_swa_multi_avg_fn()},
        "swa one": {"avg_fn": swa.get_swa_avg_fn()},
    }[kind]
    averaged = swa.AveragedModel(net, **options)
    optimizer = library.optim.SGD(net.parameters(), lr=0.1)
    x = library.randn(10, 3).double()
    for _ in range(5):
        optimizer.zero_grad()
        net(x).pow(2).sum().backward()
        optimizer.step()
        averaged.update_parameters(net)
    before = averaged.state_dict()
    before = {k: v.detach().clone().numpy() for k, v in before.items()}
    swa.update_bn([x[:5], [x[5:], None]], averaged)
    after = {k: v.detach().numpy() for k, v in averaged.state_dict().items()}
    return before, after, averaged(x).detach().numpy(), averaged


@pytest.mark.parametrize("kind", ["plain", "buffers", "function", "ema", "ema all", "swa all", "swa one"])
def test_averages(kind):
    (*got, ours), (*want, theirs) = averages(penlight, kind), averages(torch, kind)
    for mine, other in zip(got[:2], want[:2]):
        assert list(mine) == list(other)
        for key in other:
            assert mine[key].dtype == other[key].dtype
            np.testing.assert_allclose(mine[key], other[key], rtol=1e-12, atol=1e-14, err_msg=key)
    np.testing.assert_allclose(got[2], want[2], rtol=1e-11, atol=1e-13)
    for source, target, library in ((ours, theirs, torch), (theirs, ours, penlight)):
        stream = io.BytesIO()
        (penlight if library is torch else torch).save(source.state_dict(), stream)
        stream.seek(0)
        assert str(target.load_state_dict(library.load(stream))) == "<All keys matched successfully>"
