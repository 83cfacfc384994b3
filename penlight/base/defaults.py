"""Process-wide defaults: the default dtype of floats and the thread count."""

from __future__ import annotations

import functools
import os
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.dtypes import dtype

__all__ = ["blas_threads", "defaults", "get_default_dtype", "get_num_threads", "set_default_dtype", "set_num_threads"]


class _Defaults:
    float_dtype = dtypes.float32
    complex_dtype = dtypes.complex64
    num_threads = int(os.environ.get("OMP_NUM_THREADS", "0") or 0) or (os.cpu_count() or 1)
    num_interop_threads = os.cpu_count() or 1


defaults = _Defaults()


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats (float32 unless changed)."""
    return defaults.float_dtype


def set_default_dtype(d: dtype, /) -> None:
    """Set the dtype of tensors made from Python floats.

    Raises: TypeError unless `d` is a floating dtype.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_default_dtype.html
    """
    if type(d) is not dtype:
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point or d.itemsize < 2:
        raise TypeError(f"only floating-point types are supported as the default type, not {d!r}")
    defaults.float_dtype = d
    defaults.complex_dtype = dtypes.complex128 if d is dtypes.float64 else dtypes.complex64


def get_num_threads() -> int:
    """Threads that kernels may use."""
    return defaults.num_threads


@functools.cache
def _blas() -> Any:
    """The functions that get and set the threads of the OpenBLAS that NumPy is linked with; None where it is another."""
    import ctypes  # late, for a short start-up

    try:
        core = getattr(np, "_core", None) or np.core
        library = ctypes.CDLL(core._multiarray_umath.__file__)
    except (AttributeError, OSError):
        return None
    for name in ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads64_",
                 "openblas_{}_num_threads"):  # fmt: skip
        if hasattr(library, name.format("set")):
            return library[name.format("get")], library[name.format("set")]
    return None


def blas_threads(count: int) -> int:
    """Set the threads of NumPy's BLAS, where it can be told. Returns the number it had."""
    if _blas() is None:
        return count
    get, put = _blas()
    before = get()
    if before != count:
        put(count)
    return before


def set_num_threads(count: int, /) -> None:
    """Set the threads that kernels may use. NumPy's OpenBLAS follows; another BLAS does with `threadpoolctl` installed."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(count).__name__}")
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    defaults.num_threads = count
    if _blas() is not None:
        blas_threads(count)
        return
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return
    threadpool_limits(count)
