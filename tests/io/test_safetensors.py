"""`.safetensors`: bytes of the format, and damaged headers."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from penlight.io import CheckpointError, load, safetensors
from penlight.tensor.tensor import Tensor


def raw(header, data=b""):
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    return struct.pack("<Q", len(text)) + text + data


def test_bytes():
    data = safetensors.save({"w": Tensor._wrap(np.array([[1, 2]], np.int16))}, {"k": "v"})
    header = b'{"__metadata__":{"k":"v"},"w":{"dtype":"I16","shape":[1,2],"data_offsets":[0,4]}}'
    assert data == struct.pack("<Q", 88) + header.ljust(88) + b"\1\0\2\0"
    assert safetensors.load_metadata(data) == {"k": "v"}


def test_round_trip_and_torch_load(tmp_path):
    base = np.arange(6, dtype=np.float32).reshape(2, 3)
    path = tmp_path / "x.safetensors"
    tensors = {"turned": base.T, "scalar": np.array(True), "none": np.empty((0, 3)), "steps": base[:, ::2]}
    safetensors.save_file({name: Tensor._wrap(array) for name, array in tensors.items()}, path)
    for loaded in (safetensors.load_file(path), load(path)):
        assert set(loaded) == set(tensors)
        for name, array in tensors.items():
            assert loaded[name]._a.dtype == array.dtype
            np.testing.assert_array_equal(loaded[name]._a, array)


ROW = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
DAMAGED = {
    "empty": b"",
    "length": struct.pack("<Q", 2**60) + b"{}",
    "no json": raw(b"{"),
    "list": raw([1]),
    "twice": raw(b'{"a":%b,"a":%b}' % ((b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}',) * 2)),
    "short": raw({"a": ROW}, bytes(3)),
    "long": raw({"a": ROW}, bytes(5)),
    "gap": raw({"a": {**ROW, "data_offsets": [4, 8]}}, bytes(8)),
    "overlap": raw({"a": ROW, "b": ROW}, bytes(4)),
    "shape": raw({"a": {**ROW, "shape": [2]}}, bytes(4)),
    "negative": raw({"a": {**ROW, "shape": [-1]}}, bytes(4)),
    "bool": raw({"a": {**ROW, "shape": [True]}}, bytes(4)),
    "dtype": raw({"a": {**ROW, "dtype": "F99"}}, bytes(4)),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged(case):
    with pytest.raises(CheckpointError, match="safetensors"):
        safetensors.load(DAMAGED[case])


def test_bad_arguments():
    with pytest.raises(ValueError, match="expected Tensor"):
        safetensors.save({"a": 1})
    with pytest.raises(TypeError, match="metadata"):
        safetensors.save({}, {"a": 1})
    with pytest.raises(CheckpointError, match="complex128"):
        safetensors.save({"a": Tensor._wrap(np.ones(2, np.complex128))})
