"""Measurements and tables against PyTorch's recorded output; the timer with a clock of its own."""

import itertools
import json
import pickle

import pytest

import penlight as torch
from penlight.utils import benchmark
from tests.utils import benchmark_cases

RECORDED = json.loads(benchmark_cases.FILE.read_text())
FOUND = benchmark_cases.run(torch)


@pytest.mark.parametrize("name", RECORDED)
def test_equals_pytorch(name):
    expected, found = RECORDED[name], FOUND[name]
    if isinstance(expected, dict):  # a quantile's last bit is NumPy's or PyTorch's
        expected = {
            k: pytest.approx(v, rel=1e-12, abs=1e-18) if isinstance(v, float) else v for k, v in expected.items()
        }
    assert found == expected


class Clock:
    """Each reading is a millisecond later."""

    def __init__(self):
        self.readings = itertools.count()

    def __call__(self):
        return next(self.readings) * 1e-3


def test_timeit_warms_up_as_pytorch_does():
    calls = []
    timer = benchmark.Timer("f(1)", globals={"f": calls.append}, timer=Clock())
    for number, called in ((1, 3), (10, 12), (99, 101), (250, 252), (1000, 1010)):
        calls.clear()
        m = timer.timeit(number)
        assert len(calls) == called and m.number_per_run == number and m.raw_times == [pytest.approx(1e-3)]


def test_code_is_dedented_and_sees_globals():
    out = []
    benchmark.Timer("\n    y = x + 1\n    out.append(y)\n  ", "\n   x = 2\n", globals={"out": out}).timeit(1)
    assert set(out) == {3}
    timer = benchmark.Timer("assert torch.ones(1) == 1")
    assert timer._task_spec.stmt == "assert torch.ones(1) == 1"
    timer.timeit(1)


def test_threads_are_set_and_put_back():
    seen, before = [], torch.get_num_threads()
    code = "seen.append(torch.get_num_threads())"
    m = benchmark.Timer(code, globals={"seen": seen}, num_threads=before + 1).timeit(1)
    assert set(seen) == {before + 1} and torch.get_num_threads() == before and m.num_threads == before + 1


def test_blocked_autorange_fills_its_time():
    blocks = []
    m = benchmark.Timer("pass").blocked_autorange(lambda n, t: blocks.append((n, t)), min_run_time=0.02)
    assert sum(m.raw_times) >= 0.02
    assert blocks == [(m.number_per_run, t) for t in m.raw_times] and m.number_per_run >= 1000


class Work:
    """A clock that only the timed statement moves."""

    now = 0.0

    def __call__(self):
        return self.now

    def run(self):
        self.now += next(self.durations)


def test_adaptive_autorange_stops_when_steady_or_when_time_is_over():
    work = Work()
    work.durations = itertools.repeat(0.06)  # one run is a block
    timer = benchmark.Timer("run()", timer=work, globals={"run": work.run})
    m = timer.adaptive_autorange()
    assert m.number_per_run == 1 and m.raw_times == [pytest.approx(0.06)] * 4
    m = timer.adaptive_autorange(threshold=0.0, max_run_time=0.3)
    assert len(m.raw_times) == 5
    work.durations = itertools.chain([0.06], [0.1, 0.2] * 2, itertools.repeat(0.2))  # scattered at first
    assert len(timer.adaptive_autorange(threshold=0.1).raw_times) > 5


def test_measurements_merge_compare_and_pickle():
    a, b = (benchmark_cases.made(benchmark, t) for t in (1e-3, 2e-3))
    other = benchmark_cases.made(benchmark, 1e-3, sub="other")
    merged = benchmark.Measurement.merge([a, other, b])
    assert [len(m.raw_times) for m in merged] == [10, 5] and merged[0].number_per_run == 1
    again = pickle.loads(pickle.dumps(a))
    assert again == a and again != b and again.label == "lab"
    table = benchmark.Compare([a])
    table.extend_results([other])
    assert str(pickle.loads(pickle.dumps(table))) == str(table)
    with pytest.raises(AttributeError, match="nothing"):
        _ = a.nothing


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: benchmark.Timer(lambda: 1), ValueError, "Currently only a `str` stmt is supported."),
        (lambda: benchmark.Timer("x", language="rust"), ValueError, "Invalid language `rust`."),
        (lambda: benchmark.Timer("x", language="c++"), NotImplementedError, "Python only"),
        (lambda: benchmark.Timer("x", global_setup="y"), ValueError, "global_setup is C\\+\\+ only, got `y`"),
        (lambda: benchmark.Timer("x").collect_callgrind(), NotImplementedError, "Valgrind"),
        (lambda: benchmark.Timer("x").autorange(), NotImplementedError, "blocked_autorange"),
        (lambda: benchmark.Timer("unknown").timeit(1), NameError, "unknown"),
        (
            lambda: benchmark.Compare([1]),
            ValueError,
            "Expected an instance of `Measurement`, got <class 'int'> instead.",
        ),
        (lambda: benchmark.Measurement(1, [], benchmark.TaskSpec("", "")).median, ValueError, "No timing data"),
        (
            lambda: benchmark.CallgrindStats,
            AttributeError,
            "penlight does not have torch.utils.benchmark.CallgrindStats",
        ),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
