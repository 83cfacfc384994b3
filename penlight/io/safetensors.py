"""Reading and writing `.safetensors` files: a length, a JSON header, the tensors' bytes.

Source: https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.io.checkpoint import replacing
from penlight.io.errors import CheckpointError
from penlight.tensor.tensor import Tensor

__all__ = ["load", "load_file", "load_metadata", "save", "save_file"]

_LARGEST_HEADER = 100_000_000
_DTYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "U16": "uint16", "I32": "int32", "U32": "uint32",
    "I64": "int64", "U64": "uint64", "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64",
    "C64": "complex64", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
}  # fmt: skip
_CODES = {name: code for code, name in _DTYPES.items()}


def _refuse(what: str) -> CheckpointError:
    return CheckpointError(f"safetensors: {what}; the file is damaged or was tampered with")


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """Return the file's content for a dict of tensors. Memory that tensors share is written once for each of them."""
    return b"".join(_chunks(tensors, metadata))


def save_file(tensors: dict[str, Tensor], filename: Any, metadata: dict[str, str] | None = None) -> None:
    """Write a dict of tensors; the file is replaced when complete."""
    chunks = _chunks(tensors, metadata)
    with replacing(filename) as file:
        for chunk in chunks:
            file.write(chunk)


def _chunks(tensors: dict[str, Tensor], metadata: dict[str, str] | None) -> list[Any]:
    if not isinstance(tensors, dict):
        raise ValueError(f"safetensors: expected a dict of [str, Tensor] but received {type(tensors)}")
    rows = []
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise ValueError(f"safetensors: key {name!r} is invalid, expected Tensor but received {type(tensor)}")
        d = dtypes.from_numpy(tensor._a.dtype)
        if d.name not in _CODES:
            raise CheckpointError(f"safetensors: the format has no dtype for {d!r}, which {name!r} has")
        rows.append((name, _CODES[d.name], np.ascontiguousarray(tensor._a).reshape(tensor._a.shape)))
    rows.sort(key=lambda row: (-row[2].itemsize, row[0]))  # widest first keeps every tensor aligned
    header: dict[str, Any] = {}
    if metadata is not None:
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in metadata.items()):
            raise TypeError("safetensors: metadata must be a dict of strings")
        header["__metadata__"] = metadata
    position = 0
    for name, code, array in rows:
        header[name] = {
            "dtype": code,
            "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes],
        }
        position += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    chunks: list[Any] = [struct.pack("<Q", len(text)) + text]
    for _, _, array in rows:
        if sys.byteorder != "little":
            array = array.byteswap()
        chunks.append(array.reshape(-1).view(np.uint8).data)
    return chunks


def load(data: bytes) -> dict[str, Tensor]:
    """Read a file's content; each tensor has memory of its own.

    Raises: CheckpointError for headers that do not describe the data exactly; ImportError for bfloat16 or float8
        without ml_dtypes.
    """
    header, start = _header(memoryview(data)[: _LARGEST_HEADER + 8], len(data))
    return {name: _tensor(row, data, start) for name, row in header.items() if name != "__metadata__"}


def load_file(filename: Any, device: Any = "cpu") -> dict[str, Tensor]:
    """Read a `.safetensors` file into a dict of tensors."""
    if str(device) != "cpu":
        raise CheckpointError(f"safetensors: tensors can only be loaded to the CPU, not to {device}")
    with open(os.fspath(filename), "rb") as file:
        return load(file.read())


def load_metadata(data: bytes) -> dict[str, str]:
    """Return the `__metadata__` of a file's content."""
    return _header(memoryview(data), len(data))[0].get("__metadata__", {})


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _refuse("a name stands twice in the header")
    return found


def _header(data: Any, size: int) -> tuple[dict[str, Any], int]:
    if size < 8:
        raise _refuse(f"{size} bytes are too few for a header")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(size - 8, _LARGEST_HEADER):
        raise _refuse(f"the header claims {length} bytes")
    try:
        header = json.loads(bytes(data[8 : 8 + length]).decode("utf-8"), object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise _refuse(f"the header is not JSON ({error})") from None
    rows = [row for name, row in header.items() if name != "__metadata__"] if isinstance(header, dict) else [None]
    spans = sorted(_span(row) for row in rows)
    position = 0
    for begin, end in spans:
        if begin != position:
            raise _refuse(f"the data has a gap or an overlap at byte {position}")
        position = end
    if position != size - 8 - length:
        raise _refuse(f"the header describes {position} bytes, the file has {size - 8 - length}")
    return header, 8 + length


def _span(row: Any) -> tuple[int, int]:
    """Check one entry: (begin, end) in the data."""
    if not isinstance(row, dict) or set(row) != {"dtype", "shape", "data_offsets"}:
        raise _refuse("an entry does not have exactly dtype, shape and data_offsets")
    shape, offsets = row["shape"], row["data_offsets"]
    for values in (shape, offsets):
        if not isinstance(values, list) or not all(type(n) is int and 0 <= n < 2**63 for n in values):
            raise _refuse("shape and data_offsets must be lists of non-negative integers")
    if len(offsets) != 2 or len(shape) > 32 or row["dtype"] not in _DTYPES:
        raise _refuse(f"the entry {row} is not known")
    if math.prod(shape) * dtypes.DTYPES[_DTYPES[row["dtype"]]].itemsize != offsets[1] - offsets[0]:
        raise _refuse(f"the entry {row} does not have as many bytes as its shape needs")
    return offsets[0], offsets[1]


def _tensor(row: dict[str, Any], data: bytes, start: int) -> Tensor:
    begin, end = row["data_offsets"]
    d = dtypes.DTYPES[_DTYPES[row["dtype"]]]
    content = np.frombuffer(data, np.uint8, end - begin, start + begin).copy()
    array = content.view(d.np).reshape(row["shape"])
    if sys.byteorder != "little":
        array = array.byteswap()
    return Tensor._wrap(array)
