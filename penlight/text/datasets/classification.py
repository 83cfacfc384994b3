"""Datasets of texts with labels.

Source: https://docs.pytorch.org/text/stable/datasets.html#text-classification and
https://torchtext.readthedocs.io/en/latest/datasets.html#sentiment-analysis (0.8)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from penlight.text.data import BucketIterator, Dataset, Example, Field
from penlight.text.datasets.files import RawTextIterableDataset, by_split, require, search
from penlight.text.utils import fetch_from_any, unicode_csv_reader

__all__ = ["AG_NEWS", "IMDB"]


def _reviews(path: str, label: str) -> Iterator[str]:
    """The reviews of a folder, in the order of their names."""
    folder = os.path.join(path, label)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".txt"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                yield file.readline()


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
        if "text_field" in kwargs or (len(args) > 1 and hasattr(args[1], "preprocess")):
            return super().__new__(cls)
        return cls._raw(*args, **kwargs)

    def __init__(self, path: str | os.PathLike, text_field: Field, label_field: Field, **kwargs: Any):
        fields = [("text", text_field), ("label", label_field)]
        folder = require(os.fspath(path), self.urls)
        examples = [
            Example.fromlist([text, label], fields) for label in ("pos", "neg") for text in _reviews(folder, label)
        ]
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The length of the text."""
        return len(ex.text)

    @classmethod
    def _raw(cls, root: str | os.PathLike = ".data", split: Any = ("train", "test")) -> Any:
        root = os.fspath(root)

        def read(path: str) -> Iterator[tuple[int, str]]:
            for number, label in ((1, "neg"), (2, "pos")):
                for text in _reviews(path, label):
                    yield number, text

        def make(name: str) -> RawTextIterableDataset:
            folders = [cls.name, cls.__name__, os.path.join("datasets", cls.__name__)]
            path = search(root, folders, os.path.join(cls.dirname, name))
            path = path or require(os.path.join(cls.download(root), name), cls.urls)
            return RawTextIterableDataset(lambda: read(path))

        return by_split(split, ("train", "test"), make)

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, root: str = ".data", train: str | None = "train",
        test: str | None = "test", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train and test sets of the files in `root/imdb`, downloaded if need be. Args: path: another folder."""
        return super().splits(
            root=root, text_field=text_field, label_field=label_field, train=train, validation=None, test=test, **kwargs
        )

    @classmethod
    def iters(
        cls, batch_size: int = 32, device: Any = None, root: str = ".data", vectors: Any = None, **kwargs: Any
    ) -> tuple:
        """`BucketIterator`s over train and test, with new fields' vocabularies of the train set."""
        text, label = Field(), Field(sequential=False)
        train, test = cls.splits(text, label, root=root, **kwargs)
        text.build_vocab(train, vectors=vectors)
        label.build_vocab(train)
        return BucketIterator.splits((train, test), batch_size=batch_size, device=device)


def AG_NEWS(root: str | os.PathLike = ".data", split: Any = ("train", "test")) -> Any:
    """News in four classes: pairs (label, text), with labels 1 to 4, for each split.

    Files: `root/AG_NEWS/train.csv`, test.csv, with rows of label, title, description.
    Raises: DownloadError naming the file, the URL and where to put it, with no files and no network.
    Source: https://docs.pytorch.org/text/stable/datasets.html#ag-news
    """
    place = os.fspath(root)

    def read(path: str) -> Iterator[tuple[int, str]]:
        with open(path, encoding="utf-8", newline="") as file:
            for label, *texts in unicode_csv_reader(file):
                yield int(label), " ".join(texts)

    def make(name: str) -> RawTextIterableDataset:
        path = search(place, ["AG_NEWS", os.path.join("datasets", "AG_NEWS"), "ag_news_csv"], f"{name}.csv")
        if path is None:
            path = os.path.join(place, "AG_NEWS", f"{name}.csv")
            base = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"
            fetch_from_any([f"{base}{name}.csv"], path)
        return RawTextIterableDataset(lambda: read(path))

    return by_split(split, ("train", "test"), make)
