"""Tensors in memory that several processes see: a mapped file without a name, handed over by its descriptor."""

from __future__ import annotations

import sys
from multiprocessing.heap import Arena
from typing import Any

import numpy as np

from penlight.tensor.memory import memory_of, root_of

__all__ = ["attach", "handle_of", "is_shared", "move"]


class _Shared(np.ndarray):
    """The bytes of one mapping; what lies in it has this as its root."""

    arena: Any = None


def _map(arena: Any) -> np.ndarray:
    root = _Shared((arena.size,), np.uint8, arena.buffer)
    root.arena = arena
    return root


def is_shared(a: np.ndarray) -> bool:
    """Whether an array lies in shared memory."""
    return isinstance(root_of(a), _Shared)


def _has_others(tensor: Any) -> bool:
    """Whether more than the tensor holds its array, or one that this is a view of."""
    a, memory = tensor._a, memory_of(tensor)
    while sys.getrefcount(a) <= 3 + (memory.root is a):  # the tensor or a view, the variable and the argument
        if not isinstance(a.base, np.ndarray):
            return False
        a = a.base
    return True


def move(tensor: Any) -> None:
    """Move a tensor's memory. Raises NotImplementedError where another tensor or array lies in it, which would stay."""
    if is_shared(tensor._a):
        return
    if _has_others(tensor):
        raise NotImplementedError(
            f"share_memory_: another tensor or array lies in the memory of this one (shape {list(tensor.shape)}), and "
            "penlight moves one tensor only; share a clone() before views are made of it"
        )
    a = tensor._a
    fresh = np.ndarray(a.shape, a.dtype, _map(Arena(max(a.nbytes, 1))), strides=np.empty_like(a).strides)
    fresh[...] = a
    tensor._a = memory_of(tensor).root = fresh


def handle_of(a: np.ndarray) -> tuple:
    """What `attach` makes the array from in another process; may be pickled by multiprocessing."""
    root = root_of(a)
    offset = a.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    return root.arena, a.shape, a.dtype, offset, a.strides  # type: ignore[attr-defined]


def attach(arena: Any, shape: tuple, dtype: np.dtype, offset: int, strides: tuple) -> np.ndarray:
    """The array of a handle, in the same memory."""
    return np.ndarray(shape, dtype, _map(arena), offset, strides)
