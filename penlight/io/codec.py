"""How checkpoints see penlight's tensors: what is read from them, how they are made again."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.coo import Coo
from penlight.base.device import CPU, META, device
from penlight.base.formats import LAYOUTS, layout
from penlight.base.size import Size
from penlight.io.errors import CheckpointError
from penlight.io.names import STORAGE_OF_DTYPE
from penlight.io.rebuild import Unread
from penlight.nn.parameter import Parameter
from penlight.tensor.conjugate import ConjugateView, shown
from penlight.tensor.memory import Memory
from penlight.tensor.tensor import Tensor

__all__ = ["LoadedStorage", "PenlightCodec"]


def _meta(module: str) -> Any:
    return importlib.import_module(f"penlight.meta.{module}")  # late, for a short start-up


class LoadedStorage:
    """What `map_location` functions are handed: bytes that lie on the CPU, whatever device they were saved from.

    One that was sent to the meta device makes meta tensors.
    """

    def __init__(self, content: np.ndarray) -> None:
        self._content = content  # (bytes,) uint8
        self.device = CPU
        self.is_cuda = False

    def nbytes(self) -> int:
        return self._content.nbytes

    __len__ = size = nbytes

    def on_meta(self) -> LoadedStorage:
        """The same on the meta device."""
        new = LoadedStorage(self._content)
        new.device = META
        return new

    def cpu(self) -> LoadedStorage:
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False) -> LoadedStorage:
        raise AssertionError("Torch not compiled with CUDA enabled")


class PenlightCodec:
    """The only place where checkpoints touch Tensor's insides. `storage` arguments are `rebuild.StoredValues`."""

    tensor_class = Tensor
    plain_classes = (Tensor, ConjugateView)  # what is written as a tensor and no more
    parameter_class = Parameter
    dtype_class = dtypes.dtype
    size_class = Size
    device_class = device
    layout_class = layout

    # --- saving ------------------------------------------------------------------------------------------------

    def is_parameter(self, tensor: Any) -> bool:
        return issubclass(type(tensor), Parameter)  # as in PyTorch, the class of a subclass is not written

    def stored(self, tensor: Any) -> tuple[np.ndarray, str]:
        """What lies in memory, and what a conjugate view makes of it: "conj", "neg" or nothing."""
        return tensor._plain()._a, "conj" if tensor.is_conj() else "neg" if tensor.is_neg() else ""

    def attributes(self, tensor: Any) -> dict[str, Any]:
        """The attributes a user has set; everything Tensor itself keeps has a default on the class."""
        kind = type(tensor)
        own = tensor.__dict__
        if len(own) <= 2:  # the array and the node: the usual case
            return {k: v for k, v in own.items() if k not in ("_a", "_node") and not hasattr(kind, k)}
        return {k: v for k, v in own.items() if k != "_a" and not hasattr(kind, k)}

    def dtype_name(self, array: np.ndarray) -> str:
        return dtypes.from_numpy(array.dtype).name

    def is_untyped(self, dtype_name: str) -> bool:
        return dtype_name not in STORAGE_OF_DTYPE

    # --- loading -----------------------------------------------------------------------------------------------

    def dtype(self, name: str) -> Any:
        return dtypes.DTYPES.get(name)

    def numpy_dtype(self, dtype: Any) -> np.dtype:
        return dtype.np

    def layout(self, name: str) -> Any:
        found = LAYOUTS.get(name.removeprefix("torch.")) if type(name) is str else None
        if found is None:
            raise CheckpointError(f"checkpoint: the file names the layout {name!r}, which penlight does not know")
        return found

    def untyped_storage(self, content: np.ndarray) -> Any:
        return LoadedStorage(content)

    def storage_bytes(self, storage: Any) -> np.ndarray:
        if type(storage) is not LoadedStorage:
            raise TypeError(
                f"torch.load: a map_location function must return the storage it was given or None, got "
                f"{type(storage).__name__}"
            )
        return storage._content.view(Unread) if storage.device is META else storage._content

    def tensor(self, array: np.ndarray, requires_grad: bool, storage: Any) -> Any:
        if storage is not None and type(storage.root) is Unread:
            return _meta("create").blank_like(Tensor._wrap(array, requires_grad))
        made = Tensor._wrap(array)
        if storage is not None:
            if storage.memory is None:
                # tensors on one storage share its version counter, and know their place in it
                storage.memory = Memory(storage.root.view(array.dtype))
            made._v = storage.memory
        if requires_grad:
            made.requires_grad_(True)
        return made

    def turned(self, tensor: Any, conj: bool, neg: bool, requires_grad: bool) -> Any:
        """The conjugate or the negative of a loaded tensor, on its memory."""
        if neg:
            tensor = Tensor._wrap(-tensor._a) if conj else shown(tensor, "_negated")
        return (shown(tensor, "_conj") if conj else tensor).requires_grad_(requires_grad)

    def meta(self, dtype: Any, size: tuple, stride: tuple, requires_grad: bool) -> Any:
        strides = tuple([s * dtype.itemsize for s in stride])
        made = _meta("tensor").wrap(_meta("blank").Blank(tuple(size), dtype.np, strides))
        return made.requires_grad_(requires_grad)

    def sparse(self, indices: Any, values: Any, size: tuple, coalesced: bool) -> Any:
        return Coo(indices._a, values._a, size, coalesced).tensor()

    def parameter(self, tensor: Any, requires_grad: bool = True, hooks: Any = None) -> Any:
        return Parameter(tensor, requires_grad)

    def as_class(self, tensor: Any, kind: type) -> Any:
        same = type(tensor) is kind or kind is Tensor and type(tensor) in self.plain_classes
        return tensor if same else tensor.as_subclass(kind)

    def set_attributes(self, tensor: Any, attributes: dict[str, Any]) -> None:
        kind = type(tensor)
        for name, value in attributes.items():
            if hasattr(kind, name):
                raise CheckpointError(f"checkpoint: the attribute {name!r} would replace one of {kind.__name__}'s own")
            tensor.__dict__[name] = value
