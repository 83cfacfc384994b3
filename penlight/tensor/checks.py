"""Conditions that programs assert (`torch._check` and its kin), and small functions that libraries call by inner names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.tensor.tensor import Tensor

__all__: list[str] = []

_EXPECTED = "Expected cond to be True, but got False."


def _check_with(error_type: type[Exception], cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise an error of the given type, with the text that `message()` returns, unless the condition is True.

    Raises: TypeError for a condition that is no bool, or a message that cannot be called.
    """
    if not isinstance(cond, bool):
        hint = "; torch._check_tensor_all() takes tensors" if isinstance(cond, Tensor) else ""
        raise TypeError(f"cond must be a bool, but got {type(cond)}{hint}")
    if cond:
        return
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    raise error_type(_EXPECTED if message is None else str(message()))


def _check(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise RuntimeError unless the condition is True.

    >>> import penlight as torch
    >>> torch._check(1 > 2, lambda: "one is the smaller")
    Traceback (most recent call last):
    RuntimeError: one is the smaller
    """
    _check_with(RuntimeError, cond, message)


def _check_index(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise IndexError unless the condition is True."""
    _check_with(IndexError, cond, message)


def _check_value(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise ValueError unless the condition is True."""
    _check_with(ValueError, cond, message)


def _check_type(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise TypeError unless the condition is True."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: bool, message: Callable[[], Any] | None = None) -> None:
    """Raise NotImplementedError unless the condition is True."""
    _check_with(NotImplementedError, cond, message)


def _check_is_size(i: int, message: Callable[[], Any] | None = None, *, max: int | None = None) -> None:
    """Raise RuntimeError unless 0 <= i, and i <= max where that is given."""
    _check(bool(i >= 0 and (max is None or i <= max)), message)


def _check_tensor_all_with(error_type: type[Exception], cond: Tensor, message: Callable[[], Any] | None = None) -> None:
    """Raise an error of the given type unless all elements of a bool tensor are True."""
    if not isinstance(cond, Tensor) or cond.dtype is not dtypes.DTYPES["bool"]:
        raise TypeError(f"cond must be a bool tensor, but got {getattr(cond, 'dtype', type(cond))}")
    _check_with(error_type, bool(cond._a.all()), message)


def _check_tensor_all(cond: Tensor, message: Callable[[], Any] | None = None) -> None:
    """Raise RuntimeError unless all elements of a bool tensor are True."""
    _check_tensor_all_with(RuntimeError, cond, message)


def _assert_async(input: Tensor, assert_msg: str | None = None) -> None:
    """Raise RuntimeError unless the one element of a tensor is not zero."""
    if not bool(input):
        raise RuntimeError(
            "Expected Tensor with single nonzero value, but got zero" if assert_msg is None else assert_msg
        )


def _shape_as_tensor(input: Tensor) -> Tensor:
    """The sizes of a tensor. Shape: any -> (dimensions,), int64."""
    return Tensor._wrap(np.array(input.shape, np.int64))


def _convert_indices_from_coo_to_csr(input: Tensor, size: int, *, out_int32: bool = False) -> Tensor:
    """Where each row starts, from the sorted row numbers of entries. Shape: (entries,) -> (size + 1,).

    >>> import penlight as torch
    >>> torch._convert_indices_from_coo_to_csr(torch.tensor([0, 0, 2]), 4)
    tensor([0, 2, 2, 3, 3])
    """
    starts = np.searchsorted(input._a, np.arange(size + 1, dtype=input._a.dtype))
    return Tensor._wrap(starts.astype(np.int32 if out_int32 else np.int64))


def _convert_indices_from_csr_to_coo(
    crow_indices: Tensor, col_indices: Tensor, *, out_int32: bool = False, transpose: bool = False
) -> Tensor:
    """Row and column of each entry, from the rows' starts. Shape: (rows + 1,), (entries,) -> (2, entries)."""
    starts, columns = crow_indices._a, col_indices._a
    pair = [np.repeat(np.arange(len(starts) - 1), np.diff(starts)), columns]
    return Tensor._wrap(np.stack(pair[::-1] if transpose else pair).astype(np.int32 if out_int32 else np.int64))
