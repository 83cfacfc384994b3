"""Event files: records of a length, its checksum, the bytes and their checksum.

Source: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import threading
import time
from typing import Any

import numpy as np

from penlight.utils.tensorboard.protocol import Event

__all__ = ["EventFile", "RecordWriter", "crc32c"]

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed


def _byte_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ np.where(table & np.uint32(1), np.uint32(_POLYNOMIAL), np.uint32(0))
    return table


_TABLE = _byte_table()
_TABLE_LIST = _TABLE.tolist()


def crc32c(data: bytes) -> int:
    """The CRC-32C checksum of bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    if len(data) < 2048:
        state = 0xFFFFFFFF
        for byte in data:
            state = _TABLE_LIST[(state ^ byte) & 255] ^ (state >> 8)
        return state ^ 0xFFFFFFFF
    # The state is linear over GF(2): cut the bytes into lanes, run them side by side, and join their states. Starting
    # from ones is starting from zeros with the first four bytes inverted; zeros in front do not change a zero state.
    lanes = 1 << (len(data).bit_length() // 2)
    steps = -(-len(data) // lanes)
    padded = np.zeros(lanes * steps, np.uint8)
    padded[-len(data) :] = np.frombuffer(data, np.uint8)
    padded[-len(data) :][:4] ^= 255
    # 32 more lanes start from single bits and read zeros: what `steps` bytes make of each bit of a state.
    columns = np.concatenate([padded.reshape(lanes, steps).T, np.zeros((steps, 32), np.uint8)], axis=1)
    states = np.concatenate([np.zeros(lanes, np.uint32), np.uint32(1) << np.arange(32, dtype=np.uint32)])
    for column in columns:
        states = _TABLE[(states ^ column) & np.uint32(255)] ^ (states >> np.uint32(8))
    advanced, state = states[lanes:].tolist(), 0
    for lane in states[:lanes].tolist():
        joined = lane
        for bit in range(32):
            if state >> bit & 1:
                joined ^= advanced[bit]
        state = joined
    return state ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    # A checksum of bytes that hold their own checksum says little: the format rotates it and adds a constant.
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


class RecordWriter:
    """Write records to a binary file object.

    >>> import io
    >>> file = io.BytesIO()
    >>> RecordWriter(file).write(b"abc")
    >>> len(file.getvalue())
    19
    """

    def __init__(self, writer: Any):
        self._writer = writer

    def write(self, data: bytes) -> None:
        """Append one record."""
        length = struct.pack("<Q", len(data))
        self._writer.write(length + _masked(length) + data + _masked(data))

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._writer.closed


_numbers = itertools.count()  # two files of one second differ by it


class EventFile:
    """A new event file in a folder; events are flushed after `max_queue` of them or `flush_secs` seconds."""

    def __init__(self, folder: str, max_queue: int, flush_secs: float, suffix: str):
        if "://" in folder:
            raise ValueError(
                f"expected a local folder for the logs, got {folder!r}; penlight writes to no remote store"
            )
        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
        self._writer = RecordWriter(open(os.path.join(folder, name + suffix), "xb"))  # noqa: SIM115
        self._max_queue, self._flush_secs = max_queue, flush_secs
        self._lock, self._stop, self._pending = threading.Lock(), threading.Event(), 0
        self.write(Event(wall_time=time.time(), file_version="brain.Event:2"))
        self.flush()
        threading.Thread(target=self._flush_sometimes, daemon=True).start()

    def _flush_sometimes(self) -> None:
        while not self._stop.wait(self._flush_secs):
            self.flush()

    def write(self, event: Any) -> None:
        """Append an event."""
        data = event.SerializeToString()
        with self._lock:
            self._writer.write(data)
            self._pending += 1
            if self._pending > self._max_queue:
                self._flush()

    def _flush(self) -> None:
        if not self._writer.closed:
            self._writer.flush()
        self._pending = 0

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Flush and close; closing twice is harmless."""
        self._stop.set()
        with self._lock:
            self._writer.close()
