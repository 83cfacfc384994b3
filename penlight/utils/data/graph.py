"""Which pipes a data pipe is made of."""

from __future__ import annotations

from typing import Any

from penlight.utils.data.datapipes.datapipe import IterDataPipe, MapDataPipe

__all__ = ["traverse", "traverse_dps"]


def _sources(value: Any, depth: int = 3) -> list[Any]:
    """The pipes among a pipe's attributes, in order, also in lists, tuples and dicts."""
    if isinstance(value, (IterDataPipe, MapDataPipe)):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if depth and isinstance(value, (list, tuple)):
        return [pipe for part in value for pipe in _sources(part, depth - 1)]
    return []


def traverse_dps(datapipe: Any) -> dict[int, tuple[Any, dict]]:
    """The graph of a pipe: {id: (pipe, the same for each pipe that it wraps)}; a pipe that is met twice is there once.

    Differs from PyTorch, which pickles: pipes are found among attributes, and in lists, tuples and dicts there.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> ((pipe, inner),) = traverse_dps(IterableWrapper([1]).batch(2)).values()
    >>> pipe, [source for source, _ in inner.values()]
    (BatcherIterDataPipe, [IterableWrapperIterDataPipe])
    """
    return _walked(datapipe, set())


def _walked(pipe: Any, seen: set[int]) -> dict[int, tuple[Any, dict]]:
    if not isinstance(pipe, (IterDataPipe, MapDataPipe)):
        raise RuntimeError(f"Expected `IterDataPipe` or `MapDataPipe`, but {type(pipe)} is found")
    if id(pipe) in seen:
        return {}
    seen.add(id(pipe))
    inner: dict[int, tuple[Any, dict]] = {}
    for source in _sources(vars(pipe)):
        inner.update(_walked(source, seen))
    return {id(pipe): (pipe, inner)}


def traverse(datapipe: Any, only_datapipe: bool | None = None) -> dict[int, tuple[Any, dict]]:
    """`traverse_dps` (deprecated in PyTorch)."""
    return traverse_dps(datapipe)
