"""Where the files of datasets are, and iterating over them as torchtext 0.9 to 0.18 does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from penlight.utils.data import IterableDataset

__all__ = ["RawTextIterableDataset", "by_split", "require", "search"]


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


def by_split(split: str | Iterable[str], known: Sequence[str], make: Callable[[str], Any]) -> Any:
    """Make the one thing for a split's name, a tuple of them for several names.

    Raises: TypeError for what is neither; ValueError for an unknown name.

    >>> by_split(("train", "test"), ("train", "test"), len)
    (5, 4)
    """
    if not isinstance(split, (str, tuple, list)):
        raise TypeError(f"split must be a string or a tuple of strings, got {type(split).__name__}")
    names = [split] if isinstance(split, str) else list(split)
    for name in names:
        if name not in known:
            raise ValueError(f"Given selection {name!r} of splits is not supported: choose from {tuple(known)}")
    return make(names[0]) if isinstance(split, str) else tuple(make(name) for name in names)


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
