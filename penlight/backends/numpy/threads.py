"""Samples of a batch dealt out to threads: NumPy gives up the interpreter's lock while it computes.

The BLAS uses one thread meanwhile. It splits products by itself, but in a convolution they are so short that its threads
wait for each other longer than they compute, and where another program runs on the machine a hundred times as long.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from penlight.base.defaults import blas_threads, defaults

__all__ = ["by_samples"]

# Multiplications that pay for a thread: about half a millisecond.
_WORTH = 1 << 22

_busy = threading.Lock()
_pool: list = []  # at most one


def _after_fork() -> None:  # the child has none of the threads
    global _busy
    _busy = threading.Lock()
    _pool.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def by_samples(samples: int, work: int, call: Callable[[slice], Any]) -> list:
    """[call(part), …] for parts of `samples`, at once where `work` multiplications pay for it."""
    threads = defaults.num_threads
    parts = max(1, min(threads, samples, work // _WORTH))
    if threads == 1 or parts == 1 and work > _WORTH or not _busy.acquire(blocking=False):
        return [call(slice(0, samples))]
    before = blas_threads(1)
    try:
        if parts == 1:
            return [call(slice(0, samples))]
        if not _pool or _pool[0]._max_workers < parts - 1:
            from concurrent.futures import ThreadPoolExecutor  # late, for a short start-up

            _pool[:] = [ThreadPoolExecutor(threads - 1)]
        step = -(-samples // parts)
        slices = [slice(n, min(n + step, samples)) for n in range(0, samples, step)]
        others = [_pool[0].submit(copy_context().run, call, part) for part in slices[1:]]
        return [call(slices[0]), *[other.result() for other in others]]
    finally:
        blas_threads(before)
        _busy.release()
