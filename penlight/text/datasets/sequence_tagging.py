"""Sentences with a tag, or several, for each word.

Source: https://docs.pytorch.org/text/stable/datasets.html#sequence-tagging and
https://torchtext.readthedocs.io/en/latest/datasets.html#sequence-tagging (0.8)
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from typing import Any

from penlight.text.data import Dataset, Example
from penlight.text.datasets.files import raw_dataset, read_lines, require, through_fields

__all__ = ["CoNLL2000Chunking", "SequenceTaggingDataset", "UDPOS"]


def _sentences(lines: Iterable[str], separator: str) -> Iterator[list[list[str]]]:
    """The columns of each sentence; an empty line ends it."""
    columns: list[list[str]] = []
    for line in lines:
        line = line.strip()
        if line:
            cells = line.split(separator)
            columns = columns or [[] for _ in cells]
            for column, cell in zip(columns, cells):
                column.append(cell)
        elif columns:
            yield columns
            columns = []
    if columns:
        yield columns


class SequenceTaggingDataset(Dataset):
    """A file with a word and its tags in each line, and an empty line after each sentence.

    Args: fields: pairs (name, field) in the order of the columns; further columns are left out. separator: of columns.
    """

    urls: list[str] = []

    def __init__(
        self, path: str | os.PathLike, fields: Any, encoding: str = "utf-8", separator: str = "\t", **kwargs: Any
    ):
        with open(require(os.fspath(path), self.urls), encoding=encoding) as file:
            examples = [Example.fromlist(columns, fields) for columns in _sentences(file, separator)]
        super().__init__(examples, [pair for pair in fields if pair[1] is not None], **kwargs)

    @staticmethod
    def sort_key(example: Any) -> int:  # type: ignore[override]
        """The number of words."""
        return len(next(iter(vars(example).values())))


class UDPOS(SequenceTaggingDataset):
    """English Universal Dependencies: `UDPOS.splits(fields=(("word", W), ("udtag", U), ("ptbtag", P)))`.

    `UDPOS(split="train")` gives [words, tags, Penn Treebank's tags] of each sentence, as torchtext 0.9 to 0.18.

    Files: `root/udpos/en-ud-v2/en-ud-tag.v2.train.txt`, ...dev.txt, ...test.txt.
    Source: https://docs.pytorch.org/text/stable/datasets.html#udpos
    """

    urls = ["https://bitbucket.org/sivareddyg/public/downloads/en-ud-v2.zip"]
    name, dirname = "udpos", "en-ud-v2"

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls) if through_fields(args, kwargs) else _UDPOS(*args, **kwargs)

    @classmethod
    def splits(  # type: ignore[override]
        cls, fields: Any, root: str = ".data", train: str | None = "en-ud-tag.v2.train.txt",
        validation: str | None = "en-ud-tag.v2.dev.txt", test: str | None = "en-ud-tag.v2.test.txt", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets."""
        return super().splits(fields=fields, root=root, train=train, validation=validation, test=test, **kwargs)


class CoNLL2000Chunking(SequenceTaggingDataset):
    """CoNLL-2000's chunks: `CoNLL2000Chunking.splits(fields=(("word", W), ("pos", P), ("chunk", C)))`.

    `CoNLL2000Chunking(split="train")` gives [words, tags, chunks] of each sentence, as torchtext 0.9 to 0.18.

    Files: `root/conll2000/train.txt`, test.txt (or train.txt.gz, test.txt.gz).
    Source: https://docs.pytorch.org/text/stable/datasets.html#conll2000chunking
    """

    urls = [f"https://www.clips.uantwerpen.be/conll2000/chunking/{part}.txt.gz" for part in ("train", "test")]
    name, dirname = "conll2000", ""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls) if through_fields(args, kwargs) else _CONLL(*args, **kwargs)

    @classmethod
    def splits(  # type: ignore[override]
        cls, fields: Any, root: str = ".data", train: str | None = "train.txt", test: str | None = "test.txt",
        validation_frac: float = 0.1, **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets. Args: validation_frac: the share of the train set; 0 for none."""
        parts = super().splits(fields=fields, root=root, train=train, test=test, separator=" ", **kwargs)
        if train is None or not validation_frac:
            return parts
        # Always the same examples; torchtext seeds Python's generator for it and leaves it newly seeded.
        state = random.Random(0).getstate()
        return (*parts[0].split(1 - validation_frac, random_state=state), *parts[1:])


_UDPOS = raw_dataset(
    "UDPOS", "Lists of [words, tags, Penn Treebank's tags].",
    {part: f"en-ud-v2/en-ud-tag.v2.{file}.txt|{file}.txt" for part, file in
     (("train", "train"), ("valid", "dev"), ("test", "test"))},
    UDPOS.urls[0], "bdcac7c52d934656bae1699541424545", lambda path: _sentences(read_lines(path), "\t"),
)  # fmt: skip
_CONLL = raw_dataset(
    "CoNLL2000Chunking", "Lists of [words, tags, chunks].",
    {part: f"{part}.txt|conll2000/{part}.txt" for part in ("train", "test")},
    dict(zip(("train", "test"), CoNLL2000Chunking.urls)),
    {"train": "6969c2903a1f19a83569db643e43dcc8", "test": "a916e1c2d83eb3004b38fc6fcd628939"},
    lambda path: _sentences(read_lines(path), " "),
)  # fmt: skip
