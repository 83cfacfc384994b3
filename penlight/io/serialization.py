"""`torch.save`, `torch.load` and the rest of `torch.serialization`.

Source: https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import mmap as mmap_module
import os
import pickle
from collections.abc import Callable
from typing import IO, Any

from penlight.io.checkpoint import load_checkpoint, save_checkpoint, unsafe_globals
from penlight.io.codec import PenlightCodec
from penlight.io.safe_globals import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from penlight.io.safetensors import load_file

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "get_crc32_options",
    "get_default_mmap_options",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "safe_globals",
    "save",
    "set_crc32_options",
    "set_default_mmap_options",
]

DEFAULT_PROTOCOL = 2
# absent on Windows, where mapping private or shared is an access mode
MAP_SHARED = getattr(mmap_module, "MAP_SHARED", 1)
MAP_PRIVATE = getattr(mmap_module, "MAP_PRIVATE", 2)
MAP_LOCATION = Any
FileLike = str | os.PathLike | IO[bytes]

_codec = PenlightCodec()


class _Options:
    crc = True
    mmap_flags = MAP_PRIVATE


def save(
    obj: object,
    f: FileLike,
    pickle_module: Any = pickle,
    pickle_protocol: int = DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Save an object, usually a `state_dict()`, to a file that PyTorch reads too.

    A path is replaced when the new file is complete and on disk: an interrupted save leaves the old file as it was.
    Tensors that share memory share it again after loading; the whole storage is written, even for a small view.

    Args: f, a path or a file object with `write`; pickle_module, pickle or one that extends its Python implementation.
    Raises: RuntimeError where the directory is missing or one memory is viewed as two dtypes; AttributeError or
        pickle.PicklingError for objects that cannot be pickled.
    Differs from PyTorch: only protocol 2, which is what PyTorch writes too.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.save.html

    >>> import io, penlight as torch
    >>> buffer = io.BytesIO(); torch.save({"x": torch.Tensor([1, 2])}, buffer)
    >>> torch.load(io.BytesIO(buffer.getvalue()))
    {'x': tensor([1., 2.])}
    """
    save_checkpoint(
        obj, f, _codec, pickle_module=pickle_module, protocol=pickle_protocol, zipped=_use_new_zipfile_serialization,
        byteorder_record=not _disable_byteorder_record, crc=_Options.crc,
    )  # fmt: skip


def load(
    f: FileLike,
    map_location: Callable | str | dict | Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Load what `save` or PyTorch's `torch.save` wrote: zip and legacy files, and `.safetensors` by their suffix.

    Args: map_location, see `torch.load`; tensors can only be on the CPU, so files from other devices need
        `map_location="cpu"`; weights_only, default True: tensors, containers, numbers and allow-listed names only, so
        that a hostile file cannot run code; mmap, map the file instead of reading it: tensors share its pages until
        changed, and the file must not be changed meanwhile.
    Raises: pickle.UnpicklingError for what weights_only refuses; RuntimeError or EOFError (both CheckpointError) for
        damaged files. Storages are checked against their CRC32 unless mapped, which PyTorch does not do.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.load.html
    """
    if pickle_module is not None:
        if weights_only:
            raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
        weights_only = False
    if weights_only is None:
        forced = os.environ.get("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "0").lower() in ("1", "y", "yes", "true")
        weights_only = not forced
    unknown = set(pickle_load_args) - {"encoding", "errors", "fix_imports"}
    if unknown:
        raise TypeError(f"load() got an unexpected keyword argument '{sorted(unknown)[0]}'")
    if isinstance(f, (str, os.PathLike)) and str(os.fspath(f)).endswith(".safetensors"):
        return load_file(f)
    return load_checkpoint(
        f, _codec, map_location=map_location, pickle_module=pickle_module, weights_only=bool(weights_only),
        mmap=bool(mmap), shared=_Options.mmap_flags == MAP_SHARED, options=pickle_load_args,
    )  # fmt: skip


def get_unsafe_globals_in_checkpoint(f: FileLike) -> list[str]:
    """Return the names in a checkpoint that `weights_only=True` would refuse; nothing is run.

    Source: https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.get_unsafe_globals_in_checkpoint
    """
    return unsafe_globals(f, _codec)


def get_crc32_options() -> bool:
    """Whether `save` computes the CRC32 of each record."""
    return _Options.crc


def set_crc32_options(compute_crc32: bool) -> None:
    """Set whether `save` computes CRC32s; without them other zip tools call the file damaged."""
    _Options.crc = bool(compute_crc32)


def get_default_mmap_options() -> int:
    """The flags `load(mmap=True)` maps with."""
    return _Options.mmap_flags


class set_default_mmap_options:
    """Set MAP_PRIVATE (changes stay in memory) or MAP_SHARED (changes reach the file), also as a context."""

    def __init__(self, flags: int) -> None:
        if flags not in (MAP_PRIVATE, MAP_SHARED):
            raise ValueError(
                "Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or mmap.MAP_SHARED, "
                f"but got {flags}"
            )
        self._before = _Options.mmap_flags
        _Options.mmap_flags = flags

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        _Options.mmap_flags = self._before
