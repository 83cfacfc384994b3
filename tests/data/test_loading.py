"""The DataLoader: orders, workers, errors."""

import collections
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

import penlight as torch
from penlight.utils import data
from tests.data import cases
from tests.data.datasets import Pictures

RECORDED = json.loads(cases.FILE.read_text())
CAN_FORK = "fork" in multiprocessing.get_all_start_methods()
forking = pytest.mark.skipif(not CAN_FORK, reason="this system starts processes by spawning only")


@pytest.mark.parametrize("name", cases.NAMES)
def test_seeded_order_equals_pytorch(name):
    assert cases.run(torch, name) == RECORDED[name]


class Stream(data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        info = data.get_worker_info()
        return iter(range(info.id if info else 0, self.n, info.num_workers if info else 1))


class Failing(data.Dataset):
    def __init__(self, action):
        self.action = action

    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index == 2:
            if self.action == "raise":
                raise KeyError("row 2")
            if self.action == "die":
                os._exit(3)
            if self.action == "sleep":
                time.sleep(30)
            return lambda: None  # cannot be pickled
        return index


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_batches_cross_processes_whole_and_writable(method):
    loader = data.DataLoader(Pictures(), 4, num_workers=2, multiprocessing_context=method)
    seen = []
    for pictures, labels in loader:
        assert pictures.shape == (4, 100, 100) and (pictures[:, 5, 7] == labels).all()
        pictures.add_(1)
        seen += labels.tolist()
    assert seen == list(range(16))
    assert multiprocessing.active_children() == []


@forking
def test_long_index_lists_do_not_block():
    loader = data.DataLoader(range(40000), batch_sampler=[list(range(40000))] * 7, num_workers=2, collate_fn=len)
    assert list(loader) == [40000] * 7


@forking
def test_persistent_workers_survive_abandoned_epochs():
    loader = data.DataLoader(Stream(50), 4, num_workers=2, persistent_workers=True)
    expected = cases.lists(loader)
    assert sorted(sum(expected, [])) == list(range(50))
    for taken in (0, 1, 5, len(expected) - 1, len(expected)):
        it = iter(loader)
        for _ in range(taken):
            next(it)
        assert cases.lists(loader) == expected
    del loader, it
    assert multiprocessing.active_children() == []


@forking
@pytest.mark.parametrize("source", [range(50), Stream(50)], ids=["map", "stream"])
def test_out_of_order_brings_everything(source):
    loader = data.DataLoader(source, 4, num_workers=2, in_order=False)
    assert sorted(sum(cases.lists(loader), [])) == list(range(50))


@forking
def test_abandoned_iterator_leaves_no_process():
    it = iter(data.DataLoader(Pictures(), 1, num_workers=2))
    other = iter(data.DataLoader(Pictures(), 1, num_workers=1))
    next(it), next(other)
    start = time.monotonic()
    del it, other
    assert multiprocessing.active_children() == [] and time.monotonic() - start < 3


@forking
@pytest.mark.parametrize(
    ("action", "kind", "text"),
    [
        (
            "raise",
            KeyError,
            "Caught KeyError in DataLoader worker process 0.\nOriginal Traceback (most recent call last):",
        ),
        ("die", RuntimeError, "exited unexpectedly"),
        ("sleep", RuntimeError, "DataLoader timed out after 0.5 seconds"),
        ("unpicklable", Exception, "in DataLoader worker process 0.\nOriginal Traceback"),
    ],
)
def test_failures_in_workers(action, kind, text):
    loader = data.DataLoader(Failing(action), None, num_workers=1, timeout=0.5 if action == "sleep" else 20)
    it = iter(loader)
    assert [next(it), next(it)] == [0, 1]
    with pytest.raises(kind) as caught:
        next(it)
    assert text in str(caught.value)
    del it, caught
    gc.collect()
    assert multiprocessing.active_children() == []


@forking
def test_interrupt_ends_everything(tmp_path):
    script = (
        "import time\nfrom penlight.utils import data\n"
        "for batch in data.DataLoader(range(1000), 1, num_workers=2):\n"
        "    print('ready', flush=True); time.sleep(30)\n"
    )
    command = [sys.executable, "-c", script]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert errors.count("Traceback") == 1 and errors.rstrip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # nobody of its group is left


def test_streams():
    assert cases.lists(data.DataLoader(Stream(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert cases.lists(data.DataLoader(Stream(7), 3, drop_last=True)) == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(TypeError):
        len(data.DataLoader(Stream(7)))
    for option in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}):
        with pytest.raises(ValueError, match="IterableDataset: expected unspecified"):
            data.DataLoader(Stream(7), **option)


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"num_workers": -1}, ValueError, "num_workers option should be non-negative"),
        ({"timeout": -1}, ValueError, "timeout option should be non-negative"),
        ({"prefetch_factor": 2}, ValueError, "prefetch_factor option could only"),
        ({"persistent_workers": True}, ValueError, "needs num_workers > 0"),
        ({"shuffle": True, "sampler": [1]}, ValueError, "mutually exclusive with shuffle"),
        ({"batch_size": 2, "batch_sampler": [[1]]}, ValueError, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, ValueError, "disables auto-batching"),
        ({"batch_size": 0}, ValueError, "positive integer value, but got batch_size=0"),
        ({"multiprocessing_context": "spawn"}, ValueError, "can only be used with multi-process loading"),
    ],
)
def test_bad_options(options, kind, text):
    with pytest.raises(kind, match=text):
        data.DataLoader(range(3), **options)


def test_attributes_are_fixed_and_next_is_gone():
    loader = data.DataLoader(range(4), 2)
    assert len(loader) == len(iter(loader)) == 2
    with pytest.raises(ValueError, match="should not be set after DataLoader is initialized"):
        loader.batch_size = 3
    old_name = "next"  # iterators of Python 2 had a method of this name, and so had old loaders
    with pytest.raises(AttributeError):
        getattr(iter(loader), old_name)()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        next(iter(data.DataLoader(range(2), pin_memory=True)))
    assert "no accelerator is found" in str(caught[0].message)


Point = collections.namedtuple("Point", "x y")


def test_collate():
    collate = data.default_collate
    assert collate([1, 2]).dtype is torch.int64 and collate([1.0, 2]).dtype is torch.float64
    assert collate([np.float32(1), np.float32(2)]).dtype is torch.float32
    batch = collate([{"a": Point(1, 2.0), "b": ["x", b"y"]}, {"a": Point(3, 4.0), "b": ["z", b"w"]}])
    assert batch["a"].x.tolist() == [1, 3] and batch["b"] == [("x", "z"), (b"y", b"w")]
    rows = [torch.ones(2, requires_grad=True), torch.zeros(2)]
    assert collate(rows).tolist() == [[1, 1], [0, 0]] and collate(rows).requires_grad
    assert collate([torch.ones(1), torch.ones(1, dtype=torch.int64)]).dtype is torch.float32
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        collate([torch.ones(2), torch.ones(3)])
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        collate([[1, 2], [3]])
    for unknown in (None, object(), np.array(["text"])):
        with pytest.raises(TypeError, match="default_collate: batch must contain"):
            collate([unknown])
    assert data.default_convert([np.array([1]), "a"])[0].tolist() == [1]


def test_datasets():
    t = torch.arange(6).reshape(3, 2)
    assert data.TensorDataset(t, t)[1][0].tolist() == [2, 3]
    with pytest.raises(AssertionError, match="Size mismatch"):
        data.TensorDataset(t, t[:2])
    joined = data.ConcatDataset([[1, 2], [3, 4, 5]])
    assert (len(joined), joined[-1], joined[2]) == (5, 5, 3)
    assert list(Stream(2) + Stream(1)) == [0, 1, 0]
    assert data.StackDataset(a=[1, 2], b=[3, 4])[1] == {"a": 2, "b": 4}
    assert data.Subset([5, 6, 7], [2, 0])[0] == 7
    with pytest.raises(ValueError, match="Sum of input lengths"):
        data.random_split(range(10), [3, 8])
    with pytest.raises(NotImplementedError):
        data.Dataset()[0]
