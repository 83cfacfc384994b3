"""The format before PyTorch 1.6: pickles in a row, then the storages; still in many published files.

magic number, protocol version, system information, the object, the storages' keys; then per key the number of elements
(int64) and the raw data.
"""

from __future__ import annotations

import pickle
import struct
import sys
from typing import Any

import numpy as np

from penlight.io.errors import CheckpointEndError, CheckpointError, ForbiddenContentError
from penlight.io.pickler import pickle_object
from penlight.io.rebuild import Rebuilder, StorageType, StoredValues
from penlight.io.unrestricted import truncated, unpickler
from penlight.io.weights_only import load_weights_only

__all__ = ["load_legacy", "save_legacy"]

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
_SYSTEM = {
    "protocol_version": PROTOCOL_VERSION,
    "little_endian": sys.byteorder == "little",
    "type_sizes": {"short": 2, "int": 4, "long": 4},
}


class _Storages:
    """The storages a legacy pickle asks for: memory first, content after the pickles."""

    def __init__(self, codec: Any, restore: Any, limit: int) -> None:
        self._codec = codec
        self._restore = restore
        self._room = limit  # bytes left in the file: no storage can be larger
        self.items: dict[str, tuple[np.ndarray, int, int]] = {}  # key -> (bytes, elements, bytes per element)
        self.values: dict[Any, StoredValues] = {}
        self.modules_allowed = False

    def __call__(self, identifier: Any) -> Any:
        if type(identifier) is not tuple or not identifier:
            raise ForbiddenContentError(
                "Weights only load failed. WeightsUnpickler error: persistent_load id must be tuple or int, but got "
                f"{type(identifier)}"
            )
        kind = _text(identifier[0])
        if kind == "module" and self.modules_allowed and len(identifier) > 1:
            return identifier[1]  # (class, source file, source): the source only served a warning
        if kind != "storage" or len(identifier) != 6 or type(identifier[1]) is not StorageType:
            raise ForbiddenContentError(
                "Weights only load failed. WeightsUnpickler error: Only persistent_load of storage is allowed, but got "
                f"{kind!r}"
            )
        _, storage_type, key, location, elements, view = identifier
        key, location = _text(key), _text(location)
        if type(key) is not str or type(location) is not str or type(elements) is not int or elements < 0:
            raise CheckpointError(f"checkpoint: the storage id {identifier[2:]!r} is not one PyTorch writes")
        item = self._item_size(storage_type)
        if key not in self.items:
            self._room -= elements * item
            if self._room < 0:
                raise CheckpointError(
                    f"checkpoint: storage {key} claims {elements} elements of {item} bytes, more than the file holds"
                )
            root = np.empty(elements * item, np.uint8)
            self.items[key] = self._restore(root, location), elements, item
        root, known_elements, known_item = self.items[key]
        if (known_elements, known_item) != (elements, item):
            raise CheckpointError(f"checkpoint: storage {key} is described in two ways")
        start, count = 0, elements
        if view is not None:
            start, count = self._window(view, elements)
        return self._value((key, start, count), root[start * item : (start + count) * item], storage_type)

    def _value(self, key: Any, root: np.ndarray, storage_type: StorageType) -> StoredValues:
        if key not in self.values:
            self.values[key] = StoredValues(root, storage_type.dtype_name)
        value = self.values[key]
        if value.dtype_name != storage_type.dtype_name:
            raise CheckpointError(f"checkpoint: storage {key[0]} is described in two ways")
        return value

    @staticmethod
    def _window(view: Any, elements: int) -> tuple[int, int]:
        fits = type(view) is tuple and len(view) == 3 and type(view[1]) is int and type(view[2]) is int
        if not fits or view[1] < 0 or view[2] < 0 or view[1] + view[2] > elements:
            raise CheckpointError(f"checkpoint: the storage view {view!r} does not lie in its {elements} elements")
        return view[1], view[2]

    def _item_size(self, storage_type: StorageType) -> int:
        if storage_type.dtype_name is None:
            return 1
        return self._codec.numpy_dtype(self._codec.dtype(storage_type.dtype_name)).itemsize


def _text(value: Any) -> Any:
    return value.decode("ascii", "replace") if type(value) is bytes else value  # Python 2 wrote bytes


def load_legacy(
    file: Any, rebuilder: Rebuilder, restore: Any, allowed: dict | None, pickle_module: Any, options: dict
) -> Any:
    """Load from a seekable file object that stands at the start; leaves it after the last storage.

    Args: restore(bytes array, location) -> array; allowed, the user's safe globals, or None to use `pickle_module`.
    """
    start = file.tell()
    file.seek(0, 2)
    end = file.tell()
    file.seek(start)
    storages = _Storages(rebuilder.codec, restore, end - start)
    if allowed is None:
        storages.modules_allowed = True

        def next_pickle() -> Any:
            try:
                return unpickler(file, rebuilder, storages, pickle_module, dict(options)).load()
            except (EOFError, pickle.UnpicklingError) as error:
                if truncated(error):
                    raise CheckpointEndError(f"checkpoint: the file ends inside a pickle ({error})") from error
                raise

    else:
        data, position = memoryview(file.read()), 0

        def next_pickle() -> Any:
            nonlocal position
            made, position = load_weights_only(data, position, rebuilder, storages, allowed)
            file.seek(start + position)
            return made

    if next_pickle() != MAGIC_NUMBER:
        raise CheckpointError(
            "Invalid magic number; corrupt file? The file is a pickle, but not one that torch.save wrote; read plain "
            "pickles with pickle.load, if you trust them"
        )
    version = next_pickle()
    if version != PROTOCOL_VERSION:
        raise CheckpointError(f"Invalid protocol version: {version}")
    system = next_pickle()
    little = not isinstance(system, dict) or system.get("little_endian", True)
    result = next_pickle()
    keys = next_pickle()
    if type(keys) is not list or set(map(_text, keys)) != set(storages.items) or len(keys) != len(storages.items):
        raise CheckpointError("checkpoint: the list of storages does not match the storages the object uses")
    for key in keys:
        _fill(file, *storages.items[_text(key)], little)
    refuse_bare_storages(storages.values)
    return result


def refuse_bare_storages(values: dict[Any, StoredValues]) -> None:
    """Raise where a file holds a storage that no tensor views: penlight would have nothing to return for it."""
    if not all(value.in_use for value in values.values()):
        raise CheckpointError("checkpoint: the file holds a storage outside of any tensor; penlight cannot return that")


def _fill(file: Any, root: np.ndarray, elements: int, item: int, little: bool) -> None:
    count = struct.unpack("<q" if little else ">q", _exactly(file, 8))[0]
    if count != elements:
        raise CheckpointError(f"checkpoint: a storage of {elements} elements is stored with {count}")
    data = np.frombuffer(_exactly(file, elements * item), np.uint8)
    root[...] = data if little == (sys.byteorder == "little") else data.reshape(-1, item)[:, ::-1].reshape(-1)


def _exactly(file: Any, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise CheckpointEndError(
            f"unexpected EOF, expected {count - len(data)} more bytes. The file might be corrupted."
        )
    return data


def save_legacy(obj: Any, write: Any, codec: Any, pickle_module: Any, protocol: int) -> None:
    """Write the legacy format through `write(bytes)`."""
    pickled, storages = pickle_object(obj, codec, pickle_module, protocol, legacy=True)
    for head in (MAGIC_NUMBER, PROTOCOL_VERSION, _SYSTEM):
        write(pickle.dumps(head, 2))
    write(pickled)
    keys = [str(key) for key in range(len(storages.arrays))]
    write(pickle.dumps(keys, 2))
    for root, dtype_name in zip(storages.arrays, storages.dtypes):
        item = 1 if codec.is_untyped(dtype_name) else codec.dtype(dtype_name).itemsize
        write(struct.pack("<q" if sys.byteorder == "little" else ">q", root.nbytes // item))
        write(root.data)
