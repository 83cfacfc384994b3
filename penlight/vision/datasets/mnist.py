"""MNIST and the datasets in its file format (idx), raw or compressed."""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
import string
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.absent import vision_getattr
from penlight.vision.datasets.utils import (
    download_and_extract_archive,
    download_from_any,
    extract_archive,
    verify_str_arg,
)
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["EMNIST", "FashionMNIST", "KMNIST", "MNIST", "QMNIST", "read_image_file", "read_label_file"]

# code in the third byte of an idx file -> big-endian dtype
_IDX_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_COMPRESSED: dict[str, Callable] = {".gz": gzip.open, ".xz": lzma.open}


def _find(path: str) -> str | None:
    """The file itself, or the same compressed."""
    return next((path + end for end in ("", *_COMPRESSED) if os.path.isfile(path + end)), None)


def read_sn3_pascalvincent_tensor(path: str, strict: bool = True) -> Tensor:
    """Read an idx file, also when only its compressed form (.gz, .xz) exists.

    Raises: ValueError for a file that is not in this format, or is cut off.
    """
    found = _find(path) or path
    opener = _COMPRESSED.get(os.path.splitext(found)[1], open)
    with opener(found, "rb") as file:
        content = file.read()
    magic = int.from_bytes(content[:4], "big")
    code, dims = magic // 256, magic % 256
    if len(content) < 4 or code not in _IDX_TYPES or not 1 <= dims <= 3:
        raise ValueError(
            f"expected an idx file (bytes 0, 0, type, number of dimensions), got {content[:4]!r} in {found}"
        )
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dims)]
    dtype = np.dtype(_IDX_TYPES[code])
    body = content[4 + 4 * dims :]
    expected = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if len(body) < expected or (strict and len(body) != expected):
        raise ValueError(f"expected {expected} bytes for {shape} values of {dtype.name}, got {len(body)} in {found}")
    values = np.frombuffer(body, dtype, count=expected // dtype.itemsize)
    return torch.from_numpy(values.astype(dtype.newbyteorder("="), copy=True).reshape(shape))


def read_label_file(path: str) -> Tensor:
    """Read labels, int64 (N,). Raises: TypeError, ValueError for a file of something else."""
    labels = read_sn3_pascalvincent_tensor(path, strict=False)
    if labels.dtype != torch.uint8:
        raise TypeError(f"x should be of dtype torch.uint8 instead of {labels.dtype}")
    if labels.ndim != 1:
        raise ValueError(f"x should have 1 dimension instead of {labels.ndim}")
    return labels.long()


def read_image_file(path: str) -> Tensor:
    """Read images, uint8 (N, H, W). Raises: TypeError, ValueError for a file of something else."""
    images = read_sn3_pascalvincent_tensor(path, strict=False)
    if images.dtype != torch.uint8:
        raise TypeError(f"x should be of dtype torch.uint8 instead of {images.dtype}")
    if images.ndim != 3:
        raise ValueError(f"x should have 3 dimension instead of {images.ndim}")
    return images


class MNIST(VisionDataset):
    """Handwritten digits, 28 x 28: 60,000 for training and 10,000 for testing.

    The files, raw or compressed (.gz), lie in `root/MNIST/raw`: train-images-idx3-ubyte, train-labels-idx1-ubyte,
    t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. `data` is uint8 (N, 28, 28), `targets` int64 (N,).

    Args: root: the folder; train: which part; download: fetch the files that are not there.
    Raises: RuntimeError when the files are not there.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
    """

    mirrors = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    training_file, test_file = "training.pt", "test.pt"
    classes = [
        "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven", "8 - eight",
        "9 - nine",
    ]  # fmt: skip
    _sample = (
        "A small sample of MNIST lies in the folder examples/data/mnist of penlight's repository: copy its files there"
    )

    def __init__(
        self, root: Any, train: bool = True, transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if not self._check_exists():
            names = ", ".join(os.path.basename(path) for path in self._files())
            raise RuntimeError(
                f"Dataset not found. You can use download=True to download it. Expected {names}, raw or compressed, in "
                f"{os.path.abspath(self.raw_folder)}" + (f". {self._sample}" if self._sample else "")
            )
        self.data, self.targets = self._load_data()

    def _files(self) -> list[str]:
        names = [os.path.splitext(os.path.basename(url))[0] for url, _ in self.resources]
        return [os.path.join(self.raw_folder, name) for name in names]

    def _check_exists(self) -> bool:
        return all(_find(path) for path in self._files())

    def _load_data(self) -> tuple[Tensor, Tensor]:
        part = "train" if self.train else "t10k"
        images = read_image_file(os.path.join(self.raw_folder, f"{part}-images-idx3-ubyte"))
        return images, read_label_file(os.path.join(self.raw_folder, f"{part}-labels-idx1-ubyte"))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = pillow().fromarray(self.data[index].numpy())
        return self._transformed(image, int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    @property
    def raw_folder(self) -> str:
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        return os.path.join(self.root, type(self).__name__, "processed")

    @property
    def class_to_idx(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.classes)}

    @property
    def train_labels(self) -> Tensor:
        warnings.warn("train_labels has been renamed targets", stacklevel=2)
        return self.targets

    @property
    def test_labels(self) -> Tensor:
        warnings.warn("test_labels has been renamed targets", stacklevel=2)
        return self.targets

    @property
    def train_data(self) -> Tensor:
        warnings.warn("train_data has been renamed data", stacklevel=2)
        return self.data

    @property
    def test_data(self) -> Tensor:
        warnings.warn("test_data has been renamed data", stacklevel=2)
        return self.data

    def download(self) -> None:
        """Fetch the files that are not there, and check their MD5 sums.

        Raises: DownloadError naming the file, the URLs and where to put it.
        """
        if self._check_exists():
            return
        for name, md5 in self.resources:
            urls = [urljoin(mirror, name) for mirror in self.mirrors]
            path = os.path.join(self.raw_folder, name)
            download_from_any(urls, path, md5, self._sample)
            extract_archive(path)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"


class FashionMNIST(MNIST):
    """Photos of clothes in MNIST's format, in `root/FashionMNIST/raw`.

    Source: https://github.com/zalandoresearch/fashion-mnist
    """

    mirrors = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]  # fmt: skip
    _sample = ""


class KMNIST(MNIST):
    """Cursive Japanese characters in MNIST's format, in `root/KMNIST/raw`.

    Source: https://github.com/rois-codh/kmnist
    """

    mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"]
    resources = [
        ("train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"),
        ("train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"),
        ("t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"),
        ("t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"),
    ]
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
    _sample = ""


_LETTERS_LIKE_THEIR_CAPITALS = set("cijklmopsuvwxyz")


def _emnist_classes() -> dict[str, list[str]]:
    every = set(string.digits + string.ascii_letters)
    merged = sorted(every - _LETTERS_LIKE_THEIR_CAPITALS)
    return {
        "byclass": sorted(every), "bymerge": merged, "balanced": merged, "letters": ["N/A", *string.ascii_lowercase],
        "digits": list(string.digits), "mnist": list(string.digits),
    }  # fmt: skip


class EMNIST(MNIST):
    """Handwritten letters and digits in MNIST's format, in `root/EMNIST/raw`, in six splits.

    Args: split: byclass, bymerge, balanced, letters, digits or mnist. Others as for MNIST.
    Source: https://www.nist.gov/itl/products-and-services/emnist-dataset
    """

    url = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
    md5 = "58c8d27c78d21e728a6bc7b3cc06412e"
    splits = ("byclass", "bymerge", "balanced", "letters", "digits", "mnist")
    classes_split_dict = _emnist_classes()
    _sample = ""

    def __init__(self, root: Any, split: str, **kwargs: Any):
        self.split = verify_str_arg(split, "split", self.splits)
        self.training_file, self.test_file = f"training_{split}.pt", f"test_{split}.pt"
        super().__init__(root, **kwargs)
        self.classes = self.classes_split_dict[self.split]

    @property
    def _file_prefix(self) -> str:
        return f"emnist-{self.split}-{'train' if self.train else 'test'}"

    @property
    def images_file(self) -> str:
        return os.path.join(self.raw_folder, f"{self._file_prefix}-images-idx3-ubyte")

    @property
    def labels_file(self) -> str:
        return os.path.join(self.raw_folder, f"{self._file_prefix}-labels-idx1-ubyte")

    def _files(self) -> list[str]:
        return [self.images_file, self.labels_file]

    def _load_data(self) -> tuple[Tensor, Tensor]:
        return read_image_file(self.images_file), read_label_file(self.labels_file)

    def download(self) -> None:
        if self._check_exists():
            return
        download_and_extract_archive(self.url, self.raw_folder, md5=self.md5)
        folder = os.path.join(self.raw_folder, "gzip")
        for name in os.listdir(folder):
            if name.endswith(".gz"):
                extract_archive(os.path.join(folder, name), os.path.join(self.raw_folder, name[:-3]))
        shutil.rmtree(folder)


_QMNIST_HOME = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"


class QMNIST(MNIST):
    """MNIST rebuilt from NIST's files with the full labels, in `root/QMNIST/raw`.

    Args: what: train, test, test10k, test50k or nist, by default as `train` says. compat: give the class only, else all
    eight numbers of the label. Others as for MNIST.
    Source: https://github.com/facebookresearch/qmnist
    """

    subsets = {"train": "train", "test": "test", "test10k": "test", "test50k": "test", "nist": "nist"}
    resources: Any = {
        "train": [
            (_QMNIST_HOME + "qmnist-train-images-idx3-ubyte.gz", "ed72d4157d28c017586c42bc6afe6370"),
            (_QMNIST_HOME + "qmnist-train-labels-idx2-int.gz", "0058f8dd561b90ffdd0f734c6a30e5e4"),
        ],
        "test": [
            (_QMNIST_HOME + "qmnist-test-images-idx3-ubyte.gz", "1394631089c404de565df7b7aeaf9412"),
            (_QMNIST_HOME + "qmnist-test-labels-idx2-int.gz", "5b5b05890a5e13444e108efe57b788aa"),
        ],
        "nist": [
            (_QMNIST_HOME + "xnist-images-idx3-ubyte.xz", "7f124b3b8ab81486c9d8c2749c17f834"),
            (_QMNIST_HOME + "xnist-labels-idx2-int.xz", "5ed0e788978e45d4a8bd4b7caec3d79d"),
        ],
    }
    _sample = ""

    def __init__(self, root: Any, what: str | None = None, compat: bool = True, train: bool = True, **kwargs: Any):
        chosen = ("train" if train else "test") if what is None else what
        self.what = verify_str_arg(chosen, "what", tuple(self.subsets))
        self.compat = compat
        self.data_file = self.training_file = self.test_file = self.what + ".pt"
        super().__init__(root, train, **kwargs)

    def _files(self) -> list[str]:
        part = self.resources[self.subsets[self.what]]
        return [os.path.join(self.raw_folder, os.path.splitext(os.path.basename(url))[0]) for url, _ in part]

    def _load_data(self) -> tuple[Tensor, Tensor]:
        images_file, labels_file = self._files()
        images = read_image_file(images_file)
        labels = read_sn3_pascalvincent_tensor(labels_file).long()
        if labels.ndim != 2:
            raise ValueError(f"targets should have 2 dimensions instead of {labels.ndim}")
        rows = {"test10k": slice(0, 10000), "test50k": slice(10000, None)}.get(self.what, slice(None))
        return images[rows].clone(), labels[rows].clone()

    def download(self) -> None:
        if self._check_exists():
            return
        for url, md5 in self.resources[self.subsets[self.what]]:
            path = os.path.join(self.raw_folder, os.path.basename(url))
            download_from_any([url], path, md5)
            extract_archive(path)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, target = pillow().fromarray(self.data[index].numpy()), self.targets[index]
        return self._transformed(image, int(target[0]) if self.compat else target)

    def extra_repr(self) -> str:
        return f"Split: {self.what}"


__getattr__ = vision_getattr(__name__)
