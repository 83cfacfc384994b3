"""Round trips and recorded PyTorch files, over a stand-in tensor class."""

from __future__ import annotations

import collections
import io
import os
import pathlib
import pickle
import zipfile

import numpy as np
import pytest

from penlight.base.device import device
from penlight.base.dtypes import DTYPES
from penlight.base.size import Size
from penlight.io.checkpoint import load_checkpoint, replacing, save_checkpoint, unsafe_globals
from penlight.io.errors import CheckpointError, ForbiddenContentError
from penlight.io.names import torch_home
from penlight.io.safe_globals import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from penlight.io.storages import describe, storage_root
from tests.io.standin import Parameter, StandInCodec, Tensor

DATA = pathlib.Path(__file__).parent / "data"
CODEC = StandInCodec()


def load(f, **options):
    return load_checkpoint(f, CODEC, **options)


def saved(obj, **options):
    buffer = io.BytesIO()
    save_checkpoint(obj, buffer, CODEC, **options)
    return buffer.getvalue()


def again(obj, **options):
    return load(io.BytesIO(saved(obj)), **options)


def counted(*size, dtype="float32"):
    return np.arange(int(np.prod(size))).reshape(size).astype(DTYPES[dtype].np)


@pytest.mark.parametrize("name", ["state_dict.pth", "state_dict_legacy.pth"])
@pytest.mark.parametrize("weights_only", [True, False])
def test_state_dict(name, weights_only):
    state = load(DATA / name, weights_only=weights_only)
    assert type(state) is collections.OrderedDict
    assert list(state) == ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                           "1.num_batches_tracked"]  # fmt: skip
    np.testing.assert_array_equal(state["0.weight"]._a, counted(2, 3))
    assert state["1.num_batches_tracked"]._a.shape == () and state["1.num_batches_tracked"]._a.dtype == np.int64
    assert state._metadata["1"] == {"version": 2}


@pytest.mark.parametrize("name", ["state_dict.pth", "optimizer.pth", "dtypes.pth", "values.pth"])
def test_saving_again_gives_the_same_bytes(name):
    if name == "dtypes.pth":
        pytest.importorskip("ml_dtypes")
    recorded = (DATA / name).read_bytes()
    written = io.BytesIO()
    folder = name.partition(".")[0]
    path = pathlib.PurePath(folder + ".pth")
    obj = load(DATA / name)
    pickled = zipfile.ZipFile(DATA / name)
    save_checkpoint(obj, written, CODEC)
    ours = zipfile.ZipFile(written)
    assert path.stem == pickled.namelist()[0].partition("/")[0]
    # a buffer's folder is "archive"; contents, order and (after the names) alignment are PyTorch's
    strip = lambda z: [(i.filename.partition("/")[2], i.file_size, i.CRC) for i in z.infolist()][:-1]
    if name != "values.pth":  # identity of equal small strings is not recovered from a file
        assert strip(ours) == strip(pickled)
    assert recorded[:4] == written.getvalue()[:4]


def test_layout_is_pytorchs(tmp_path):
    """Every byte up to the serialization id, offsets and padding included."""
    save_checkpoint(load(DATA / "state_dict.pth"), tmp_path / "state_dict.pth", CODEC)
    ours, theirs = (tmp_path / "state_dict.pth").read_bytes(), (DATA / "state_dict.pth").read_bytes()
    assert len(ours) == len(theirs)
    end = theirs.index(b".data/serialization_id")
    assert ours[:end] == theirs[:end]


@pytest.mark.parametrize("name", ["views.pth", "views_legacy.pth"])
@pytest.mark.parametrize("mmap", [False, True])
def test_views_share_memory(name, mmap):
    if mmap and "legacy" in name:
        with pytest.raises(RuntimeError, match="mmap can only be used"):
            load(DATA / name, mmap=True)
        return
    base, turned, row, steps, expanded, empty, scalar = load(DATA / name, mmap=mmap)
    np.testing.assert_array_equal(base._a, counted(4, 6))
    np.testing.assert_array_equal(turned._a, counted(4, 6).T)
    np.testing.assert_array_equal(steps._a, counted(4, 6)[1:3, ::2])
    assert expanded._a.shape == (2, 6) and expanded._a.strides == (0, 4)
    assert empty._a.shape == (0,) and scalar._a[()] == 3.5
    base._a[1, 0] = 100
    assert row._a[0] == turned._a[0, 1] == 100
    assert load(DATA / name)[0]._a[1, 0] == 6  # the file is as it was


def test_dtypes():
    pytest.importorskip("ml_dtypes")
    for name, tensor in load(DATA / "dtypes.pth").items():
        assert tensor._a.dtype == DTYPES[name].np
        np.testing.assert_array_equal(tensor._a, counted(3, dtype=name))


def test_values():
    expected = [
        Size([2, 3]), device("cuda", 1), DTYPES["float16"], 1 + 2j, {1}, b"ab", bytearray(b"xy"), 2**70, -5, 300, 70000,
        1.5, None, True, "é", (), (1, 2, 3, 4), {"a": [{}]}, collections.Counter("aab"), collections.OrderedDict(k=1),
    ]  # fmt: skip
    for values in (load(DATA / "values.pth"), again(expected)):
        assert values == expected
        assert [type(v) for v in values] == [type(v) for v in expected]


def test_attributes_parameters_and_conjugates():
    tensor, parameter = load(DATA / "attributes.pth")
    assert tensor.label == "here" and type(parameter) is Parameter and parameter.requires_grad
    np.testing.assert_array_equal(load(DATA / "conjugate.pth")._a, np.array([0, -1j], np.complex64))


def test_legacy_round_trip_and_two_in_one_file():
    file = io.BytesIO()
    base = counted(4, 6)
    for obj in ({"a": Tensor(base), "b": Tensor(base.T)}, [Parameter(counted(2), True)]):
        save_checkpoint(obj, file, CODEC, zipped=False)
    file.seek(0)
    first, second = load(file), load(file)
    np.testing.assert_array_equal(first["b"]._a, base.T)
    assert np.shares_memory(first["a"]._a, first["b"]._a) and second[0].requires_grad


def test_one_memory_as_two_dtypes_is_refused():
    array = counted(4)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        saved([Tensor(array), Tensor(array.view(np.int32))])


def test_storage_root():
    base = np.zeros((3, 4), np.float32)
    repeated = np.lib.stride_tricks.as_strided(base[1], (2, 2), (0, 4))
    for view, offset in ((base, 0), (base.T, 0), (base[1:, ::2], 4), (repeated, 4)):
        root, found = storage_root(view)
        assert root.nbytes == 48 and found == offset and np.shares_memory(root, base)
    assert storage_root(np.asfortranarray(base))[1] == 0
    with pytest.raises(ValueError, match="non-negative"):
        storage_root(base[::-1])
    flipped = counted(5)[::-1]
    np.testing.assert_array_equal(again(Tensor(flipped))._a, flipped)
    assert describe(np.zeros((2, 0, 3), np.float32)).stride == (3, 3, 1)


def test_map_location():
    changed = saved({"a": Tensor(counted(3))}).replace(b"X\3\0\0\0cpu", b"X\3\0\0\0xpu")
    changed = recrc(changed)
    with pytest.raises(RuntimeError, match=r"XPU device but torch.xpu.is_available\(\) is False"):
        load(io.BytesIO(changed))
    for location in ("cpu", device("cpu"), {"xpu": "cpu"}, lambda storage, location: storage):
        np.testing.assert_array_equal(load(io.BytesIO(changed), map_location=location)["a"]._a, counted(3))
    with pytest.raises(RuntimeError, match=r"CUDA device but torch.cuda.is_available\(\) is False"):
        load(io.BytesIO(changed), map_location="cuda:1")
    with pytest.raises(RuntimeError, match=r"don't know how to restore data location .* \(tagged with foo\)"):
        load(io.BytesIO(changed), map_location="foo")
    with pytest.raises(TypeError, match="not callable"):
        load(io.BytesIO(changed), map_location=0)


def recrc(data):
    """Write an archive's records again, with checksums that fit."""
    source, out = zipfile.ZipFile(io.BytesIO(fixed_crcs(data))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    return out.getvalue()


def fixed_crcs(data):
    import zlib

    data = bytearray(data)
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        start = info.header_offset + 30 + len(info.filename)
        start += int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
        crc = zlib.crc32(data[start : start + info.file_size]).to_bytes(4, "little")
        position = data.index(b"PK\1\2")
        while data[position + 46 : position + 46 + len(info.filename)] != info.filename.encode():
            position = data.index(b"PK\1\2", position + 4)
        data[position + 16 : position + 20] = crc
    return bytes(data)


class Box:
    def __init__(self, content):
        self.content = content


def make_box(content):
    return Box(content)


def test_whole_objects():
    data = saved(Box([Tensor(counted(2)), make_box, {1: Box(2)}]))
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global: GLOBAL .*Box was not an allowed global"):
        load(io.BytesIO(data))
    name = f"{Box.__module__}."
    assert unsafe_globals(io.BytesIO(data), CODEC) == [name + "Box", name + "make_box"]
    box = load(io.BytesIO(data), weights_only=False)
    assert type(box) is Box and box.content[1] is make_box and box.content[2][1].content == 2
    with safe_globals([Box, make_box]):
        assert load(io.BytesIO(data)).content[0]._a.shape == (2,)
        assert Box in get_safe_globals()
    assert get_safe_globals() == []
    add_safe_globals([(Box, name + "Box")])
    assert get_safe_globals()
    clear_safe_globals()
    with pytest.raises(pickle.PicklingError):
        saved(lambda: None)


def test_names_are_pytorchs():
    assert torch_home(Size, "penlight", "Size") == ("torch", "Size")
    assert torch_home(None, "penlight.vision.models.resnet", "ResNet") == ("torchvision.models.resnet", "ResNet")
    assert torch_home(Box, "penlights", "Box") is None
    assert again([Size, DTYPES["int8"]], weights_only=False) == [Size, DTYPES["int8"]]


def test_interrupted_save_keeps_the_old_file(tmp_path):
    path = tmp_path / "model.pth"
    save_checkpoint({"a": 1}, path, CODEC)
    os.chmod(path, 0o640)
    with pytest.raises(pickle.PicklingError):
        save_checkpoint({"a": lambda: None}, path, CODEC)
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert load(path) == {"a": 1} and os.listdir(tmp_path) == ["model.pth"]
    save_checkpoint({"a": 2}, path, CODEC)
    assert load(path) == {"a": 2} and path.stat().st_mode & 0o777 == 0o640


def test_bad_arguments(tmp_path):
    with pytest.raises(RuntimeError, match="Parent directory .* does not exist"):
        save_checkpoint(1, tmp_path / "no" / "x.pth", CODEC)
    with pytest.raises(AttributeError, match="expected 'f' to be string, path, or a file-like object"):
        save_checkpoint(1, 5, CODEC)
    with pytest.raises(AttributeError, match="'int' object has no attribute 'seek'"):
        load(5)
    with pytest.raises(ValueError, match="f must be a file path"):
        load(io.BytesIO(saved(1)), mmap=True)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.pth")
    with pytest.raises(ValueError, match="pickle_protocol=4"):
        saved(1, protocol=4)


def test_buffer_from_its_position():
    buffer = io.BytesIO(b"junk" + saved({"a": Tensor(counted(3))}))
    buffer.seek(4)
    assert load(buffer)["a"]._a.tolist() == [0, 1, 2]


def test_without_checksums():
    data = saved({"a": Tensor(counted(3))}, crc=False)
    assert load(io.BytesIO(data))["a"]._a.tolist() == [0, 1, 2]


def test_errors_are_one_family():
    assert issubclass(ForbiddenContentError, CheckpointError) and issubclass(CheckpointError, RuntimeError)
