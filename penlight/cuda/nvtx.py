"""`torch.cuda.nvtx`: marks for NVIDIA's profiler, which raise without CUDA."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


def _raise(*args: Any, **kwargs: Any) -> Any:
    """Raise PyTorch's error."""
    raise RuntimeError("NVTX functions not installed. Are you sure you have a CUDA build?")


range_push = range_pop = range_start = range_end = mark = _raise


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:
    """A marked stretch of code, as a context or a decorator: raises when it is entered."""
    yield range_push(msg.format(*args, **kwargs))
