"""`torch.utils`, `nn.parallel`, `hub` and `GradScaler` against PyTorch: the recorded programs, and more random ones."""

import json
import random

import numpy as np
import pytest

import penlight
from tests.data import data_cases, pipe_cases
from tests.system import without_accelerator_cases
from tests.utils import benchmark_cases

torch = pytest.importorskip("torch")


def differing(found, expected):
    return {name: (expected[name], found[name]) for name in expected if found[name] != expected[name]}


@pytest.mark.parametrize("cases", [data_cases, pipe_cases])
def test_data(cases):
    assert differing(cases.run(penlight), cases.run(torch)) == {}


def test_without_an_accelerator():
    found, expected = (without_accelerator_cases.run(t) for t in (penlight, torch))
    penlight.hub._chosen.clear()
    differ = differing(found, expected)
    # a failed download says more than PyTorch's error
    assert all("file://" in name and answer[1][1] == "DownloadError" for name, answer in differ.items())


def test_benchmark_prints_random_measurements_alike():
    for seed in range(40):
        texts = []
        for t in (penlight, torch):
            b = pytest.importorskip(t.__name__ + ".utils.benchmark")
            made = benchmark_cases.random_grid(b, seed)
            for change in benchmark_cases.SHOWN.values():
                table = b.Compare(made)
                change(table)
                texts.append([str(table), *(repr(m).partition("\n")[2] for m in made)])
        half = len(texts) // 2
        assert texts[:half] == texts[half:], seed


@pytest.mark.parametrize("seed", range(5))
def test_data_orders_of_random_sizes(seed):
    draw = random.Random(seed)
    n, size, buffer = draw.randint(1, 60), draw.randint(1, 9), draw.randint(1, 20)
    orders = []
    for t in (penlight, torch):
        data = pytest.importorskip(t.__name__ + ".utils.data")
        wrap = pytest.importorskip(t.__name__ + ".utils.data.datapipes.iter").IterableWrapper
        t.manual_seed(seed)
        loaders = [
            data.DataLoader(range(n), size, shuffle=True),
            data.DataLoader(wrap(range(n)).shuffle(buffer_size=buffer).batch(size).unbatch(), size),
            data.DataLoader(range(n), size, sampler=data.WeightedRandomSampler([i + 0.5 for i in range(n)], n)),
            data.DataLoader(range(n), size, sampler=data.DistributedSampler(range(n), 3, 1, seed=seed)),
        ]
        found = [[batch.tolist() for batch in loader] for loader in loaders for _ in range(2)]
        orders.append(json.dumps([found, t.rand(1).item()]))
    assert orders[0] == orders[1]


@pytest.mark.parametrize("scale", [0.05, 0.5, 3.0, 30.0, 300.0])
def test_dirichlet_gradients(scale):
    """PyTorch states a relative error of 0.1 % for its approximation; 0.2 % was seen."""
    from penlight.distributions.gamma_sampling import dirichlet_slope

    draw = np.random.RandomState(0)
    a = draw.random_sample((200, 3)) * scale + 1e-2
    total = np.broadcast_to(a.sum(-1, keepdims=True), a.shape).copy()
    x = np.clip(np.stack([draw.dirichlet(row) for row in a]), 1e-9, 1 - 1e-9)
    expected = torch._dirichlet_grad(*map(torch.from_numpy, (x, a, total))).numpy()
    np.testing.assert_allclose(dirichlet_slope(x, a, total), expected, rtol=4e-3)
