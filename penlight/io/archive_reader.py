"""Reading the zip container of `.pth` files, trusting nothing in it.

Two programs must never see different contents in one file (that is how scanners are fooled), so whatever PyTorch never
writes is refused: compressed, encrypted, duplicate or overlapping records, headers that contradict the directory.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, NamedTuple

import numpy as np

from penlight.io.errors import CheckpointError

__all__ = ["ArchiveReader", "BytesSource", "FileSource"]

_DAMAGED = "The checkpoint is damaged: it was cut short, changed after saving, or was never a PyTorch file."
_LARGEST_PICKLE = 256 * 2**20


class FileSource:
    """Random access to a seekable binary file object, from where it stands to its end."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._start = file.tell()
        file.seek(0, 2)
        self.size = file.tell() - self._start
        file.seek(self._start)

    def read(self, offset: int, count: int) -> bytes:
        self._file.seek(self._start + offset)
        data = self._file.read(count)
        if len(data) != count:
            raise CheckpointError(f"checkpoint: the file ends {count - len(data)} bytes too early. {_DAMAGED}")
        return bytes(data)

    def array(self, offset: int, count: int) -> np.ndarray:
        """(count,) uint8, in memory of its own."""
        result = np.empty(count, np.uint8)
        self._file.seek(self._start + offset)
        view, done = result.data, 0
        read_into = getattr(self._file, "readinto", None)
        while done < count:
            if read_into is not None:
                got = read_into(view[done:])
            else:
                data = self._file.read(count - done)
                got = len(data)
                view[done : done + got] = data
            if not got:
                raise CheckpointError(f"checkpoint: the file ends {count - done} bytes too early. {_DAMAGED}")
            done += got
        return result


class BytesSource:
    """Random access to a mapped file; arrays share its memory."""

    def __init__(self, buffer: Any) -> None:
        self._buffer = buffer
        self.size = len(buffer)

    def read(self, offset: int, count: int) -> bytes:
        return bytes(self._buffer[offset : offset + count])

    def array(self, offset: int, count: int) -> np.ndarray:
        if not count:
            return np.empty(0, np.uint8)
        # built on the map itself, not on an array of the whole file: each storage is the end of its chain of bases
        return np.ndarray((count,), np.uint8, buffer=self._buffer, offset=offset)


class _Record(NamedTuple):
    name: str
    crc: int
    size: int
    header_offset: int
    flags: int


def _broken(what: str) -> CheckpointError:
    return CheckpointError(f"PytorchStreamReader failed reading zip archive: {what}. {_DAMAGED}")


class ArchiveReader:
    """The records of an archive by name, without their common top folder.

    Args: source, a FileSource or BytesSource; check_crc, whether storages are checked against their CRC32 (small
        records always are).
    Raises: CheckpointError for anything PyTorch would not have written.
    """

    def __init__(self, source: Any, check_crc: bool = True) -> None:
        self._source = source
        self._check_crc = check_crc
        self._records: dict[str, _Record] = {}
        self._ends: dict[int, int] = {}  # header offset -> where the next record starts
        self._compressed: list[str] = []
        self.root = ""
        self._read_directory()
        # `set_crc32_options(False)` leaves every CRC zero; no other archive has nothing but zeros
        self._has_crc = any(record.crc for record in self._records.values())

    def _end_record(self) -> tuple[int, int, int]:
        """Return (records, directory's bytes, directory's offset)."""
        size = self._source.size
        tail = self._source.read(size - 22, 22) if size >= 22 else b""
        if tail[:4] != b"PK\5\6" or tail[20:] != b"\0\0":
            raise _broken("failed finding central directory")
        disk, first_disk, here, count, length, offset = struct.unpack("<HHHHII", tail[4:20])
        position = size - 22
        locator = self._source.read(size - 42, 20) if size >= 42 else b""
        if locator[:4] == b"PK\6\7":
            _, end, disks = struct.unpack("<IQI", locator[4:])
            if end + 56 != size - 42 or disks != 1:
                raise _broken("the zip64 end record is not where it should be")
            wide = self._source.read(end, 56)
            if wide[:4] != b"PK\6\6":
                raise _broken("the zip64 end record is missing")
            wide_count, wide_length, wide_offset = struct.unpack("<QQQ", wide[32:])
            for short, full, limit in (
                (count, wide_count, 0xFFFF),
                (length, wide_length, 0xFFFFFFFF),
                (offset, wide_offset, 0xFFFFFFFF),
            ):
                if short != limit and short != full:
                    raise _broken("the two end records contradict each other")
            here = count = wide_count
            length, offset, position = wide_length, wide_offset, end
        if disk or first_disk or here != count or offset + length != position or count * 46 > length:
            raise _broken("the central directory is not where the end record says")
        return count, length, offset

    def _read_directory(self) -> None:
        count, length, directory_offset = self._end_record()
        directory = self._source.read(directory_offset, length)
        position, seen = 0, set()
        for _ in range(count):
            if directory[position : position + 4] != b"PK\1\2" or position + 46 > length:
                raise _broken("the central directory is cut short")
            _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment, disk, _, _, offset = (
                struct.unpack("<HHHHHHIIIHHHHHII", directory[position + 4 : position + 46])
            )
            position += 46
            raw_name = directory[position : position + name_length]
            extra = directory[position + name_length : position + name_length + extra_length]
            position += name_length + extra_length + comment
            if position > length:
                raise _broken("the central directory is cut short")
            size, packed, offset = _wide_values(extra, size, packed, offset)
            try:
                full_name = raw_name.decode("utf-8")
            except UnicodeDecodeError:
                raise _broken(f"the record name {raw_name!r} is not UTF-8") from None
            self._check_entry(full_name, flags, method, size, packed, disk)
            if method:
                self._compressed.append(full_name)
            if full_name.lower() in seen:
                raise _broken(f"the record {full_name!r} is there twice (names are compared without case)")
            seen.add(full_name.lower())
            root, _, name = full_name.partition("/")
            self.root = self.root or root
            if root != self.root:
                raise _broken(f"records lie in two folders, {self.root!r} and {root!r}; PyTorch writes one")
            if name and not name.endswith("/"):
                self._records[name] = _Record(name, crc, size, offset, flags)
            elif size:
                raise _broken(f"the folder {full_name!r} has content")
            self._ends[offset] = 0
        if position != length or len(self._ends) != count:
            raise _broken("the central directory's entries overlap or do not fill it")
        offsets = [*sorted(self._ends), directory_offset]
        if offsets[0] != 0:
            raise _broken("something precedes the first record")
        self._ends = dict(zip(offsets, offsets[1:]))

    @staticmethod
    def _check_entry(name: str, flags: int, method: int, size: int, packed: int, disk: int) -> None:
        parts = name.rstrip("/").split("/")
        if not name or "\\" in name or "\0" in name or any(part in ("", ".", "..") for part in parts):
            raise _broken(f"the record name {name!r} is not one PyTorch writes")
        if flags & 0x2041:
            raise _broken(f"the record {name!r} is encrypted")
        if disk or (size != packed and not method):
            raise _broken(f"the record {name!r} has two sizes, {size} and {packed}")

    def refuse_compressed(self) -> None:
        """Raise if any record is compressed."""
        if self._compressed:
            raise CheckpointError(
                f"checkpoint: the record {self._compressed[0]!r} is compressed. torch.save never compresses, so this "
                "file was unpacked and zipped again; zip it without compression (zip -0 -r) and load that"
            )

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def names(self) -> list[str]:
        return list(self._records)

    def size_of(self, name: str) -> int:
        return self._find(name).size

    def _find(self, name: str) -> _Record:
        record = self._records.get(name)
        if record is None:
            raise CheckpointError(
                f"PytorchStreamReader failed locating file {name}: file not found. The archive holds "
                f"{', '.join(list(self._records)[:8]) or 'nothing'}. {_DAMAGED}"
            )
        return record

    def _data_offset(self, record: _Record) -> int:
        """Return where the data starts, after comparing the local header with the directory's entry."""
        start, end = record.header_offset, self._ends[record.header_offset]
        if start + 30 > end:
            raise _broken(f"the record {record.name!r} overlaps the next one")
        header = self._source.read(start, 30)
        signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = struct.unpack(
            "<IHHHHHIIIHH", header
        )
        name = self._source.read(start + 30, name_length) if start + 30 + name_length <= end else b""
        if signature != 0x04034B50 or method or flags != record.flags or name != f"{self.root}/{record.name}".encode():
            raise _broken(f"the header of record {record.name!r} contradicts the directory")
        deferred = bool(flags & 0x0008)  # sizes and CRC follow the data
        if not deferred or size or packed or crc:
            extra = self._source.read(start + 30 + name_length, extra_length)
            size, packed, _ = _wide_values(extra, size, packed, 0)
            if (size, packed, crc) != (record.size, record.size, record.crc):
                raise _broken(f"the header of record {record.name!r} contradicts the directory")
        data = start + 30 + name_length + extra_length
        if data + record.size > end:
            raise _broken(f"the record {record.name!r} overlaps the next one")
        return data

    def _checked(self, record: _Record, data: Any) -> Any:
        if self._has_crc and zlib.crc32(data) != record.crc:
            raise _broken(f"the record {record.name!r} does not match its checksum (CRC32)")
        return data

    def read(self, name: str) -> bytes:
        """Return a small record's bytes."""
        record = self._find(name)
        if record.size > _LARGEST_PICKLE:
            raise CheckpointError(
                f"checkpoint: the record {name} has {record.size} bytes; at most {_LARGEST_PICKLE} are read there"
            )
        return self._checked(record, self._source.read(self._data_offset(record), record.size))

    def storage(self, name: str) -> np.ndarray:
        """Return a storage's bytes: (size,) uint8."""
        record = self._find(name)
        data = self._source.array(self._data_offset(record), record.size)
        return self._checked(record, data) if self._check_crc else data


def _wide_values(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Replace values of 0xFFFFFFFF by those of the zip64 field."""
    values = [size, packed, offset]
    if 0xFFFFFFFF not in values:
        return size, packed, offset
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind == 1:
            field = extra[position + 4 : position + 4 + length]
            for i, value in enumerate(values):
                if value == 0xFFFFFFFF:
                    if len(field) < 8:
                        raise _broken("a zip64 field is cut short")
                    values[i] = int.from_bytes(field[:8], "little")
                    field = field[8:]
            break
        position += 4 + length
    return values[0], values[1], values[2]
