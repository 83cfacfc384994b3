"""Datasets: the original formats, what is said when files are missing, and downloads from a server of the test's own."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import os
import pickle
import shutil
import tarfile
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PIL")

import penlight
from penlight.vision import datasets, transforms
from penlight.vision.datasets import utils

SAMPLES = Path(__file__).resolve().parents[2] / "examples" / "data"


class Photos(datasets.CIFAR10):
    """The sample data, which have other sums than CIFAR-10."""

    base_folder = "photos10-batches-py"
    train_list = [[f"data_batch_{i}", None] for i in range(1, 6)]
    test_list = [["test_batch", None]]
    meta = {"filename": "batches.meta", "key": "label_names", "md5": None}


@pytest.fixture
def digits(tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for path in (SAMPLES / "mnist").glob("*.gz"):
        shutil.copy(path, folder)
    return tmp_path


@pytest.fixture
def server(tmp_path):
    """A web server on this machine: (its URL, its folder)."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/", folder
    running.shutdown()
    running.server_close()


def test_mnist_from_compressed_files(digits):
    dataset = datasets.MNIST(str(digits), train=True, transform=transforms.ToTensor(), download=True)
    raw = gzip.decompress((SAMPLES / "mnist" / "train-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((SAMPLES / "mnist" / "train-labels-idx1-ubyte.gz").read_bytes())[8:]
    assert len(dataset) == 6000 and dataset.data.shape == (6000, 28, 28) and dataset.data.dtype == penlight.uint8
    assert dataset.data.numpy().tobytes() == raw and dataset.targets.tolist() == list(labels)
    image, label = dataset[17]
    assert image.shape == (1, 28, 28) and image.dtype == penlight.float32 and type(label) is int
    assert penlight.equal(image[0], dataset.data[17].float() / 255) and label == labels[17]
    assert len(datasets.MNIST(digits, train=False)) == 1000
    assert dataset.class_to_idx["3 - three"] == 3
    with pytest.warns(UserWarning, match="renamed targets"):
        assert dataset.train_labels is dataset.targets


def test_mnist_from_raw_files_and_its_text(digits):
    for path in (digits / "MNIST" / "raw").glob("*.gz"):
        utils.extract_archive(path, remove_finished=True)
    dataset = datasets.MNIST(str(digits), transform=transforms.ToTensor())
    assert repr(dataset) == (
        f"Dataset MNIST\n    Number of datapoints: 6000\n    Root location: {digits}\n    Split: Train\n"
        "    StandardTransform\nTransform: ToTensor()"
    )
    assert dataset[0][0].shape == (1, 28, 28)


def test_batches_in_a_loader(digits):
    dataset = datasets.MNIST(digits, transform=transforms.Compose([transforms.ToTensor()]))
    images, labels = next(iter(penlight.utils.data.DataLoader(dataset, batch_size=8)))
    assert images.shape == (8, 1, 28, 28) and labels.dtype == penlight.int64


def test_missing_files_are_named(tmp_path):
    with pytest.raises(
        RuntimeError,
        match=r"(?s)Dataset not found.*download=True.*t10k-labels-idx1-ubyte.*MNIST.raw.*examples/data/mnist",
    ):
        datasets.MNIST(tmp_path)
    with pytest.raises(RuntimeError, match=r"(?s)not found or corrupted.*data_batch_1"):
        datasets.CIFAR10(tmp_path)
    with pytest.raises(RuntimeError, match=r"(?s)not found or corrupted.*train_X.bin"):
        datasets.STL10(tmp_path)


def test_no_network_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/a/", "http://127.0.0.1:9/b/"])
    with pytest.raises(utils.DownloadError) as caught:
        datasets.MNIST(tmp_path, download=True)
    text = str(caught.value)
    for part in (
        "train-images-idx3-ubyte.gz", "http://127.0.0.1:9/a/", "http://127.0.0.1:9/b/",
        str(tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte.gz"), "examples/data/mnist",
    ):  # fmt: skip
        assert part in text
    assert isinstance(caught.value, RuntimeError) and isinstance(caught.value, OSError)
    assert not list((tmp_path / "MNIST" / "raw").iterdir())  # no piece of a file is left
    monkeypatch.setattr(datasets.CIFAR10, "url", "http://127.0.0.1:9/cifar-10-python.tar.gz")
    with pytest.raises(utils.DownloadError, match="photos10-batches-py"):
        datasets.CIFAR10(tmp_path, download=True)


def test_download(tmp_path, server, monkeypatch):
    url, folder = server
    sums = []
    for path in sorted((SAMPLES / "mnist").glob("*.gz")):
        shutil.copy(path, folder)
        sums.append((path.name, hashlib.md5(path.read_bytes()).hexdigest()))
    monkeypatch.setattr(datasets.MNIST, "mirrors", ["http://127.0.0.1:9/", url])
    monkeypatch.setattr(datasets.MNIST, "resources", sums)
    assert len(datasets.MNIST(tmp_path, train=False, download=True)) == 1000
    assert (tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file()


def test_a_wrong_sum_is_refused(tmp_path, server):
    url, folder = server
    (folder / "a.txt").write_text("hello")
    with pytest.raises(RuntimeError, match="corrupted"):
        utils.download_url(url + "a.txt", tmp_path, md5="0" * 32)
    assert not (tmp_path / "a.txt").exists()
    utils.download_url(url + "a.txt", tmp_path, "b.txt", hashlib.md5(b"hello").hexdigest())
    assert (tmp_path / "b.txt").read_text() == "hello"
    with pytest.raises(ValueError, match="http"):
        utils.download_url("file:///etc/hosts", tmp_path)


def idx(array: np.ndarray, code: int) -> bytes:
    header = bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("name", ["FashionMNIST", "KMNIST"])
def test_the_same_format_elsewhere(tmp_path, name):
    folder = tmp_path / name / "raw"
    folder.mkdir(parents=True)
    images = np.arange(2 * 28 * 28).astype(np.uint8).reshape(2, 28, 28)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images, 8))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.array([3, 7], np.uint8), 8))
    image, label = getattr(datasets, name)(tmp_path)[1]
    assert label == 7 and np.array_equal(np.asarray(image), images[1])


def test_emnist(tmp_path):
    folder = tmp_path / "EMNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / "emnist-letters-test-images-idx3-ubyte").write_bytes(idx(np.zeros((1, 28, 28), np.uint8), 8))
    (folder / "emnist-letters-test-labels-idx1-ubyte").write_bytes(idx(np.array([5], np.uint8), 8))
    dataset = datasets.EMNIST(tmp_path, "letters", train=False)
    assert dataset.classes[dataset[0][1]] == "e"
    sizes = {split: len(names) for split, names in datasets.EMNIST.classes_split_dict.items()}
    assert sizes == {"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 27, "digits": 10, "mnist": 10}
    with pytest.raises(ValueError, match="Unknown value 'x' for argument split"):
        datasets.EMNIST(tmp_path, "x")


def test_qmnist(tmp_path):
    folder = tmp_path / "QMNIST" / "raw"
    folder.mkdir(parents=True)
    labels = np.arange(16, dtype=np.int32).reshape(2, 8)
    (folder / "qmnist-train-images-idx3-ubyte").write_bytes(idx(np.zeros((2, 28, 28), np.uint8), 8))
    (folder / "qmnist-train-labels-idx2-int").write_bytes(idx(labels, 12))
    assert datasets.QMNIST(tmp_path)[1][1] == 8
    assert datasets.QMNIST(tmp_path, compat=False)[1][1].tolist() == list(range(8, 16))


def test_a_damaged_file_is_refused(digits):
    raw = digits / "MNIST" / "raw"
    (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + (5).to_bytes(4, "big") * 3 + b"short")
    with pytest.raises(ValueError, match="expected 125 bytes"):
        datasets.MNIST(digits)
    (raw / "train-images-idx3-ubyte").write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="expected an idx file"):
        datasets.MNIST(digits)


def test_cifar_batches():
    train, test = Photos(SAMPLES), Photos(SAMPLES, train=False, transform=transforms.PILToTensor())
    assert len(train) == 700 and train.data.shape == (700, 32, 32, 3) and len(test) == 200
    with open(SAMPLES / "photos10-batches-py" / "test_batch", "rb") as file:
        batch = pickle.load(file, encoding="latin1")
    image, label = test[5]
    assert np.array_equal(image.numpy().reshape(-1), batch["data"][5]) and label == batch["labels"][5]
    assert train.classes[train.class_to_idx["rocket"]] == "rocket"


def test_cifar_100(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    for name in ("train", "test"):
        batch = {"data": np.full((2, 3072), 9, np.uint8), "fine_labels": [1, 0], "coarse_labels": [0, 0]}
        (folder / name).write_bytes(pickle.dumps(batch))
        monkeypatch.setattr(datasets.CIFAR100, f"{name}_list", [[name, None]])
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": ["a", "b"]}))
    monkeypatch.setattr(datasets.CIFAR100, "meta", {**datasets.CIFAR100.meta, "md5": None})
    dataset = datasets.CIFAR100(tmp_path)
    assert dataset[0][1] == 1 and dataset.classes == ["a", "b"]


def test_a_pickle_that_runs_code_is_refused(tmp_path, monkeypatch):
    class Evil:
        def __reduce__(self):
            return os.system, ("echo no",)

    shutil.copytree(SAMPLES / "photos10-batches-py", tmp_path / "photos10-batches-py")
    (tmp_path / "photos10-batches-py" / "test_batch").write_bytes(pickle.dumps({"data": Evil()}))
    with pytest.raises(pickle.UnpicklingError, match="system"):
        Photos(tmp_path, train=False)


def test_stl10(tmp_path, monkeypatch):
    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    images = np.arange(2 * 3 * 96 * 96).astype(np.uint8).reshape(2, 3, 96, 96)
    for part in ("train", "test", "unlabeled"):
        (folder / f"{part}_X.bin").write_bytes(images.tobytes())
        (folder / f"{part}_y.bin").write_bytes(bytes([1, 10]))
    (folder / "class_names.txt").write_text("airplane\nbird\n")
    (folder / "fold_indices.txt").write_text("1\n0 1\n")
    for which in ("train_list", "test_list"):
        monkeypatch.setattr(datasets.STL10, which, [[n, None] for n, _ in getattr(datasets.STL10, which)])
    dataset = datasets.STL10(tmp_path, "train+unlabeled")
    assert dataset.labels.tolist() == [0, 9, -1, -1] and dataset.classes == ["airplane", "bird"]
    assert np.array_equal(np.asarray(dataset[0][0]), images[0].transpose(2, 1, 0))
    assert datasets.STL10(tmp_path, folds=0).labels.tolist() == [9]
    with pytest.raises(ValueError, match="folds"):
        datasets.STL10(tmp_path, folds=10)


def test_image_folder(tmp_path):
    from PIL import Image

    for place, colour in (("dog/a.png", 10), ("cat/x/b.JPG", 20), ("cat/c.png", 30)):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 3), colour).save(path)
    (tmp_path / "cat" / "notes.txt").write_text("not an image")
    dataset = datasets.ImageFolder(str(tmp_path), transforms.ToTensor())
    assert dataset.classes == ["cat", "dog"] and dataset.targets == [0, 0, 1]
    assert [os.path.basename(path) for path, _ in dataset.imgs] == ["c.png", "b.JPG", "a.png"]
    image, label = dataset[2]
    assert image.shape == (3, 3, 4) and label == 1 and float(image[0, 0, 0]) == pytest.approx(10 / 255)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"classes empty\. Supported extensions are: \.jpg"):
        datasets.ImageFolder(tmp_path)
    assert len(datasets.ImageFolder(tmp_path, allow_empty=True)) == 3
    with pytest.raises(FileNotFoundError, match="any class folder"):
        datasets.ImageFolder(tmp_path / "empty")
    texts = datasets.DatasetFolder(tmp_path, lambda path: Path(path).read_text(), (".txt",), allow_empty=True)
    assert texts[0] == ("not an image", 0)


def test_fake_data():
    """The values are torchvision's: see the seed, and the pixel of index 2."""
    dataset = datasets.FakeData(5, (3, 4, 4), 10)
    penlight.manual_seed(3)
    image, target = dataset[2]
    assert image.getpixel((0, 0)) == (247, 128, 61) and target == 0
    assert float(penlight.rand(1)) == pytest.approx(0.0043, abs=5e-5)
    assert repr(dataset) == "Dataset FakeData\n    Number of datapoints: 5"
    with pytest.raises(IndexError):
        dataset[5]


def test_archives(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("x/y.txt")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"hi"))
    utils.extract_archive(tmp_path / "a.tar.gz", tmp_path / "out")
    assert (tmp_path / "out" / "x" / "y.txt").read_text() == "hi"
    for name in ("../evil.txt", "/evil.txt"):
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(RuntimeError, match="outside"):
            utils.extract_archive(tmp_path / "b.zip", tmp_path / "out")
    with pytest.raises(RuntimeError, match="Unknown compression"):
        utils.extract_archive(tmp_path / "c.rar")
    assert utils.list_dir(tmp_path) == ["out"] and utils.list_files(tmp_path, ".zip") == ["b.zip"]


def test_transforms_together(tmp_path):
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform"):
        datasets.VisionDataset(tmp_path, transforms=len, transform=len)
