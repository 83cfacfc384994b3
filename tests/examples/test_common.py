"""The readers and writers that the examples share."""

import gzip
import pickle
import struct
import sys
import types
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "examples" / "data"


@pytest.fixture
def common(monkeypatch):
    """The modules of examples/common, importable for one test."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    from common import datasets, images, plots, record

    yield type("Common", (), {"datasets": datasets, "images": images, "plots": plots, "record": record})
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
    with pytest.raises(SystemExit, match="--data"):
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


def test_a_missing_batch_is_named(common, tmp_path):
    with pytest.raises(SystemExit, match="expected .*data_batch_1; give a folder such as"):
        common.datasets.cifar_layout(tmp_path)


def test_fingerprints_tell_one_bit(common):
    options = type("Options", (), {"steps": None, "trace": Path("unused")})
    recorder = common.record.Recorder(options)
    values = np.ones(3, np.float32)
    recorder.fingerprint("a", values)
    recorder.fingerprint("b", np.nextafter(values, np.float32(2)))
    recorder.fingerprint("c", values.copy())
    assert recorder.fingerprints["a"] == recorder.fingerprints["c"] != recorder.fingerprints["b"]


def test_curves_are_kept_and_go_on(common):
    options = type("Options", (), {"steps": 3, "trace": None})
    recorder = common.record.Recorder(options, print_every=2)
    recorder.step(4.0)
    recorder.step(2.0)
    recorder.show(epoch=1, test_accuracy=50.0)
    again = common.record.Recorder(options, print_every=2)
    again.load_state_dict(recorder.state_dict())
    again.step(1.0)
    assert again.finished and again.curves == {"loss": [(2, 3.0)], "test_accuracy": [(2, 50.0)]}


def test_logdir_goes_to_tensorboard_or_says_what_is_missing(common, tmp_path, monkeypatch):
    points = []

    class SummaryWriter:
        def __init__(self, folder):
            self.folder = folder

        def add_scalar(self, name, value, step):
            points.append((name, value, step))

        def close(self):
            points.append("closed")

    options = type("Options", (), {"steps": None, "trace": None, "logdir": tmp_path})
    module = types.ModuleType("torch.utils.tensorboard")
    for name in ("torch", "torch.utils"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    with pytest.raises(SystemExit, match="pip install tensorboardX"):
        common.record.Recorder(options)
    module.SummaryWriter = SummaryWriter
    recorder = common.record.Recorder(options, print_every=1)
    assert recorder.log.folder == str(tmp_path)
    recorder.step(2.0)
    recorder.result(test_accuracy=50.0)
    assert points == [("loss", 2.0, 1), ("test_accuracy", 50.0, 1), "closed"]


def test_plots_are_pictures(common, tmp_path):
    pytest.importorskip("matplotlib")
    plots = common.plots
    draw = {
        "curves.svg": lambda path: plots.draw_curves(path, {"loss": [(1, 2.0), (2, 1.0)], "test_loss": []}, "Loss"),
        "confusion.png": lambda path: plots.draw_confusion(path, [[3, 1], [0, 0]], ["cat", "dog"], "Animals"),
        "images.png": lambda path: plots.draw_images(
            path, np.zeros((3, 4, 4, 3)), ["a", "b\n(is a)", "a"], "Guesses", right=[True, False, True], columns=2
        ),
        "attention.svg": lambda path: plots.draw_attention(path, np.eye(2), ["je", "suis"], ["I", "am"], "Looks"),
    }  # fmt: skip
    for name, function in draw.items():
        assert function(tmp_path / name) is True
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\x89PNG") if name.endswith("png") else b"</svg>" in content
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(draw)
    text = (tmp_path / "attention.svg").read_text()
    assert all(f">{word}<" in text for word in ("je", "suis", "I", "am", "Looks", "attention weight"))


def test_without_matplotlib_a_plot_says_so(common, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(common.plots, "Figure", None)
    assert common.plots.draw_curves(tmp_path / "a.png", {}, "Loss") is False
    assert "pip install matplotlib" in capsys.readouterr().out and not list(tmp_path.iterdir())


def test_read_image_takes_the_middle_square(common, tmp_path):
    Image = pytest.importorskip("PIL.Image")
    pixels = np.zeros((10, 20, 3), np.uint8)
    pixels[:, 5:15] = 200
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = common.images.read_image(tmp_path / "a.png", 5)
    assert image.shape == (5, 5, 3) and image.dtype == np.uint8 and (image == 200).all()
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(SystemExit, match="cannot be read as an image"):
        common.images.read_image(tmp_path / "b.png", 5)
    with pytest.raises(SystemExit, match="No such file"):
        common.images.read_image(tmp_path / "c.png", 5)
