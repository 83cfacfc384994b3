"""Saving and loading over a codec: which format, which unpickler, where the bytes go."""

from __future__ import annotations

import contextlib
import mmap as mmap_module
import os
import pickle
import secrets
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import Any

import numpy as np

from penlight.io.archive_reader import ArchiveReader, BytesSource, FileSource
from penlight.io.archive_writer import ArchiveWriter
from penlight.io.errors import CheckpointEndError, CheckpointError, ForbiddenContentError, UnknownByteOrderError
from penlight.io.legacy import load_legacy, refuse_bare_storages, save_legacy
from penlight.io.locations import location_restorer
from penlight.io.pickler import pickle_object
from penlight.io.rebuild import Rebuilder, StorageType, StoredValues
from penlight.io.safe_globals import user_globals
from penlight.io.unrestricted import truncated, unpickler
from penlight.io.weights_only import globals_in, load_weights_only

__all__ = ["load_checkpoint", "replacing", "save_checkpoint", "unsafe_globals"]

_LARGEST_VERSION = 10


def _is_path(f: Any) -> bool:
    return isinstance(f, (str, os.PathLike))


@contextlib.contextmanager
def replacing(path: Any) -> Iterator[Any]:
    """Open a new binary file that takes the place of `path` when the block ends well; else nothing changes."""
    path = os.path.realpath(os.fspath(path))  # through a link: the file it points to is replaced, the link stays
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        raise RuntimeError(f"Parent directory {directory} does not exist.")
    if os.path.exists(path) and not os.path.isfile(path):
        if os.path.isdir(path):
            raise IsADirectoryError(f"cannot save to {path}: it is a directory")
        with open(path, "wb") as file:  # a pipe or device cannot be replaced
            yield file
        return
    temporary = os.path.join(directory, f".{os.path.basename(path)}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)  # a replaced file keeps its permissions
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _archive_root(f: Any) -> str:
    """The archive's top folder, named as PyTorch names it: the file's name without its last suffix."""
    if not _is_path(f):
        return "archive"
    name = PurePath(os.fspath(f)).name
    if not name.isascii():
        return "archive"
    stem = name.rpartition(".")[0] if "." in name else name
    if not stem:
        raise RuntimeError(f"invalid file name: {name}; expected a name before the suffix")
    return stem


def save_checkpoint(
    obj: Any, f: Any, codec: Any, *, pickle_module: Any = pickle, protocol: int = 2, zipped: bool = True,
    byteorder_record: bool = True, alignment: int = 64, crc: bool = True,
) -> None:  # fmt: skip
    """Write `obj` to a path (replaced at once, when complete) or a file object with `write`."""
    if not _is_path(f) and not hasattr(f, "write"):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    root = _archive_root(f) if zipped else ""
    with replacing(f) if _is_path(f) else contextlib.nullcontext(f) as file:
        if not zipped:
            save_legacy(obj, file.write, codec, pickle_module, protocol)
            return
        pickled, storages = pickle_object(obj, codec, pickle_module, protocol)
        archive = ArchiveWriter(file.write, root, alignment, crc)
        archive.prologue(pickled, byteorder_record)
        for key, data in enumerate(storages.arrays):
            archive.record(f"data/{key}", data)
        archive.close()


@contextlib.contextmanager
def _opened(f: Any) -> Iterator[Any]:
    """A seekable binary file object for what torch.load was given."""
    if _is_path(f):
        with open(f, "rb") as file:
            yield file
        return
    for method in ("seek", "tell", "read"):
        if not hasattr(f, method):
            raise AttributeError(
                f"'{type(f).__name__}' object has no attribute '{method}'. You can only torch.load from a file that is "
                "seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
            )
    yield f


def load_checkpoint(
    f: Any, codec: Any, *, map_location: Any = None, pickle_module: Any = None, weights_only: bool = True,
    mmap: bool = False, shared: bool = False, check_crc: bool = True, options: dict | None = None,
) -> Any:  # fmt: skip
    """Read what `save_checkpoint` or torch.save wrote; see `penlight.load`.

    Args: shared, whether changes to a mapped tensor go to the file; check_crc, whether storages are checked.
    Raises: CheckpointError for damaged files, ForbiddenContentError for what weights_only refuses.
    """
    if mmap and not _is_path(f):
        raise ValueError("f must be a file path in order to use the mmap argument")
    restore_location = location_restorer(map_location, codec.device_class)
    allowed = user_globals() if weights_only else None

    def restore(root: np.ndarray, location: str) -> np.ndarray:
        storage = restore_location(codec.untyped_storage(root), location)
        return codec.storage_bytes(storage)

    options = options or {}
    with _opened(f) as file:
        start = file.tell()
        head = file.read(4)
        if isinstance(head, str):
            raise AssertionError("Expected bytes, got str: open the file in binary mode ('rb')")
        file.seek(start)
        if not head:
            raise CheckpointEndError("Ran out of input: the file is empty")
        if head == b"PK\3\4":
            source = _mapped(file, shared) if mmap else FileSource(file)
            archive = ArchiveReader(source, check_crc and not mmap)
            return _load_archive(archive, codec, restore, allowed, pickle_module or pickle, options)
        if mmap:
            raise RuntimeError(
                f"mmap can only be used with files saved with `torch.save({f}, _use_new_zipfile_serialization=True), "
                "please torch.save your checkpoint with this option in order to use mmap."
            )
        if head[0] != 0x80:
            raise ForbiddenContentError(
                f"Weights only load failed. The file starts with {head!r}, neither a zip archive nor a pickle of "
                "torch.save. (Tar files of PyTorch before 0.2 are refused; load and save them again with that version.)"
            )
        file.seek(0, 2)
        size = file.tell() - start
        file.seek(start)
        return load_legacy(file, Rebuilder(codec, size), restore, allowed, pickle_module or pickle, options)


def _mapped(file: Any, shared: bool) -> BytesSource:
    # copy-on-write: tensors can be changed, the file cannot
    access = mmap_module.ACCESS_WRITE if shared else mmap_module.ACCESS_COPY
    if not shared:
        return BytesSource(mmap_module.mmap(file.fileno(), 0, access=access))
    with open(file.name, "r+b") as writable:
        return BytesSource(mmap_module.mmap(writable.fileno(), 0, access=access))


def _data_pickle(archive: ArchiveReader) -> bytes:
    """Check the small records and return data.pkl."""
    if "constants.pkl" in archive or any(name.startswith("code/") for name in archive.names()):
        raise CheckpointError(
            "Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``: the file is a "
            "TorchScript program, which penlight does not run; save the module's state_dict() with torch.save instead"
        )
    archive.refuse_compressed()
    if "version" not in archive:
        raise CheckpointError('Expected hasRecord("version") to be true, but got false: not a PyTorch archive')
    version = archive.read("version").strip()
    if not version.isdigit() or int(version) > _LARGEST_VERSION:
        raise CheckpointError(
            f"Attempted to read a PyTorch file with version {version[:20]!r}, but the maximum supported version for "
            f"reading is {_LARGEST_VERSION}"
        )
    return archive.read("data.pkl")


def _load_archive(
    archive: ArchiveReader, codec: Any, restore: Any, allowed: dict | None, pickle_module: Any, options: dict
) -> Any:
    pickled = _data_pickle(archive)
    rebuilder = Rebuilder(codec, len(pickled))
    values: dict[str, StoredValues] = {}
    order = archive.read("byteorder").decode("ascii", "replace") if "byteorder" in archive else "little"
    if order not in ("little", "big"):
        raise UnknownByteOrderError(f"Unknown endianness type: {order}")

    def persistent(identifier: Any) -> StoredValues:
        storage_type, key, location, elements = _storage_id(identifier)
        value = values.get(key)
        if value is None:
            value = values[key] = read(storage_type, key, location, elements)
        elif value.dtype_name != storage_type.dtype_name or value.root.nbytes != elements * item_size(storage_type):
            raise CheckpointError(f"checkpoint: storage {key} is described in two ways")
        return value

    def item_size(storage_type: StorageType) -> int:
        return 1 if storage_type.dtype_name is None else codec.dtype(storage_type.dtype_name).itemsize

    def read(storage_type: StorageType, key: str, location: str, elements: int) -> StoredValues:
        item, name = item_size(storage_type), f"data/{key}"
        size = archive.size_of(name)
        if size != elements * item:
            raise CheckpointError(
                f"record size ({size} bytes) does not match expected size ({elements * item} bytes = {elements} "
                f"elements * {item} bytes/element) for storage {key} of {storage_type.name}"
            )
        root = archive.storage(name)
        if order != sys.byteorder:
            if storage_type.dtype_name is None and size:
                raise CheckpointError("checkpoint: untyped storages written in the other byte order cannot be read")
            width = item // 2 if storage_type.dtype_name in ("complex64", "complex128") else item
            root = np.ascontiguousarray(root.reshape(-1, width)[:, ::-1]).reshape(-1)
        elif root.__array_interface__["data"][0] % item:
            root = root.copy()  # mapped from an archive without PyTorch's alignment
        rebuilder.allowance += 4 * size
        return StoredValues(restore(root, location), storage_type.dtype_name)

    if allowed is not None:
        result, _ = load_weights_only(pickled, 0, rebuilder, persistent, allowed)
    else:
        try:
            result = unpickler(BytesIO(pickled), rebuilder, persistent, pickle_module, options).load()
        except (EOFError, pickle.UnpicklingError) as error:
            if truncated(error) and not isinstance(error, CheckpointError):
                raise CheckpointEndError(f"checkpoint: data.pkl ends too early ({error})") from error
            raise
    refuse_bare_storages(values)
    return result


def _storage_id(identifier: Any) -> tuple[StorageType, str, str, int]:
    if type(identifier) is not tuple:
        raise ForbiddenContentError(
            "Weights only load failed. WeightsUnpickler error: persistent_load id must be tuple or int, but got "
            f"{type(identifier)}"
        )
    if len(identifier) != 5 or identifier[0] != "storage" or type(identifier[1]) is not StorageType:
        raise ForbiddenContentError(
            "Weights only load failed. WeightsUnpickler error: Only persistent_load of storage is allowed, but got "
            f"{str(identifier[:1])[:60]}"
        )
    _, storage_type, key, location, elements = identifier
    if type(key) is not str or type(location) is not str or type(elements) is not int or elements < 0:
        raise CheckpointError(f"checkpoint: the storage id {str(identifier[2:])[:80]} is not one PyTorch writes")
    return storage_type, key, location, elements


def unsafe_globals(f: Any, codec: Any) -> list[str]:
    """Return the names in a zip checkpoint that weights_only=True would refuse, without running anything."""
    with _opened(f) as file:
        start = file.tell()
        head = file.read(4)
        file.seek(start)
        if head != b"PK\3\4":
            raise ValueError("Expected input to be a checkpoint returned by torch.save but got a different file")
        pickled = _data_pickle(ArchiveReader(FileSource(file)))
    rebuilder, allowed = Rebuilder(codec, 0), user_globals()
    names = [f"{module}.{name}" for module, name in globals_in(pickled)]
    return [
        name for name in names if name not in rebuilder.names and name not in allowed and not rebuilder.refusal(name)
    ]
