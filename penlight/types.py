"""`torch.types`: names for annotations.

Source: https://docs.pytorch.org/docs/stable/torch.html
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import IO, Any, Union

from penlight.base.device import device as _device_class
from penlight.base.dtypes import dtype as _dtype_class
from penlight.base.size import Size
from penlight.ledger.missing import module_getattr
from penlight.storage import TypedStorage, UntypedStorage
from penlight.tensor.tensor import Tensor

__all__ = ["Device", "FileLike", "Number", "Storage"]

_TensorOrTensors = Union[Tensor, Sequence[Tensor]]
_dtype = _dtype_class
_device = _device_class
_size = Union[Size, list[int], tuple[int, ...]]
_int = int
_float = float
_bool = bool
_complex = complex
Number = Union[int, float, bool]
Device = Union[_device_class, str, int, None]
FileLike = Union[str, os.PathLike, IO[bytes]]
Storage = Union[UntypedStorage, TypedStorage]
_Number = (int, float, bool)
_Any = Any
__getattr__ = module_getattr(__name__)
