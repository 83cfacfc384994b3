"""Hostile and damaged files: each is refused with a CheckpointError, none runs code or takes memory without end."""

from __future__ import annotations

import io
import pathlib
import pickle
import struct
import zipfile

import numpy as np
import pytest

from penlight.io.checkpoint import load_checkpoint, save_checkpoint
from penlight.io.errors import CheckpointError
from penlight.io.safe_globals import safe_globals
from tests.io.standin import StandInCodec, Tensor

DATA = pathlib.Path(__file__).parent / "data"
CODEC = StandInCodec()
STORAGE = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\x000X\3\0\0\0cpuK%ctQ"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE


def archive(pickled, extra=(), root="archive", data=bytes(12), method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        target.writestr(f"{root}/data.pkl", pickled)
        target.writestr(f"{root}/data/0", data)
        target.writestr(f"{root}/version", b"3\n")
        for name, content in extra:
            target.writestr(name, content)
    return out.getvalue()


def load(data, **options):
    return load_checkpoint(io.BytesIO(data), CODEC, **options)


def unicode(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


PICKLES = {
    "system": (b"cposix\nsystem\nX\2\0\0\0ls\x85R.", "whose module posix is blocked"),
    "eval": (b"c__builtin__\neval\nX\1\0\0\x001\x85R.", "GLOBAL builtins.eval was not an allowed global"),
    "getattr": (b"c__builtin__\ngetattr\n.", "GLOBAL builtins.getattr"),
    "dotted": (b"ctorch\nSize.__new__\n.", "was not an allowed global"),
    "build on a function": (b"ctorch._utils\n_rebuild_tensor_v2\n}b.", "Can only build"),
    "build on a dict": (b"}}b.", "Can only build"),
    "build replaces a method": (b"ccollections\nOrderedDict\n)R}X\5\0\0\0itemsK\1sb.", "BUILD of an OrderedDict"),
    "call data": (b"}}\x85R.", "unrecognized function"),
    "call a dtype": (b"ctorch\nfloat32\n)R.", "unrecognized function"),
    "set on a list": (b"]K\0K\1s.", "Can only SETITEM for dict"),
    "set many on a list": (b"](K\0K\1u.", "Can only SETITEM for dict"),
    "append to a dict": (b"}K\0a.", "Can only append to lists"),
    "odd items": (b"}(K\0u.", "key that has no value"),
    "list as key": (b"}]K\1s.", "the file has a list"),
    "new int": (b"c__builtin__\nset\nK\1\x81.", "NEWOBJ needs a tuple"),
    "new object": (b"ctorch\nSize\n)\x81.", "Trying to create new object"),
    "memo": (b"h\5.", "damaged"),
    "underflow": (b"\x85.", "damaged"),
    "no mark": (b"t.", "damaged"),
    "leftovers": (b"K\1K\2.", "left over"),
    "persistent id": (b"X\1\0\0\0aQ.", "persistent_load id must be tuple"),
    "other persistent id": (b"(X\1\0\0\0at\x85Q.", "Only persistent_load of storage"),
    "protocol 4 opcode": (b"\x8c\1a.", "Unsupported operand 140"),
    "other codec": (b"c_codecs\nencode\nX\1\0\0\0aX\5\0\0\0rot13\x86R.", "_codecs.encode"),
    "size of strings": (b"ctorch\nSize\n](X\1\0\0\0ae\x85R.", "Size on something else"),
    "sparse": (b"ctorch._utils\n_rebuild_sparse_tensor\n(K\x01K\x02tR.", "of layout 1"),
    "quantised": (b"ctorch\nQInt8Storage\n.", "does not have quantised tensors"),
    "numel": (TENSOR % 9 + b"K\0K\3\x85K\1\x85\x89Nt.", "12 bytes. does not match expected size .36 bytes"),
    "size beyond": (TENSOR % 3 + b"K\0K\4\x85K\1\x85\x89NtR.", "needs 4 elements of a storage that has 3"),
    "offset beyond": (TENSOR % 3 + b"K\1K\3\x85K\1\x85\x89NtR.", "needs 4 elements"),
    "negative stride": (TENSOR % 3 + b"K\2K\3\x85J\xff\xff\xff\xff\x85\x89NtR.", "non-negative integers"),
    "huge expand": (TENSOR % 3 + b"K\0\x8a\x08" + bytes(7) + b"\x40\x85K\0\x85\x89NtR.", "cannot be made"),
    "sizes and strides": (TENSOR % 3 + b"K\0K\3\x85)\x89NtR.", "1 sizes and 0 strides"),
    "flag": (TENSOR % 3 + b"K\0K\3\x85K\1\x85K\7NtR.", "requires_grad"),
    "no storage": (b"ctorch._utils\n_rebuild_tensor_v2\n(NK\0K\3\x85K\1\x85\x89NtR.", "without a storage"),
    "bare storage": (STORAGE % 3 + b".", "storage outside of any tensor"),
    "missing record": (STORAGE.replace(b"\x000X", b"\x009X") % 3 + b".", "failed locating file data/9"),
    "parameter on data": (b"ctorch._utils\n_rebuild_parameter\nN\x88N\x87R.", "something that is no tensor"),
}  # fmt: skip


@pytest.mark.parametrize("case", PICKLES)
def test_pickles(case):
    pickled, message = PICKLES[case]
    with pytest.raises(CheckpointError, match=message):
        load(archive(b"\x80\x02" + pickled))


def test_blocked_even_if_allowed():
    import os

    with safe_globals([os.system]), pytest.raises(pickle.UnpicklingError, match="blocked"):
        load(archive(b"\x80\x02cposix\nsystem\nX\2\0\0\0ls\x85R."))


def test_deep_nesting_costs_no_stack():
    depth = 200_000
    result = load(archive(b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."))
    for _ in range(depth - 1):
        result = result[0]
    assert result == []
    with pytest.raises(CheckpointError, match="the file has a tuple"):
        load(archive(b"\x80\x02}" + b")" + b"\x85" * 1000 + b"K\1s."))


def test_copies_are_bounded():
    text = unicode("a" * 1_000_000) + b"q\0"
    copies = b"c_codecs\nencode\nq\1" + text + b"X\6\0\0\0latin1q\2\x86R" + b"h\1h\0h\2\x86R" * 100
    with pytest.raises(CheckpointError, match="far more copies"):
        load(archive(b"\x80\x02(" + copies + b"t."))


def edited(data, old, new):
    assert old in data and len(old) == len(new)
    return data.replace(old, new)


GOOD = archive(b"\x80\x02N.")
ARCHIVES = {
    "duplicate": (archive(b"\x80\x02N.", [("archive/data.pkl", b"\x80\x02N.")]), "there twice"),
    "case twin": (archive(b"\x80\x02N.", [("archive/DATA.PKL", b"\x80\x02N.")]), "there twice"),
    "two roots": (archive(b"\x80\x02N.", [("other/x", b"")]), "two folders"),
    "parent": (archive(b"\x80\x02N.", [("archive/../x", b"")]), "is not one PyTorch writes"),
    "absolute": (archive(b"\x80\x02N.", [("/etc/x", b"")]), "is not one PyTorch writes"),
    "compressed": (archive(b"\x80\x02N.", method=zipfile.ZIP_DEFLATED, data=bytes(999)), "is compressed"),
    "TorchScript": (archive(b"\x80\x02N.", [("archive/constants.pkl", b"")]), "TorchScript"),
    "version": (archive(b"\x80\x02N.").replace(b"3\n", b"99"), "CRC32"),
    "checksum": (edited(GOOD, b"\x80\x02N.", b"\x80\x02\x88."), "CRC32"),
    "prefix": (b"PK\3\4" + GOOD, "central directory"),
    "suffix": (GOOD + b"\0", "central directory"),
    "local name": (GOOD.replace(b"archive/data.pkl", b"archive/DATA.pkl", 1), "contradicts the directory"),
    "no pickle": (GOOD.replace(b"data.pkl", b"atad.pkl"), "failed locating file data.pkl"),
    "tar": (bytes(1024), "neither a zip archive nor a pickle"),
    "text": (b"hello", "neither a zip archive nor a pickle"),
    "plain pickle": (pickle.dumps({"a": 1}, 2), "Invalid magic number"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_archives(case):
    data, message = ARCHIVES[case]
    with pytest.raises(CheckpointError, match=message):
        load(data)


def test_encrypted_flag():
    data = bytearray(GOOD)
    for position in (6, data.index(b"PK\1\2") + 8):
        data[position] |= 1
    with pytest.raises(CheckpointError, match="encrypted"):
        load(bytes(data))


def test_overlapping_records():
    data = bytearray(archive(TENSOR % 3 + b"K\0K\3\x85K\1\x85\x89NtR."))
    entry = data.index(b"archive/data/0", data.index(b"PK\1\2")) - 46
    data[entry + 42 : entry + 46] = bytes(4)
    with pytest.raises(CheckpointError, match="overlap"):
        load(bytes(data))


def test_empty_is_end_of_file():
    with pytest.raises(EOFError):
        load(b"")


def flat(value):
    """Nested containers and tensors as something that compares."""
    if isinstance(value, Tensor):
        return value._a.dtype, value._a.shape, value._a.tobytes(), value.requires_grad
    if isinstance(value, dict):
        return [(k, flat(v)) for k, v in value.items()]
    return [flat(v) for v in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("name", ["views.pth", "views_legacy.pth", "optimizer.pth"])
def test_every_truncation_and_many_flips(name):
    """Damage is a CheckpointError; where a zip still loads (padding, time stamps), its content is the original's."""
    original = (DATA / name).read_bytes()
    for end in range(0, len(original), 7):
        with pytest.raises(CheckpointError):
            load(original[:end])
    random = np.random.default_rng(0)
    for position in random.integers(0, len(original), 600):
        damaged = bytearray(original)
        damaged[position] ^= 1 << int(random.integers(8))
        try:
            loaded = load(bytes(damaged))
        except CheckpointError:
            continue
        if "legacy" not in name:  # that format has no checksums
            assert flat(loaded) == flat(load(original))


def test_zip_flips_in_storages_are_found():
    buffer = io.BytesIO()
    save_checkpoint(Tensor(np.arange(100, dtype=np.float32)), buffer, CODEC)
    data = bytearray(buffer.getvalue())
    position = data.index(np.arange(100, dtype=np.float32).tobytes()) + 50
    data[position] ^= 1
    with pytest.raises(CheckpointError, match="CRC32"):
        load(bytes(data))


def test_legacy_claims_too_much():
    original = (DATA / "views_legacy.pth").read_bytes()
    assert original.count(b"K\x18") >= 1  # 24 elements
    with pytest.raises(CheckpointError, match="more than the file holds|described in two ways"):
        load(original.replace(b"K\x18N", b"M\xff\xffN", 1))
    with pytest.raises(CheckpointError):
        load(original.replace(b"K\x18", b"K\x10"))
