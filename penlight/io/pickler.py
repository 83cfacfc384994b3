"""Pickling objects the way torch.save does: protocol 2, tensors as references to storages, PyTorch's names.

The standard pickler cannot write the global `torch._utils._rebuild_tensor_v2` without a module of that name, so this
one extends pickle's Python implementation. Tensors, the bulk of a checkpoint, are written by hand in one piece.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections import OrderedDict
from types import FunctionType
from typing import Any

import numpy as np

from penlight.base.coo import Coo
from penlight.io.names import STORAGE_OF_DTYPE, torch_home
from penlight.io.storages import describe

__all__ = ["SavedStorages", "pickle_object", "pickler_class"]

# Interned by Python, as in PyTorch's own source: a checkpoint's own "cpu" string shares the memo entry.
_STORAGE, _CPU = "storage", "cpu"


class SavedStorages:
    """The storages met while pickling, in order; each is written once under its key."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []  # (bytes,) uint8 each
        self.dtypes: list[str] = []
        self.names: list[str] = []  # the keys as text, one object each: the pickle's memo goes by identity
        self._keys: dict[int, int] = {}

    def key_of(self, root: np.ndarray, dtype_name: str) -> int:
        address = root.__array_interface__["data"][0]
        known = self._keys.get(address) if root.nbytes else None
        if known is not None and self.arrays[known].nbytes == root.nbytes:
            if self.dtypes[known] != dtype_name:
                raise RuntimeError(
                    "Cannot save multiple tensors or storages that view the same data as different types: "
                    f"torch.{self.dtypes[known]} and torch.{dtype_name}; clone() one of them first"
                )
            return known
        key = len(self.arrays)
        self._keys[address] = key
        self.arrays.append(root)  # keeps the memory, and so the address, alive
        self.dtypes.append(dtype_name)
        self.names.append(str(key))
        return key


def _int(value: int) -> bytes:
    if 0 <= value < 256:
        return b"K%c" % value
    if 0 <= value < 65536:
        return b"M" + struct.pack("<H", value)
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a" + (lambda data: bytes([len(data)]) + data)(pickle.encode_long(value))


class _TorchNames:
    """Mixed into a Python-implemented pickler: how tensors and penlight's own objects are written."""

    def prepare(self, codec: Any, storages: SavedStorages, legacy: bool) -> None:
        self._codec = codec
        self._storages = storages
        self._legacy = legacy
        self._names: dict[str, tuple[int, str]] = {}
        writers = dict(self.dispatch)
        writers[FunctionType] = type(self).save_global
        writers[codec.dtype_class] = type(self)._save_dtype
        writers[codec.size_class] = type(self)._save_size
        writers[codec.layout_class] = type(self)._save_layout
        self.dispatch = writers

    def save(self, obj: Any, save_persistent_id: bool = True) -> Any:
        kind = type(obj)
        if kind not in self.dispatch:
            self.dispatch[kind] = type(self)._save_tensor if issubclass(kind, self._codec.tensor_class) else None
        return super().save(obj, save_persistent_id)

    def save_global(self, obj: Any, name: str | None = None) -> None:
        module = getattr(obj, "__module__", None)
        name = str(name or getattr(obj, "__qualname__", None) or getattr(obj, "__name__", ""))
        home = torch_home(obj, module, name) if isinstance(module, str) else None
        if home is None or "." in name:
            super().save_global(obj, name)
            return
        self.write(f"c{home[0]}\n{home[1]}\n".encode())
        self.memoize(obj)

    # --- memo ----------------------------------------------------------------------------------------------------

    def _remember(self, obj: Any = None) -> bytes:
        """Take the next memo number, for `obj` or for something that nothing refers to again."""
        memo = self.memo
        number = len(memo)
        memo[id(obj) if obj is not None else ~number] = number, obj
        return b"q%c" % number if number < 256 else b"r" + struct.pack("<I", number)

    @staticmethod
    def _recall(number: int) -> bytes:
        return b"h%c" % number if number < 256 else b"j" + struct.pack("<I", number)

    def _named(self, name: str) -> bytes:
        """GLOBAL on first use, then the memo's entry; `name` is "module name"."""
        known = self._names.get(name)
        if known is not None:
            return self._recall(known[0])
        self._names[name] = len(self.memo), name
        return b"c" + name.replace(" ", "\n").encode() + b"\n" + self._remember()

    def _ordered_dict(self) -> bytes:
        """An empty OrderedDict; its class shares the memo entry that the user's own ones have."""
        known = self.memo.get(id(OrderedDict))
        if known is None:
            return b"ccollections\nOrderedDict\n" + self._remember(OrderedDict) + b")R" + self._remember()
        return self._recall(known[0]) + b")R" + self._remember()

    def _text(self, text: str) -> bytes:
        known = self.memo.get(id(text))
        if known is not None:
            return self._recall(known[0])
        data = text.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(data)) + data + self._remember(text)

    def _ints(self, values: tuple[int, ...]) -> bytes:
        if not values:
            return b")"
        content = b"".join(map(_int, values))
        if len(values) <= 3:
            return content + (b"\x85", b"\x86", b"\x87")[len(values) - 1] + self._remember()
        return b"(" + content + b"t" + self._remember()

    # --- tensors -------------------------------------------------------------------------------------------------

    def _save_tensor(self, tensor: Any) -> None:
        codec = self._codec
        kind = type(tensor)
        attributes = codec.attributes(tensor)
        if isinstance(tensor._a, Coo):
            self._save_sparse(tensor)
        elif getattr(tensor, "is_meta", False):
            self._save_meta(tensor, attributes)
        elif codec.is_parameter(tensor):
            name = "torch._utils _rebuild_parameter" + ("_with_state" if attributes else "")
            self.write(self._named(name) + (b"(" if attributes else b"") + self._tensor_bytes(tensor, False))
            self.write((b"\x88" if tensor.requires_grad else b"\x89") + self._ordered_dict())
            if attributes:
                super().save(attributes)
            self.write((b"t" if attributes else b"\x87") + self._remember() + b"R")
        elif kind in codec.plain_classes and not attributes:
            self.write(self._tensor_bytes(tensor, tensor.requires_grad, remember=False))
        else:
            function, arguments = self._tensor_parts(tensor, tensor.requires_grad)
            self.write(self._named("torch._tensor _rebuild_from_type_v2") + b"(" + function())
            self.save(codec.tensor_class if kind in codec.plain_classes else kind)
            self.write(arguments())
            super().save(attributes)
            self.write(b"t" + self._remember() + b"R")
        self.memoize(tensor)

    def _save_sparse(self, tensor: Any) -> None:
        """The layout, then coordinates, values, size and whether it is coalesced; attributes are not kept."""
        as_parameter = getattr(tensor, "_is_param", False)
        if as_parameter:
            self.write(self._named("torch._utils _rebuild_parameter"))
        self.write(self._named("torch._utils _rebuild_sparse_tensor"))
        self.save(tensor.layout)
        self.write(b"(")
        self.save(tensor._indices())
        self.save(tensor._values())
        self.save(tensor.shape)
        self.write((b"\x88" if tensor.is_coalesced() else b"\x89") + b"t" + self._remember())
        self.write(b"\x86" + self._remember() + b"R")
        if as_parameter:
            self.write(self._remember() + (b"\x88" if tensor.requires_grad else b"\x89") + self._ordered_dict())
            self.write(b"\x87" + self._remember() + b"R")

    def _save_meta(self, tensor: Any, attributes: dict) -> None:
        """The dtype, sizes and strides. Raises for attributes, which are not written."""
        if attributes:
            raise NotImplementedError(
                f"a meta tensor with attributes of its own ({', '.join(attributes)}) is not written; remove them first"
            )
        as_parameter = self._codec.is_parameter(tensor)
        flag = b"\x88" if tensor.requires_grad else b"\x89"
        name = self._named("torch._utils _rebuild_parameter") if as_parameter else b""
        self.write(name + self._named("torch._utils _rebuild_meta_tensor_no_storage") + b"(")
        self.write(self._dtype_bytes(tensor.dtype) + self._ints(tensor.shape) + self._ints(tensor.stride()))
        self.write((b"\x89" if as_parameter else flag) + b"t" + self._remember() + b"R")
        if as_parameter:
            self.write(self._remember() + flag + self._ordered_dict() + b"\x87" + self._remember() + b"R")

    def _tensor_bytes(self, tensor: Any, requires_grad: bool, remember: bool = True) -> bytes:
        function, arguments = self._tensor_parts(tensor, requires_grad)
        return function() + arguments() + b"R" + (self._remember() if remember else b"")

    def _tensor_parts(self, tensor: Any, requires_grad: bool) -> tuple[Any, Any]:
        """Two functions that write the rebuilding function's name and its arguments; they must run in this order."""
        array, turned = self._codec.stored(tensor)
        dtype_name = self._codec.dtype_name(array)
        layout = describe(array)
        key = self._storages.key_of(layout.root, dtype_name)
        storage_class = STORAGE_OF_DTYPE.get(dtype_name)

        def function() -> bytes:
            return self._named("torch._utils _rebuild_tensor_" + ("v2" if storage_class else "v3"))

        def arguments() -> bytes:
            if storage_class:
                kind, numel = f"torch {storage_class}", layout.root.nbytes // array.itemsize
            else:
                kind, numel = "torch.storage UntypedStorage", layout.root.nbytes
            parts = [
                b"((",
                self._text(_STORAGE),
                self._named(kind),
                self._text(self._storages.names[key]),
                self._text(_CPU),
                _int(numel),
                b"N" if self._legacy else b"",  # the legacy id's view_metadata
                b"t",
                self._remember(),
                b"Q",
                _int(layout.offset),
                self._ints(layout.size),
                self._ints(layout.stride),
                b"\x88" if requires_grad else b"\x89",
                self._ordered_dict(),
            ]
            if not storage_class:
                parts.append(self._dtype_bytes(self._codec.dtype(dtype_name)))
            if turned:
                parts += [b"}", self._remember(), self._text(turned), b"\x88s"]
            return b"".join(parts) + b"t" + self._remember()

        return function, arguments

    # --- small values --------------------------------------------------------------------------------------------

    def _dtype_bytes(self, dtype: Any) -> bytes:
        known = self.memo.get(id(dtype))
        if known is not None:
            return self._recall(known[0])
        return f"ctorch\n{dtype.name}\n".encode() + self._remember(dtype)

    def _save_dtype(self, dtype: Any) -> None:
        self.write(self._dtype_bytes(dtype))

    def _save_size(self, size: Any) -> None:
        content = tuple(int(n) for n in size)
        self.write(self._named("torch Size") + self._ints(content) + b"\x85" + self._remember() + b"R")
        self.memoize(size)

    def _save_layout(self, layout: Any) -> None:
        self.write(self._named("torch.serialization _get_layout"))
        self.write(self._text(str(layout)) + b"\x85" + self._remember() + b"R")
        self.memoize(layout)


_classes: dict[type, type] = {}


def pickler_class(pickle_module: Any) -> type:
    """Return the pickler on top of a module's own; TypeError unless that is written in Python."""
    base = pickle._Pickler if pickle_module is pickle else getattr(pickle_module, "Pickler", None)
    if not (isinstance(base, type) and issubclass(base, pickle._Pickler)):
        raise TypeError(
            f"torch.save: pickle_module={getattr(pickle_module, '__name__', pickle_module)!r} has no Pickler "
            "derived from pickle._Pickler; expected the pickle module or one that extends its Python implementation, "
            "such as dill"
        )
    if base not in _classes:
        _classes[base] = type("CheckpointPickler", (_TorchNames, base), {})
    return _classes[base]


def pickle_object(
    obj: Any, codec: Any, pickle_module: Any = pickle, protocol: int = 2, legacy: bool = False
) -> tuple[bytes, SavedStorages]:
    """Return (data.pkl's content, the storages it refers to)."""
    if protocol != 2:
        raise ValueError(f"torch.save: pickle_protocol={protocol} is not supported; expected 2, PyTorch's default")
    output = io.BytesIO()
    storages = SavedStorages()
    pickler = pickler_class(pickle_module)(output, protocol)
    pickler.prepare(codec, storages, legacy)
    pickler.dump(obj)
    return output.getvalue(), storages
