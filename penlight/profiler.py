"""`torch.profiler`: names, schedules and marks; profiling itself is not there, `python -m cProfile` sees every op.

Source: https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Any

from penlight.ledger.missing import module_getattr, placeholder

__all__ = [
    "ProfilerAction", "ProfilerActivity", "kineto_available", "profile", "record_function", "schedule",
    "supported_activities", "tensorboard_trace_handler",
]  # fmt: skip

_REASON = "ops are not recorded; Python's own profiler sees them: python -m cProfile -s tottime script.py"


class ProfilerActivity(Enum):
    """What a profile would watch."""

    CPU, CUDA, MTIA, HPU, XPU, PrivateUse1 = range(6)


class ProfilerAction(IntEnum):
    """What a profile would do at a step."""

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
    """An empty set: nothing is recorded."""
    return set()


def kineto_available() -> bool:
    """False: PyTorch's profiling library is not part of penlight."""
    return False


class record_function:
    """A named block or function, which a profile would show; without a profile it does nothing, as in PyTorch."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args

    def __enter__(self) -> record_function:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        pass

    def __call__(self, function: Callable) -> Callable:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapped


profile = placeholder("torch.profiler.profile", _REASON)
tensorboard_trace_handler = placeholder("torch.profiler.tensorboard_trace_handler", _REASON)
__getattr__ = module_getattr(__name__)
