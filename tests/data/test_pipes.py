"""Data pipes against PyTorch's recorded answers: elements, order, warnings, errors, what is drawn from the random stream."""

import json
import multiprocessing

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
