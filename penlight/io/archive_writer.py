"""Writing the zip container of `.pth` files, byte for byte as PyTorch lays it out.

PyTorch may compute where a storage lies instead of reading it from the directory (`.format_version` >= 1 promises the
rules), so the padding and the zip64 fields below follow the same arithmetic.
"""

from __future__ import annotations

import struct
import sys
import zlib
from typing import Any, NamedTuple

__all__ = ["ArchiveWriter"]

ALIGNMENT = 64
_LIMIT = 0xFFFFFFFF
_MASK = 2**64 - 1
_UTF8, _DESCRIPTOR = 0x0800, 0x0008
_GOLDEN = 0x9E3779B97F4A7C15


class _Entry(NamedTuple):
    name: bytes
    crc: int
    size: int
    header_offset: int


def _combined(seed: int, value: int) -> int:
    # boost's hash_combine, with the 32-bit golden ratio that PyTorch uses
    return (seed ^ (value + 0x9E3779B9 + (seed << 6) + (seed >> 2))) & _MASK


class ArchiveWriter:
    """Writes stored records in order to a binary file-like object; `close` writes the directory.

    Args: write, a function that takes bytes; root, the folder all records lie in; alignment, of the records' data.
    """

    def __init__(self, write: Any, root: str, alignment: int = ALIGNMENT, crc: bool = True) -> None:
        self._write = write
        self._root = root
        self._alignment = alignment
        self._with_crc = crc
        self._position = 0
        self._entries: list[_Entry] = []
        self._names_hash = 0
        self._crc_hash = 0

    def _emit(self, data: Any) -> None:
        self._write(data)
        self._position += data.nbytes if isinstance(data, memoryview) else len(data)

    def record(self, name: str, data: Any) -> None:
        """Write one record; `data` is bytes or anything that gives contiguous bytes without a copy."""
        view = memoryview(data).cast("B") if not isinstance(data, bytes) else data
        size = len(view)
        path = f"{self._root}/{name}".encode()
        start = self._position
        crc = zlib.crc32(view) if self._with_crc else 0
        extra = b""
        if size >= _LIMIT or start >= _LIMIT:
            sizes = struct.pack("<QQ", size, size) if size >= _LIMIT else b""
            extra = sizes + (struct.pack("<Q", start) if start >= _LIMIT else b"")
            extra = struct.pack("<HH", 1, len(extra)) + extra
        fixed = start + 30 + len(path) + len(extra) + 4  # 4: the padding field's own header
        padding = -fixed % self._alignment
        flags = _UTF8 | (_DESCRIPTOR if size else 0)
        self._emit(
            struct.pack("<IHHHHHIIIHH", 0x04034B50, 0, flags, 0, 0, 0, 0, 0, 0, len(path), len(extra) + 4 + padding)
            + path
            + extra
            + struct.pack("<2sH", b"FB", padding)
            + b"Z" * padding
        )
        if size:
            self._emit(view)
            wide = size >= _LIMIT or start >= _LIMIT
            self._emit(struct.pack("<IIQQ" if wide else "<IIII", 0x08074B50, crc, size, size))
        self._entries.append(_Entry(path, crc, size, start))
        self._names_hash = _combined(self._names_hash, zlib.crc32(name.encode()) * _GOLDEN & _MASK)
        self._crc_hash = _combined(self._crc_hash, crc)

    def close(self) -> None:
        """Write the last records and the directory."""
        self.record("version", b"3\n")
        self.record(".data/serialization_id", f"{self._names_hash:020d}{self._crc_hash:020d}".encode())
        start = self._position
        for name, crc, size, offset in self._entries:
            wide = struct.pack("<QQ", size, size) if size >= _LIMIT else b""
            wide += struct.pack("<Q", offset) if offset >= _LIMIT else b""
            extra = struct.pack("<HH", 1, len(wide)) + wide if wide else b""
            short = min(size, _LIMIT)
            flags = _UTF8 | (_DESCRIPTOR if size else 0)
            self._emit(
                struct.pack(
                    "<IHHHHHHIIIHHHHHII",
                    0x02014B50, 0, 0, flags, 0, 0, 0, crc, short, short, len(name), len(extra), 0, 0, 0, 0,
                    min(offset, _LIMIT),
                )
                + name
                + extra
            )  # fmt: skip
        size, count = self._position - start, len(self._entries)
        end = self._position
        self._emit(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0x031E, 45, 0, 0, count, count, size, start))
        self._emit(struct.pack("<IIQI", 0x07064B50, 0, end, 1))
        short_count = min(count, 0xFFFF)
        self._emit(
            struct.pack(
                "<IHHHHIIH", 0x06054B50, 0, 0, short_count, short_count, min(size, _LIMIT), min(start, _LIMIT), 0
            )
        )

    def prologue(self, pickled: bytes, byteorder_record: bool = True) -> None:
        """Write the records that precede the storages."""
        self.record("data.pkl", pickled)
        self.record(".format_version", b"1")
        self.record(".storage_alignment", str(self._alignment).encode())
        if byteorder_record:
            self.record("byteorder", sys.byteorder.encode())
