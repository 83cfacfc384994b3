"""Pipes from one stream to one: wrapping, mapping, filtering, batching, sampling, shuffling, grouping."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from penlight.utils.data._utils.collate import default_collate
from penlight.utils.data.datapipes.common import check_picklable, copy_or_warn, validate_input_col
from penlight.utils.data.datapipes.datapipe import DataChunk, IterDataPipe, functional_datapipe
from penlight.utils.data.sampler import SequentialSampler, draw_seed

__all__ = [
    "BatcherIterDataPipe", "CollatorIterDataPipe", "FilterIterDataPipe", "GrouperIterDataPipe",
    "IterableWrapperIterDataPipe", "MapperIterDataPipe", "SamplerIterDataPipe", "ShufflerIterDataPipe",
    "UnBatcherIterDataPipe",
]  # fmt: skip


def length_of(pipe: Any, source: Any) -> int:
    """The source's length, or TypeError that names the pipe."""
    if hasattr(type(source), "__len__"):
        return len(source)
    raise TypeError(f"{type(pipe).__name__} instance doesn't have valid length")


class IterableWrapperIterDataPipe(IterDataPipe):
    """The elements of an iterable, which is copied for each iteration unless `deepcopy` is False."""

    def __init__(self, iterable: Iterable, deepcopy: bool = True) -> None:
        self.iterable, self.deepcopy = iterable, deepcopy

    def __iter__(self) -> Iterator[Any]:
        yield from copy_or_warn(self.iterable, "iterable") if self.deepcopy else self.iterable

    def __len__(self) -> int:
        return length_of(self, self.iterable)


@functional_datapipe("map")
class MapperIterDataPipe(IterDataPipe):
    """fn of each element, or of the columns `input_col` of each; the result takes their place, or that of `output_col`.

    output_col=-1 appends it.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> list(IterableWrapper([(1, 2), (3, 4)]).map(lambda x: 10 * x, input_col=1))
    [(1, 20), (3, 40)]
    """

    def __init__(self, datapipe: Any, fn: Callable, input_col: Any = None, output_col: Any = None) -> None:
        check_picklable(fn)
        self.datapipe, self.fn, self.input_col = datapipe, fn, input_col
        if input_col is None and output_col is not None:
            raise ValueError("`output_col` must be None when `input_col` is None.")
        if isinstance(output_col, (list, tuple)):
            if len(output_col) > 1:
                raise ValueError("`output_col` must be a single-element list or tuple")
            output_col = output_col[0]
        self.output_col = output_col
        validate_input_col(fn, input_col)

    def _changed(self, data: Any) -> Any:
        columns, into = self.input_col, self.output_col
        if columns is None:
            return self.fn(data)
        several = isinstance(columns, (list, tuple))
        result = self.fn(*(data[c] for c in columns)) if several else self.fn(data[columns])
        if isinstance(data, tuple):
            changed: Any = list(data)
        else:
            changed = data.copy()
        if into is None:
            changed[columns[0] if several else columns] = result
            if several:
                rest = columns[1:] if isinstance(data, dict) else sorted(columns[1:], reverse=True)
                for column in rest:
                    del changed[column]
        elif into == -1:
            changed.append(result)
        else:
            changed[into] = result
        return tuple(changed) if isinstance(data, tuple) else changed

    def __iter__(self) -> Iterator[Any]:
        for data in self.datapipe:
            yield self._changed(data)

    def __len__(self) -> int:
        return length_of(self, self.datapipe)


@functional_datapipe("collate")
class CollatorIterDataPipe(MapperIterDataPipe):
    """Batches made tensors: `default_collate`, or another function, of each element."""

    def __init__(self, datapipe: Any, conversion: Any = default_collate, collate_fn: Callable | None = None) -> None:
        if collate_fn is None and isinstance(conversion, dict):
            raise NotImplementedError("penlight's collate takes a function, not a dict of conversions for data frames")
        super().__init__(datapipe, fn=collate_fn if collate_fn is not None else conversion)


@functional_datapipe("filter")
class FilterIterDataPipe(IterDataPipe):
    """The elements of which `filter_fn` (of the columns `input_col`, if given) is True."""

    def __init__(self, datapipe: Any, filter_fn: Callable, input_col: Any = None) -> None:
        check_picklable(filter_fn)
        self.datapipe, self.filter_fn, self.input_col = datapipe, filter_fn, input_col
        validate_input_col(filter_fn, input_col)

    def __iter__(self) -> Iterator[Any]:
        columns = self.input_col
        for data in self.datapipe:
            if columns is None:
                kept = self.filter_fn(data)
            elif isinstance(columns, (list, tuple)):
                kept = self.filter_fn(*(data[c] for c in columns))
            else:
                kept = self.filter_fn(data[columns])
            if not isinstance(kept, bool):
                raise ValueError("Boolean output is required for `filter_fn` of FilterIterDataPipe, got", type(kept))
            if kept:
                yield data


@functional_datapipe("batch")
class BatcherIterDataPipe(IterDataPipe):
    """Lists (DataChunks) of `batch_size` elements; the last may be shorter, or is left out with `drop_last`."""

    def __init__(
        self, datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Callable = DataChunk
    ) -> None:
        if batch_size <= 0:
            raise AssertionError("Batch size is required to be larger than 0!")
        self.datapipe, self.batch_size, self.drop_last = datapipe, batch_size, drop_last
        self.wrapper_class = wrapper_class

    def __iter__(self) -> Iterator[Any]:
        batch: list = []
        for x in self.datapipe:
            batch.append(x)
            if len(batch) == self.batch_size:
                yield self.wrapper_class(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.wrapper_class(batch)

    def __len__(self) -> int:
        n = length_of(self, self.datapipe)
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)


@functional_datapipe("unbatch")
class UnBatcherIterDataPipe(IterDataPipe):
    """The elements of batches, `unbatch_level` levels deep; -1: all levels."""

    def __init__(self, datapipe: Any, unbatch_level: int = 1) -> None:
        self.datapipe, self.unbatch_level = datapipe, unbatch_level

    def __iter__(self) -> Iterator[Any]:
        for element in self.datapipe:
            yield from self._parts(element, self.unbatch_level)

    def _parts(self, element: Any, level: int) -> Iterator[Any]:
        if level < -1:
            raise ValueError("unbatch_level must be -1 or >= 0")
        batch = isinstance(element, (list, DataChunk))
        if level == 0 or (level == -1 and not batch):
            yield element
        elif batch:
            for part in element:
                yield from self._parts(part, level if level == -1 else level - 1)
        else:
            raise IndexError(f"unbatch_level {self.unbatch_level} exceeds the depth of the DataPipe")


class SamplerIterDataPipe(IterDataPipe):
    """What a sampler of the pipe gives: indices below its length."""

    def __init__(
        self, datapipe: Any, sampler: type = SequentialSampler, sampler_args: Any = None, sampler_kwargs: Any = None
    ) -> None:
        if not hasattr(type(datapipe), "__len__"):
            raise AssertionError("Sampler class requires input datapipe implemented `__len__`")
        self.datapipe = datapipe
        self.sampler_args, self.sampler_kwargs = sampler_args or (), sampler_kwargs or {}
        self.sampler = sampler(*self.sampler_args, data_source=datapipe, **self.sampler_kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sampler)

    def __len__(self) -> int:
        return length_of(self, self.sampler)


@functional_datapipe("shuffle")
class ShufflerIterDataPipe(IterDataPipe):
    """The elements in a random order: each is drawn from a buffer of `buffer_size`, which the next one joins.

    `set_seed(n)` fixes the next iteration; else the global stream gives a seed. `set_shuffle(False)` turns it off.
    """

    def __init__(self, datapipe: Any, *, buffer_size: int = 10000, unbatch_level: int = 0) -> None:
        if buffer_size <= 0:
            raise AssertionError("buffer_size should be larger than 0")
        self.datapipe = datapipe if unbatch_level == 0 else datapipe.unbatch(unbatch_level=unbatch_level)
        self.buffer_size = buffer_size
        self._enabled = True
        self._seed: int | None = None
        self._random = random.Random()

    def set_shuffle(self, shuffle: bool = True) -> Any:
        """Shuffle, or pass the elements on."""
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> Any:
        """The seed of the next iteration."""
        self._seed = seed
        return self

    def reset(self) -> None:
        if self._enabled:
            self._random.seed(draw_seed(None) if self._seed is None else self._seed)
            self._seed = None

    def __iter__(self) -> Iterator[Any]:
        if not self._enabled:
            yield from self.datapipe
            return
        buffer: list = []
        for x in self.datapipe:
            if len(buffer) == self.buffer_size:
                place = self._random.randint(0, len(buffer) - 1)
                drawn, buffer[place] = buffer[place], x
                yield drawn
            else:
                buffer.append(x)
        while buffer:
            yield buffer.pop(self._random.randint(0, len(buffer) - 1))

    def __len__(self) -> int:
        return length_of(self, self.datapipe)


@functional_datapipe("groupby")
class GrouperIterDataPipe(IterDataPipe):
    """Batches of elements with the same key.

    Args:
        group_size: a group is given when it has so many elements.
        buffer_size: when so many elements wait, the largest group is given, if it has `guaranteed_group_size` elements;
            otherwise it is left out (`drop_remaining`), or RuntimeError is raised.
        keep_key: give pairs of key and batch.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> list(IterableWrapper(["ab", "c", "ad"]).groupby(lambda word: word[0]))
    [['ab', 'ad'], ['c']]
    """

    def __init__(
        self, datapipe: Any, group_key_fn: Callable, *, keep_key: bool = False, buffer_size: int = 10000,
        group_size: int | None = None, guaranteed_group_size: int | None = None, drop_remaining: bool = False,
    ) -> None:  # fmt: skip
        check_picklable(group_key_fn)
        self.datapipe, self.group_key_fn, self.keep_key = datapipe, group_key_fn, keep_key
        self.max_buffer_size, self.drop_remaining = buffer_size, drop_remaining
        self.group_size, self.guaranteed_group_size = group_size, None
        if group_size is not None and buffer_size is not None:
            if not 0 < group_size <= buffer_size:
                raise AssertionError("group_size must be > 0 and <= buffer_size")
            self.guaranteed_group_size = group_size
        if guaranteed_group_size is not None:
            if group_size is None or not 0 < guaranteed_group_size <= group_size:
                raise AssertionError("guaranteed_group_size must be > 0 and <= group_size and group_size must be set")
            self.guaranteed_group_size = guaranteed_group_size

    def _shown(self, key: Any, group: list) -> Any:
        return (key, DataChunk(group)) if self.keep_key else DataChunk(group)

    def __iter__(self) -> Iterator[Any]:
        groups: dict[Any, list] = defaultdict(list)
        waiting = 0
        for x in self.datapipe:
            key = self.group_key_fn(x)
            groups[key].append(x)
            waiting += 1
            if self.group_size is not None and self.group_size == len(groups[key]):
                waiting -= len(groups[key])
                yield self._shown(key, groups.pop(key))
            if waiting == self.max_buffer_size:
                key = max(groups, key=lambda name: len(groups[name]))
                group, least = groups.pop(key), self.guaranteed_group_size
                if least is not None and len(group) < least and not self.drop_remaining:
                    raise RuntimeError("Failed to group items", str(group))
                waiting -= len(group)
                if least is None or len(group) >= least:
                    yield self._shown(key, group)
        for key, group in groups.items():
            yield self._shown(key, group)
