"""Layers and modules against what PyTorch 2.13 was recorded to do; where torch can be imported, against it directly."""

from __future__ import annotations

import copy
import gc
import io
import json
import pickle
import subprocess
import sys
import weakref
from functools import lru_cache

import numpy as np
import pytest

import penlight as torch
from penlight import nn
from penlight.nn import functional as F

from . import behaviour_cases, module_cases, utils_cases
from .record import DATA, unpack


@lru_cache(None)
def recorded():
    """(what was seen of each layer, each behaviour's answer)"""
    file = json.loads((DATA / "recorded.json").read_text())
    return unpack(np.load(DATA / "modules.npz")["numbers"], file["modules"]), file["behaviour"]


def _ids(cases):
    return [f"{i}-{case[0] or case[1]}"[:60].replace("\n", " ") for i, case in enumerate(cases)]


MODULES = range(len(module_cases.CASES))
BEHAVIOURS = range(len(behaviour_cases.CASES))


@pytest.mark.parametrize("index", MODULES, ids=_ids(module_cases.CASES))
def test_layer(index):
    found = module_cases.observe(torch, *module_cases.CASES[index])
    assert module_cases.differences(recorded()[0][index], found) == []


@pytest.mark.parametrize("index", BEHAVIOURS, ids=[str(i) for i in BEHAVIOURS])
def test_behaviour(index):
    setup, expression = behaviour_cases.CASES[index]
    assert behaviour_cases.answer(torch, setup, expression) == recorded()[1][index], expression


UTILS = list(zip(utils_cases.CASES, json.loads((DATA / "utils.json").read_text())))


@pytest.mark.parametrize("case, expected", UTILS, ids=[str(i) for i in range(len(UTILS))])
def test_utils(case, expected):
    assert behaviour_cases.answer(torch, *case) == expected, case[1]


@pytest.mark.live
def test_recorded_is_what_torch_does():
    real = pytest.importorskip("torch")
    for case, expected in UTILS:
        assert behaviour_cases.answer(real, *case) == expected, case
    seen, answers = recorded()
    for case, expected in zip(module_cases.CASES, seen):
        assert module_cases.differences(expected, module_cases.observe(real, *case)) == [], case
    for case, expected in zip(behaviour_cases.CASES, answers):
        assert behaviour_cases.answer(real, *case) == expected, case


def test_members_are_plain_attributes():
    layer = nn.Linear(2, 2)
    assert layer.__dict__["weight"] is layer._parameters["weight"] is layer.weight
    layer._parameters["weight"] = None
    assert layer.weight is None
    layer._parameters = {"scale": nn.Parameter(torch.ones(1))}
    assert not hasattr(layer, "weight") and layer.scale is layer._parameters["scale"]


def test_modules_are_freed_without_the_collector():
    gc.disable()
    try:
        model = nn.Sequential(nn.Linear(2, 2), nn.LSTM(2, 2))
        gone = weakref.ref(model)
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_a_state_of_one_s_own_keeps_the_members_true():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(1, 1)

        def __getstate__(self):
            return self.__dict__.copy()

        def __setstate__(self, state):
            self.__dict__.update(state)

    twin = copy.deepcopy(Own())
    twin.inner = nn.ReLU()
    assert type(twin.inner) is nn.ReLU and list(twin._modules.values()) == [twin.inner]


def test_pickled_state_is_as_pytorch_writes_it():
    state = nn.Linear(2, 1).__getstate__()
    assert type(state["_parameters"]) is dict and "weight" not in state and "_hooked" not in state
    again = pickle.loads(pickle.dumps(nn.LSTM(2, 3)))
    assert again(torch.ones(1, 1, 2))[0].shape == (1, 1, 3)


def test_shared_memory_of_a_parameter_is_watched():
    values = torch.ones(2)
    p = nn.Parameter(values)
    y = (p * p).sum()
    values.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("packed", [False, True])
def test_second_derivatives_of_recurrent_layers(kind, packed):
    torch.manual_seed(0)
    layer = getattr(nn, kind)(2, 3, bidirectional=True).double()
    x = torch.randn(4, 2, 2, dtype=torch.float64, requires_grad=True)

    def slope(values):
        given = nn.utils.rnn.pack_padded_sequence(values, [4, 2]) if packed else values
        out, last = layer(given)
        out = out.data if packed else out
        last = last if kind != "LSTM" else last[1]
        total = (out * out).sum() + (last * last * last).sum()
        return torch.autograd.grad(total, values, create_graph=True)[0]

    direction = torch.randn(4, 2, 2, dtype=torch.float64)
    exact = torch.autograd.grad((slope(x) * direction).sum(), x)[0]
    step = 1e-5
    plus, minus = (slope((x + s * direction).detach().requires_grad_(True)) for s in (step, -step))
    assert torch.allclose(exact, (plus - minus).detach() / (2 * step), rtol=1e-6, atol=1e-8)


def test_packed_sequences_give_what_each_sequence_gives_alone():
    torch.manual_seed(0)
    layer = nn.GRU(3, 4, bidirectional=True)
    sequences = [torch.randn(n, 3) for n in (2, 5, 3)]
    out, last = layer(nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False))
    padded, lengths = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, padding_value=-1.0)
    assert lengths.tolist() == [2, 5, 3] and (padded[0, 2:] == -1).all()
    for i, s in enumerate(sequences):
        alone, final = layer(s)
        assert torch.allclose(padded[i, : len(s)], alone, atol=1e-6) and torch.allclose(last[:, i], final, atol=1e-6)


def test_dropout_of_everything_and_of_nothing():
    x = torch.ones(3, requires_grad=True)
    assert F.dropout(x, 0.3, training=False) is x and F.dropout(x, 0.0) is x
    assert F.dropout(x, 1.0).tolist() == [0, 0, 0]
    assert F.dropout(x, 0.3).grad_fn.name() == "MulBackward0"


def test_clip_grad_norm():
    p = nn.Parameter(torch.zeros(2))
    p.grad = torch.tensor([3.0, 4.0])
    assert nn.utils.clip_grad_norm_([p], 1.0).item() == 5.0
    assert torch.allclose(p.grad, torch.tensor([0.6, 0.8]), atol=1e-6)
    nn.utils.clip_grad_value_(p, 0.7)
    assert p.grad.max().item() == np.float32(0.7)
    with pytest.raises(RuntimeError, match="non-finite"):
        p.grad = torch.tensor([float("inf"), 0.0])
        nn.utils.clip_grad_norm_(p, 1.0, error_if_nonfinite=True)


def test_vector_of_parameters():
    layer = nn.Linear(2, 1)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    nn.utils.vector_to_parameters(vector * 2, layer.parameters())
    assert torch.equal(nn.utils.parameters_to_vector(layer.parameters()), vector * 2)


def test_checkpoint_of_a_model():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    assert str(other.load_state_dict(torch.load(file))) == "<All keys matched successfully>"
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values()))


def test_importing_nn_imports_no_layer():
    code = "import sys, penlight.nn; sys.exit(any(m.startswith('penlight.nn.modules.') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_getattr_of_ones_own_sees_every_member():
    class Watched(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.inner = torch.nn.Parameter(torch.ones(1)), torch.nn.Linear(1, 1)
            self.register_buffer("mean", torch.zeros(1))

        def __getattr__(self, name):
            asked.append(name)
            return super().__getattr__(name)

    asked: list = []
    module = Watched()
    asked.clear()
    for _ in range(2):
        assert (module.weight.item(), module.mean.item(), module.inner.in_features) == (1, 0, 1)
    assert asked == ["weight", "mean", "inner"] * 2
