"""Iterators over batches: in order, by length, or along one long text.

Source: https://torchtext.readthedocs.io/en/latest/data.html#iterators (0.8)
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Iterator as _Iterates
from typing import Any

import penlight
from penlight.text.data.batch import Batch
from penlight.text.data.dataset import Dataset
from penlight.text.data.utils import RandomShuffler

__all__ = ["BPTTIterator", "BucketIterator", "Iterator", "batch", "pool"]


def _count(new: Any, count: int, so_far: int) -> int:
    return count


def batch(data: Iterable, batch_size: int, batch_size_fn: Callable | None = None) -> _Iterates[list]:
    """Yield lists of examples, each of the size `batch_size` as `batch_size_fn(example, count, size so far)` counts it.

    >>> list(batch([1, 2, 3], 2))
    [[1, 2], [3]]
    >>> list(batch(["aa", "b", "cc"], 3, lambda new, count, so_far: so_far + len(new)))
    [['aa', 'b'], ['cc']]
    """
    measure = _count if batch_size_fn is None else batch_size_fn
    kept: list = []
    size = 0
    for example in data:
        kept.append(example)
        size = measure(example, len(kept), size)
        if size == batch_size:
            yield kept
            kept, size = [], 0
        elif size > batch_size:
            if len(kept) > 1:  # torchtext yields an empty batch before an example that is larger than a batch
                yield kept[:-1]
            kept = kept[-1:]
            size = measure(example, 1, 0)
    if kept:
        yield kept


def pool(
    data: Iterable, batch_size: int, key: Callable, batch_size_fn: Callable | None = None,
    random_shuffler: Callable | None = None, shuffle: bool = False, sort_within_batch: bool = False,
) -> _Iterates[list]:  # fmt: skip
    """Yield batches from chunks of 100 batches; with `sort_within_batch` each chunk is sorted by `key` first.

    Args: shuffle: shuffle the batches of a chunk, with `random_shuffler`.

    >>> list(pool([3, 1, 2], 2, key=lambda x: x, sort_within_batch=True))
    [[1, 2], [3]]
    """
    shuffler = RandomShuffler() if random_shuffler is None else random_shuffler
    for chunk in batch(data, batch_size * 100, batch_size_fn):
        batches = list(batch(sorted(chunk, key=key) if sort_within_batch else chunk, batch_size, batch_size_fn))
        yield from shuffler(batches) if shuffle else batches


class Iterator:
    """Batches of a dataset.

    Args:
        dataset, batch_size: the examples, and how many a batch has.
        sort_key: of an example, the dataset's by default.
        device: of the tensors, the CPU by default (numbers are deprecated: they mean the CPU too).
        batch_size_fn: as for `batch`.
        train: shuffle by default; if not, sort by default.
        repeat: go on with another epoch for ever.
        shuffle, sort: shuffle or sort the examples in each epoch.
        sort_within_batch: sort each batch, longest first; by default as `sort`.
    """

    def __init__(
        self, dataset: Any, batch_size: int, sort_key: Callable | None = None, device: Any = None,
        batch_size_fn: Callable | None = None, train: bool = True, repeat: bool = False, shuffle: bool | None = None,
        sort: bool | None = None, sort_within_batch: bool | None = None,
    ):  # fmt: skip
        self.batch_size, self.train, self.dataset, self.repeat = batch_size, train, dataset, repeat
        self.batch_size_fn = batch_size_fn
        self.iterations = 0
        self.shuffle = train if shuffle is None else shuffle
        self.sort = (not train) if sort is None else sort
        self.sort_within_batch = self.sort if sort_within_batch is None else sort_within_batch
        self.sort_key = dataset.sort_key if sort_key is None else sort_key
        if isinstance(device, int):
            warnings.warn(
                "the `device` argument should be a torch.device or a string; a number means the CPU", stacklevel=2
            )
            device = None
        self.device = penlight.device("cpu") if device is None else penlight.device(device)
        self.random_shuffler = RandomShuffler()
        self._iterations_this_epoch = 0
        self._random_state_this_epoch: Any = None
        self._restored_from_state = False

    @classmethod
    def splits(cls, datasets: Sequence, batch_sizes: Sequence[int] | None = None, **kwargs: Any) -> tuple:
        """An iterator for each dataset; the first one is for training.

        Args: batch_sizes: one for each, instead of the one `batch_size`.
        """
        sizes = [kwargs.pop("batch_size")] * len(datasets) if batch_sizes is None else batch_sizes
        return tuple(cls(dataset, batch_size=sizes[i], train=i == 0, **kwargs) for i, dataset in enumerate(datasets))

    def data(self) -> Any:
        """The examples in this epoch's order."""
        if self.sort:
            return sorted(self.dataset, key=self._key())
        if self.shuffle:
            return [self.dataset[i] for i in self.random_shuffler(range(len(self.dataset)))]
        return self.dataset

    def _key(self) -> Callable:
        if self.sort_key is None:
            raise TypeError(
                "sorting needs a sort_key: pass sort_key=lambda example: len(example.text), or sort=False "
                "(iterators that are not for training sort by default)"
            )
        return self.sort_key

    def init_epoch(self) -> None:
        """Begin an epoch: make its batches."""
        if self._restored_from_state:
            self.random_shuffler.random_state = self._random_state_this_epoch
        else:
            self._random_state_this_epoch = self.random_shuffler.random_state
        self.create_batches()
        if self._restored_from_state:
            self._restored_from_state = False
        else:
            self._iterations_this_epoch = 0
        if not self.repeat:
            self.iterations = 0

    def create_batches(self) -> None:
        """Make the epoch's lists of examples."""
        self.batches: Iterable = batch(self.data(), self.batch_size, self.batch_size_fn)

    @property
    def epoch(self) -> int:
        """How many epochs are complete, for an iterator that repeats."""
        return math.floor(self.iterations / len(self))

    def __len__(self) -> int:
        if self.batch_size_fn is not None:
            raise NotImplementedError("the number of batches is not known before, with a batch_size_fn")
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self) -> _Iterates:
        while True:
            self.init_epoch()
            for position, examples in enumerate(self.batches):
                if self._iterations_this_epoch > position:
                    continue  # done before the state was saved
                self.iterations += 1
                self._iterations_this_epoch += 1
                if self.sort_within_batch and len(examples) > 1:
                    # Longest first, as pack_padded_sequence wants it
                    if self.sort:
                        examples.reverse()
                    else:
                        examples.sort(key=self._key(), reverse=True)
                yield Batch(examples, self.dataset, self.device)
            if not self.repeat:
                return

    def state_dict(self) -> dict[str, Any]:
        """Where the iteration is; an iterator that loads it goes on with the next batch."""
        return {
            "iterations": self.iterations,
            "iterations_this_epoch": self._iterations_this_epoch,
            "random_state_this_epoch": self._random_state_this_epoch,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on, in the next `for`, where the iteration was."""
        self.iterations = state_dict["iterations"]
        self._iterations_this_epoch = state_dict["iterations_this_epoch"]
        self._random_state_this_epoch = state_dict["random_state_this_epoch"]
        self._restored_from_state = True


class BucketIterator(Iterator):
    """Batches of examples of like length: little padding.

    For training the examples are shuffled, and chunks of 100 batches sorted by `sort_key` when `sort_within_batch` is
    true; without it, as in torchtext, batches hold examples of any length.
    """

    def create_batches(self) -> None:
        if self.sort:
            super().create_batches()
        else:
            self.batches = pool(
                self.data(), self.batch_size, self.sort_key, self.batch_size_fn, self.random_shuffler, self.shuffle,
                self.sort_within_batch,
            )  # fmt: skip


class BPTTIterator(Iterator):
    """Pieces of one long text, for backpropagation through time: batches with `text` and `target`, the next tokens.

    The text of the dataset's one example, padded, becomes `batch_size` columns; a batch has `bptt_len` rows of them.

    Shape: text, target: (bptt_len, batch_size), or (batch_size, bptt_len) with the field's `batch_first`.
    """

    def __init__(self, dataset: Any, batch_size: int, bptt_len: int, **kwargs: Any):
        self.bptt_len = bptt_len
        super().__init__(dataset, batch_size, **kwargs)

    def __len__(self) -> int:
        return math.ceil((len(self.dataset[0].text) / self.batch_size - 1) / self.bptt_len)

    def __iter__(self) -> _Iterates:
        tokens, field = self.dataset[0].text, self.dataset.fields["text"]
        rows = math.ceil(len(tokens) / self.batch_size)
        padded = tokens + [field.pad_token] * (rows * self.batch_size - len(tokens))
        numbers = field.numericalize(([padded], [len(padded)]) if field.include_lengths else [padded], self.device)
        numbers = numbers[0] if field.include_lengths else numbers
        columns = numbers.view(self.batch_size, -1).t().contiguous()  # (rows, batch_size)
        dataset = Dataset(self.dataset.examples, [("text", field), ("target", field)])
        while True:
            for start in range(0, rows - 1, self.bptt_len):
                self.iterations += 1
                size = min(self.bptt_len, rows - start - 1)
                text, target = columns[start : start + size], columns[start + 1 : start + 1 + size]
                if field.batch_first:
                    text, target = text.t().contiguous(), target.t().contiguous()
                yield Batch.fromvars(dataset, self.batch_size, text=text, target=target)
            if not self.repeat:
                return
