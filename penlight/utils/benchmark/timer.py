"""Timing statements: `Timer`.

Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html
"""

from __future__ import annotations

import sys
import textwrap
import timeit
from collections.abc import Callable
from enum import Enum
from typing import Any

from penlight.utils.benchmark.common import Measurement, TaskSpec, set_torch_threads

__all__ = ["Language", "Timer", "timer"]

timer = timeit.default_timer


class Language(Enum):
    """In what a statement is written; only Python runs here."""

    PYTHON = 0
    CPP = 1


def _language(language: Any) -> None:
    if language in (Language.CPP, "c++", "C++", "cpp", "CPP"):
        raise NotImplementedError("penlight's Timer runs Python only: there is no C++ library to build against")
    if language not in (Language.PYTHON, "py", "python", "Python"):
        raise ValueError(f"Invalid language `{language}`.")


class Timer:
    """Time a statement, as `timeit` does, with a warm-up, with one thread unless told otherwise, and with labels.

    Args:
        stmt, setup: code, which may be indented; `setup` runs once before each measurement.
        globals: names that both may use; `torch` is there if the caller does not give it.
        label, sub_label, description, env: how tables name the measurement.
    Raises: NotImplementedError for C++ and for Callgrind.
    Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html#torch.utils.benchmark.Timer

    >>> import penlight as torch
    >>> timer = torch.utils.benchmark.Timer("x + 1", "x = torch.ones(3)", label="sums")
    >>> m = timer.timeit(10)
    >>> m.number_per_run, len(m.raw_times), m.title
    (10, 1, 'sums')
    """

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Language | str = Language.PYTHON,
    ) -> None:
        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        _language(language)
        if global_setup:
            raise ValueError(
                f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to `setup`."
            )
        stmt, setup = (textwrap.dedent(code.removeprefix("\n")).rstrip() or "pass" for code in (stmt, setup))
        self._globals = {"torch": sys.modules["penlight"], **(globals or {})}
        self._timer = timeit.Timer(stmt=stmt, setup=setup, timer=timer, globals=self._globals)
        self._task_spec = TaskSpec(stmt, setup, "", label, sub_label, description, env, num_threads)

    def _time(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One measurement of `number` runs, after a hundredth as many."""
        with set_torch_threads(self._task_spec.num_threads):
            self._time(max(number // 100, 2))
            return Measurement(number, [self._time(number)], self._task_spec)

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback: Any = None) -> None:
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def _block_size(self, least: float) -> int:
        """So many runs that reading the clock costs less than 0.01 % of them, and no more than fill `least` seconds."""
        with set_torch_threads(self._task_spec.num_threads):
            overhead = sorted(self._time(0) for _ in range(5))[2]
            number = 1
            while True:
                taken = self._time(number)
                if taken > 0 and overhead / taken <= 1e-4 and taken >= least / 1000:
                    return number
                if taken > least:
                    return number
                number *= 10

    def _measure(
        self, number: int, stop: Callable[[list[float]], bool], least: float, most: float, callback: Any
    ) -> Any:
        """Blocks of `number` runs until `least` seconds are over and `stop` agrees, or `most` are."""
        times: list[float] = []
        total, can_stop = 0.0, False
        with set_torch_threads(self._task_spec.num_threads):
            while total < least or not can_stop:
                taken = self._time(number)
                times.append(taken)
                total += taken
                if callback:
                    callback(number, taken)
                can_stop = stop(times)
                if total >= most:
                    break
        return Measurement(number, times, self._task_spec)

    def blocked_autorange(
        self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2
    ) -> Measurement:
        """Blocks of as many runs as make the clock's cost small, for at least `min_run_time` seconds."""
        number = self._block_size(min_run_time)
        return self._measure(number, lambda times: True, min_run_time, float("inf"), callback)

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[[int, float], Any] | None = None,
    ) -> Measurement:
        """Blocks of runs until the interquartile range is below `threshold` times the median, or time is over."""
        number = self._block_size(0.05)

        def steady(times: list[float]) -> bool:
            return len(times) > 3 and Measurement(number, times, self._task_spec).meets_confidence(threshold)

        return self._measure(number, steady, min_run_time, max_run_time, callback)

    def collect_callgrind(self, number: int = 100, *, repeats: int | None = None, **options: Any) -> Any:
        raise NotImplementedError("penlight's Timer does not run Valgrind: count with FlopCounterMode or measure times")
