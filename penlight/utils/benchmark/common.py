"""What a benchmark measured, and how it is shown.

Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from penlight.base.defaults import get_num_threads, set_num_threads

__all__ = [
    "Measurement", "TaskSpec", "ordered_unique", "select_unit", "set_torch_threads", "trim_sigfig", "unit_to_english",
]  # fmt: skip

_WARN, _WARN_MORE = 0.1, 0.25  # of the interquartile range over the median
_MOST_FIGURES = 4
_CLOCK = 25e-9  # seconds: half a confidence interval is never taken to be smaller
_UNITS = ("s", "ms", "us", "ns")
_ENGLISH = {"s": "second", "ms": "millisecond", "us": "microsecond", "ns": "nanosecond"}


@dataclass(init=True, repr=False, eq=True, frozen=True)
class TaskSpec:
    """What identifies a measurement: the statement, its setup and its labels."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label (or the statement) and the sub-label."""
        head = self.label if self.label is not None else self.stmt
        return head + (f": {self.sub_label}" if self.sub_label else "")

    def setup_str(self) -> str:
        """The setup as text: on one line, or indented below; nothing where there is none."""
        if self.setup in ("", "pass"):
            return ""
        if "\n" not in self.setup:
            return f"setup: {self.setup}"
        return "setup:\n" + textwrap.indent(self.setup, "  ")

    def summarize(self) -> str:
        """Title, description and setup."""
        parts = [self.title, self.description or "", *([self.setup_str()] if self.setup_str() else [])]
        last = "\n" if "\n" in self.setup else ""
        return "\n".join(part for part in parts if part) + last


_SPEC_FIELDS = tuple(TaskSpec.__dataclass_fields__)


class Measurement:
    """Times of one task: each of `raw_times` is the seconds of `number_per_run` runs.

    The labels of `task_spec` are attributes of the measurement too. It can be pickled.
    Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html#torch.utils.benchmark.Measurement

    >>> from penlight.utils.benchmark import Measurement, TaskSpec
    >>> m = Measurement(100, [1e-3, 1.1e-3, 1.2e-3, 0.9e-3], TaskSpec("x + y", "pass"))
    >>> m.significant_figures, f"{m.median * 1e6:.2f}", f"{m.iqr * 1e6:.2f}"
    (1, '10.50', '1.50')
    """

    def __init__(
        self, number_per_run: int, raw_times: list[float], task_spec: TaskSpec, metadata: dict[Any, Any] | None = None
    ) -> None:
        self.number_per_run, self.raw_times = number_per_run, raw_times
        self.task_spec, self.metadata = task_spec, metadata

    def __eq__(self, other: Any) -> bool:
        return type(other) is Measurement and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name in _SPEC_FIELDS:
            return getattr(self.task_spec, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def times(self) -> list[float]:
        """Seconds of one run."""
        return [t / self.number_per_run for t in self.raw_times]

    def _sorted(self) -> np.ndarray:
        if not self.raw_times:
            raise ValueError("No timing data")
        return np.sort(np.array(self.times, np.float64))

    def _quartiles(self) -> tuple[float, float]:
        times = self._sorted()
        return float(np.quantile(times, 0.25)), float(np.quantile(times, 0.75))

    @property
    def median(self) -> float:
        """The middle of the times."""
        return float(np.median(self._sorted()))

    @property
    def mean(self) -> float:
        """The mean of the times."""
        return float(np.mean(self._sorted()))

    @property
    def iqr(self) -> float:
        """The interquartile range: the third less the first quartile."""
        first, third = self._quartiles()
        return third - first

    @property
    def significant_figures(self) -> int:
        """How many digits of the median can be trusted, by the spread of the middle half of the times.

        The confidence interval is 1.645 standard deviations of the mean of that half, as if they were normal.
        """
        times = self._sorted()
        n = len(times)
        half = times[n // 4 : math.ceil(3 * n / 4)]
        error = max(1.645 * float(np.std(half)) / math.sqrt(len(half)), _CLOCK)
        return min(max(math.floor(-math.log10(error / self.median)), 1), _MOST_FIGURES)

    @property
    def has_warnings(self) -> bool:
        """Whether the times scatter by more than a tenth of the median."""
        return not self.meets_confidence()

    def meets_confidence(self, threshold: float = _WARN) -> bool:
        """Whether the interquartile range is below `threshold` times the median."""
        return self.iqr / self.median < threshold

    @property
    def title(self) -> str:
        """That of the task."""
        return self.task_spec.title

    @property
    def as_row_name(self) -> str:
        """What a table calls it: the sub-label or the statement."""
        return self.sub_label or self.stmt or "[Unknown]"

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        name = "" if len(self.raw_times) == 1 else "Median: "
        lines = [object.__repr__(self), self.task_spec.summarize(), f"  {name}{self.median / scale:.2f} {unit}"]
        n, threads = len(self.raw_times), self.num_threads
        if n > 3:
            first, third = (q / scale for q in self._quartiles())
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({first:.2f} to {third:.2f})")
        many = "per measurement," if n > 1 else ","
        lines.append(
            f"  {n} measurement{'s' if n > 1 else ''}, {self.number_per_run} runs {many} {threads} "
            f"thread{'s' if threads > 1 else ''}"
        )
        if self.has_warnings:
            grave = self.iqr / self.median > _WARN_MORE
            lines += [
                f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement.",
                "           This suggests significant environmental influence."
                if grave
                else "           This could indicate system fluctuation.",
            ]
        return "\n".join(lines)

    @staticmethod
    def merge(measurements: Iterable[Measurement]) -> list[Measurement]:
        """One measurement for each task, of all its times."""
        found: dict[TaskSpec, list[float]] = {}
        for m in measurements:
            found.setdefault(m.task_spec, []).extend(m.times)
        return [Measurement(1, times, spec) for spec, times in found.items()]


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which a time has one to three digits before the point, and its seconds.

    >>> select_unit(2e-6)
    ('us', 1e-06)
    """
    thousands = -math.floor(math.log10(t) // 3)
    return (_UNITS[thousands], 1000.0**-thousands) if 0 < thousands < 4 else ("s", 1)


def unit_to_english(u: str) -> str:
    """A unit's name, such as "millisecond" for "ms"."""
    return _ENGLISH[u]


def trim_sigfig(x: float, n: int) -> float:
    """x, rounded to n significant figures.

    >>> trim_sigfig(123.456, 2)
    120.0
    """
    if n != int(n):
        raise AssertionError("n must be an integer")
    unit = 10.0 ** (math.ceil(math.log10(abs(x))) - n)
    return float(np.round(np.float32(x) / np.float32(unit)) * np.float32(unit))  # in single precision, as PyTorch


def ordered_unique(elements: Iterable[Any]) -> list[Any]:
    """Each element once, in order."""
    return list(dict.fromkeys(elements))


@contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """Compute with n threads within the block."""
    before = get_num_threads()
    try:
        set_num_threads(n)
        yield
    finally:
        set_num_threads(before)
