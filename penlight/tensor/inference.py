"""Marks on tensors that are made in inference mode.

An op's result gets its class's default, no mark, at no cost: `_new`, by which generated functions make their results, is
exchanged only while some thread is in inference mode. It stands among the builtins of those functions, so that one
assignment reaches all. Views have their base's mark, which lies in the memory that they share. While a tensor with a mark
is alive, each record is searched for such (`saved.refuse_marked`); a thread learns of it at its next change of mode.
"""

from __future__ import annotations

import builtins
import threading
from typing import Any

from penlight.base.mode import mode

__all__ = ["BUILTINS", "Mark", "enter", "leave", "refuse_change"]

BUILTINS: dict[str, Any] = {**vars(builtins), "_new": object.__new__}
_lock = threading.Lock()
_blocks = 0  # how many blocks of inference mode are open, in all threads


class Mark:
    """What the tensors made in one block of inference mode share; it goes when the last of them does."""

    def __init__(self) -> None:
        mode.marks.add(id(self))

    def __del__(self) -> None:
        mode.marks.discard(id(self))


def _marked(cls: type) -> Any:
    t = object.__new__(cls)
    if mark := mode.inference:  # of this thread
        t._inference = mark
    return t


def enter() -> None:
    """A thread enters a block of inference mode."""
    _count(1)


def leave() -> None:
    _count(-1)


def _count(change: int) -> None:
    global _blocks
    with _lock:
        _blocks += change
        BUILTINS["_new"] = _marked if _blocks else object.__new__


def refuse_change() -> None:
    """Raise where a tensor with a mark is about to change, unless this thread is in inference mode."""
    if not mode.inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. Change a clone of it, which made "
            "here is a normal tensor."
        )
