"""Timing and comparing statements, as in `torch.utils.benchmark`."""

from penlight.ledger.missing import module_getattr
from penlight.utils.benchmark.common import (
    Measurement,
    TaskSpec,
    ordered_unique,
    select_unit,
    set_torch_threads,
    trim_sigfig,
    unit_to_english,
)
from penlight.utils.benchmark.compare import Colorize, Compare
from penlight.utils.benchmark.timer import Language, Timer, timer

__all__ = [
    "Colorize", "Compare", "Language", "Measurement", "TaskSpec", "Timer", "ordered_unique", "select_unit",
    "set_torch_threads", "timer", "trim_sigfig", "unit_to_english",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
