"""`torch.Stream` and `torch.Event` on the CPU, where work is done when it is called for.

Source: https://docs.pytorch.org/docs/stable/torch.html#accelerators
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from penlight.base.device import CPU
from penlight.base.device import device as device_class

__all__ = ["Event", "Stream", "get_device_module"]

_NO_EVENTS = "cpu backend doesn't support events."


def _on_cpu(device: Any) -> Any:
    found = CPU if device is None else device_class(device) if isinstance(device, (str, int)) else device
    if found.type != "cpu":
        raise RuntimeError(f"PyTorch is not linked with support for {found.type} devices")
    return CPU


class Stream:
    """The one stream of the CPU: everything on it has been done. Raises RuntimeError for other devices."""

    stream_id = 0
    device_index = -1
    device_type = 0

    def __init__(self, device: Any = None, *, priority: int = 0) -> None:
        self.device = _on_cpu(device)

    def query(self) -> bool:
        return True

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def wait_event(self, event: Event) -> None:
        """Nothing to wait for."""

    def wait_stream(self, stream: Stream) -> None:
        raise RuntimeError(_NO_EVENTS)

    def record_event(self, event: Event | None = None) -> Event:
        raise RuntimeError(_NO_EVENTS)

    def is_capturing(self) -> bool:
        return False

    @property
    def native_handle(self) -> Any:
        raise RuntimeError("Backend doesn't support getting stream native handle.")

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream)

    def __hash__(self) -> int:
        return hash((Stream, self.stream_id))

    def __repr__(self) -> str:
        return "torch.Stream device_type=cpu, device_index=-1, stream_id=0"


class Event:
    """An event of the CPU, which cannot be recorded: nothing happens later. Raises RuntimeError for other devices."""

    event_id = 0

    def __init__(
        self, device: Any = None, *, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False
    ) -> None:
        self.device = _on_cpu(device)
        self._timed = enable_timing

    def record(self, stream: Stream | None = None) -> None:
        raise RuntimeError(_NO_EVENTS)

    def query(self) -> bool:
        return True

    def wait(self, stream: Stream | None = None) -> None:
        """Nothing to wait for."""

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def elapsed_time(self, end_event: Event) -> float:
        if not (self._timed and end_event._timed):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        raise ValueError("Both events must be recorded before calculating elapsed time.")

    def __repr__(self) -> str:
        return "torch.Event device_type=cpu, device_index=-1, event_flag=0, event_id=0"


def get_device_module(device: Any = None) -> ModuleType:
    """The module of a device type: `torch.cpu`, `torch.cuda` …; that of the CPU where none is named.

    Raises RuntimeError for a device without a module.
    """
    found = CPU if device is None else device_class(device) if isinstance(device, str) else device
    if found.type not in ("cpu", "cuda", "mps", "xpu"):
        raise RuntimeError(
            f"Device '{found.type}' does not have a corresponding module registered as 'torch.{found.type}'."
        )
    return importlib.import_module(f"penlight.{found.type}")
