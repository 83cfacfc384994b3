"""Which ops run, how often and how long: `torch.autograd.profiler`.

Every op of the table is a compiled function whose code is named after it, so Python's profiling hook sees each call and
return; in-place forms and functions that make tensors are known by their code too. Nothing is added to an op, and
without a profile nothing is paid. A profiled op takes a few microseconds more.

Source: https://docs.pytorch.org/docs/stable/autograd.html#profiler
"""

from __future__ import annotations

import functools
import sys
import threading
import tracemalloc
from collections.abc import Callable
from time import perf_counter
from types import FrameType
from typing import Any

from penlight.autograd.profiler_util import EventList, FunctionEvent, FunctionEventAvg, Interval
from penlight.ledger.missing import module_getattr
from penlight.tensor import create, random, ranges
from penlight.tensor.graph import name_of
from penlight.tensor.tensor import Tensor

__all__ = [
    "Collector",
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "emit_itt",
    "emit_nvtx",
    "profile",
    "record_function",
]

_MARK = "<penlight op "
_BACKWARD = " backward>"


def _known_code() -> dict[Any, str]:
    """The code of functions that are no ops of the table (they make tensors, or work in place), and a name."""
    found = {Tensor.add_.__code__: ""}  # one code for all in-place forms; the frame knows which it is
    for module in (create, ranges, random):
        for name in module.__all__:
            code = getattr(getattr(module, name), "__code__", None)
            if code is not None:
                found[code] = name
    return found


def _own_name(frame: FrameType, name: str) -> str:
    """Which of the functions that share this code runs."""
    free = frame.f_code.co_freevars
    if "name" in free:
        return frame.f_locals["name"]
    return frame.f_locals["function"].__name__ if "function" in free else name


class _Current(threading.local):
    collector: Collector | None = None


_current = _Current()


class Collector:
    """Takes down the calls of this thread between `start` and `stop`.

    Args: shapes: note the shapes of tensor arguments. memory: note by how many bytes the memory in use grew, as
    `tracemalloc` counts it.
    """

    def __init__(self, shapes: bool = False, memory: bool = False) -> None:
        self.shapes, self.memory = shapes, memory
        self.events: list[FunctionEvent] = []
        self._open: list[tuple[Any, FunctionEvent, int]] = []

    def start(self) -> None:
        if _current.collector is not None:
            raise RuntimeError("Profiler is already enabled on this thread")
        self._owns_tracing = self.memory and not tracemalloc.is_tracing()
        if self._owns_tracing:
            tracemalloc.start()
        _current.collector = self
        self._known = _known_code()
        self._zero = perf_counter()
        self._before = sys.getprofile()
        self._chained = self._before if callable(self._before) else None  # another counter goes on counting
        sys.setprofile(self._hook)

    def stop(self) -> None:
        sys.setprofile(self._before)
        _current.collector = None
        while self._open:  # blocks that are still open end here
            self.leave(self._open[-1][0])
        if self._owns_tracing:
            tracemalloc.stop()

    def enter(self, key: Any, name: str) -> FunctionEvent:
        """Begin an event that ends with `leave(key)`."""
        held = tracemalloc.get_traced_memory()[0] if self.memory else 0
        start = (perf_counter() - self._zero) * 1e6
        event = FunctionEvent(len(self.events), name, threading.get_native_id(), start)
        if self._open:
            parent = self._open[-1][1]
            event.cpu_parent = parent
            parent.cpu_children.append(event)
        self.events.append(event)
        self._open.append((key, event, held))
        return event

    def leave(self, key: Any) -> None:
        if not self._open or self._open[-1][0] is not key:
            return  # it began before the profile did
        _, event, held = self._open.pop()
        event.time_range = Interval(event.time_range.start, (perf_counter() - self._zero) * 1e6)
        if self.memory:
            event.cpu_memory_usage = tracemalloc.get_traced_memory()[0] - held

    def _hook(self, frame: FrameType, what: Any, argument: Any) -> None:
        if self._chained is not None:
            self._chained(frame, what, argument)
        if what == "return":
            self.leave(frame)
            return
        if what != "call":
            return
        code = frame.f_code
        file = code.co_filename
        if file.startswith(_MARK):
            if code.co_name == "<module>":
                return  # an op being compiled, at its first use
            if file.endswith(_BACKWARD) and "node" in frame.f_locals:
                self.enter(frame, name_of(frame.f_locals["node"]))
                return
            name = file[len(_MARK) : -1].removesuffix(" on arrays")
        elif code in self._known:
            name = _own_name(frame, self._known[code])
        else:
            return
        event = self.enter(frame, "aten::" + name)
        if self.shapes:
            given = [frame.f_locals.get(n) for n in code.co_varnames[: code.co_argcount]]
            event.input_shapes = [_shape(v) for v in given if v is not None]


def _shape(value: Any) -> list:
    if isinstance(value, Tensor):
        return list(value._a.shape)
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, Tensor) for v in value):
        return [list(v._a.shape) for v in value]
    return []


class record_function:
    """A named block or function that a profile shows; without a profile it does nothing.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.profiler.record_function.html
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args

    def __enter__(self) -> record_function:
        collector = _current.collector
        if collector is not None:
            collector.enter(self, self.name).is_user_annotation = True
        return self

    def __exit__(self, *exc_info: Any) -> None:
        collector = _current.collector
        if collector is not None:
            collector.leave(self)

    def __call__(self, function: Callable) -> Callable:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name, self.args):
                return function(*args, **kwargs)

        return wrapped


class profile:
    """Profile a `with` block; its table and sums are read afterwards.

    Args: record_shapes, profile_memory: note input shapes; memory growth. Nothing runs on other devices.
    Raises: NotImplementedError for `with_stack` and `with_flops`, which are not recorded.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.profiler.profile.html

    >>> import penlight as torch
    >>> x = torch.ones(3)
    >>> with torch.autograd.profiler.profile() as prof:
    ...     y = x + x
    >>> [(e.key, e.count) for e in prof.key_averages()]
    [('aten::add', 1)]
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: Any = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        **more: Any,
    ) -> None:
        refuse_unrecorded(with_stack=with_stack, with_flops=with_flops)
        self.enabled = enabled
        self.record_shapes, self.profile_memory = record_shapes, profile_memory
        self.entered = False
        self.function_events: EventList | None = None

    def __enter__(self) -> profile:
        if self.enabled:
            if self.entered:
                raise RuntimeError("Profiler context manager is not reentrant")
            self.entered = True
            self._collector = Collector(self.record_shapes, self.profile_memory)
            self._collector.start()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        if self.enabled:
            self._collector.stop()
            self.function_events = EventList(self._collector.events, self.profile_memory)

    def _finished(self) -> EventList:
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def __str__(self) -> str:
        return "<unfinished profiler_legacy.profile>" if self.function_events is None else str(self.function_events)

    def table(self, *args: Any, **kwargs: Any) -> str:
        """`EventList.table` of the events."""
        return self._finished().table(*args, **kwargs)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """`EventList.key_averages` of the events."""
        return self._finished().key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """`EventList.total_average` of the events."""
        return self._finished().total_average()

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as JSON for chrome://tracing and Perfetto."""
        self._finished().export_chrome_trace(path)

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds in all events."""
        return self._finished().self_cpu_time_total


class emit_itt:
    """A block whose ops another profiler would see; there is none to tell, so it changes nothing."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled = enabled

    def __enter__(self) -> Any:
        return self if self.enabled else None

    def __exit__(self, *exc_info: Any) -> None:
        pass


class emit_nvtx(emit_itt):
    """A block whose ops a GPU's profiler would see: raises AssertionError, as PyTorch's does without a GPU."""

    def __enter__(self) -> None:
        if self.enabled:
            raise AssertionError("Torch not compiled with CUDA enabled")


def refuse_unrecorded(**wanted: bool) -> None:
    """Raise for what a profile cannot record."""
    for name, asked in wanted.items():
        if asked:
            raise NotImplementedError(f"penlight's profiler does not record what {name}=True asks for; leave it out")


__getattr__ = module_getattr(__name__)
