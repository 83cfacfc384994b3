"""Pipes that join several streams, or make several of one."""

from __future__ import annotations

import copy as copying
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from penlight.utils.data.datapipes.common import check_picklable
from penlight.utils.data.datapipes.datapipe import IterDataPipe, described, functional_datapipe
from penlight.utils.data.datapipes.iter.simple import length_of

__all__ = [
    "ConcaterIterDataPipe", "DemultiplexerIterDataPipe", "ForkerIterDataPipe", "MultiplexerIterDataPipe",
    "ZipperIterDataPipe",
]  # fmt: skip


@functional_datapipe("concat")
class ConcaterIterDataPipe(IterDataPipe):
    """One stream after the other."""

    def __init__(self, *datapipes: Any) -> None:
        if not datapipes:
            raise ValueError("Expected at least one DataPipe, but got nothing")
        if not all(isinstance(dp, IterDataPipe) for dp in datapipes):
            raise TypeError("Expected all inputs to be `IterDataPipe`")
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        for pipe in self.datapipes:
            yield from pipe

    def __len__(self) -> int:
        return sum(length_of(self, pipe) for pipe in self.datapipes)


@functional_datapipe("zip")
class ZipperIterDataPipe(IterDataPipe):
    """Tuples of one element of each stream, until the shortest ends."""

    def __init__(self, *datapipes: Any) -> None:
        if not all(isinstance(dp, IterDataPipe) for dp in datapipes):
            raise TypeError("All inputs are required to be `IterDataPipe` for `ZipIterDataPipe`.")
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        yield from zip(*self.datapipes)

    def __len__(self) -> int:
        return min(length_of(self, pipe) for pipe in self.datapipes)


@functional_datapipe("mux")
class MultiplexerIterDataPipe(IterDataPipe):
    """An element of each stream in turn, until the shortest ends."""

    def __init__(self, *datapipes: Any) -> None:
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        for row in zip(*self.datapipes):
            yield from row

    def __len__(self) -> int:
        return len(self.datapipes) * min(length_of(self, pipe) for pipe in self.datapipes)


class _Shared(IterDataPipe):
    """The source of several children: `next_of(child)` gives a child's next element, and keeps what others have to get.

    `round` counts the passes over the source: a child that starts anew begins the next one.
    """

    def __init__(self, datapipe: Any, num_instances: int, buffer_size: int) -> None:
        self.main_datapipe, self.num_instances, self.buffer_size = datapipe, num_instances, buffer_size
        self.round = -1
        self.stopped: set[int] = set()  # the children whose iterator of this round has ended or is gone
        self._source: Iterator | None = None
        self._queues: list[deque] = []

    def begin(self) -> None:
        if self.round >= 0 and len(self.stopped) < self.num_instances:
            warnings.warn(
                "Some child DataPipes are not exhausted when __iter__ is called. We are resetting the buffer and each "
                "child DataPipe will read from the start again.",
                UserWarning,
                stacklevel=3,
            )
        self.stopped = set()
        self.round += 1
        self._queues = [deque() for _ in range(self.num_instances)]
        self._source = iter(self.main_datapipe)

    def next_of(self, child: int) -> Any:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError("iterate over the pipes that fork and demux give")

    def __len__(self) -> int:
        return length_of(self, self.main_datapipe)

    def __getstate__(self) -> Any:
        return {**super().__getstate__(), "_source": None, "_queues": [], "round": -1, "stopped": set()}


class _ChildDataPipe(IterDataPipe):
    """One of the streams that `fork` and `demux` give."""

    _counts_iterators = False

    def __init__(self, main_datapipe: _Shared, instance_id: int) -> None:
        self.main_datapipe, self.instance_id = main_datapipe, instance_id
        self._round = -1

    def __iter__(self) -> Iterator[Any]:
        main = self.main_datapipe
        if self._round == main.round:  # read in this pass already: all begin again
            main.begin()
        self._round = main.round
        return self._elements(main.round)

    def _elements(self, number: int) -> Iterator[Any]:
        main = self.main_datapipe
        try:
            while True:
                if main.round != number:
                    raise RuntimeError(
                        "This iterator has been invalidated, because a new iterator has been created from one of the "
                        f"ChildDataPipes of {described(main)}."
                    )
                try:
                    found = main.next_of(self.instance_id)
                except StopIteration:
                    return
                yield found
        finally:
            if main.round == number:
                main.stopped.add(self.instance_id)

    def __len__(self) -> int:
        return len(self.main_datapipe)


def _children(main: _Shared) -> list[_ChildDataPipe]:
    return [_ChildDataPipe(main, i) for i in range(main.num_instances)]


def _check_instances(num_instances: int) -> None:
    if num_instances < 1:
        raise ValueError(f"Expected `num_instances` larger than 0, but {num_instances} is found")


def _warn_of_buffer(buffer_size: int, name: str) -> None:
    if buffer_size < 0:
        warnings.warn(
            f"Unlimited buffer size is set for `{name}`, please be aware of OOM at random places", stacklevel=3
        )


class _ForkerIterDataPipe(_Shared):
    copy: Callable | None = None

    def next_of(self, child: int) -> Any:
        queues = self._queues
        if not queues[child]:
            found = next(self._source)  # type: ignore[arg-type]
            if 0 <= self.buffer_size < 1 + max(len(q) for q in queues):
                raise BufferError(f"ForkerIterDataPipe buffer overflow,buffer size {self.buffer_size} is insufficient.")
            for queue in queues:
                queue.append(found)
        found = queues[child].popleft()
        return found if self.copy is None else self.copy(found)


class _DemultiplexerIterDataPipe(_Shared):
    drop_none = False
    classifier_fn: Callable

    def next_of(self, child: int) -> Any:
        queues = self._queues
        while not queues[child]:
            found = next(self._source)  # type: ignore[arg-type]
            place = self.classifier_fn(found)
            if place is None and self.drop_none:
                continue
            if place is None or not 0 <= place < self.num_instances:
                raise ValueError(
                    f"Output of the classification fn should be between 0 and {self.num_instances - 1}. "
                    f"{place} is returned."
                )
            if place == child:
                return found
            if 0 <= self.buffer_size <= sum(map(len, queues)):
                raise BufferError(
                    f"DemultiplexerIterDataPipe buffer overflow, buffer size {self.buffer_size} is insufficient."
                )
            queues[place].append(found)
        return queues[child].popleft()


@functional_datapipe("fork")
class ForkerIterDataPipe(IterDataPipe):
    """`num_instances` pipes with the same elements; one may be ahead of the last by `buffer_size`.

    Args: copy: "shallow" or "deep": give copies; None: the same objects.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> a, b = IterableWrapper(range(3)).fork(2)
    >>> list(a), list(b)
    ([0, 1, 2], [0, 1, 2])
    """

    def __new__(cls, datapipe: Any, num_instances: int, buffer_size: int = 1000, copy: str | None = None) -> Any:
        _check_instances(num_instances)
        if num_instances == 1:
            return datapipe
        main = _ForkerIterDataPipe(datapipe, num_instances, buffer_size)
        main.copy = _copier(copy)
        _warn_of_buffer(buffer_size, "fork")
        return _children(main)


def _copier(how: str | None) -> Callable | None:
    if how not in (None, "shallow", "deep"):
        raise ValueError(f"Unknown copy method `{how}` requested, choose one of None, `shallow` or `deep`.")
    return {None: None, "shallow": copying.copy, "deep": copying.deepcopy}[how]


@functional_datapipe("demux")
class DemultiplexerIterDataPipe(IterDataPipe):
    """`num_instances` pipes; `classifier_fn(element)` says which one gets it. At most `buffer_size` elements wait.

    Args: drop_none: leave out elements of which it is None.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> even, odd = IterableWrapper(range(5)).demux(2, lambda n: n % 2)
    >>> list(even), list(odd)
    ([0, 2, 4], [1, 3])
    """

    def __new__(
        cls,
        datapipe: Any,
        num_instances: int,
        classifier_fn: Callable,
        drop_none: bool = False,
        buffer_size: int = 1000,
    ) -> Any:
        _check_instances(num_instances)
        check_picklable(classifier_fn)
        main = _DemultiplexerIterDataPipe(datapipe, num_instances, buffer_size)
        main.classifier_fn, main.drop_none = classifier_fn, drop_none
        _warn_of_buffer(buffer_size, "demux")
        return _children(main)
