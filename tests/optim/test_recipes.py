"""Losses of 300 training steps against PyTorch's, for recipes that use every optimizer and every scheduler.

Every recipe runs in float64, where 1e-9 leaves room for rounding only, and in float32.
"""

import inspect

import numpy as np
import pytest

import penlight as torch
from tests.optim import recipes

RECORDED = np.load(recipes.RECORD)


@pytest.mark.parametrize("dtype", recipes.TOLERANCE)
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_losses_equal_pytorchs(name, dtype):
    losses = recipes.train(torch, name, dtype)
    np.testing.assert_allclose(losses, RECORDED[f"{name} {dtype}"], rtol=recipes.TOLERANCE[dtype], atol=0)


def test_every_optimizer_and_scheduler_is_there():
    source = inspect.getsource(recipes)
    used = {recipe[1] for recipe in recipes.RECIPES.values()}
    assert used == set(torch.optim.__all__) - {"Optimizer", "lr_scheduler", "swap_in_optimizer_params_and_state"}
    schedulers = [
        n for n in torch.optim.lr_scheduler.__all__ if n[0].isupper() and n.endswith(("LR", "Plateau", "Restarts"))
    ]
    absent = [n for n in [*schedulers, "ChainedScheduler", "SWALR"] if f".{n}(" not in source and n != "LRScheduler"]
    assert len(schedulers) == 14 and absent == []
