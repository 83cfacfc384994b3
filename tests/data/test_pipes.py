"""Data pipes against PyTorch's recorded answers: elements, order, warnings, errors, what is drawn from the random stream."""

import json
import multiprocessing
from typing import Any, Literal, Optional, Union

import pytest

import penlight as torch
from penlight.utils import data
from penlight.utils.data.datapipes.iter import IterableWrapper
from penlight.utils.data.datapipes.map import SequenceWrapper
from tests.data import pipe_cases

RECORDED = json.loads(pipe_cases.FILE.read_text())
FORKS = "fork" in multiprocessing.get_all_start_methods()
CHOSEN = [e for e in RECORDED if FORKS or "num_workers" not in e]


@pytest.fixture(scope="module")
def found():
    return pipe_cases.run(torch, CHOSEN)


@pytest.mark.parametrize("expression", CHOSEN)
def test_equals_pytorch(expression, found):
    assert found[expression] == RECORDED[expression]


def test_a_shuffle_that_the_loader_adds_takes_effect():
    torch.manual_seed(0)
    with pytest.warns(UserWarning, match="does not contain a `Shuffler`"):
        loader = data.DataLoader(IterableWrapper(range(20)), None, shuffle=True)
    seen = list(loader)
    assert sorted(seen) == list(range(20)) != seen


def test_hooks_of_pickling():
    import pickle

    pipe = IterableWrapper([1, 2]).map(pipe_cases.double)
    data.IterDataPipe.set_getstate_hook(lambda state: {**state, "fn": pipe_cases.is_odd})
    try:
        with pytest.raises(RuntimeError, match="Attempt to override existing getstate_hook"):
            data.IterDataPipe.set_getstate_hook(len)
        assert list(pickle.loads(pickle.dumps(pipe))) == [True, False]
    finally:
        data.IterDataPipe.set_getstate_hook(None)
    data.IterDataPipe.set_reduce_ex_hook(lambda pipe: (list, ([3],)))
    try:
        assert pickle.loads(pickle.dumps(pipe)) == [3]
    finally:
        data.IterDataPipe.set_reduce_ex_hook(None)
    assert list(pickle.loads(pickle.dumps(SequenceWrapper([5]).map(pipe_cases.double)))) == [10]


def test_non_deterministic_pipes_can_be_refused():
    @data.non_deterministic
    class Loose(data.IterDataPipe):
        def __iter__(self):
            yield 1

    assert list(Loose()) == [1]
    with data.guaranteed_datapipes_determinism(), pytest.raises(TypeError, match="Loose is non-deterministic"):
        Loose()
    assert list(Loose()) == [1]


def test_what_is_missing_says_so():
    with pytest.raises(AttributeError, match="penlight does not have torch.utils.data.DFIterDataPipe"):
        _ = data.DFIterDataPipe
    with pytest.raises(NotImplementedError, match="data frames"):
        IterableWrapper([1]).collate({"a": len})


@pytest.mark.parametrize(
    "hint, good, bad",
    [
        (int, [1, True], ["a", 1.5]),
        (tuple[int, str], [(1, "a")], [(1, 2), (1,), [1, "a"]]),
        (tuple[int, ...], [(1, 2), ()], [("a",)]),
        (list[int], [[1]], [["a"], (1,)]),
        (dict[str, int], [{"a": 1}], [{1: 1}, {"a": "b"}]),
        (Optional[int], [None, 1], ["a"]),  # noqa: UP045
        (Union[int, str], [1, "a"], [1.5]),  # noqa: UP007
        (int | str, [1, "a"], [1.5]),
        (torch.Tensor, [torch.ones(1)], [3]),
        (Any, [object()], []),
        (list, [[1]], [()]),
        (Literal[1, 2], [1], [3]),
    ],
)
def test_elements_are_checked_against_the_annotation(hint, good, bad):
    class Given(data.IterDataPipe[hint]):
        def __init__(self, value):
            self.value = value

        @data.runtime_validation
        def __iter__(self):
            yield self.value

    class Derived(Given):
        pass

    for value in good:
        assert next(iter(Derived(value))) is value
    for value in bad:
        with pytest.raises(RuntimeError, match="Expected an instance as subtype of"):
            next(iter(Derived(value)))
        with data.runtime_validation_disabled():
            assert next(iter(Derived(value))) is value


def test_arguments_are_checked_against_the_annotation():
    @data.argument_validation
    def f(pipe: data.IterDataPipe, number: int = 3, *, other: data.IterDataPipe = None):
        return number

    assert f(IterableWrapper([1])) == 3 == f(pipe=IterableWrapper([1]), other=IterableWrapper([1]))
    with pytest.raises(TypeError, match="Expected argument 'pipe' as a IterDataPipe, but found <class 'list'>"):
        f([1])
    with pytest.raises(TypeError, match="Can not decorate function f with 'runtime_validation'"):
        data.runtime_validation(f)
