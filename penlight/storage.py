"""`torch.storage`: the memory behind tensors, as bytes or as elements of one dtype.

Source: https://docs.pytorch.org/docs/stable/storage.html
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import CPU, read_device
from penlight.io.storages import storage_root
from penlight.ledger.missing import module_getattr
from penlight.tensor.conversion import set_storage_class

__all__ = ["Storage", "StorageBase", "TypedStorage", "UntypedStorage", "is_storage"]


def _bytes_of(array: np.ndarray) -> np.ndarray:
    """The memory `array` lies in, as (bytes,) uint8."""
    try:
        return storage_root(array)[0]
    except ValueError:
        raise RuntimeError(
            "the tensor's memory has gaps, so that no storage can express it; clone() it first"
        ) from None


class _Storage:
    """What both kinds have in common: `_a` is the array of elements. Shape: (elements,)."""

    _a: np.ndarray
    device = CPU
    is_cuda = False
    is_hpu = False
    is_sparse = False
    is_sparse_csr = False

    def size(self) -> int:
        """The number of elements (bytes, of an UntypedStorage)."""
        return self._a.size

    __len__ = size

    def nbytes(self) -> int:
        """The number of bytes."""
        return self._a.nbytes

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._a.nbytes

    def element_size(self) -> int:
        """Bytes per element."""
        return self._a.itemsize

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return self._a.__array_interface__["data"][0] if self._a.size else 0

    def tolist(self) -> list:
        """The elements as Python numbers."""
        return (self._a.astype(np.float32) if self._a.dtype.kind == "V" else self._a).tolist()

    def __iter__(self) -> Iterator:
        return iter(self.tolist())

    def fill_(self, value: Any) -> Any:
        """Set all elements."""
        self._a[...] = value
        return self

    def cpu(self) -> Any:
        """Itself."""
        return self

    def get_device(self) -> int:
        """-1: the CPU."""
        return -1

    def is_shared(self) -> bool:
        """Whether the memory is shared between processes."""
        return importlib.import_module("penlight.tensor.shared").is_shared(self._a)

    def is_pinned(self, device: Any = None) -> bool:
        """False: there is no GPU to pin memory for."""
        return False

    def share_memory_(self) -> Any:
        """Raises NotImplementedError."""
        raise NotImplementedError("penlight moves tensors to shared memory, not storages: call tensor.share_memory_()")

    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        """Raises AssertionError: there is no GPU."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, int):
            raise TypeError(f"can't index a {type(self)} with {type(index)}")
        return self._a[self._place(index)].item()

    def _place(self, index: int) -> int:
        if not -self._a.size <= index < self._a.size:
            raise IndexError(f"index {index} out of range for storage of size {self._a.size}")
        return index

    def __setitem__(self, index: Any, value: Any) -> None:
        self._a[index if isinstance(index, slice) else self._place(index)] = value

    def copy_(self, source: Any, non_blocking: Any = None) -> Any:
        """Copy the elements of another storage of the same size."""
        if source.nbytes() != self.nbytes():
            raise RuntimeError(
                f"expected a storage of {self.nbytes()} bytes to copy from, got one of {source.nbytes()} bytes"
            )
        self._a[...] = source._a.view(self._a.dtype)
        return self

    def _lines(self) -> str:
        return "".join(f" {value}\n" for value in self.tolist())

    def __copy__(self) -> Any:
        return self.clone()

    def __deepcopy__(self, memo: dict) -> Any:
        return memo.setdefault(id(self), self.clone())

    def clone(self) -> Any:
        """A copy."""
        raise NotImplementedError


class UntypedStorage(_Storage):
    """Memory as bytes: `UntypedStorage(12)`, `UntypedStorage([1, 2])`, `tensor.untyped_storage()`.

    >>> import penlight as torch
    >>> torch.tensor([1, 2]).untyped_storage().nbytes()
    16
    """

    def __init__(self, size: Any = 0, *, device: Any = None) -> None:
        if device is not None:
            read_device(device)
        self._a = np.empty(size, np.uint8) if isinstance(size, int) else np.array(size, np.uint8)

    @classmethod
    def _on(cls, memory: np.ndarray) -> UntypedStorage:
        self = object.__new__(cls)
        self._a = memory
        return self

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, nbytes: int = 0) -> UntypedStorage:
        """The bytes of a file: read when they are used; with `shared`, written back to it (and the file made if need be).

        Raises: RuntimeError when there is no such file, or it is shorter than `nbytes`.
        """
        path = os.fspath(filename)
        if not shared and not os.path.exists(path):
            raise RuntimeError(f"unable to open file <{path}> in read-only mode: No such file or directory (2)")
        if shared and (not os.path.exists(path) or os.path.getsize(path) < nbytes):
            with open(path, "ab") as file:
                file.truncate(nbytes)
        if os.path.getsize(path) < nbytes:
            size = os.path.getsize(path)
            raise RuntimeError(f"file <{path}> size <{size}> is smaller than the required mapping size <{nbytes}>")
        mapped = (
            np.memmap(path, np.uint8, "r+" if shared else "c", shape=(nbytes,)) if nbytes else np.empty(0, np.uint8)
        )
        return cls._on(mapped.view(np.ndarray))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise RuntimeError(f"Trying to slice with a step of {index.step}, but only a step of 1 is supported")
            return UntypedStorage._on(self._a[index])
        return super().__getitem__(index)

    def untyped(self) -> UntypedStorage:
        """Itself."""
        return self

    def clone(self) -> UntypedStorage:
        """A copy."""
        return UntypedStorage._on(self._a.copy())

    def resize_(self, size: int) -> UntypedStorage:
        """Raises NotImplementedError: the memory of an array cannot grow while tensors lie on it."""
        if size != self._a.size:
            raise NotImplementedError(
                f"penlight does not resize storages: expected {self._a.size} bytes, got {size}; resize the tensor "
                "instead"
            )
        return self

    def _cast(self, name: str) -> TypedStorage:
        return TypedStorage._on(self._a.astype(dtypes.DTYPES[name].np), dtypes.DTYPES[name])

    def __repr__(self) -> str:
        return f"{self._lines()}[torch.storage.UntypedStorage(device=cpu) of size {len(self)}]"


class TypedStorage(_Storage):
    """Memory as elements of one dtype; deprecated in PyTorch in favour of UntypedStorage.

    >>> import penlight as torch
    >>> torch.tensor([1., 2.])._typed_storage().tolist()
    [1.0, 2.0]
    """

    dtype: dtypes.dtype

    def __init__(
        self, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: Any = None, device: Any = None
    ) -> None:
        if device is not None:
            read_device(device)
        self.dtype = defaults.float_dtype if dtype is None else dtypes.of(dtype)
        if wrap_storage is not None:
            self._a = wrap_storage._a.view(self.dtype.np)
        elif not args:
            self._a = np.empty(0, self.dtype.np)
        elif isinstance(args[0], int):
            self._a = np.empty(args[0], self.dtype.np)
        else:
            self._a = np.array(args[0], self.dtype.np)

    @classmethod
    def _on(cls, array: np.ndarray, dtype: dtypes.dtype) -> TypedStorage:
        self = object.__new__(TypedStorage)
        self._a, self.dtype = array, dtype
        return self

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return super().__getitem__(index)

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return UntypedStorage._on(self._a.view(np.uint8))

    @property
    def _untyped_storage(self) -> UntypedStorage:
        return self.untyped()

    def type(self, dtype: Any = None) -> str:
        """The name, such as "torch.FloatStorage"."""
        return f"torch.{self.dtype.legacy}Storage"

    def clone(self) -> TypedStorage:
        """A copy."""
        return TypedStorage._on(self._a.copy(), self.dtype)

    def pickle_storage_type(self) -> str:
        """The name that checkpoints use, such as "FloatStorage"."""
        return f"{self.dtype.legacy}Storage"

    def _cast(self, name: str) -> TypedStorage:
        return TypedStorage._on(self._a.astype(dtypes.DTYPES[name].np), dtypes.DTYPES[name])

    def __repr__(self) -> str:
        return f"{self._lines()}[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"


def _caster(method: str, name: str) -> Any:
    def cast(self: Any) -> TypedStorage:
        return self._cast(name)

    cast.__name__ = cast.__qualname__ = method
    cast.__doc__ = f"The elements as {name}, copied."
    return cast


_CASTS = {
    "double": "float64", "float": "float32", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "char": "int8", "byte": "uint8", "bool": "bool", "bfloat16": "bfloat16", "complex_double": "complex128",
    "complex_float": "complex64",
}  # fmt: skip
for _method, _name in _CASTS.items():
    setattr(UntypedStorage, _method, _caster(_method, _name))
    setattr(TypedStorage, _method, _caster(_method, _name))


def is_storage(obj: Any, /) -> bool:
    """Whether `obj` is a storage."""
    return isinstance(obj, _Storage)


def _legacy_class(d: dtypes.dtype) -> Any:
    """`torch.FloatStorage` and the like: make a TypedStorage of one dtype, and are the type of such storages."""

    class Meta(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, TypedStorage) and instance.dtype is d

        def __call__(cls, *args: Any, wrap_storage: Any = None, device: Any = None) -> TypedStorage:
            return TypedStorage(*args, wrap_storage=wrap_storage, dtype=d, device=device)

    name = f"{d.legacy}Storage"
    return Meta(name, (), {"dtype": d, "__module__": "torch", "__doc__": f"Makes storages of {d!r}."})


_DTYPES = (*_CASTS.values(),)
CLASSES: dict[str, Any] = {f"{dtypes.DTYPES[n].legacy}Storage": _legacy_class(dtypes.DTYPES[n]) for n in _DTYPES}
Storage, StorageBase = CLASSES["FloatStorage"], _Storage

_WARNING = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only "
    "storage class. This "
    "should only matter to you if you are using storages directly.  To access UntypedStorage directly, use "
    "tensor.untyped_storage() instead of tensor.storage()"
)


def _storage_of(array: np.ndarray, dtype: dtypes.dtype | None) -> Any:
    """The storage behind an array: bytes without a dtype, elements with one."""
    memory = _bytes_of(array)
    if dtype is None:
        return UntypedStorage._on(memory)
    if sys._getframe(2).f_globals.get("__name__", "").split(".")[0] != "penlight":
        warnings.warn(_WARNING, UserWarning, stacklevel=3)
    return TypedStorage._on(memory.view(dtype.np), dtype)


set_storage_class(_storage_of)
__getattr__ = module_getattr(__name__)
