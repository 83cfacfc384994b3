"""`torch.cuda.FloatTensor` and the like: types to compare with, not to make."""

from __future__ import annotations

from typing import Any

from penlight.base.dtypes import DTYPES

__all__ = ["CLASSES"]

_NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


class _CudaType(type):
    """Nothing is an instance: every tensor is on the CPU."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return False

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled.")


CLASSES: dict[str, Any] = {
    f"{DTYPES[name].legacy}Tensor": _CudaType(
        f"{DTYPES[name].legacy}Tensor", (), {"__module__": "torch.cuda", "__doc__": "Raises: there is no GPU."}
    )
    for name in _NAMES
}
