"""Where the files of datasets are, and iterating over them as torchtext 0.9 to 0.18 does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from penlight.text.data import BucketIterator, Field
from penlight.text.utils import ARCHIVES, fetch_from_any, unpack
from penlight.utils.data import IterableDataset

__all__ = [
    "RawTextIterableDataset", "bucket_iterators", "by_split", "raw_dataset", "read_lines", "require", "search", "through_fields",
]  # fmt: skip


class RawTextIterableDataset(IterableDataset):
    """The items of a dataset's file, read anew by each `for`; `len` counts them, `next` reads on.

    >>> lines = RawTextIterableDataset(lambda: iter(["a", "b"]))
    >>> list(lines), list(lines), len(lines), next(lines)
    (['a', 'b'], ['a', 'b'], 2, 'a')
    """

    def __init__(self, read: Callable[[], Iterator]):
        self._read = read
        self._current: Iterator | None = None
        self._length: int | None = None

    def __iter__(self) -> Iterator:
        return self._read()

    def __next__(self) -> Any:
        if self._current is None:
            self._current = self._read()
        return next(self._current)

    def __len__(self) -> int:
        if self._length is None:
            self._length = sum(1 for _ in self._read())
        return self._length


def by_split(split: str | Iterable[str], known: Sequence[str], make: Callable[[str], Any], name: str = "") -> Any:
    """Make the one thing for a split's name, or for a tuple of one name; a tuple of them for several names.

    Raises: ValueError for what is neither; TypeError for an unknown name, as torchtext 0.18 has it.

    >>> by_split(("train", "test"), ("train", "test"), len)
    (5, 4)
    """
    if not isinstance(split, (str, tuple, list)):
        raise ValueError(f"split must be a string or a tuple of strings, got {type(split).__name__}")
    names = [split] if isinstance(split, str) else list(split)
    if not set(names) <= set(known):
        raise TypeError(
            f"Given selection {tuple(names)} of splits is not supported for dataset {name}. Please choose from "
            f"{tuple(known)}."
        )
    made = tuple(make(name) for name in names)
    return made[0] if len(made) == 1 else made


def through_fields(args: Sequence, kwargs: dict[str, Any]) -> bool:
    """Tell whether a call hands over fields, as up to torchtext 0.8, for a dataset that has both interfaces.

    >>> through_fields(("folder",), {"split": ("train", "test")})
    False
    """

    def is_field(value: Any) -> bool:
        return hasattr(value, "preprocess") or (isinstance(value, (list, tuple)) and any(map(is_field, value)))

    return any(map(is_field, args)) or any(map(is_field, kwargs.values()))


def bucket_iterators(
    cls: Any, batch_size: int = 32, device: Any = None, root: str = ".data", vectors: Any = None, **kwargs: Any
) -> tuple:
    """`BucketIterator`s over a dataset's splits, with new fields whose vocabularies are those of the train set.

    Args: vectors: for the text's vocabulary; others go to `splits`.
    """
    text, label = Field(), Field(sequential=False)
    parts = cls.splits(text, label, root=root, **kwargs)
    text.build_vocab(parts[0], vectors=vectors)
    label.build_vocab(parts[0])
    return BucketIterator.splits(parts, batch_size=batch_size, device=device)


def read_lines(path: str) -> Iterator[str]:
    """The lines of a file, without their ends."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def raw_dataset(
    name: str, items: str, files: dict[str, str], urls: str | dict[str, str], md5: str | dict[str, str] | None,
    read: Callable[[str], Iterator], *, archive: str = "", source: str = "",
) -> Callable:  # fmt: skip
    """Make the function `NAME(root=".data", split=...)` of a dataset: its raw items, read anew by each `for`.

    Args:
        items: what an item is, for the docstring.
        files: split -> its file below `root/NAME`, or several possible ones with "|" between them.
        urls, md5: (or SHA-256) of one archive with all splits, or of a file or archive for each split.
        read: from the path of a split's file to its items.
        archive: file name of what is downloaded, where the URL does not show it.
        source: where the dataset is described.
    """

    folders = [name, name.lower(), os.path.join("datasets", name), ""]

    def find(root: str, split: str) -> str | None:
        return next((path for inner in files[split].split("|") if (path := search(root, folders, inner))), None)

    def dataset(root: str | os.PathLike = ".data", split: Any = tuple(files)) -> Any:
        place = os.fspath(root)

        def make(part: str) -> RawTextIterableDataset:
            path = find(place, part)
            if path is None:
                url = urls[part] if isinstance(urls, dict) else urls
                digest = md5[part] if isinstance(md5, dict) else md5
                saved = archive or os.path.basename(url)
                saved = search(place, folders, saved) or os.path.join(place, name, saved)
                wanted = os.path.abspath(os.path.join(os.path.dirname(saved), files[part].partition("|")[0]))
                if not os.path.isfile(saved):
                    advice = "" if wanted == os.path.abspath(saved) else f"save its file as {wanted}"
                    fetch_from_any([url], saved, advice, digest)
                if saved.endswith(ARCHIVES):
                    unpack(saved, os.path.dirname(saved))
                path = find(place, part) or require(wanted, [url])
            return RawTextIterableDataset(lambda: read(path))

        return by_split(split, tuple(files), make, name)

    dataset.__name__ = dataset.__qualname__ = name
    dataset.__doc__ = (
        f"{items}\n\n    Files: `root/{name}/` with {', '.join(files.values())}, downloaded where they are not there."
        "\n    Raises: DownloadError naming the file, the URL and where to put it, with no files and no network."
        f"\n    Source: https://docs.pytorch.org/text/stable/datasets.html#{name.lower()}{source and '; ' + source}\n    "
    )
    return dataset


def require(path: str, urls: Sequence[str]) -> str:
    """Return the path of a file or folder.

    Raises: FileNotFoundError saying where to get it, when it is not there.
    """
    if not os.path.exists(path):
        where = f". Download it from {' or '.join(urls)} and save it there" if urls else ""
        raise FileNotFoundError(f"expected {os.path.abspath(path)}, which does not exist{where}")
    return path


def search(root: str | os.PathLike, folders: Sequence[str], inner: str) -> str | None:
    """The first `root/folder/inner` that exists, or None."""
    places = [os.path.join(root, folder, inner) for folder in folders]
    return next((place for place in places if os.path.exists(place)), None)
