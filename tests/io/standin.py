"""A codec over a ten-line tensor class: the checkpoint code tested without the rest of the package."""

from __future__ import annotations

import numpy as np

from penlight.base import dtypes
from penlight.base.device import device
from penlight.base.size import Size
from penlight.io.names import STORAGE_OF_DTYPE


class Tensor:
    def __init__(self, array, requires_grad=False):
        self._a = array
        self.requires_grad = requires_grad


class Parameter(Tensor):
    pass


class Layout(str):
    pass


class StandInCodec:
    tensor_class, parameter_class, dtype_class = Tensor, Parameter, dtypes.dtype
    size_class, device_class, layout_class = Size, device, Layout

    def is_parameter(self, tensor):
        return type(tensor) is Parameter

    plain_classes = (Tensor,)

    def stored(self, tensor):
        return tensor._a, ""

    def turned(self, tensor, conj, neg, requires_grad):
        array = np.conjugate(tensor._a) if conj else tensor._a
        return Tensor(-array if neg else array, requires_grad)

    def attributes(self, tensor):
        return {k: v for k, v in tensor.__dict__.items() if k not in ("_a", "requires_grad")}

    def dtype_name(self, array):
        return dtypes.from_numpy(array.dtype).name

    def is_untyped(self, name):
        return name not in STORAGE_OF_DTYPE

    def dtype(self, name):
        return dtypes.DTYPES.get(name)

    def numpy_dtype(self, dtype):
        return dtype.np

    def layout(self, name):
        return Layout(name)

    def untyped_storage(self, content):
        return content

    def storage_bytes(self, storage):
        return np.asarray(storage)

    def tensor(self, array, requires_grad, storage):
        return Tensor(array, requires_grad)

    def parameter(self, tensor, requires_grad=True, hooks=None):
        return Parameter(tensor._a, requires_grad)

    def as_class(self, tensor, kind):
        return tensor if type(tensor) is kind else kind(tensor._a, tensor.requires_grad)

    def set_attributes(self, tensor, attributes):
        tensor.__dict__.update(attributes)
