"""Numeric arrays of MATLAB's files (format 5, that of `save` without -v7.3)."""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

import numpy as np

__all__ = ["read_mat"]

# Codes of the elements' types, and of the arrays' classes, with the dtype of each
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
_MATRIX, _COMPRESSED = 14, 15


def _element(data: memoryview, at: int, order: str) -> tuple[int, memoryview, int]:
    """(type, content, where the next one begins)."""
    kind, size = struct.unpack_from(order + "II", data, at)
    if kind >> 16:  # a small one: size and type in four bytes, the content in the next four
        return kind & 0xFFFF, data[at + 4 : at + 4 + (kind >> 16)], at + 8
    end = at + 8 + size
    if end > len(data):
        raise ValueError(f"expected {size} bytes of an element, got {len(data) - at - 8}: the file is cut off")
    return kind, data[at + 8 : end], end if kind == _COMPRESSED else end + -size % 8


def _values(kind: int, content: memoryview, order: Any) -> np.ndarray:
    if kind not in _STORED:
        raise ValueError(f"expected numbers, got an element of type {kind}")
    return np.frombuffer(content, np.dtype(_STORED[kind]).newbyteorder(order))


def read_mat(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Read the real numeric arrays of a file: name -> array. Others (texts, cells, structures) are left out.

    Raises: ValueError for a file of another format, or one that is cut off.
    """
    with open(path, "rb") as file:
        data = memoryview(file.read())
    mark = bytes(data[126:128])
    if mark not in (b"IM", b"MI") or bytes(data[124:126]) not in (b"\x00\x01", b"\x01\x00"):
        raise ValueError(f"expected a MATLAB file of format 5, got {bytes(data[:20])!r} in {os.fspath(path)}")
    order = "<" if mark == b"IM" else ">"
    found: dict[str, np.ndarray] = {}
    at = 128
    while at + 8 <= len(data):
        kind, content, at = _element(data, at, order)
        if kind == _COMPRESSED:
            kind, content, _ = _element(memoryview(zlib.decompress(content)), 0, order)
        if kind != _MATRIX:
            continue
        _, flags, place = _element(content, 0, order)
        flag = int(_values(6, flags, order)[0])
        if flag & 0xFF not in _CLASSES or flag & 0x800:  # 0x800: complex
            continue
        _, shape, place = _element(content, place, order)
        _, name, place = _element(content, place, order)
        stored, numbers, _ = _element(content, place, order)  # often of a smaller type than the array's
        array = _values(stored, numbers, order).astype(_CLASSES[flag & 0xFF])
        found[bytes(name).decode("latin1")] = array.reshape(_values(5, shape, order).tolist(), order="F")
    return found
