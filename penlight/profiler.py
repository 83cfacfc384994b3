"""`torch.profiler`: profiles by steps of a training loop.

Source: https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterable
from enum import Enum, IntEnum
from typing import Any

from penlight.autograd.profiler import Collector, record_function, refuse_unrecorded
from penlight.autograd.profiler_util import EventList
from penlight.ledger.missing import module_getattr

__all__ = [
    "ProfilerAction", "ProfilerActivity", "kineto_available", "profile", "record_function", "schedule",
    "supported_activities", "tensorboard_trace_handler",
]  # fmt: skip


class ProfilerActivity(Enum):
    """What a profile watches; here the CPU."""

    CPU, CUDA, MTIA, HPU, XPU, PrivateUse1 = range(6)


class ProfilerAction(IntEnum):
    """What a profile does at a step."""

    NONE, WARMUP, RECORD, RECORD_AND_SAVE = range(4)


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """A function from the step to what a profile does at it: wait, warm up, record `active` steps, `repeat` times.

    >>> import penlight as torch
    >>> [torch.profiler.schedule(wait=1, warmup=0, active=1)(step).name for step in range(2)]
    ['NONE', 'RECORD_AND_SAVE']
    """
    if not (wait >= 0 and warmup >= 0 and active > 0 and repeat >= 0 and skip_first >= 0):
        raise AssertionError("Invalid profiler schedule arguments")
    cycle = wait + warmup + active

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait != 0:
            step += wait
        if repeat > 0 and step // cycle >= repeat:
            return ProfilerAction.NONE
        place = step % cycle
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < cycle - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def supported_activities() -> set[ProfilerActivity]:
    """The CPU."""
    return {ProfilerActivity.CPU}


def kineto_available() -> bool:
    """False: PyTorch's profiling library is not part of penlight."""
    return False


class profile:
    """Profile a `with` block, or the steps of a loop that a `schedule` picks.

    Args:
        activities: what to watch; only the CPU is there to watch.
        schedule: from the step (counted by `step()`) to a ProfilerAction; by default all is recorded.
        on_trace_ready: called with this object whenever a recorded stretch ends.
        record_shapes, profile_memory: note input shapes; by how much the memory in use grew.
    Raises: NotImplementedError for `with_stack` and `with_flops`, which are not recorded.
    Source: https://docs.pytorch.org/docs/stable/profiler.html

    >>> import penlight as torch
    >>> with torch.profiler.profile() as prof, torch.profiler.record_function("forward"):
    ...     y = torch.ones(2, 3).relu()
    >>> [e.key for e in prof.key_averages()]
    ['forward', 'aten::ones', 'aten::relu']
    """

    def __init__(
        self,
        *,
        activities: Iterable[Any] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[Any], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        **more: Any,
    ) -> None:
        refuse_unrecorded(with_stack=with_stack, with_flops=with_flops)
        self.activities = set(activities) if activities is not None else supported_activities()
        self.schedule = schedule or (lambda step: ProfilerAction.RECORD)
        self.on_trace_ready = on_trace_ready
        self.record_shapes, self.profile_memory = record_shapes, profile_memory
        self._metadata: dict[str, Any] = {}
        self.step_num = 0
        self.current_action = ProfilerAction.NONE
        self._collector: Collector | None = None
        self._events: EventList | None = None
        self._step_block: record_function | None = None
        self._scheduled = schedule is not None

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Begin at step 0."""
        if not self.activities:
            raise AssertionError("No valid profiler activities found: name ProfilerActivity.CPU")
        self.step_num = 0
        self._change(self.schedule(0))

    def stop(self) -> None:
        """End; what is being recorded counts as ready."""
        recording = self._collector is not None
        self._change(ProfilerAction.NONE)
        if recording and self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def step(self) -> None:
        """The next step of the loop begins."""
        before = self.current_action
        self.step_num += 1
        action = self.schedule(self.step_num)
        if before is ProfilerAction.RECORD_AND_SAVE:
            self._change(ProfilerAction.NONE)
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)
        self._change(action)

    def _change(self, action: ProfilerAction) -> None:
        self.current_action = action
        if self._step_block is not None:
            self._step_block.__exit__()
            self._step_block = None
        records = action in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)
        if records and self._collector is None:
            self._collector = Collector(self.record_shapes, self.profile_memory)
            self._collector.start()
        elif not records and self._collector is not None:
            self._collector.stop()
            self._events = EventList(self._collector.events, self.profile_memory)
            self._collector = None
        if records and self._scheduled:
            self._step_block = record_function(f"ProfilerStep*{self.step_num}")
            self._step_block.__enter__()

    def events(self) -> EventList:
        """All events of the last recorded stretch."""
        if self._events is None:
            raise AssertionError(
                "the profiler has recorded nothing yet: events are there once a recorded stretch ended"
            )
        return self._events

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """The events' sums by name."""
        return self.events().key_averages(group_by_input_shape, group_by_stack_n)

    def export_chrome_trace(self, path: Any) -> None:
        """Write the events as JSON for chrome://tracing and Perfetto."""
        self.events().export_chrome_trace(path, self._metadata)

    def add_metadata(self, key: str, value: str) -> None:
        """A text that `export_chrome_trace` writes beside the events."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """What a JSON text says, which `export_chrome_trace` writes beside the events."""
        self._metadata[key] = json.loads(value)

    preset_metadata_json = add_metadata_json


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """An `on_trace_ready` that writes each trace into a folder, as `worker.time.pt.trace.json`."""
    def handler(prof: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json" + ".gz" * use_gzip
        prof.export_chrome_trace(os.path.join(dir_name, name))

    return handler


__getattr__ = module_getattr(__name__)
