"""Each learning-rate schedule against recorded runs of PyTorch."""

import json
import warnings

import numpy as np
import pytest

import penlight as torch
from penlight.optim import lr_scheduler
from tests.optim import cases

RECORDED = json.loads((cases.FOLDER / "schedules.json").read_text())


@pytest.mark.parametrize("name", cases.SCHEDULES)
def test_rates_equal_pytorch(name):
    actual = cases.schedule(torch, name)
    assert actual.keys() == RECORDED[name].keys()
    assert actual.pop("saved") == RECORDED[name].pop("saved")
    for part, rows in actual.items():  # the same double arithmetic, up to the order of two factors
        np.testing.assert_allclose(rows, RECORDED[name][part], rtol=1e-12, atol=1e-15, err_msg=part)


@pytest.mark.parametrize("name", cases.SCHEDULES)
def test_state_dict_continues(name):
    optimizer = cases.two_groups(torch)
    first = cases.SCHEDULES[name](lr_scheduler, optimizer)
    cases.advance(name, optimizer, first, 4)
    other = cases.two_groups(torch)
    other.load_state_dict(optimizer.state_dict())
    second = cases.SCHEDULES[name](lr_scheduler, other)
    second.load_state_dict(first.state_dict())
    other.load_state_dict(optimizer.state_dict())
    assert cases.advance(name, optimizer, first, 5) == cases.advance(name, other, second, 5)


def warned(action):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    return [str(w.message) for w in caught]


def test_warnings():
    optimizer = cases.two_groups(torch)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    assert "before `optimizer.step()`" in warned(schedule.step)[0]
    optimizer = cases.two_groups(torch)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    optimizer.step()
    assert warned(schedule.step) == []
    assert "please use `get_last_lr()`" in warned(schedule.get_lr)[0]
    assert "epoch parameter" in warned(lambda: schedule.step(3))[0]
    optimizer = cases.two_groups(torch)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    optimizer.step = lambda: None
    assert "has been overridden" in warned(schedule.step)[0]


def test_tensor_rates_keep_their_identity():
    optimizer = cases.two_groups(torch)
    rate = optimizer.param_groups[0]["lr"] = torch.tensor(0.5)
    schedule = lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    schedule.step()
    assert optimizer.param_groups[0]["lr"] is rate and rate.item() == 0.25


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda s, op: s.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda s, op: s.StepLR(op, 1, last_epoch=2), KeyError, "'initial_lr' is not specified in param_groups"),
        (lambda s, op: s.StepLR(op, 1, verbose=True), TypeError, "verbose"),
        (lambda s, op: s.LambdaLR(op, [abs]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda s, op: s.OneCycleLR(op, 0.1), ValueError, "define either total_steps OR"),
        (lambda s, op: s.CyclicLR(op, [0.1], 0.2), ValueError, "base_lr must have the same length"),
        (lambda s, op: s.ReduceLROnPlateau(op, factor=1), ValueError, "Factor should be < 1.0"),
        (lambda s, op: s.SequentialLR(op, [s.ReduceLROnPlateau(op)], []), ValueError, "does not support `ReduceLROnPlateau`"),
    ],
)  # fmt: skip
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make(lr_scheduler, cases.two_groups(torch))
