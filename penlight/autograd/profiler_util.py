"""What a profile holds: events with their times, sums by name, the table and the Chrome trace.

Source: https://docs.pytorch.org/docs/stable/autograd.html#profiler
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from penlight.ledger.missing import module_getattr

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "Interval"]


def _time(us: float, unit: str | None = None) -> str:
    """Microseconds as text, in the unit that fits or the given one."""
    for name, size in (("s", 1e6), ("ms", 1e3), ("us", 1.0)):
        if unit == name or unit is None and (us >= size or name == "us"):
            return f"{us / size:.3f}{name}"
    raise AssertionError(f"time_unit must be s, ms or us, got {unit}")


def _memory(count: int) -> str:
    for name, size in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if abs(count) >= size:
            return f"{count / size:.2f} {name}"
    return f"{count} B"


class Interval(NamedTuple):
    """From start to end, in microseconds since the profile began."""

    start: float
    end: float

    def elapsed_us(self) -> float:
        return self.end - self.start


class _Times:
    """The figures that one event and a sum of events share."""

    count: int
    cpu_time_total: float
    self_cpu_time_total: float
    cpu_memory_usage: int
    self_cpu_memory_usage: int
    # nothing runs on another device
    device_time = device_time_total = self_device_time_total = cuda_time = cuda_time_total = 0.0
    self_cuda_time_total = 0.0
    device_memory_usage = self_device_memory_usage = cuda_memory_usage = self_cuda_memory_usage = 0

    @property
    def cpu_time(self) -> float:
        """Microseconds per call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    cpu_time_str = property(lambda self: _time(self.cpu_time))
    cpu_time_total_str = property(lambda self: _time(self.cpu_time_total))
    self_cpu_time_total_str = property(lambda self: _time(self.self_cpu_time_total))


class FunctionEvent(_Times):
    """One call of an op, of a gradient rule, or one `record_function` block."""

    count = 1

    def __init__(self, number: int, name: str, thread: int, start: float) -> None:
        self.id, self.name, self.thread = number, name, thread
        self.time_range = Interval(start, start)
        self.input_shapes: list = []
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []
        self.cpu_memory_usage = 0
        self.is_user_annotation = False

    key = property(lambda self: self.name)

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]
        return self.time_range.elapsed_us()

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:  # type: ignore[override]
        return self.cpu_memory_usage - sum(child.cpu_memory_usage for child in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time_str} thread={self.thread} "
            f"input_shapes={self.input_shapes}>"
        )


class FunctionEventAvg(_Times):
    """The sum of events of one name (and, where asked for, of one list of input shapes)."""

    def __init__(self, key: str = "Total", input_shapes: Any = None) -> None:
        self.key, self.input_shapes = key, input_shapes
        self.count = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0

    def add(self, other: Any) -> FunctionEventAvg:
        """Add an event's or another sum's figures."""
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        return self

    __iadd__ = add

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str} input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage}>"
        )


class EventList(list):
    """Events or their sums, in order."""

    def __init__(self, events: Any = (), memory: bool = False) -> None:
        super().__init__(events)
        self._memory = memory

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds spent in all events, each counted once."""
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, **options: Any) -> EventList:
        """One sum per name; with `group_by_input_shape`, per name and input shapes."""
        if group_by_stack_n:
            raise NotImplementedError("penlight's profiler records no stacks: group_by_stack_n must be 0")
        sums: dict[Any, FunctionEventAvg] = {}
        for event in self:
            shapes = event.input_shapes if group_by_input_shape else None
            key = (event.key, str(shapes))
            sums.setdefault(key, FunctionEventAvg(event.key, shapes)).add(event)
        return EventList(sums.values(), self._memory)

    def total_average(self) -> FunctionEventAvg:
        """The sum of all; its total counts nested events once."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """The events as a text table.

        Args:
            sort_by: a figure's name, such as "self_cpu_time_total", "cpu_time_total", "count"; largest first.
            time_unit: "s", "ms" or "us"; by default each number in the unit that fits.
        """
        rows = [e for e in self if not (top_level_events_only and getattr(e, "cpu_parent", None) is not None)]
        if sort_by is not None:
            if rows and not hasattr(rows[0], sort_by):
                raise AttributeError(f"sort_by: there is no figure {sort_by!r}")
            rows.sort(key=lambda e: getattr(e, sort_by), reverse=True)
        whole = self.self_cpu_time_total
        columns: list[tuple[str, Callable[[Any], str]]] = [
            ("Name", lambda e: _cut(e.key, max_name_column_width)),
            ("Self CPU %", lambda e: _share(e.self_cpu_time_total, whole)),
            ("Self CPU", lambda e: _time(e.self_cpu_time_total, time_unit)),
            ("CPU total %", lambda e: _share(e.cpu_time_total, whole)),
            ("CPU total", lambda e: _time(e.cpu_time_total, time_unit)),
            ("CPU time avg", lambda e: _time(e.cpu_time, time_unit)),
        ]
        if self._memory:
            columns += [
                ("CPU Mem", lambda e: _memory(e.cpu_memory_usage)),
                ("Self CPU Mem", lambda e: _memory(e.self_cpu_memory_usage)),
            ]
        columns.append(("# of Calls", lambda e: str(e.count)))
        if any(e.input_shapes for e in rows):
            columns.append(("Input Shapes", lambda e: _cut(str(e.input_shapes or []), max_shapes_column_width)))
        texts = [[show(e) for _, show in columns] for e in rows[:row_limit]]
        widths = [max([12, len(title), *(len(row[i]) for row in texts)]) for i, (title, _) in enumerate(columns)]
        rule = "  ".join("-" * w for w in widths)
        lines = [header] if header else []
        lines += [rule, "  ".join(title.rjust(w) for (title, _), w in zip(columns, widths)), rule]
        lines += ["  ".join(text.rjust(w) for text, w in zip(row, widths)) for row in texts]
        lines += [rule, f"Self CPU time total: {_time(whole, time_unit)}", ""]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: Any, metadata: dict[str, Any] | None = None) -> None:
        """Write the events as JSON for chrome://tracing and Perfetto, compressed where the path ends in .gz."""
        events = [
            {
                "ph": "X", "cat": "user_annotation" if e.is_user_annotation else "cpu_op", "name": e.name,
                "pid": os.getpid(), "tid": e.thread, "ts": e.time_range.start, "dur": e.cpu_time_total,
                "args": {"Input Dims": e.input_shapes} if e.input_shapes else {},
            }
            for e in self
        ]  # fmt: skip
        part = f"{os.fspath(path)}.part"
        opened = gzip.open if os.fspath(path).endswith(".gz") else open
        with opened(part, "wt", encoding="utf-8") as file:
            json.dump({"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": events, **(metadata or {})}, file)
        os.replace(part, path)


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "NaN"


def _cut(text: str, width: int) -> str:
    return text if width < 4 or len(text) <= width else text[: width - 3] + "..."


__getattr__ = module_getattr(__name__)
