"""Functions over streams of text.

Source: https://docs.pytorch.org/text/stable/data_functional.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.utils.data import Dataset

__all__ = ["custom_replace", "numericalize_tokens_from_iterator", "simple_space_split", "to_map_style_dataset"]


class _MapStyle(Dataset):
    def __init__(self, items: Iterable):
        self._items = list(items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)


def to_map_style_dataset(iter_data: Iterable) -> Dataset:
    """Read an iterable dataset into memory, so that it has a length and indices.

    Source: https://docs.pytorch.org/text/stable/data_functional.html#to-map-style-dataset

    >>> len(to_map_style_dataset(iter("abc")))
    3
    """
    return _MapStyle(iter_data)


def simple_space_split(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Yield the words of each line.

    >>> list(simple_space_split(["a b", "c"]))
    [['a', 'b'], ['c']]
    """
    for line in iterator:
        yield line.split()


def custom_replace(replace_pattern: Sequence[tuple[str, str]]) -> Callable[[Iterable[str]], Iterator[str]]:
    """Return a function that replaces regular expressions in each line, in turn.

    >>> list(custom_replace([("S", "s"), (" +", " ")])(["Sentencepiece   eNcode"]))
    ['sentencepiece eNcode']
    """
    patterns = [(re.compile(pattern), replacement) for pattern, replacement in replace_pattern]

    def replace(lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            for pattern, replacement in patterns:
                line = pattern.sub(replacement, line)
            yield line

    return replace


def numericalize_tokens_from_iterator(
    vocab: Mapping[str, int], iterator: Iterable[Iterable[str]], removed_tokens: Sequence[str] | None = None
) -> Iterator[Iterator[int]]:
    """Yield, for each list of tokens, an iterator over their indices.

    >>> [list(ids) for ids in numericalize_tokens_from_iterator({"a": 0, "b": 1}, [["b", "a"]])]
    [[1, 0]]
    """
    dropped = frozenset(removed_tokens or ())
    for tokens in iterator:
        yield iter([vocab[token] for token in tokens if token not in dropped])


__getattr__ = module_getattr(__name__)
