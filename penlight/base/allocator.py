"""Keep freed memory in the process, so that the next array of that size needs no fresh pages.

glibc gives blocks from 128 KiB on back to the system when they are freed, and the system clears each page anew when it
is touched again: a quarter of the time of a training step on arrays of that size (LeNet, batch 64: 1,400 page faults a
step, 0 with these thresholds). Blocks beyond 32 MiB still go back at once.
"""

from __future__ import annotations

import ctypes
import os

__all__ = ["keep_freed_memory"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's names of the parameters, malloc.h
KEPT = 128 << 20  # bytes at the end of the heap that are kept
LARGEST = 32 << 20  # bytes; the largest block that glibc takes from the heap


def keep_freed_memory() -> bool:
    """Set malloc's thresholds for this process; whether they were set.

    Left alone where malloc is not glibc's, where the environment sets it up (MALLOC_TRIM_THRESHOLD_,
    MALLOC_MMAP_THRESHOLD_, GLIBC_TUNABLES), and with PENLIGHT_KEEP_MEMORY=0.
    """
    if os.environ.get("PENLIGHT_KEEP_MEMORY") == "0" or os.name != "posix":
        return False
    if any(name in os.environ for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(_MMAP_THRESHOLD, LARGEST) and library.mallopt(_TRIM_THRESHOLD, KEPT))
