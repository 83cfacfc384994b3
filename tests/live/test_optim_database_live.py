"""PyTorch's optimizer database against the installed PyTorch; the training recipes in both dtypes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # the database needs it

import penlight  # noqa: E402
from tests.optim import recipes  # noqa: E402
from tests.parity import library_status, optimizers  # noqa: E402

OPTIMIZERS = optimizers.select([])
SETS = ("float32", "complex128", "views")
RECORDED = np.load(recipes.RECORD)


@pytest.mark.parametrize("info", OPTIMIZERS, ids=[info.name for info in OPTIMIZERS])
def test_optimizer(info):
    torch.set_num_threads(1)
    report = optimizers.OptimizerCheck(info, penlight, sets=SETS).run()
    wrong = library_status.failing(report)
    assert not wrong, "\n".join(e for name in wrong for e in report["checks"][name]["examples"])


def test_the_runner_sees_other_arithmetic():
    class Wrong(torch.optim.SGD):
        def step(self, closure=None):
            for group in self.param_groups:
                group["lr"] *= 1.001
            return super().step(closure)

    check = optimizers.OptimizerCheck(optimizers.select(["SGD"])[0], torch, ("steps",), ("float32",))
    turns = itertools.cycle([torch.optim.SGD, Wrong])  # the reference is made first
    check._class = lambda library: next(turns)
    report = check.run()
    assert library_status.failing(report) == ["steps"]


@pytest.mark.parametrize("name", recipes.RECIPES)
@pytest.mark.parametrize("dtype", recipes.TOLERANCE)
def test_recipe(name, dtype):
    torch.set_num_threads(1)
    want = RECORDED[f"{name} {dtype}"]
    for library in (torch, penlight):  # the recorded losses are this PyTorch's, and ours
        np.testing.assert_allclose(recipes.train(library, name, dtype), want, rtol=recipes.TOLERANCE[dtype], atol=0)
