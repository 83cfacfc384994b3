"""The readers and writers that the examples share."""

import gzip
import pickle
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "examples" / "data"


@pytest.fixture
def common(monkeypatch):
    """The modules of examples/common, importable for one test."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    from common import datasets, images, record

    yield type("Common", (), {"datasets": datasets, "images": images, "record": record})
    for name in [name for name in sys.modules if name == "common" or name.startswith("common.")]:
        del sys.modules[name]


def test_sample_data_are_complete(common):
    x_train, y_train, x_test, y_test = common.datasets.mnist(DATA / "mnist")
    assert (x_train.shape, y_train.shape) == ((6000, 28, 28), (6000,))
    assert (x_test.shape, y_test.shape) == ((1000, 28, 28), (1000,))
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    images, labels, names = common.datasets.cifar_layout(DATA / "photos10-batches-py")
    assert (images.shape, labels.shape, len(names)) == ((700, 3, 32, 32), (700,), 10)
    _, labels, _ = common.datasets.cifar_layout(DATA / "photos10-batches-py", train=False)
    assert np.bincount(labels).tolist() == [20] * 10


def test_sample_data_stay_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) <= 6_500_000


def test_batches_also_load_with_text_keys():
    with open(DATA / "photos10-batches-py" / "test_batch", "rb") as file:
        batch = pickle.load(file, encoding="latin1")
    assert batch["data"].shape == (200, 3072)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_idx(common, tmp_path, packed):
    content = b"\0\0\x08\x02" + struct.pack(">II", 2, 3) + bytes(range(6))
    (tmp_path / ("a.gz" if packed else "a")).write_bytes(gzip.compress(content) if packed else content)
    assert common.datasets.read_idx(tmp_path, "a").tolist() == [[0, 1, 2], [3, 4, 5]]


def test_idx_refuses_what_is_missing_foreign_or_cut_short(common, tmp_path):
    with pytest.raises(FileNotFoundError, match="--data"):
        common.datasets.read_idx(tmp_path, "a")
    (tmp_path / "a").write_bytes(b"\x89PNG....")
    with pytest.raises(ValueError, match="unsigned bytes"):
        common.datasets.read_idx(tmp_path, "a")
    (tmp_path / "a").write_bytes(b"\0\0\x08\x01" + struct.pack(">I", 5) + b"123")
    with pytest.raises(ValueError, match="3 values"):
        common.datasets.read_idx(tmp_path, "a")


def test_a_batch_cannot_run_code(common, tmp_path):
    (tmp_path / "batches.meta").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(pickle.UnpicklingError, match="os.system"):
        common.datasets._unpickle(tmp_path / "batches.meta")


def test_grid_and_png(common, tmp_path):
    pictures = np.arange(3 * 3 * 4 * 4, dtype=np.uint8).reshape(3, 3, 4, 4)
    sheet = common.images.grid(pictures, columns=2, gap=1)
    assert sheet.shape == (3, 11, 11)
    assert (sheet[:, 6:10, 1:5] == pictures[2]).all() and not sheet[:, 6:10, 6:10].any()
    common.images.write_png(tmp_path / "sheet.png", sheet)
    content = (tmp_path / "sheet.png").read_bytes()
    assert content[16:24] == struct.pack(">II", 11, 11)
    start = content.index(b"IDAT")
    (length,) = struct.unpack(">I", content[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(content[start + 4 : start + 4 + length]), np.uint8).reshape(11, 34)
    assert (rows[:, 1:].reshape(11, 11, 3).transpose(2, 0, 1) == sheet).all()


def test_enlarge_and_frame(common):
    pictures = np.arange(2 * 3 * 2 * 2, dtype=np.uint8).reshape(2, 3, 2, 2)
    large = common.images.enlarge(pictures, 2)
    assert large.shape == (2, 3, 4, 4)
    assert (large[:, :, ::2, ::2] == pictures).all() and (large[:, :, 1::2, 1::2] == pictures).all()
    colours = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    framed = common.images.framed(pictures, colours, width=1)
    assert framed.shape == (2, 3, 4, 4)
    assert (framed[:, :, 1:-1, 1:-1] == pictures).all()
    assert (framed[:, :, 0, :] == colours[:, :, None]).all() and (framed[:, :, :, -1] == colours[:, :, None]).all()


def test_png_refuses_floats(common, tmp_path):
    with pytest.raises(ValueError, match="expected uint8"):
        common.images.write_png(tmp_path / "a.png", np.zeros((3, 2, 2)))


def test_fingerprints_tell_one_bit(common):
    options = type("Options", (), {"steps": None, "trace": Path("unused")})
    recorder = common.record.Recorder(options)
    values = np.ones(3, np.float32)
    recorder.fingerprint("a", values)
    recorder.fingerprint("b", np.nextafter(values, np.float32(2)))
    recorder.fingerprint("c", values.copy())
    assert recorder.fingerprints["a"] == recorder.fingerprints["c"] != recorder.fingerprints["b"]
