"""The random stream against the installed PyTorch: more draws than a recorded file can hold."""

import pathlib
import sys

import numpy as np
import pytest

from penlight.base.random import Generator

torch = pytest.importorskip("torch")
pytest.importorskip("ml_dtypes")

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "base"))

import random_cases  # noqa: E402


def compare(pair, call, *arguments):
    generator, reference = pair
    actual = random_cases.bits(random_cases.draw(generator, call, arguments))
    expected = random_cases.torch_array(torch, random_cases.torch_draw(torch, reference, call, arguments))
    assert actual.dtype == expected.dtype and actual.shape == expected.shape
    assert actual.tobytes() == expected.tobytes(), (call, arguments)
    assert generator.get_state_bytes().tobytes() == reference.get_state().numpy().tobytes()


@pytest.fixture(params=[1234, 2**33 + 5])
def pair(request):
    return Generator().manual_seed(request.param), torch.Generator().manual_seed(request.param)


def test_the_recorded_cases(pair):
    for call, *arguments in random_cases.cases().values():
        compare(pair, call, *arguments)


@pytest.mark.parametrize("dtype", random_cases.FLOATS)
def test_large_fills(pair, dtype):
    # Sizes past every chunk, with and without a tail.
    for size in (65536, 100003):
        compare(pair, "uniform", (size,), dtype, 0.0, 1.0)
        compare(pair, "uniform", (size,), dtype, -1 / 3, 2 / 3)
        compare(pair, "normal", (size,), dtype, 0.0, 1.0)
        compare(pair, "normal", (size,), dtype, 0.1, 0.02)
        compare(pair, "exponential", (size,), dtype, 1.0)
        compare(pair, "bernoulli", (size,), 0.25)
    compare(pair, "normal_strided", (3, 10001), dtype, 0.5, 2.0)
    compare(pair, "cauchy", (100003,), dtype, 0.5, 2.0)
    compare(pair, "log_normal", (100003,), dtype, 0.5, 0.5)
    compare(pair, "geometric", (100003,), dtype, 0.01)


def test_half_a_million_float32_normals(pair):
    compare(pair, "normal", (500_000,), "float32", 0.0, 1.0)


@pytest.mark.parametrize("count", [1, 2, 999, 1000, 60000, 300_000])
def test_randperm(pair, count):
    compare(pair, "randperm", count)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rejection_samplers_of_wide_parameters(pair, dtype):
    generator, reference = pair
    parameters = np.random.RandomState(0)
    for scale in (0.001, 0.5, 3.0, 50.0, 1e4):
        numbers = (parameters.random_sample(2000) * scale).astype(dtype)
        chances = parameters.random_sample(2000).astype(dtype)
        counts = np.round(numbers)
        tensor, chance, count = map(torch.from_numpy, (numbers, chances, counts))
        for actual, expected in (
            (generator.poisson(numbers), torch.poisson(tensor, reference)),
            (generator.standard_gamma(numbers), torch._standard_gamma(tensor, reference)),
            (generator.binomial(counts, chances), torch.binomial(count, chance, reference)),
        ):
            assert actual.tobytes() == expected.numpy().tobytes()
    assert generator.get_state_bytes().tobytes() == reference.get_state().numpy().tobytes()
