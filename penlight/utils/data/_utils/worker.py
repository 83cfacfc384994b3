"""What runs in a worker process, and the messages between it and the loader.

Each worker has two pipes: indices in, batches out. Nothing is shared and no thread runs, so a worker that dies or is
killed cannot leave a lock taken. Large arrays travel outside the pickle, straight from and into their memory.
"""

from __future__ import annotations

import pickle
import random
import signal
import sys
import traceback
from multiprocessing import connection, parent_process
from typing import Any
from weakref import WeakSet

import numpy as np

from penlight.base.defaults import set_num_threads
from penlight.tensor.generator import Generator, manual_seed
from penlight.utils.data._utils.fetch import IterableFetcher, MapFetcher
from penlight.utils.data.datapipes.datapipe import IterDataPipe, MapDataPipe
from penlight.utils.data.graph_settings import apply_random_seed, apply_sharding

__all__ = [
    "END",
    "RaisedInWorker",
    "WorkerInfo",
    "get_worker_info",
    "numpy_seed",
    "parent_ends",
    "receive",
    "run",
    "send",
]

END = "the worker's stream has ended"  # travels in the place of a batch

# The loader's ends of all pipes. A forked worker closes what it inherits of them, so that a closed pipe is seen.
parent_ends: WeakSet = WeakSet()


class WorkerInfo:
    """What `get_worker_info()` tells: id, num_workers, seed, dataset."""

    def __init__(self, id: int, num_workers: int, seed: int, dataset: Any) -> None:
        self.__dict__.update(
            id=id, num_workers=num_workers, seed=seed, dataset=dataset, rng=None, worker_method="multiprocessing"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        raise RuntimeError(f"Cannot assign attributes to {type(self).__name__} objects")

    def __repr__(self) -> str:
        return f"WorkerInfo({', '.join(f'{key}={value!r}' for key, value in self.__dict__.items())})"


_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """In a worker process what it is: id, num_workers, seed, dataset; None in the main process.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info
    """
    return _info


class _PlainMessage(str):
    """A KeyError shows its message's repr: keep the lines readable."""

    def __repr__(self) -> str:
        return str(self)


class RaisedInWorker:
    """An exception on its way to the main process, with the worker's traceback as text."""

    def __init__(self, where: str) -> None:
        kind, error, trace = sys.exc_info()
        self.kind: Any = kind
        self.text = "".join(traceback.format_exception(kind, error, trace))
        self.where = where

    def reraise(self) -> None:
        message: str = f"Caught {self.kind.__name__} {self.where}.\nOriginal {self.text}"
        if self.kind is KeyError:
            message = _PlainMessage(message)
        elif getattr(self.kind, "message", None):
            raise self.kind(message=message)
        try:
            error = self.kind(message)
        except Exception:  # exceptions that want other arguments
            raise RuntimeError(message) from None
        raise error


def send(pipe: connection.Connection, value: Any) -> None:
    """Write a value; contiguous arrays go as raw bytes behind the pickle."""
    buffers: list = []
    header = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    raw = [buffer.raw() for buffer in buffers]
    pipe.send_bytes(pickle.dumps([view.nbytes for view in raw]))
    pipe.send_bytes(header)
    for view in raw:
        if view.nbytes:
            pipe.send_bytes(view)


def receive(pipe: connection.Connection) -> Any:
    """Read what `send` wrote."""
    sizes = pickle.loads(pipe.recv_bytes())
    header = pipe.recv_bytes()
    buffers = []
    for size in sizes:
        buffer = np.empty(size, np.uint8)
        if size:
            pipe.recv_bytes_into(buffer)
        buffers.append(buffer)
    return pickle.loads(header, buffers=buffers)


def numpy_seed(base_seed: int, worker: int) -> np.ndarray:
    """Four words for NumPy's global generator. Equal to PyTorch's (both follow M. E. O'Neill's seed_seq)."""
    return np.random.SeedSequence([worker, base_seed & 0xFFFFFFFF, base_seed >> 32]).generate_state(4)


def run(
    kind: str, dataset: Any, indices: connection.Connection, results: connection.Connection, batching: bool,
    collate_fn: Any, drop_last: bool, base_seed: int, worker: int, workers: int, init_fn: Any, forked: bool,
) -> None:  # fmt: skip
    """The life of a worker: wait for indices, send batches, until the loader closes its ends."""
    global _info
    if forked:
        for end in list(parent_ends):
            end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's affair; it then closes the pipes
    if hasattr(signal, "pthread_sigmask"):  # the loader held it back while this process started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        set_num_threads(1)
        seed = base_seed + worker
        random.seed(seed)
        manual_seed(seed)
        np.random.seed(numpy_seed(base_seed, worker))
        _info = WorkerInfo(worker, workers, seed, dataset)
        _serve(kind, dataset, indices, results, batching, collate_fn, drop_last, worker, init_fn)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the loader is gone, or has no use for more


def _serve(
    kind: str,
    dataset: Any,
    indices: Any,
    results: Any,
    batching: bool,
    collate_fn: Any,
    drop_last: bool,
    worker: int,
    init_fn: Any,
) -> None:
    where = f"in DataLoader worker process {worker}"
    make = IterableFetcher if kind == "iterable" else MapFetcher
    parent = parent_process()
    failure: RaisedInWorker | None = None
    fetcher: Any = None
    try:
        if isinstance(dataset, (IterDataPipe, MapDataPipe)) and _info is not None:
            apply_sharding(dataset, _info.num_workers, worker)
        if init_fn is not None:
            init_fn(worker)
        fetcher = make(dataset, batching, collate_fn, drop_last)
    except Exception:
        failure = RaisedInWorker(where)
    ended = False
    while True:
        if parent is not None and indices not in connection.wait([indices, parent.sentinel]):
            return  # the main process died
        message = pickle.loads(indices.recv_bytes())
        if message is None:
            return
        epoch, number, wanted = message
        if number is None:  # a persistent worker's next epoch
            ended, failure = False, None
            if wanted is not None:  # the seed of the next epoch's pipes; the first was set before this process began
                apply_random_seed(dataset, Generator().manual_seed(wanted))
            try:
                fetcher = make(dataset, batching, collate_fn, drop_last)
            except Exception:
                failure = RaisedInWorker(where)
            continue
        if ended:
            continue
        batch: Any
        if failure is not None:
            batch = failure
        else:
            try:
                batch = fetcher.fetch(wanted)
            except StopIteration:
                if kind == "iterable":
                    batch, ended = END, True
                else:
                    batch = RaisedInWorker(where)
            except Exception:
                batch = RaisedInWorker(where)
        try:
            send(results, (epoch, number, batch))
        except (BrokenPipeError, ConnectionResetError):
            raise
        except Exception:  # what cannot be pickled
            send(results, (epoch, number, RaisedInWorker(where)))
        del batch
