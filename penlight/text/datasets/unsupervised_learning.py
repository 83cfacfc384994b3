"""Plain text for language models and embeddings.

Source: https://docs.pytorch.org/text/stable/datasets.html#unsupervised-learning
"""

from __future__ import annotations

import lzma
import os
from collections.abc import Iterator
from typing import Any

from penlight.text.datasets.files import RawTextIterableDataset, raw_dataset, read_lines, search
from penlight.text.utils import fetch_from_any

__all__ = ["CC100", "EnWik9"]

_ENWIK9 = raw_dataset(
    "EnWik9", "Lines.", {"train": "enwik9"}, "http://mattmahoney.net/dc/enwik9.zip",
    "3e773f8a1577fda2e27f871ca17f31fd", read_lines,
)  # fmt: skip


def EnWik9(root: str | os.PathLike = ".data") -> Any:
    """The lines of the first 10^9 bytes of the English Wikipedia of 2006, with its markup.

    Files: `root/EnWik9/enwik9`.
    Source: https://docs.pytorch.org/text/stable/datasets.html#enwik9
    """
    return _ENWIK9(root, "train")


def CC100(root: str | os.PathLike, language_code: str = "en") -> Any:
    """Pairs (language_code, line) of the web's text in one of about 100 languages.

    Files: `root/CC100/CODE.txt.xz`.
    Raises: DownloadError, also for a code that there is not.
    Source: https://docs.pytorch.org/text/stable/datasets.html#cc100; Conneau et al., ACL 2020.
    """
    file = f"{language_code}.txt.xz"
    path = search(root, ["CC100", os.path.join("datasets", "CC100"), ""], file)
    if path is None:
        path = os.path.join(root, "CC100", file)
        fetch_from_any([f"http://data.statmt.org/cc-100/{file}"], path)

    def read() -> Iterator[tuple[str, str]]:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield language_code, line.rstrip("\n")

    return RawTextIterableDataset(read)
