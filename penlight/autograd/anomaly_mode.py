"""Anomaly detection: `detect_anomaly`, `set_detect_anomaly`."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.base.mode import mode

__all__ = ["detect_anomaly", "set_anomaly_enabled", "set_detect_anomaly"]


class set_detect_anomaly:
    """Switch anomaly detection on or off, for good or for a `with` block.

    While it is on, each op remembers where it was called; a gradient rule that fails, or returns NaN (with
    `check_nan`), is reported with that traceback.
    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.set_detect_anomaly

    >>> import penlight as torch
    >>> with torch.autograd.set_detect_anomaly(True):
    ...     torch.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.before = _current()
        _set(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        _set(*self.before)


class detect_anomaly:
    """A block in which anomaly detection is on.

    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.detect_anomaly
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.before = _current()
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self.before = _current()
        _set(True, self.check_nan)

    def __exit__(self, *exc_info: Any) -> None:
        _set(*self.before)


def _current() -> tuple[bool, bool]:
    return mode.anomaly, mode.anomaly_check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off, for good."""
    _set(enabled, check_nan)


def _set(on: bool, check_nan: bool) -> None:
    mode.set(anomaly=bool(on), anomaly_check_nan=bool(check_nan))
