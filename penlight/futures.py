"""`torch.futures.Future`: a value that is set later, with callbacks.

Source: https://docs.pytorch.org/docs/stable/futures.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from penlight.ledger.missing import module_getattr

__all__ = ["Future", "collect_all", "wait_all"]
T = TypeVar("T")


class Future(Generic[T]):
    """A value that some thread sets once; others wait for it.

    >>> import penlight as torch
    >>> f = torch.futures.Future(); g = f.then(lambda done: done.value() + 1); f.set_result(1); g.wait()
    2
    """

    def __init__(self, *, devices: Any = None) -> None:
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable] = []

    def done(self) -> bool:
        """Whether it holds a value or an error."""
        return self._ready.is_set()

    def wait(self) -> T:
        """Wait for the value; raises the error that was set instead."""
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self._value

    def value(self) -> T:
        """The value, which must be there."""
        if not self.done():
            raise RuntimeError("value() expects the future to be completed; call wait() to wait for it")
        return self.wait()

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._lock:
            if self.done():
                raise RuntimeError(
                    "Future can only be set once: attempting to mark a completed Future as complete again. Note that a "
                    "Future can only be marked completed once."
                )
            self._value, self._error = value, error
            self._ready.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def set_result(self, result: T) -> None:
        """Set the value, and run the callbacks."""
        self._finish(result, None)

    def set_exception(self, result: BaseException) -> None:
        """Set an error, which waiting raises."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._finish(None, result)

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        """Call `callback(self)` when the value is there."""
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback(self)

    def then(self, callback: Callable[[Future], Any]) -> Future:
        """A Future of what `callback(self)` returns."""
        result: Future = Future()

        def run(future: Future) -> None:
            try:
                value = callback(future)
            except Exception as error:
                result.set_exception(error)
            else:
                result.set_result(value)

        self.add_done_callback(run)
        return result


def collect_all(futures: list[Future]) -> Future[list[Future]]:
    """A Future of the list, complete when all are."""
    result: Future = Future()
    pending = [len(futures)]
    lock = threading.Lock()

    def one_more(_: Future) -> None:
        with lock:
            pending[0] -= 1
            last = pending[0] == 0
        if last:
            result.set_result(futures)

    if not futures:
        result.set_result(futures)
    for future in futures:
        future.add_done_callback(one_more)
    return result


def wait_all(futures: list[Future]) -> list:
    """The values of all; raises the first error."""
    return [future.wait() for future in collect_all(futures).wait()]


__getattr__ = module_getattr(__name__)
