"""CIFAR-10 and CIFAR-100 in the format of their Python batches."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.vision.absent import vision_getattr
from penlight.vision.datasets.utils import check_integrity, download_from_any, extract_archive
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["CIFAR10", "CIFAR100"]

# The only names that arrays in a pickle need
_PERMITTED = {
    ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"), ("numpy", "ndarray"),
    ("numpy", "dtype"), ("_codecs", "encode"),
}  # fmt: skip


class _ArrayUnpickler(pickle.Unpickler):
    """Reads lists, dicts, texts, numbers and NumPy arrays; a file that asks for anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PERMITTED:
            raise pickle.UnpicklingError(
                f"a batch of CIFAR holds arrays and lists only; this file asks for {module}.{name}"
            )
        if module.endswith("multiarray"):  # the same under NumPy 1 and 2
            return np.empty(0).__reduce__()[0]
        return super().find_class(module, name)


def read_batch(path: str, encoding: str = "latin1") -> dict:
    """Read a pickled batch. Raises: pickle.UnpicklingError for a file that holds more than data."""
    with open(path, "rb") as file:
        return _ArrayUnpickler(file, encoding=encoding).load()


class CIFAR10(VisionDataset):
    """Photos of 10 classes, 32 x 32: 50,000 for training and 10,000 for testing, in `root/cifar-10-batches-py`.

    `data` is a uint8 array (N, 32, 32, 3), `targets` a list. A subclass may name other files in `base_folder`,
    `train_list`, `test_list` and `meta` (a sum of None is not checked).

    Args: root: the folder; train: which part; download: fetch the archive unless the files are there.
    Raises: RuntimeError when files are not there or have other MD5 sums.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR10.html
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list: Any = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list: Any = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta: Any = {"filename": "batches.meta", "key": "label_names", "md5": "5ff9c542aee3614f3951f8cda6e48888"}

    def __init__(
        self, root: Any, train: bool = True, transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError(
                "Dataset not found or corrupted. You can use download=True to download it. Expected "
                f"{', '.join(name for name, _ in self._all_files())} in {os.path.abspath(self._path())}"
            )
        batches = [read_batch(self._path(name)) for name, _ in (self.train_list if train else self.test_list)]
        self.data: Any = np.vstack([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.targets: list = []
        for batch in batches:
            self.targets.extend(batch["labels" if "labels" in batch else "fine_labels"])
        self.classes = read_batch(self._path(self.meta["filename"]))[self.meta["key"]]
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}

    def _path(self, *names: str) -> str:
        return os.path.join(self.root, self.base_folder, *names)

    def _all_files(self) -> list:
        return [*self.train_list, *self.test_list, (self.meta["filename"], self.meta["md5"])]

    def _check_integrity(self) -> bool:
        return all(check_integrity(self._path(name), md5) for name, md5 in self._all_files())

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(pillow().fromarray(self.data[index]), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Fetch and unpack the archive unless its files are there.

        Raises: DownloadError naming the archive, its URL and where to put it.
        """
        if self._check_integrity():
            return
        archive = os.path.join(self.root, self.filename)
        advice = "A small dataset in the same format lies in examples/data/photos10-batches-py of penlight's repository"
        download_from_any([self.url], archive, self.tgz_md5, advice)
        extract_archive(archive, self.root)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class CIFAR100(CIFAR10):
    """Photos of 100 classes, 32 x 32, in `root/cifar-100-python`.

    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR100.html
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta = {"filename": "meta", "key": "fine_label_names", "md5": "7973b15100ade9c7d40fb424638fde48"}


__getattr__ = vision_getattr(__name__)
