"""From arrays to the storages they view, and back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from penlight.io.errors import CheckpointError

__all__ = ["Layout", "describe", "storage_root", "view_storage"]


class Layout(NamedTuple):
    """One tensor's place in a storage; offset, size and stride in elements."""

    root: np.ndarray  # (bytes,) uint8: the whole storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _owner(array: np.ndarray) -> np.ndarray:
    """Return the last array on the chain of bases; `as_strided` puts a small object between array and base."""
    found, candidate = array, array
    while candidate is not None:
        if isinstance(candidate, np.ndarray):
            found = candidate
        elif not hasattr(candidate, "__array_interface__"):
            break
        candidate = getattr(candidate, "base", None)
    return found


def _flat_bytes(owner: np.ndarray) -> np.ndarray | None:
    """Return the owner's memory as (bytes,) uint8; None when its elements leave gaps."""
    if type(owner) is not np.ndarray:
        owner = owner.view(np.ndarray)
    if owner.flags.c_contiguous:
        return owner.reshape(-1).view(np.uint8)
    dense = owner.transpose(sorted(range(owner.ndim), key=lambda axis: (-owner.strides[axis], axis)))
    return dense.reshape(-1).view(np.uint8) if dense.flags.c_contiguous else None


def storage_root(array: np.ndarray) -> tuple[np.ndarray, int]:
    """Return (root, offset): the bytes of the whole memory `array` lies in, and its first element's place there.

    The offset counts elements of `array`. Arrays that share memory get the same root address.

    Raises: ValueError where PyTorch's storages cannot express the array (negative strides, offsets between elements,
    memory with gaps); the caller copies then.

    >>> base = np.zeros((3, 4), np.float32)
    >>> root, offset = storage_root(base[1:, ::2])
    >>> root.nbytes, offset
    (48, 4)
    """
    item = array.itemsize
    if any(step < 0 or step % item for step in array.strides):
        raise ValueError("strides must be whole, non-negative numbers of elements")
    root = _flat_bytes(_owner(array))
    if root is None:
        raise ValueError("the memory behind the array has gaps")
    offset, rest = divmod(_address(array) - _address(root), item)
    reach = _reach(array.shape, tuple(step // item for step in array.strides))
    if rest or offset < 0 or (offset + reach) * item > root.nbytes:
        raise ValueError("the array does not lie at whole elements inside its base")
    return root, offset


def _reach(size: tuple[int, ...], stride: tuple[int, ...]) -> int:
    """Elements from the first to one past the last; 0 for an empty array."""
    if 0 in size:
        return 0
    return 1 + sum((n - 1) * step for n, step in zip(size, stride))


def _contiguous_stride(size: tuple[int, ...]) -> tuple[int, ...]:
    stride, step = [], 1
    for n in reversed(size):
        stride.append(step)
        step *= max(n, 1)
    return tuple(reversed(stride))


def describe(array: np.ndarray) -> Layout:
    """Return the storage and the view of it that `array` is; a copy's, where no storage can express it."""
    size = array.shape
    if not array.size:
        return Layout(np.empty(0, np.uint8), 0, size, _contiguous_stride(size))
    try:
        root, offset = storage_root(array)
    except ValueError:
        array = np.ascontiguousarray(array).reshape(size)
        root, offset = storage_root(array)
    if array.flags.c_contiguous:  # NumPy leaves the strides of length-1 dimensions arbitrary
        return Layout(root, offset, size, _contiguous_stride(size))
    return Layout(root, offset, size, tuple(step // array.itemsize for step in array.strides))


def _whole_numbers(value: Any) -> bool:
    return type(value) is tuple and all(type(n) is int and 0 <= n < 2**63 for n in value)


def view_storage(root: np.ndarray, dtype: np.dtype, offset: Any, size: Any, stride: Any) -> np.ndarray:
    """Return the array at (offset, size, stride), in elements, of the storage's bytes; nothing is copied.

    Raises: CheckpointError unless the view lies inside the storage.
    """
    size = tuple(size) if isinstance(size, tuple) else size
    if not (_whole_numbers(size) and _whole_numbers(stride) and type(offset) is int and offset >= 0):
        raise CheckpointError(
            f"checkpoint: a tensor's offset, size and stride must be non-negative integers, got {offset!r}, {size!r}, "
            f"{stride!r}; the file is damaged or was tampered with"
        )
    if len(size) != len(stride) or len(size) > 32:
        raise CheckpointError(f"checkpoint: a tensor has {len(size)} sizes and {len(stride)} strides")
    item = dtype.itemsize
    elements = root.nbytes // item
    reach = _reach(size, stride)
    if offset + reach > elements:
        raise CheckpointError(
            f"checkpoint: a tensor of size {size}, stride {stride} at offset {offset} needs {offset + reach} elements "
            f"of a storage that has {elements}; the file is damaged or was tampered with"
        )
    try:
        if not reach:
            return np.empty(size, dtype)
        return np.ndarray(size, dtype, buffer=root, offset=offset * item, strides=tuple(step * item for step in stride))
    except (ValueError, MemoryError) as error:  # e.g. a stride of 0 repeated 2**60 times
        raise CheckpointError(f"checkpoint: size {size} with stride {stride} cannot be made: {error}") from None
