"""Datasets of pairs of sentences.

Source: https://docs.pytorch.org/text/stable/datasets.html#multi30k and
https://torchtext.readthedocs.io/en/latest/datasets.html#machine-translation (0.8)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from penlight.text.data import Dataset, Example, interleave_keys
from penlight.text.datasets.files import RawTextIterableDataset, by_split, require, search
from penlight.text.utils import extract_archive, fetch_from_any

__all__ = ["Multi30k", "TranslationDataset"]


class TranslationDataset(Dataset):
    """Two text files with a sentence in each line; pairs with an empty line are left out.

    Args: path: prefix of both; exts: what follows it, for the source and the target; fields: two fields (for `src` and
        `trg`), or pairs (name, field).
    Raises: ValueError when one file has more lines than the other.
    """

    urls: list[str] = []

    def __init__(self, path: str | os.PathLike, exts: Sequence[str], fields: Sequence, **kwargs: Any):
        if not isinstance(fields[0], (tuple, list)):
            fields = [("src", fields[0]), ("trg", fields[1])]
        source, target = (require(os.path.expanduser(os.fspath(path) + ext), self.urls) for ext in exts)
        examples = [
            Example.fromlist(pair, fields) for pair in _pairs(source, target) if pair[0] != "" and pair[1] != ""
        ]
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The lengths of both sentences, interleaved."""
        return interleave_keys(len(ex.src), len(ex.trg))

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, path: str | None = None, root: str = ".data",
        train: str | None = "train", validation: str | None = "val", test: str | None = "test", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets, those whose prefix is not None, of the folder `path`."""
        if path is None:
            path = cls.download(root)
        names = [name for name in (train, validation, test) if name is not None]
        return tuple(cls(os.path.join(path, name), exts, fields, **kwargs) for name in names)


def _pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    with open(source, encoding="utf-8") as first, open(target, encoding="utf-8") as second:
        for line in first:
            other = next(second, None)
            if other is None:
                raise ValueError(f"expected as many lines in {target} as in {source}, got fewer")
            yield line.strip(), other.strip()
        if next(second, None) is not None:
            raise ValueError(f"expected as many lines in {target} as in {source}, got more")


class Multi30k(TranslationDataset):
    """Multi30k, German and English: `Multi30k.splits(exts=(".de", ".en"), fields=(src, trg))`.

    `Multi30k(split="train", language_pair=("de", "en"))` gives pairs of lines, as torchtext 0.12 to 0.18.

    Files: `root/multi30k/train.de`, train.en, val.de, val.en, test2016.de, test2016.en (or test.de, test.en).
    Raises: DownloadError naming the archive, the URLs and where to put it, with no files and no network.
    Source: https://docs.pytorch.org/text/stable/datasets.html#multi30k; Elliott et al., "Multi30K", 2016.
    """

    name = "multi30k"
    dirname = ""
    urls = [
        f"https://raw.githubusercontent.com/neychev/small_DL_repo/master/datasets/Multi30k/{file}.tar.gz"
        for file in ("training", "validation", "mmt16_task1_test")
    ]
    files = {"train": ("train",), "valid": ("val",), "test": ("test2016", "test")}

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if "fields" in kwargs or len(args) > 2 and hasattr(args[2], "__len__") and not isinstance(args[2][0], str):
            return super().__new__(cls)
        return cls._raw(*args, **kwargs)

    @classmethod
    def _raw(
        cls, root: str | os.PathLike = ".data", split: Any = ("train", "valid", "test"),
        language_pair: Sequence[str] = ("de", "en"),
    ) -> Any:  # fmt: skip
        if sorted(language_pair) != ["de", "en"]:
            raise ValueError(f"language_pair must be ('de', 'en') or ('en', 'de'), got {tuple(language_pair)}")

        def make(name: str) -> RawTextIterableDataset:
            source, target = (cls._find(os.fspath(root), name, language) for language in language_pair)
            return RawTextIterableDataset(lambda: _pairs(source, target))

        return by_split(split, tuple(cls.files), make)

    @classmethod
    def _find(cls, root: str, split: str, language: str) -> str:
        folders = [cls.name, cls.__name__, os.path.join("datasets", cls.__name__)]
        for _ in range(2):
            for prefix in cls.files[split]:
                found = search(root, folders, f"{prefix}.{language}")
                if found:
                    return found
            cls.download(root)
        return require(os.path.join(root, cls.name, f"{cls.files[split][0]}.{language}"), cls.urls)

    @classmethod
    def download(cls, root: str, check: str | None = None) -> str:
        """Download and unpack those of the three archives whose files are not there; return their folder."""
        folder = os.path.join(root, cls.name)
        for url, prefixes in zip(cls.urls, cls.files.values()):
            stems = [os.path.join(folder, prefix) for prefix in prefixes]
            if any(os.path.exists(stem + ".de") and os.path.exists(stem + ".en") for stem in stems):
                continue
            archive = os.path.join(folder, os.path.basename(url))
            if not os.path.isfile(archive):
                whole = os.path.abspath(stems[0])
                fetch_from_any([url], archive, advice=f"save its files as {whole}.de and {whole}.en")
            extract_archive(archive, folder)
        return folder

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, root: str = ".data", train: str | None = "train",
        validation: str | None = "val", test: str | None = "test2016", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets, those whose prefix is not None.

        Args: exts: (".de", ".en"), or the other way round; fields: two fields; path: another folder.
        """
        path = kwargs.pop("path", None) or cls.download(root)
        if test == "test2016" and not os.path.exists(os.path.join(path, test + exts[0])):
            test = "test"  # its name in later archives
        return super().splits(exts, fields, path, root, train, validation, test, **kwargs)
