"""Functions over streams of text.

Source: https://docs.pytorch.org/text/stable/data_functional.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from penlight.ledger.missing import module_getattr, placeholder
from penlight.text.optional import need
from penlight.utils.data import Dataset

__all__ = [
    "custom_replace", "filter_wikipedia_xml", "generate_sp_model", "load_sp_model",
    "numericalize_tokens_from_iterator", "sentencepiece_numericalizer", "sentencepiece_tokenizer",
    "simple_space_split", "to_map_style_dataset",
]  # fmt: skip


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


def generate_sp_model(
    filename: str, vocab_size: int = 20000, model_type: str = "unigram", model_prefix: str = "m_user"
) -> None:
    """Train a SentencePiece model on a text file, and write model_prefix.model and .vocab.

    Args: model_type: "unigram", "bpe", "char" or "word".
    Raises: ImportError where the package sentencepiece is not installed.
    Source: https://docs.pytorch.org/text/stable/data_functional.html#generate-sp-model
    """
    need("sentencepiece", "generate_sp_model").SentencePieceTrainer.train(
        input=filename, vocab_size=vocab_size, model_type=model_type, model_prefix=model_prefix
    )


def load_sp_model(spm: Any) -> Any:
    """Load a SentencePiece model: of a file's path, or of an open binary file.

    Raises: ImportError where the package sentencepiece is not installed; TypeError for other arguments.
    Source: https://docs.pytorch.org/text/stable/data_functional.html#load-sp-model
    """
    sentencepiece = need("sentencepiece", "a SentencePiece model")
    if isinstance(spm, (str, os.PathLike)):
        return sentencepiece.SentencePieceProcessor(model_file=os.fspath(spm))
    if hasattr(spm, "read"):
        return sentencepiece.SentencePieceProcessor(model_proto=spm.read())
    raise TypeError(f"Unsupported type for spm argument: expected a path or an open file, got {type(spm).__name__}")


def _encode_each(function: str, doc: str) -> Callable:
    def make(sp_model: Any) -> Callable[[Iterable[str]], Iterator[list]]:
        def encode(lines: Iterable[str]) -> Iterator[list]:
            for line in lines:
                yield getattr(sp_model, function)(line)

        return encode

    make.__doc__ = doc
    return make


sentencepiece_numericalizer = _encode_each("EncodeAsIds", "Return a function that yields each line's numbers.")
sentencepiece_tokenizer = _encode_each("EncodeAsPieces", "Return a function that yields each line's pieces.")

filter_wikipedia_xml = placeholder(
    "torchtext.data.functional.filter_wikipedia_xml", "clean the lines with custom_replace and patterns of your own"
)

__getattr__ = module_getattr(__name__)
