"""Places, 16-bit conversions and optimizer steps in C against the plain kernels, bit for bit."""

import numpy as np
import pytest

from penlight.backends import native
from penlight.backends.native import fused as native_fused
from penlight.backends.native import halves as native_halves
from penlight.backends.native import places as native_places
from penlight.backends.numpy import halves, places
from penlight.base.defaults import defaults
from penlight.base.dtypes import DTYPES
from penlight.optim.adam import Adam
from penlight.optim.arithmetic import Float32
from penlight.optim.sgd import SGD as SGDOptimizer

pytestmark = pytest.mark.skipif(native.built() is None, reason="penlight was installed without its kernels in C")
SHAPES = [  # (shape, dimension, places along it)
    ((7,), 0, 5), ((3, 8), 1, 8), ((3, 8), 0, 4), ((2, 5, 40), 1, 300), ((70, 9), 1, 500), ((4, 1, 3), 2, 1),
    ((900, 40), 0, 900),
]  # fmt: skip
MOVED = ["bool", "int8", "float16", "bfloat16", "int32", "float32", "int64", "float64"]


def numbers(shape, dtype, seed=0):
    return (np.random.default_rng(seed).standard_normal(shape) * 100).astype(DTYPES[dtype].np)


def same(a, b):
    return a.shape == b.shape and a.dtype is b.dtype and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape, dim, count", SHAPES)
def test_elements_at_places(shape, dim, count, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    wide = (*shape[:dim], count, *shape[dim + 1 :])
    index = np.random.default_rng(1).integers(0, shape[dim], wide)
    gather, takes = native_places.TABLE["gather"]
    scatter, scatters = native_places.TABLE["scatter"]
    for dtype in MOVED:
        x, values = numbers(shape, dtype), numbers(wide, dtype, 2)
        for given, where in ((x, index), (x[..., ::-1], index[::-1])):
            assert takes(given, dim, where)
            assert same(gather(given, dim, where), places.gather(given, dim, where))
        for source in (values, values[..., ::-1], values.reshape(-1)[:1].reshape((1,) * len(wide))):
            assert scatters(x, dim, index, source)
            assert same(scatter(x.copy(), dim, index, source), places.scatter(x.copy(), dim, index, source))
        assert scatters(x, dim, index, values, np.add) == (dtype in ("int32", "float32", "int64", "float64"))
        if scatters(x, dim, index, values, np.add):
            both = [f(x.copy(), dim, index, values, np.add) for f in (scatter, places.scatter)]
            assert same(*both)
    assert not takes(x, dim, index.astype(np.int32)) and not scatters(x, dim, index, values, np.multiply)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("shape, dim, count", SHAPES)
def test_sums_into_rows(shape, dim, count, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    n = shape[dim]
    rows = np.random.default_rng(1).integers(-n, n, count)
    add_rows, takes = native_places.TABLE["add_rows"]
    for dtype in ("int32", "float32", "int64", "float64"):
        x, values = numbers(shape, dtype), numbers((*shape[:dim], count, *shape[dim + 1 :]), dtype, 2)
        assert takes(x, rows, values, dim) and not takes(x, rows, values[..., :0], dim)
        assert same(add_rows(x.copy(), rows, values, dim), places.add_rows(x.copy(), rows, values, dim))


def test_places_outside_are_refused():
    x, index = np.zeros((3, 4), np.float32), np.array([[0, 1], [2, 4], [0, 0]])
    for kernel in (native_places.gather, places.gather):
        with pytest.raises(RuntimeError, match="index 4 is out of bounds for dimension 1 with size 4"):
            kernel(x, 1, index)
        with pytest.raises(RuntimeError, match="index -1 is out of bounds"):
            kernel(x, 1, np.where(index == 4, -1, index))
    for kernel in (native_places.scatter, places.scatter):
        with pytest.raises(RuntimeError, match="index 4 is out of bounds"):
            kernel(x.copy(), 1, index, np.ones((3, 2), np.float32), np.add)
    for kernel in (native_places.add_rows, places.add_rows):
        with pytest.raises(IndexError):
            kernel(x.copy(), np.array([3]), np.ones((1, 4), np.float32))


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sixteen_bits(dtype, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    narrow = DTYPES[dtype].np
    (widened, widens), (halved, halves_) = (native_halves.TABLE[name] for name in ("widened", "halved"))
    every = np.arange(1 << 16, dtype=np.uint16).view(narrow)
    assert widens(every) and not widens(every[::2])
    plain = halves.widened(every)
    nan = np.isnan(plain)
    assert same(widened(every)[~nan], plain[~nan]) and np.isnan(widened(every)[nan]).all()
    # every number of 16 bits, the middle to the next one and both sides of it, of both signs; what overflows; odd lengths
    bits = plain[~nan].view(np.uint32)[:, None] + np.array([-1, 0, 1]).astype(np.uint32)
    half = np.uint32(1 << (12 if dtype == "float16" else 15))
    middle, edges = (bits + half).view(np.float32), np.float32([65519.9, 65520, 1e38, 3.4e38, -1e-45, 0, -0.0])
    for x in (bits.view(np.float32), middle, np.resize(middle, 300001), edges):
        x = np.ascontiguousarray(x.reshape(-1)[1:])
        with np.errstate(all="ignore"):
            found, wanted = halved(x, narrow), halves.halved(x, narrow)
        assert halves_(x, narrow) and not halves_(x.view(np.int32), narrow)
        known = ~np.isnan(x)
        assert same(found[known], wanted[known]) and np.isnan(found[~known].astype(np.float32)).all()


ADAM = [  # weight1, beta2, eps, decay, shrink, step_size, correction2, maximize
    (1 - 0.9, 0.999, 1e-8, 0, None, 1e-3 / (1 - 0.9), (1 - 0.999) ** 0.5, False),
    (0.7, 0.5, 0.0, 0.01, None, 0.3, 0.9, True),
    (0.1, 0.99, 1e-3, 0.02, 1 - 0.02 * 0.1, 0.1, 0.4, False),
]
SGD = [  # lr, momentum, dampening, decay, nesterov, maximize, first
    (0.1, 0, 0, 0, False, False, False),
    (0.1, 0.9, 0, 5e-4, False, False, False),
    (0.1, 0.9, 0.25, 0, False, True, True),
    (-1.0, 0.9, 0, 0.1, True, False, False),
]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("n", [1, 9, 513, 140000])
def test_optimizer_steps(n, threads, monkeypatch):
    monkeypatch.setattr(defaults, "num_threads", threads)
    drawn = np.random.default_rng(n).standard_normal((5, n)).astype(np.float32)
    drawn[3:] **= 2
    drawn[:, :1] = np.nan if n == 9 else 0
    for name, rule, forms, counts in (
        ("adam_step", Adam.rule, ADAM, (4, 5)), ("sgd_step", SGDOptimizer.rule, SGD, (2, 3)),
    ):  # fmt: skip
        step, takes = native_fused.TABLE[name]
        for numbers in forms:
            for count in counts:
                found, wanted = list(drawn[:count].copy()), list(drawn[:count].copy())
                assert takes(found, numbers) and not takes(found, (*numbers, np.inf))
                assert not takes([found[0], found[1].astype(np.float64)], numbers)
                with np.errstate(all="ignore"):
                    assert step(found, numbers)
                    rule(Float32, *wanted, *numbers)
                for a, b in zip(found, wanted):
                    np.testing.assert_array_equal(a, b)
