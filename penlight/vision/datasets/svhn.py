"""House numbers from Google Street View."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.vision.datasets.matlab import read_mat
from penlight.vision.datasets.utils import check_integrity, download_from_any, verify_str_arg
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["SVHN"]


class SVHN(VisionDataset):
    """Photos of digits, 32 x 32: 73,257 for training, 26,032 for testing, 531,131 extra, in `root/train_32x32.mat` ….

    `data` is uint8 (N, 3, 32, 32), `labels` int64 (N,), with 0 for the digit 0 (10 in the files).

    Args: split: train, test or extra.
    Raises: RuntimeError when the file is not there or has another MD5 sum; ValueError for other splits.
    Source: http://ufldl.stanford.edu/housenumbers
    """

    split_list = {
        name: [f"http://ufldl.stanford.edu/housenumbers/{name}_32x32.mat", f"{name}_32x32.mat", md5]
        for name, md5 in (
            ("train", "e26dedcc434d2e4c54c9b2d4a06d8373"), ("test", "eb5a983be6a315427106f1b164d9cef3"),
            ("extra", "a93ce644f1a588dc4d68dda5feec44a7"),
        )
    }  # fmt: skip

    def __init__(
        self, root: Any, split: str = "train", transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.split = verify_str_arg(split, "split", tuple(self.split_list))
        self.url, self.filename, self.file_md5 = self.split_list[split]
        if download:
            self.download()
        path = os.path.join(self.root, self.filename)
        if not check_integrity(path, self.file_md5):
            raise RuntimeError(
                "Dataset not found or corrupted. You can use download=True to download it. Expected "
                f"{self.filename} in {os.path.abspath(self.root)}"
            )
        arrays = read_mat(path)
        self.data = np.transpose(arrays["X"], (3, 2, 0, 1))
        self.labels = arrays["y"].astype(np.int64).squeeze(1) % 10

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = pillow().fromarray(np.ascontiguousarray(self.data[index].transpose(1, 2, 0)))
        return self._transformed(image, int(self.labels[index]))

    def __len__(self) -> int:
        return len(self.data)

    def download(self) -> None:
        """Fetch the file unless it is there. Raises: DownloadError naming it, the URL and where to put it."""
        download_from_any([self.url], os.path.join(self.root, self.filename), self.file_md5)

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
