"""Streams and events of a GPU: classes to name and to test against, not to make.

Source: https://docs.pytorch.org/docs/stable/cuda.html#streams-and-events
"""

from __future__ import annotations

from typing import Any

from penlight.cuda.errors import not_compiled
from penlight.ledger.missing import module_getattr

__all__ = [
    "CUDAGraph",
    "Event",
    "ExternalStream",
    "Stream",
    "StreamContext",
    "current_stream",
    "default_stream",
    "graph",
    "set_stream",
    "stream",
]


class Stream:
    """Raises RuntimeError when made, as PyTorch's does without a GPU."""

    def __new__(cls, device: Any = None, priority: int = 0, **kwargs: Any) -> Any:
        raise RuntimeError(f"torch.cuda.{cls.__name__} requires CUDA support")


class ExternalStream(Stream):
    """Raises RuntimeError when made, as PyTorch's does without a GPU."""


class Event:
    """Raises RuntimeError when made, as PyTorch's does without a GPU."""

    def __new__(
        cls, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False, **kwargs: Any
    ) -> Any:
        raise RuntimeError("Tried to instantiate dummy base class Event")


class CUDAGraph:
    """Raises RuntimeError when made, as PyTorch's does without a GPU."""

    def __new__(cls, keep_graph: bool = False) -> Any:
        raise RuntimeError("Tried to instantiate dummy base class CUDAGraph")


class graph:
    """Raises RuntimeError when made, as PyTorch's does without a GPU."""

    def __new__(cls, cuda_graph: CUDAGraph, pool: Any = None, stream: Any = None, **kwargs: Any) -> Any:
        raise RuntimeError("torch.cuda.Stream requires CUDA support")


class StreamContext:
    """A block on a stream; with None, the only stream there can be here, it does nothing."""

    def __init__(self, stream: Stream | None) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        pass


def stream(stream: Stream | None) -> StreamContext:
    """A block on a stream; with None it does nothing."""
    return StreamContext(stream)


def set_stream(stream: Stream | None) -> None:
    """Nothing to set: None is the only stream there can be here."""


def current_stream(device: Any = None) -> Stream:
    """Raises AssertionError: there is no GPU."""
    return not_compiled()  # type: ignore[return-value]


def default_stream(device: Any = None) -> Stream:
    """Raises AssertionError: there is no GPU."""
    return not_compiled()  # type: ignore[return-value]


__getattr__ = module_getattr(__name__)
