"""The DataLoader: batches of a dataset, made here or in worker processes."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing import connection
from typing import Any, Generic, TypeVar

from penlight.tensor.generator import Generator
from penlight.utils.data._utils.collate import default_collate, default_convert
from penlight.utils.data._utils.fetch import IterableFetcher, MapFetcher
from penlight.utils.data._utils.worker import END, RaisedInWorker, get_worker_info, parent_ends, receive, run
from penlight.utils.data.datapipes.datapipe import IterDataPipe
from penlight.utils.data.dataset import IterableDataset
from penlight.utils.data.graph_settings import apply_random_seed, apply_shuffle_settings
from penlight.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, draw_seed

__all__ = ["DataLoader", "default_collate", "get_worker_info"]

T_co = TypeVar("T_co", covariant=True)
_collate_fn_t = Callable[[list[T_co]], Any]  # libraries annotate with it
# So much may lie unread in a worker's pipe (the smallest buffer of the supported systems): writing it never blocks.
_PIPE_ROOM = 8192
_EXIT_SECONDS = 5.0


class _DatasetKind:
    """How samples are found."""

    Map = 0
    Iterable = 1


class _InfiniteConstantSampler(Sampler):
    """The sampler of a stream: how many, not which."""

    def __iter__(self) -> Iterator:
        return itertools.repeat(None)


class DataLoader(Generic[T_co]):
    """Iterate over a dataset in batches.

    Args: shuffle: a new random order each epoch; sampler, batch_sampler: the order, as indices or lists of indices;
    num_workers: processes that load in the background (0: none); collate_fn: makes a batch of a list of samples;
    batch_size=None: no batches, single samples; generator: the random stream instead of the global one; timeout:
    seconds to wait for a worker; worker_init_fn(id): called in each worker; prefetch_factor: batches under way per
    worker (2); persistent_workers: keep the workers between epochs; in_order=False: batches as they come.
    Each iterator takes one int64 from the random stream (the workers' base seed), shuffling another one: seeds give
    PyTorch's order. `pin_memory` has no effect. Data pipes shuffle and divide themselves among workers. Differs from
    PyTorch: where shuffle=True puts a shuffling pipe at the end, it takes effect.
    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader

    >>> import penlight as torch
    >>> [batch.tolist() for batch in torch.utils.data.DataLoader(range(5), batch_size=2)]
    [[0, 1], [2, 3], [4]]
    """

    _iterator: Any = None
    __initialized = False

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
        batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable | None = None, pin_memory: bool = False,
        drop_last: bool = False, timeout: float = 0, worker_init_fn: Callable | None = None,
        multiprocessing_context: Any = None, generator: Any = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if num_workers > 0 and prefetch_factor is None:
            prefetch_factor = 2
        elif prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        if isinstance(dataset, IterDataPipe):  # it shuffles by itself
            dataset, shuffle = apply_shuffle_settings(dataset, shuffle), None
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.in_order = in_order
        self.__multiprocessing_context: Any = None
        self.multiprocessing_context = multiprocessing_context
        if isinstance(dataset, IterableDataset):
            self._dataset_kind = _DatasetKind.Iterable
            _refuse_for_streams(shuffle, sampler, batch_sampler)
        else:
            self._dataset_kind = _DatasetKind.Map
            shuffle = bool(shuffle)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
            drop_last = False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if self._dataset_kind == _DatasetKind.Iterable:
                sampler = _InfiniteConstantSampler()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self.__initialized = True
        self._IterableDataset_len_called: int | None = None
        self._iterator = None
        self.check_worker_number_rationality()

    @property
    def multiprocessing_context(self) -> Any:
        """How worker processes start: None for the system's way, or 'fork', 'spawn', 'forkserver'."""
        return self.__multiprocessing_context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            if self.num_workers == 0:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                    f"num_workers={self.num_workers}"
                )
            if isinstance(context, str):
                valid = multiprocessing.get_all_start_methods()
                if context not in valid:
                    raise ValueError(
                        f"multiprocessing_context option should specify a valid start method in {valid!r}, but got "
                        f"multiprocessing_context={context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, multiprocessing.context.BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string specifying the start "
                    f"method, but got multiprocessing_context={context}"
                )
        self.__multiprocessing_context = context

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__initialized and name in (
            "batch_size",
            "batch_sampler",
            "sampler",
            "drop_last",
            "dataset",
            "persistent_workers",
        ):
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def __iter__(self) -> Any:
        if self.persistent_workers and self.num_workers > 0:
            if self._iterator is None:
                self._iterator = self._get_iterator()
            else:
                self._iterator._reset(self)
            return self._iterator
        return self._get_iterator()

    def _get_iterator(self) -> Any:
        if self.num_workers == 0:
            return _SingleProcessDataLoaderIter(self)
        self.check_worker_number_rationality()
        return _MultiProcessingDataLoaderIter(self)

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._auto_collation else self.sampler

    def __len__(self) -> int:
        if self._dataset_kind != _DatasetKind.Iterable:
            return len(self._index_sampler)
        length = self._IterableDataset_len_called = len(self.dataset)
        if self.batch_size is not None:
            length = length // self.batch_size if self.drop_last else -(-length // self.batch_size)
        return length

    def check_worker_number_rationality(self) -> None:
        """Warn about more workers than processors."""
        if not self.num_workers:
            return
        if hasattr(os, "sched_getaffinity"):
            processors: int | None = len(os.sched_getaffinity(0))
        else:
            processors = os.cpu_count()
        if processors is not None and self.num_workers > processors:
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker processes in total. Our suggested max number "
                f"of worker in current system is {processors}, which is smaller than what this DataLoader is going to "
                "create. Please be aware that excessive worker creation might get DataLoader running slow or even "
                "freeze, lower the worker number to avoid potential slowness/freeze if necessary.",
                stacklevel=3,
            )


def _refuse_for_streams(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    for name, value in (("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batch_sampler)):
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
            )


class _BaseDataLoaderIter:
    """One pass over the data."""

    def __init__(self, loader: DataLoader) -> None:
        self._dataset = loader.dataset
        self._dataset_kind = loader._dataset_kind
        self._IterableDataset_len_called = loader._IterableDataset_len_called
        self._auto_collation = loader._auto_collation
        self._drop_last = loader.drop_last
        self._index_sampler = loader._index_sampler
        self._num_workers = loader.num_workers
        self._timeout = loader.timeout
        self._collate_fn = loader.collate_fn
        self._share_seed(loader)
        self._sampler_iter = iter(self._index_sampler)
        self._base_seed = draw_seed(loader.generator)
        self._num_yielded = 0
        if loader.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory "
                "won't be used.",
                stacklevel=4,
            )

    def __iter__(self) -> Any:
        return self

    def _share_seed(self, loader: DataLoader) -> None:
        """Seed the pipes that shuffle: in each worker from the same number, so that all share one order."""
        self._shared_seed: int | None = None
        if isinstance(self._dataset, IterDataPipe):
            self._shared_seed = draw_seed(loader.generator)
            apply_random_seed(self._dataset, Generator().manual_seed(self._shared_seed))

    def _reset(self, loader: DataLoader) -> None:
        self._share_seed(loader)
        self._sampler_iter = iter(self._index_sampler)
        self._num_yielded = 0
        self._IterableDataset_len_called = loader._IterableDataset_len_called

    def _next_data(self) -> Any:
        raise NotImplementedError

    def __next__(self) -> Any:
        data = self._next_data()
        self._num_yielded += 1
        reported = self._IterableDataset_len_called
        if reported is not None and self._num_yielded > reported and self._dataset_kind == _DatasetKind.Iterable:
            text = (
                f"Length of IterableDataset {self._dataset} was reported to be {reported} (when accessing "
                f"len(dataloader)), but {self._num_yielded} samples have been fetched. "
            )
            if self._num_workers > 0:
                text += (
                    "For multiprocessing data-loading, this could be caused by not properly configuring the "
                    "IterableDataset replica at each worker. Please see "
                    "https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset for examples."
                )
            warnings.warn(text, stacklevel=2)
        return data

    def __len__(self) -> int:
        return len(self._index_sampler)

    def __getstate__(self) -> Any:
        raise NotImplementedError("{} cannot be pickled", type(self).__name__)


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    def __init__(self, loader: DataLoader) -> None:
        super().__init__(loader)
        if self._timeout != 0:
            raise AssertionError("_SingleProcessDataLoaderIter requires timeout == 0")
        make = IterableFetcher if self._dataset_kind == _DatasetKind.Iterable else MapFetcher
        self._fetcher = make(self._dataset, self._auto_collation, self._collate_fn, self._drop_last)

    def _next_data(self) -> Any:
        return self._fetcher.fetch(next(self._sampler_iter))


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C waits until a worker has started, which then ignores it; the main process gets it after the block."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """A worker process as the loader sees it."""

    def __init__(self, process: Any, indices: Any, results: Any) -> None:
        self.process, self.indices, self.results = process, indices, results
        self.in_flight: deque[tuple[int, int]] = deque()  # (epoch, size) of the messages not yet answered
        self.waiting: deque[tuple[int, bytes]] = deque()  # (epoch, message) that might block
        self.active = True  # its stream has not ended

    def put(self, message: Any) -> None:
        self.waiting.append((message[0], pickle.dumps(message)))
        self.flush()

    def flush(self) -> None:
        """Send what surely fits into the pipe; when nothing is under way the worker is reading, and anything fits."""
        while self.waiting:
            epoch, message = self.waiting[0]
            size = len(message) + 16
            if self.in_flight and size + sum(sent for _, sent in self.in_flight) > _PIPE_ROOM:
                return
            self.waiting.popleft()
            self.in_flight.append((epoch, size))
            try:
                self.indices.send_bytes(message)
            except (BrokenPipeError, ConnectionResetError):
                return  # it died; waiting for its answer will tell

    def answered(self, epoch: int, ended: bool) -> None:
        self.in_flight.popleft()
        if ended:  # what else was asked of that stream stays unanswered
            self.in_flight = deque(entry for entry in self.in_flight if entry[0] != epoch)
        self.flush()


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    def __init__(self, loader: DataLoader) -> None:
        super().__init__(loader)
        self._prefetch_factor: int = loader.prefetch_factor  # type: ignore[assignment]
        self._persistent = loader.persistent_workers
        self._in_order = loader.in_order
        self._workers: list[_Worker] = []
        self._closed = False
        self._made_in = os.getpid()
        self._epoch = 0
        context = loader.multiprocessing_context or multiprocessing.get_context()
        kind = "iterable" if self._dataset_kind == _DatasetKind.Iterable else "map"
        forked = context.get_start_method() == "fork"
        try:
            for number in range(self._num_workers):
                theirs, indices = context.Pipe(duplex=False)
                results, answers = context.Pipe(duplex=False)
                parent_ends.update((indices, results))
                process = context.Process(
                    target=run,
                    args=(
                        kind, self._dataset, theirs, answers, self._auto_collation, self._collate_fn, self._drop_last,
                        self._base_seed, number, self._num_workers, loader.worker_init_fn, forked,
                    ),
                )  # fmt: skip
                process.daemon = True
                self._workers.append(_Worker(process, indices, results))
                with _interrupts_held_back():
                    process.start()
                theirs.close()  # or the end of the process would not be seen
                answers.close()
        except BaseException:
            self._shutdown_workers()
            raise
        self._share_seed(loader)  # drawn again, as in PyTorch; the workers have the first one
        self._begin()

    def _begin(self) -> None:
        self._send_number = 0  # of the next batch to ask for
        self._next_number = 0  # of the next batch to hand out
        self._asked: dict[int, _Worker] = {}
        self._ready: dict[int, Any] = {}
        self._cycle = itertools.cycle(self._workers)
        for worker in self._workers:
            worker.active = True
        for _ in range(self._prefetch_factor * self._num_workers):
            self._ask()

    def _reset(self, loader: DataLoader) -> None:
        if self._closed:
            raise RuntimeError(
                "the workers of this DataLoader have been shut down after an error; make a new DataLoader"
            )
        super()._reset(loader)
        self._epoch += 1
        for worker in self._workers:
            worker.waiting.clear()
            worker.indices.send_bytes(pickle.dumps((self._epoch, None, self._shared_seed)))
        self._begin()

    def _ask(self) -> None:
        """Send the next indices to the next worker whose stream has not ended."""
        for _ in range(self._num_workers):
            worker = next(self._cycle)
            if worker.active:
                break
        else:
            return
        try:
            wanted = next(self._sampler_iter)
        except StopIteration:
            return
        self._asked[self._send_number] = worker
        worker.put((self._epoch, self._send_number, wanted))
        self._send_number += 1

    def _next_data(self) -> Any:
        while True:
            number = self._next_number
            if self._in_order:
                while number < self._send_number and number not in self._ready and not self._is_coming(number):
                    self._asked.pop(number, None)
                    number += 1
                self._next_number = number
                if number in self._ready:
                    return self._hand_out(number)
                finished = number >= self._send_number
            else:
                if self._ready:
                    return self._hand_out(next(iter(self._ready)))
                finished = not any(worker.active for worker in self._asked.values())
            if finished or self._closed:
                if not self._persistent:
                    self._shutdown_workers()
                raise StopIteration
            self._receive()

    def _is_coming(self, number: int) -> bool:
        """Whether a batch was asked of a worker whose stream has not ended."""
        return number in self._asked and self._asked[number].active

    def _hand_out(self, number: int) -> Any:
        batch = self._ready.pop(number)
        del self._asked[number]
        self._next_number = max(self._next_number, number + 1)
        self._ask()
        if isinstance(batch, RaisedInWorker):
            batch.reraise()
        return batch

    def _receive(self) -> None:
        """Wait for one message, keep what it brings."""
        deadline = time.monotonic() + self._timeout if self._timeout > 0 else None
        waited_for = {worker.results: worker for worker in self._workers if worker.in_flight and worker.active}
        sentinels = {worker.process.sentinel: worker for worker in waited_for.values()}
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            found = connection.wait([*waited_for, *sentinels], left)
            if not found:
                self._shutdown_workers(wait=0.1)
                raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")
            readable = [end for end in found if end in waited_for]
            if not readable:
                self._report_death([sentinels[end] for end in found])  # type: ignore[index]
            worker = waited_for[readable[0]]  # type: ignore[index]
            try:
                epoch, number, batch = receive(worker.results)
            except (EOFError, ConnectionResetError):
                worker.process.join(1)
                self._report_death([worker])
            ended = isinstance(batch, str) and batch == END and self._dataset_kind == _DatasetKind.Iterable
            if ended and epoch == self._epoch:
                worker.waiting.clear()
            worker.answered(epoch, ended)
            if epoch != self._epoch:
                return  # left over from an epoch that was not finished
            if ended:
                worker.active = False
                del self._asked[number]
                self._ask()
                return
            self._ready[number] = batch
            return

    def _report_death(self, workers: list[_Worker]) -> None:
        pids = ", ".join(str(worker.process.pid) for worker in workers)
        self._shutdown_workers()
        raise RuntimeError(f"DataLoader worker (pid(s) {pids}) exited unexpectedly")

    def _shutdown_workers(self, wait: float = _EXIT_SECONDS) -> None:
        """End the workers: close their pipes, wait a little, then terminate."""
        if self._closed:
            return
        self._closed = True
        for worker in self._workers:
            worker.results.close()
            worker.indices.close()
        deadline = time.monotonic() + wait
        started = [worker.process for worker in self._workers if worker.process.pid is not None]
        for process in started:
            process.join(max(0.0, deadline - time.monotonic()))
        for stop in ("terminate", "kill"):
            alive = [process for process in started if process.is_alive()]
            for process in alive:
                getattr(process, stop)()
            for process in alive:
                process.join(1)

    def __del__(self) -> None:
        # a process that was forked later has a copy, whose workers are not its own
        if not getattr(self, "_closed", True) and not sys.is_finalizing() and self._made_in == os.getpid():
            self._shutdown_workers()
