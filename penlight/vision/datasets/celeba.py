"""Faces of celebrities with attributes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor
from penlight.vision.datasets.utils import DownloadError, check_integrity, extract_archive, verify_str_arg
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["CelebA"]


class CelebA(VisionDataset):
    """202,599 photos of 10,177 faces, in `root/celeba`: img_align_celeba, list_attr_celeba.txt and four more lists.

    Args: split: train, valid, test or all. target_type: attr (40 of 0 and 1), identity, bbox (x, y, width, height),
    landmarks (ten numbers), or a list of them, for a tuple.
    Differs from torchvision: nothing is fetched from Google Drive.
    Raises: RuntimeError when files are not there or have other MD5 sums; ValueError for other splits or types.
    Source: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html
    """

    base_folder = "celeba"
    file_list: Any = [
        ("", "00d2c5bc6d35e252742224ab0c1e8fcb", "img_align_celeba.zip"),
        ("", "75e246fa4810816ffd6ee81facbd244c", "list_attr_celeba.txt"),
        ("", "32bd1bd63d3c78cd57e08160ec5ed1e2", "identity_CelebA.txt"),
        ("", "00566efa6fedff7a56946cd1c10f1c16", "list_bbox_celeba.txt"),
        ("", "cc24ecafdb5b50baae59b03474781f8c", "list_landmarks_align_celeba.txt"),
        ("", "d32c9cbf5e040fd4025c592c306e6668", "list_eval_partition.txt"),
    ]
    _splits = {"train": 0, "valid": 1, "test": 2, "all": None}
    _types = ("attr", "identity", "bbox", "landmarks")

    def __init__(
        self, root: Any, split: str = "train", target_type: Any = "attr", transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split.lower(), "split", tuple(self._splits))
        types = target_type if isinstance(target_type, list) else [target_type]
        self.target_type = [verify_str_arg(kind, "target_type", self._types) for kind in types]
        if not self.target_type and self.target_transform is not None:
            raise RuntimeError("target_transform is specified but target_type is empty")
        if download:
            self.download()
        if not self._check_integrity():
            raise RuntimeError(
                "Dataset not found or corrupted. Expected img_align_celeba and "
                f"{', '.join(name for _, _, name in self.file_list[1:])} in {os.path.abspath(self._path())}"
            )
        parts, names, _ = self._table("list_eval_partition.txt", 0)
        number = self._splits[self.split]
        rows = np.arange(len(names)) if number is None else np.flatnonzero(parts[:, 0] == number)
        self.filename = [names[row] for row in rows]
        attributes, _, self.attr_names = self._table("list_attr_celeba.txt", 2)
        identity, _, _ = self._table("identity_CelebA.txt", 0)
        boxes, _, _ = self._table("list_bbox_celeba.txt", 2)
        landmarks, _, _ = self._table("list_landmarks_align_celeba.txt", 2)
        chosen = [torch.from_numpy(table[rows]) for table in ((attributes + 1) // 2, identity, boxes, landmarks)]
        self.attr, self.identity, self.bbox, self.landmarks_align = chosen

    def _path(self, *names: str) -> str:
        return os.path.join(self.root, self.base_folder, *names)

    def _table(self, name: str, head: int) -> tuple[np.ndarray, list[str], list[str]]:
        """(numbers int64 (N, columns), names of the images, names of the columns)."""
        with open(self._path(name), encoding="utf-8") as file:
            lines = [line.split() for line in file]
        titles, lines = (lines[head - 1] if head else []), [line for line in lines[head:] if line]
        return np.array([line[1:] for line in lines], np.int64), [line[0] for line in lines], titles

    def _check_integrity(self) -> bool:
        lists = all(check_integrity(self._path(name), md5) for _, md5, name in self.file_list[1:])
        return lists and os.path.isdir(self._path("img_align_celeba"))

    def download(self) -> None:
        """Unpack img_align_celeba.zip. Raises: DownloadError when files are not there: they are to be fetched by hand."""
        if self._check_integrity():
            return
        missing = [name for _, md5, name in self.file_list if not check_integrity(self._path(name), md5)]
        if missing:
            raise DownloadError(
                f"penlight does not download from Google Drive, where CelebA is: get {', '.join(missing)} from "
                f"https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and save them in {os.path.abspath(self._path())}"
            )
        extract_archive(self._path("img_align_celeba.zip"))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = pillow().open(self._path("img_align_celeba", self.filename[index]))
        tables: dict[str, Tensor] = {
            "attr": self.attr, "identity": self.identity[:, 0], "bbox": self.bbox, "landmarks": self.landmarks_align,
        }  # fmt: skip
        targets = [tables[kind][index] for kind in self.target_type]
        target: Any = tuple(targets) if len(targets) > 1 else targets[0] if targets else None
        image = self.transform(image) if self.transform is not None else image
        return image, self.target_transform(target) if targets and self.target_transform is not None else target

    def __len__(self) -> int:
        return len(self.attr)

    def extra_repr(self) -> str:
        return f"Target type: {self.target_type}\nSplit: {self.split}"
