"""`make_tensor`: a tensor of random values of any dtype."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.device import read_device
from penlight.base.dims import int_list
from penlight.tensor.generator import default_generator
from penlight.tensor.tensor import Tensor

__all__ = ["make_tensor"]


def _limits(d: dtypes.dtype, low: Any, high: Any) -> tuple[Any, Any]:
    """The bounds that the dtype can hold: defaults, clamped, whole numbers for integers."""
    if d.category == dtypes.BOOL:
        least, most, default = 0, 2, (0, 2)
    elif d.category in (dtypes.SIGNED, dtypes.UNSIGNED):
        info = np.iinfo(d.np)
        least, most, default = int(info.min), int(info.max), ((0, 10) if d.category == dtypes.UNSIGNED else (-9, 10))
    else:
        bound = (
            65504.0
            if d.name in ("float16", "complex32")
            else 3.0e38
            if d.name in ("float32", "bfloat16", "complex64")
            else 1.7e308
        )
        least, most, default = -bound, bound, (-9, 9)
    low = default[0] if low is None else low
    high = default[1] if high is None else high
    if math.isnan(low) or math.isnan(high):
        raise ValueError(f"`low` and `high` cannot be NaN, but got {low=} and {high=}")
    if low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    low, high = max(low, least), min(high, most)
    if d.category in (dtypes.BOOL, dtypes.SIGNED, dtypes.UNSIGNED):
        return math.floor(low), math.ceil(high)
    return low, high


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Random values in [low, high): in [-9, 9) for floats, -9 … 9 for integers, 0 … 9 for unsigned ones.

    Shape: () -> shape. The global random stream is drawn from as PyTorch does.
    Raises: ValueError for bounds in the wrong order, or gradients of integers.
    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.make_tensor

    >>> import penlight as torch
    >>> torch.testing.make_tensor(2, 3, dtype=torch.float32, device="cpu").shape
    torch.Size([2, 3])
    """
    size = int_list(shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape)
    d = dtypes.of(dtype)
    read_device(device)
    if requires_grad and d.category not in (dtypes.FLOAT, dtypes.COMPLEX):
        raise ValueError(f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={d!r}")
    if noncontiguous and memory_format is not None:
        raise ValueError(
            f"The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got {noncontiguous=} "
            f"and {memory_format=}"
        )
    low, high = _limits(d, low, high)
    spread = noncontiguous and math.prod(size) > 1
    drawn = (*size[:-1], 2 * size[-1]) if spread else tuple(size)  # every other one is kept
    if d.category == dtypes.COMPLEX:
        part = np.dtype(np.float64 if d.itemsize == 16 else np.float32)
        array = default_generator.uniform((*drawn, 2), part, low, high).view(d.np).reshape(drawn)
    elif d.category == dtypes.FLOAT:
        array = default_generator.uniform(drawn, d.np, low, high)
    else:
        array = default_generator.randint(drawn, low, high, d.np)
    if spread:
        array = array[..., 1::2]
    if exclude_zero:
        smallest = 1 if d.category in (dtypes.BOOL, dtypes.SIGNED, dtypes.UNSIGNED) else np.finfo(np.float32).tiny
        array[array == 0] = smallest
    result = Tensor._wrap(array)
    if memory_format is not None:
        result = result.clone(memory_format=memory_format)
    return result.requires_grad_() if requires_grad else result
