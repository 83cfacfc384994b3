"""Making tensors of evenly spaced numbers."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import on_meta
from penlight.base.dims import read
from penlight.base.ranges import evenly, stepping
from penlight.ops.kinds import as_element
from penlight.tensor.arguments import MISSING
from penlight.tensor.create import check_layout, finish, on_device, plain_number, wanted_dtype
from penlight.tensor.tensor import Tensor

__all__ = ["arange", "linspace", "logspace", "range"]


def _bounds(function: str, start: Any, end: Any, steps: Any, dtype: Any, out: Any, base: Any = None) -> tuple:
    """Start, end (as elements of the dtype), number of steps and dtype of an evenly spaced range."""
    for v, name in ((start, "start"), (end, "end")):
        if isinstance(v, Tensor) and v._a.ndim:
            raise RuntimeError(
                f"{function} only supports 0-dimensional tensors, but got {name} of {v._a.ndim} dimensions"
            )
    steps = read("int", steps, "steps", function, 3)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (
        v.item() if isinstance(v, Tensor) else read("number", v, n, function, i)
        for i, (v, n) in enumerate(((start, "start"), (end, "end")), 1)
    )
    inferred = (
        defaults.complex_dtype if isinstance(start, complex) or isinstance(end, complex) else defaults.float_dtype
    )
    d = wanted_dtype(dtype, out, inferred)
    if inferred.is_complex and dtype is not None and not d.is_complex:
        raise RuntimeError(f"torch.{function}(): {inferred} can't be safely cast to the passed dtype {d}")
    if d.category == dtypes.BOOL and steps > 1:
        raise NotImplementedError(f"\"{function}_cpu\" not implemented for 'Bool'")
    if base is not None and steps == 1:  # PyTorch fills in the power
        start = np.power(float(base), start)
    return *(as_element(np, v, d.np)[()] if steps > i else 0 for i, v in enumerate((start, end))), steps, d


def arange(
    *args: Any,
    start: Any = MISSING,
    end: Any = MISSING,
    step: Any = MISSING,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """start, start + step, … below end. Shape: () -> (ceil((end - start) / step),).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.arange.html

    >>> import penlight as torch
    >>> torch.arange(1, 7, 2)
    tensor([1, 3, 5])
    """
    if len(args) > 3:
        raise TypeError(f"arange() takes (start, end, step) and then keywords only, but got {len(args)} positional arguments")
    alone = len(args) == 1 and end is MISSING
    given = dict(zip(("end",) if alone else ("start", "end", "step"), args))
    for name, value in (("start", start), ("end", end), ("step", step)):
        if value is not MISSING:
            if name in given:
                raise TypeError(f"arange() got multiple values for argument '{name}'")
            given[name] = value
    if "end" not in given or "step" in given and "start" not in given:
        raise TypeError("arange() takes (end), (start, end) or (start, end, step), but got " + (", ".join(given) or "nothing"))
    given = [given.get("start", 0), given["end"], given.get("step", 1)]
    first, last, by = (
        plain_number("arange", n, i, v) for i, (n, v) in enumerate(zip(("start", "end", "step"), given), 1)
    )
    if not (isinstance(first, (int, float)) and isinstance(last, (int, float)) and isinstance(by, (int, float))):
        first, last, by = (read("real", v, "end", "arange") for v in (first, last, by))
    if device is not None and on_meta(device):
        return on_device(arange, locals())
    check_layout(layout, pin_memory)
    if by == 0:
        raise RuntimeError("step must be nonzero")
    if (last - first) * by < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first} -> {last}")
    integers = all(isinstance(v, int) for v in (first, last, by))
    d = wanted_dtype(dtype, out, dtypes.int64 if integers else defaults.float_dtype)
    if d.category in (dtypes.BOOL, dtypes.COMPLEX):
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{d.legacy}'")
    if d is dtypes.int64 and not integers:  # the length, too, comes from the bounds as integers
        first, last, by = int(first), int(last), int(by)
        if not by:
            raise ValueError("step must be nonzero")
        integers = True
    if integers and d.category != dtypes.FLOAT:
        array = np.arange(first, last, by, dtype=np.int64)
        return finish(array if d is dtypes.int64 else array.astype(d.np), requires_grad, out, "arange")
    count = math.ceil((last - first) / by)
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED):
        array = (np.arange(count, dtype=np.int64) * int(by) + int(first)).astype(d.np)
    else:
        array = stepping(first, by, count, d.np)
    return finish(array, requires_grad, out, "arange")


def range(start: Any, end: Any, step: Any = 1, **options: Any) -> Tensor:
    """Like arange with the end included (deprecated in PyTorch)."""
    warnings.warn(
        "torch.range is deprecated, since unlike Python's range it includes the end: use torch.arange instead.",
        UserWarning,
        stacklevel=2,
    )
    if options.get("device") is not None and on_meta(options.pop("device")):
        return on_device(range, locals())
    d = wanted_dtype(options.get("dtype"), options.get("out"), defaults.float_dtype)
    if d.category in (dtypes.BOOL, dtypes.COMPLEX):
        raise NotImplementedError(f"\"range_cpu\" not implemented for '{d.legacy}'")
    first, last, by = (read("real", v, "end", "range") for v in (start, end, step))
    if d.category in (dtypes.SIGNED, dtypes.UNSIGNED) and math.isfinite(last - first):
        first, last, by = int(first), int(last), int(by)
    if not (by and 0 <= (last - first) * by < math.inf):
        raise RuntimeError(f"range: step must be nonzero and lead from start to end, got {start}, {end}, step {step}")
    wide: Any = np.float32 if d.itemsize == 2 else np.float64
    array = (np.arange(math.floor((last - first) / by) + 1).astype(wide) * wide(by) + wide(first)).astype(d.np)
    return finish(array, options.get("requires_grad", False), options.get("out"), "range")


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """`steps` values from start to end, both included, evenly spaced. Shape: () -> (steps,).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linspace.html
    """
    check_layout(layout, pin_memory)
    if device is not None and on_meta(device):
        return on_device(linspace, locals())
    first, last, steps, d = _bounds("linspace", start, end, steps, dtype, out)
    return finish(evenly(first, last, steps, d.np), requires_grad, out, "linspace")


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """base ** linspace(start, end, steps)."""
    check_layout(layout, pin_memory)
    if device is not None and on_meta(device):
        return on_device(logspace, locals())
    base = base.item() if isinstance(base, Tensor) and not base._a.ndim else read("float", base, "base", "logspace", 4)
    start, end, steps, d = _bounds("logspace", start, end, steps, dtype, out, base)
    if steps == 1:
        values = np.array([start])
    elif d.category in (dtypes.SIGNED, dtypes.UNSIGNED):  # PyTorch computes these in float32 from truncated bounds
        exponents = evenly(start, end, steps, np.dtype(np.float32))
        values = np.power(np.float32(base), exponents)
    else:
        wide = np.complex128 if d.category == dtypes.COMPLEX else np.float32 if d.itemsize == 2 else np.float64
        values = np.power(float(base), evenly(start, end, steps, np.dtype(wide), fused=False))
    return finish(values.astype(d.np), requires_grad, out, "logspace")
