"""The tensor types of early PyTorch: `FloatTensor`, `LongTensor` …, constructors of one dtype."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.base import dtypes
from penlight.base.defaults import set_default_dtype
from penlight.base.dtypes import DTYPES
from penlight.tensor.tensor import Tensor, TensorMeta, legacy_array

__all__ = ["CLASSES", "set_default_tensor_type", "typename"]


class _LegacyMeta(TensorMeta):
    legacy_dtype: Any

    def __instancecheck__(cls, instance: Any) -> bool:
        if not isinstance(instance, Tensor) or instance.dtype is not cls.legacy_dtype:
            return False
        return not (instance.is_sparse or instance.is_meta)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs.pop("device", "cpu") not in ("cpu", None) or kwargs:
            raise TypeError(f"{cls.__name__}() takes sizes or data, got keyword arguments {sorted(kwargs)}")
        return Tensor._wrap(legacy_array(args, cls.legacy_dtype))

    @property
    def dtype(cls) -> Any:
        return cls.legacy_dtype


def _make(d: dtypes.dtype) -> Any:
    name = f"{d.legacy}Tensor"
    return _LegacyMeta(name, (Tensor,), {"legacy_dtype": d, "__module__": "torch", "__doc__": f"Makes {d!r} tensors."})


_NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
CLASSES: dict[str, Any] = {f"{DTYPES[n].legacy}Tensor": _make(DTYPES[n]) for n in _NAMES}


def set_default_tensor_type(t: Any, /) -> None:
    """Set the default dtype by a tensor type or its name (deprecated in PyTorch in favour of set_default_dtype)."""
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives.", UserWarning, stacklevel=2,
    )  # fmt: skip
    if isinstance(t, str):
        if t.startswith("torch.cuda."):
            raise TypeError(f"type {t} not available. Torch not compiled with CUDA enabled.")
        if t.removeprefix("torch.") not in CLASSES:
            raise TypeError(f"invalid type: {t}")
        t = CLASSES[t.removeprefix("torch.")]
    if not hasattr(t, "legacy_dtype"):
        raise TypeError("invalid type object")
    if not t.legacy_dtype.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    set_default_dtype(t.legacy_dtype)


def typename(obj: Any, /) -> str:
    """The type's name: `torch.FloatTensor` for tensors, module and class name otherwise."""
    if isinstance(obj, Tensor):
        return obj.type()
    cls = obj if isinstance(obj, type) else type(obj)
    module = cls.__module__
    return cls.__qualname__ if module in ("builtins", None) else f"{module}.{cls.__qualname__}"
