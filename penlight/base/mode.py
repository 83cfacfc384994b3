"""Thread-local switches that every op reads, and the clock that orders what happens."""

from __future__ import annotations

import threading
from itertools import count
from typing import Any

__all__ = ["mode", "tick"]

# The clock counts DOWN: later events get smaller numbers, so that the engine's min-heap pops the latest node
# first, and "mutated at `m` after being saved at `n`" is `m < n`. No work is needed at save time.
tick = count(-1, -1).__next__


class _Mode(threading.local):
    grad = True  # record ops for autograd
    fast = True  # grad, and nothing that must see each record (anomaly mode, saved-tensor hooks, tensors with marks)
    marks: set = set()  # of all threads: what stands for the tensors made in inference mode that are alive
    inference: Any = False  # in inference mode, the mark that its tensors get
    anomaly = False
    anomaly_check_nan = True
    saved_hooks: tuple = ()  # (pack, unpack) pairs, innermost last
    override_off = False  # inside `__torch_function__`'s default: subclasses count as plain tensors
    in_backward = False
    forward_off = False  # inside set_forward_grad_enabled(False) and inference mode: tangents are dropped
    levels: tuple = ()  # the open function transforms (penlight.transforms), the outermost first

    def set(self, **changes) -> None:
        """Change switches and keep `fast` true to its meaning."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.fast = self.grad and not (self.anomaly or self.saved_hooks or self.marks)


mode = _Mode()
