"""What tensors on the same memory share: the version counter, the views that must follow a rebased history."""

from __future__ import annotations

from bisect import bisect_left
from weakref import ref

import numpy as np

from penlight.base.mode import tick
from penlight.engine.node import EDGES, OP, PORT, SAVED, extras_of
from penlight.tensor.inference import refuse_change

__all__ = ["Memory", "memory_of", "root_of"]

KEPT_TICKS = 32


class Memory:
    """Made when a tensor is first viewed or changed in place; `root` is the array that spans the memory."""

    __slots__ = ("inference", "root", "ticks", "version", "views", "views_limit", "windows")

    def __init__(self, root: np.ndarray) -> None:
        self.root = root
        self.version = 0
        self.ticks: list[int] = []  # when the last changes happened, falling (the clock counts down)
        self.views: list[ref] = []
        self.views_limit = 16
        self.inference: object = False  # the mark of inference mode
        self.windows = False  # whether views may have several elements on one place

    def changed(self) -> None:
        """Note a change in place."""
        if self.inference:
            refuse_change()
        self.version += 1
        self.ticks.append(tick())
        if len(self.ticks) > 2 * KEPT_TICKS:
            del self.ticks[:KEPT_TICKS]

    def changed_after(self, moment: int) -> bool:
        ticks = self.ticks
        return bool(ticks) and ticks[-1] < moment

    def version_at(self, moment: int) -> int:
        """The version at a past moment (a lower bound once more than the kept changes came after it)."""
        later = bisect_left([-t for t in self.ticks], -moment)
        return self.version - (len(self.ticks) - later)

    def add_view(self, tensor) -> None:
        self.views.append(ref(tensor))
        if len(self.views) > self.views_limit:
            self.views = [v for v in self.views if v() is not None]
            self.views_limit = 2 * len(self.views) + 16


def memory_of(tensor) -> Memory:
    """The tensor's Memory, made on first use and made known to the node that produced the tensor."""
    memory = tensor._v
    if memory is None:
        memory = tensor._v = Memory(tensor._a)
        memory.inference = tensor._inference
        node = tensor._node
        if node is not None:
            if node[OP] is PORT:  # the node that saves the outputs is the shared one
                extras_of(node[EDGES][0]).setdefault("memories", {})[node[SAVED]] = memory
            else:
                extras_of(node)["memory"] = memory
    return memory


def root_of(array: np.ndarray) -> np.ndarray:
    """The outermost NumPy array whose memory `array` lies in."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
