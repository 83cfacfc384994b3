"""Film reviews with labels.

Source: https://docs.pytorch.org/text/stable/datasets.html#imdb and
https://torchtext.readthedocs.io/en/latest/datasets.html#sentiment-analysis (0.8)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from penlight.text.data import Dataset, Example, Field
from penlight.text.datasets.files import bucket_iterators, raw_dataset, read_lines, require, through_fields

__all__ = ["IMDB"]


def _reviews(path: str, label: str) -> Iterator[list[str]]:
    """The lines (one, in the original files) of each review of a folder, in the order of their names."""
    folder = os.path.join(path, label)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".txt"):
            yield list(read_lines(os.path.join(folder, name)))


class IMDB(Dataset):
    """Film reviews: `IMDB.splits(text_field, label_field)`, with labels "pos" and "neg".

    `IMDB(split="train")` gives pairs (label, text), as torchtext 0.12 to 0.18: 1 is negative, 2 positive.

    Files: `root/imdb/aclImdb/train/pos/*.txt`, train/neg, test/pos, test/neg, read in the order of their names.
    Raises: DownloadError naming the archive, the URL and where to put it, with no files and no network.
    Source: https://docs.pytorch.org/text/stable/datasets.html#imdb; Maas et al., "Learning Word Vectors for Sentiment
    Analysis", ACL 2011.
    """

    urls = ["http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"]
    name = "imdb"
    dirname = "aclImdb"

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls) if through_fields(args, kwargs) else _IMDB(*args, **kwargs)

    def __init__(self, path: str | os.PathLike, text_field: Field, label_field: Field, **kwargs: Any):
        fields = [("text", text_field), ("label", label_field)]
        folder = require(os.fspath(path), self.urls)
        examples = [
            Example.fromlist([" ".join(lines), label], fields)
            for label in ("pos", "neg")
            for lines in _reviews(folder, label)
        ]
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The length of the text."""
        return len(ex.text)

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, root: str = ".data", train: str | None = "train",
        test: str | None = "test", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train and test sets of the files in `root/imdb`, downloaded if need be. Args: path: another folder."""
        return super().splits(
            root=root, text_field=text_field, label_field=label_field, train=train, validation=None, test=test, **kwargs
        )

    iters = classmethod(bucket_iterators)


def _labelled(path: str) -> Iterator[tuple[int, str]]:
    for number, label in ((1, "neg"), (2, "pos")):
        for lines in _reviews(path, label):
            for text in lines:
                yield number, text


_IMDB = raw_dataset(
    "IMDB", "Pairs (1 for negative or 2 for positive, text).",
    {part: f"aclImdb/{part}|aclImdb_v1/aclImdb/{part}" for part in ("train", "test")}, IMDB.urls[0],
    "7c2ac02c03563afcf9b574c7e56c153a", _labelled,
)  # fmt: skip
