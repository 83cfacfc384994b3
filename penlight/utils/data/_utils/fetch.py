"""Getting the samples of one batch out of a dataset."""

from __future__ import annotations

from typing import Any

__all__ = ["IterableFetcher", "MapFetcher"]


class MapFetcher:
    """Samples by index."""

    def __init__(self, dataset: Any, batching: bool, collate_fn: Any, drop_last: bool) -> None:
        self.dataset, self.batching, self.collate_fn = dataset, batching, collate_fn

    def fetch(self, indices: Any) -> Any:
        if not self.batching:
            return self.collate_fn(self.dataset[indices])
        at_once = getattr(self.dataset, "__getitems__", None)
        if at_once:
            return self.collate_fn(at_once(indices))
        dataset = self.dataset
        return self.collate_fn([dataset[i] for i in indices])


class IterableFetcher:
    """Samples from a stream; the indices only say how many."""

    def __init__(self, dataset: Any, batching: bool, collate_fn: Any, drop_last: bool) -> None:
        self.iterator = iter(dataset)
        self.batching, self.collate_fn, self.drop_last = batching, collate_fn, drop_last
        self.ended = False

    def fetch(self, indices: Any) -> Any:
        if self.ended:
            raise StopIteration
        if not self.batching:
            return self.collate_fn(next(self.iterator))
        samples = []
        for _ in indices:
            try:
                samples.append(next(self.iterator))
            except StopIteration:
                self.ended = True
                break
        if not samples or (self.drop_last and len(samples) < len(indices)):
            raise StopIteration
        return self.collate_fn(samples)
