"""STL-10: 96 x 96 photos of ten classes, in its binary format."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.vision.datasets.utils import check_integrity, download_from_any, extract_archive, verify_str_arg
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["STL10"]


class STL10(VisionDataset):
    """5,000 images for training, 8,000 for testing, 100,000 without labels (-1), in `root/stl10_binary`.

    `data` is uint8 (N, 3, 96, 96), `labels` an integer array.

    Args: split: train, test, unlabeled or train+unlabeled. folds: one of ten parts of 1,000 of the training images.
    Raises: RuntimeError when files are not there or have other MD5 sums; ValueError for other splits or folds.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.STL10.html
    """

    base_folder = "stl10_binary"
    url = "http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz"
    filename = "stl10_binary.tar.gz"
    tgz_md5 = "91f7769df0f17e558f3565bffb0c7dfb"
    class_names_file, folds_list_file = "class_names.txt", "fold_indices.txt"
    train_list: Any = [
        ["train_X.bin", "918c2871b30a85fa023e0c44e0bee87f"],
        ["train_y.bin", "5a34089d4802c674881badbb80307741"],
        ["unlabeled_X.bin", "5242ba1fed5e4be9e1e742405eb56ca4"],
    ]
    test_list: Any = [
        ["test_X.bin", "7f263ba9f9e0b06b93213547f721ac82"],
        ["test_y.bin", "36f9794fa4beb8a2c72628de14fa638e"],
    ]
    splits = ("train", "train+unlabeled", "unlabeled", "test")

    def __init__(
        self, root: Any, split: str = "train", folds: int | None = None, transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", self.splits)
        if folds is not None and not (isinstance(folds, int) and folds in range(10)):
            kind = ValueError if isinstance(folds, int) else TypeError
            raise kind(f"Value for argument folds should be None or an int in the range [0, 10), but got {folds!r}.")
        self.folds = folds
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError(
                "Dataset not found or corrupted. You can use download=True to download it. Expected "
                f"{', '.join(name for name, _ in (*self.train_list, *self.test_list))} in {os.path.abspath(self._path())}"
            )
        parts = [self._load(part) for part in self.split.split("+")]
        self.data = np.concatenate([images for images, _ in parts])
        self.labels = np.concatenate([labels for _, labels in parts])
        names = self._path(self.class_names_file)
        if os.path.isfile(names):
            with open(names, encoding="utf-8") as file:
                self.classes = file.read().splitlines()

    def _path(self, *names: str) -> str:
        return os.path.join(self.root, self.base_folder, *names)

    def _load(self, part: str) -> tuple[np.ndarray, np.ndarray]:
        images = np.fromfile(self._path(f"{part}_X.bin"), np.uint8).reshape(-1, 3, 96, 96)
        images = images.transpose(0, 1, 3, 2)  # the file goes down the columns
        if part == "unlabeled":
            return images, np.full(len(images), -1)
        labels = np.fromfile(self._path(f"{part}_y.bin"), np.uint8) - 1  # the file counts from 1
        if part == "train" and self.folds is not None:
            with open(self._path(self.folds_list_file), encoding="utf-8") as file:
                rows = np.array(file.read().splitlines()[self.folds].split(), np.int64)
            return images[rows], labels[rows]
        return images, labels

    def _check_integrity(self) -> bool:
        return all(check_integrity(self._path(name), md5) for name, md5 in (*self.train_list, *self.test_list))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = pillow().fromarray(np.ascontiguousarray(self.data[index].transpose(1, 2, 0)))
        return self._transformed(image, int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Fetch and unpack the archive unless its files are there."""
        if not self._check_integrity():
            archive = os.path.join(self.root, self.filename)
            download_from_any([self.url], archive, self.tgz_md5)
            extract_archive(archive, self.root)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
