"""Handwritten digits of the US Postal Service."""

from __future__ import annotations

import bz2
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.vision.datasets.utils import download_from_any
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["USPS"]

_HOME = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"


class USPS(VisionDataset):
    """Gray digits, 16 x 16: 7,291 for training (`root/usps.bz2`) and 2,007 for testing (`root/usps.t.bz2`).

    `data` is uint8 (N, 16, 16), `targets` a list.

    Raises: DownloadError, with `download`, naming the file, the URL and where to put it; else FileNotFoundError.
    Source: https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps
    """

    split_list = {
        "train": [_HOME + "usps.bz2", "usps.bz2", "ec16c51db3855ca6c91edd34d0e9b197"],
        "test": [_HOME + "usps.t.bz2", "usps.t.bz2", "8ea070ee2aca1ac39742fdd1ef5ed118"],
    }

    def __init__(
        self, root: Any, train: bool = True, transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        url, filename, md5 = self.split_list["train" if train else "test"]
        path = os.path.join(self.root, filename)
        if download:
            download_from_any([url], path, md5)
        with bz2.open(path, "rt", encoding="ascii") as file:  # lines of: class 1:value 2:value …
            rows = [line.split() for line in file]
        values = np.array([[pair.split(":")[1] for pair in row[1:]] for row in rows], np.float32)
        self.data = ((values.reshape(-1, 16, 16) + 1) / 2 * 255).astype(np.uint8)
        self.targets = [int(row[0]) - 1 for row in rows]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(pillow().fromarray(self.data[index]), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)
