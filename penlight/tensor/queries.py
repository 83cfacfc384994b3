"""Functions that ask about tensors rather than compute with them."""

from __future__ import annotations

import importlib
from typing import Any

from penlight.base.defaults import defaults
from penlight.base.device import current, default, device, on_meta
from penlight.tensor.arguments import common_dtype
from penlight.tensor.tensor import Tensor

__all__ = [
    "_assert",
    "are_deterministic_algorithms_enabled", "get_default_device", "get_deterministic_debug_mode",
    "is_deterministic_algorithms_warn_only_enabled", "get_num_interop_threads", "is_complex", "is_conj",
    "is_floating_point", "is_inference", "is_neg", "is_nonzero", "is_same_size", "is_signed", "is_tensor", "numel",
    "result_type", "set_default_device", "set_deterministic_debug_mode", "set_float32_matmul_precision",
    "get_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads", "use_deterministic_algorithms",
    "is_warn_always_enabled", "set_warn_always",
]  # fmt: skip


def is_tensor(obj: Any, /) -> bool:
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)


def _assert(condition: Any, message: str) -> None:
    """`assert condition, message` as a function. Raises: AssertionError."""
    assert condition, message


def _query(name: str, doc: str) -> Any:
    def function(input: Tensor) -> Any:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        return getattr(input, name)()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


is_floating_point = _query("is_floating_point", "Whether the dtype is a floating one.")
is_complex = _query("is_complex", "Whether the dtype is complex.")
is_signed = _query("is_signed", "Whether the dtype is signed.")
is_conj = _query("is_conj", "Whether a tensor is a conjugate view (`x.conj()`).")
is_neg = _query("is_neg", "Whether a tensor is the imaginary part of a conjugate view.")
is_inference = _query("is_inference", "Whether the tensor was made in inference mode.")
numel = _query("numel", "The number of elements.")


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape."""
    return input._a.shape == other._a.shape


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not zero."""
    if input._a.size != 1:
        kind = "no values" if input._a.size == 0 else "more than one value"
        raise RuntimeError(f"Boolean value of Tensor with {kind} is ambiguous")
    return bool(input)


def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The dtype that arithmetic on the two gives.

    >>> import penlight as torch
    >>> torch.result_type(torch.tensor([1]), 1.0)
    torch.float32
    """
    return common_dtype([tensor1, tensor2])


def get_default_device() -> device:
    """Where tensors are made when no device is named: the CPU, unless `set_default_device` or a block says "meta"."""
    return current()


_device = device


def set_default_device(device: Any, /) -> None:
    """Make tensors there when no device is named: the CPU (None), or "meta". Raises for what this machine lacks."""
    meta = device is not None and on_meta(device)
    if meta or default.base is not None:
        importlib.import_module("penlight.meta.default").set_default(_device(device) if meta else None)


def get_num_interop_threads() -> int:
    """Threads for running independent ops side by side; penlight runs ops one after another."""
    return defaults.num_interop_threads


def set_num_interop_threads(count: int, /) -> None:
    """Remembered; penlight runs ops one after another."""
    if count <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    defaults.num_interop_threads = count


class _Flags:
    deterministic = False
    warn_only = False
    warn_always = False
    matmul_precision = "highest"


def set_warn_always(b: bool, /) -> None:
    """Remembered; Python's own filters decide here how often a warning is shown."""
    if not isinstance(b, bool):
        raise RuntimeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _Flags.warn_always = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was given."""
    return _Flags.warn_always


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remembered; every penlight kernel is deterministic."""
    _Flags.deterministic, _Flags.warn_only = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    return _Flags.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    return _Flags.warn_only


def get_deterministic_debug_mode() -> int:
    """0 where any algorithm may be used, 1 where others than deterministic ones warn, 2 where they raise."""
    return 0 if not _Flags.deterministic else 1 if _Flags.warn_only else 2


def set_deterministic_debug_mode(debug_mode: Any) -> None:
    """Remembered; every penlight kernel is deterministic."""
    if debug_mode not in (0, 1, 2, "default", "warn", "error"):
        raise RuntimeError(f"invalid value of debug_mode, expected one of 'default', 'warn', 'error', got {debug_mode}")
    _Flags.deterministic, _Flags.warn_only = debug_mode not in (0, "default"), debug_mode in (1, "warn")


def set_float32_matmul_precision(precision: str) -> None:
    """Remembered; float32 products are always computed in float32, which satisfies every setting."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"Invalid float32 matmul precision: {precision}")
    _Flags.matmul_precision = precision


def get_float32_matmul_precision() -> str:
    return _Flags.matmul_precision


def set_flush_denormal(mode: bool, /) -> bool:
    """False: NumPy has no switch for denormal numbers (PyTorch answers so where it is unsupported)."""
    return False
