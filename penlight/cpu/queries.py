"""The CPU asked in the way GPUs are: device counts, streams, events.

Source: https://docs.pytorch.org/docs/stable/cpu.html
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "Event",
    "Stream",
    "StreamContext",
    "current_device",
    "current_stream",
    "device_count",
    "is_available",
    "is_initialized",
    "set_device",
    "stream",
    "synchronize",
]


def is_available() -> bool:
    """True."""
    return True


def device_count() -> int:
    """1: the processor's cores count as one device."""
    return 1


def current_device() -> str:
    """The name "cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """Nothing to choose: there is one CPU."""


def is_initialized() -> bool:
    """True."""
    return True


def synchronize(device: Any = None) -> None:
    """Nothing to wait for: ops are finished when they return."""


class Stream:
    """Ops run one after another, so a stream has nothing to order."""

    def __init__(self, priority: int = -1) -> None:
        pass

    def wait_stream(self, stream: Any) -> None:
        """Nothing to wait for."""

    def record_event(self) -> None:
        """Nothing to record."""

    def wait_event(self, event: Any) -> None:
        """Nothing to wait for."""


class Event:
    """A mark in the order of ops, which here are finished when they return."""

    def query(self) -> bool:
        return True

    def record(self, stream: Any = None) -> None:
        """Nothing to record."""

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def wait(self, stream: Any = None) -> None:
        """Nothing to wait for."""


_streams: list[Stream] = [Stream()]


class StreamContext:
    """A block in which `current_stream` answers the given stream."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            _streams.append(self.stream)

    def __exit__(self, *exc_info: Any) -> None:
        if self.stream is not None:
            _streams.pop()


def stream(stream: Any) -> StreamContext:
    """A block in which `current_stream` answers the given stream."""
    return StreamContext(stream)


def current_stream(device: Any = None) -> Stream:
    """The stream of the innermost block."""
    return _streams[-1]
