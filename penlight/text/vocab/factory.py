"""The vocabulary of torchtext 0.9 to 0.18, and the functions that make it.

Source: https://docs.pytorch.org/text/stable/vocab.html
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from penlight.nn import Module
from penlight.text.vocab.counted import CountedVocab

__all__ = ["TokenTable", "Vocab", "build_vocab_from_iterator", "vocab"]


class TokenTable:
    """Tokens in the order of their indices, and the index of each: what a `Vocab` wraps.

    Raises: RuntimeError for a token that comes twice.

    >>> TokenTable(["a", "b"]).index
    {'a': 0, 'b': 1}
    """

    def __init__(self, tokens: Iterable[str], default_index: int | None = None):
        self.tokens: list[str] = []
        self.index: dict[str, int] = {}
        self.default_index = default_index
        for token in tokens:
            if token in self.index:
                raise RuntimeError(f"Duplicate token found in tokens list: {token}")
            self.index[token] = len(self.tokens)
            self.tokens.append(token)


class Vocab(Module):
    """Tokens and their indices; `Vocab(counter, ...)` makes the vocabulary of torchtext 0.8, with `stoi` and `itos`.

    Made by `vocab` and `build_vocab_from_iterator`. An unknown token has the default index; without one it is an error.

    Source: https://docs.pytorch.org/text/stable/vocab.html#torchtext.vocab.Vocab

    >>> words = build_vocab_from_iterator([["a", "b", "b"]], specials=["<unk>"])
    >>> words.set_default_index(0)
    >>> words(["a", "b", "c"])
    [2, 1, 0]
    """

    def __new__(cls, vocab: Any = None, *args: Any, **kwargs: Any) -> Any:
        counter = kwargs.get("counter", vocab)
        if cls is Vocab and isinstance(counter, collections.Counter):
            return CountedVocab(counter, *args, **{k: v for k, v in kwargs.items() if k != "counter"})
        return super().__new__(cls)

    def __init__(self, vocab: TokenTable | Vocab):
        super().__init__()
        if isinstance(vocab, Vocab):
            vocab = vocab.vocab
        if not isinstance(vocab, TokenTable):
            raise TypeError(
                f"expected a Counter (the interface of torchtext 0.8) or a vocabulary, got {type(vocab).__name__}; make "
                "vocabularies with torchtext.vocab.vocab(ordered_dict) or build_vocab_from_iterator(iterator), and "
                "derive classes that take a counter from torchtext.legacy.vocab.Vocab"
            )
        self.vocab = vocab

    @property
    def is_jitable(self) -> bool:
        """False: nothing is compiled."""
        return False

    def forward(self, tokens: Sequence[str]) -> list[int]:
        """The indices of tokens."""
        return self.lookup_indices(tokens)

    def __len__(self) -> int:
        return len(self.vocab.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self.vocab.index

    def __getitem__(self, token: str) -> int:
        """The index of a token. Raises: RuntimeError when it is unknown and there is no default index."""
        found = self.vocab.index.get(token, self.vocab.default_index)
        if found is None:
            raise RuntimeError(f"Token {token} not found and default index is not set")
        return found

    def set_default_index(self, index: int | None) -> None:
        """Set the index of unknown tokens; None makes them an error."""
        self.vocab.default_index = index

    def get_default_index(self) -> int | None:
        """The index of unknown tokens."""
        return self.vocab.default_index

    def insert_token(self, token: str, index: int) -> None:
        """Give a new token this index, and those from there on the next ones.

        Raises: RuntimeError for a token that is there already and for an index that is not in [0, len].
        """
        if not 0 <= index <= len(self):
            raise RuntimeError(f"Specified index {index} is out of bounds for vocab of size {len(self)}")
        if token in self:
            raise RuntimeError(f"Token {token} already exists in the Vocab with index: {self[token]}")
        tokens = [*self.vocab.tokens[:index], token, *self.vocab.tokens[index:]]
        self.vocab = TokenTable(tokens, self.vocab.default_index)

    def append_token(self, token: str) -> None:
        """Give a new token the next index. Raises: RuntimeError for a token that is there already."""
        if token in self:
            raise RuntimeError(f"Token {token} already exists in the Vocab with index: {self[token]}")
        self.vocab.index[token] = len(self)
        self.vocab.tokens.append(token)

    def lookup_token(self, index: int) -> str:
        """The token of an index. Raises: RuntimeError for an index that is not in [0, len)."""
        if not 0 <= index < len(self):
            raise RuntimeError(f"Specified index {index} is out of bounds for vocab of size {len(self)}")
        return self.vocab.tokens[index]

    def lookup_tokens(self, indices: Sequence[int]) -> list[str]:
        """The tokens of indices."""
        return [self.lookup_token(index) for index in indices]

    def lookup_indices(self, tokens: Sequence[str]) -> list[int]:
        """The indices of tokens."""
        return [self[token] for token in tokens]

    def get_stoi(self) -> dict[str, int]:
        """A new dictionary from tokens to indices."""
        return dict(self.vocab.index)

    def get_itos(self) -> list[str]:
        """A new list of the tokens in the order of their indices."""
        return list(self.vocab.tokens)


def vocab(
    ordered_dict: Mapping[str, int], min_freq: int = 1, specials: Sequence[str] | None = None,
    special_first: bool = True,
) -> Vocab:  # fmt: skip
    """Make a vocabulary of a dictionary's tokens, in its order.

    Args: ordered_dict: token -> frequency; min_freq: leave rarer tokens out; specials: added first, or last.
    Source: https://docs.pytorch.org/text/stable/vocab.html#vocab

    >>> vocab({"a": 3, "b": 1}, min_freq=2, specials=["<unk>"]).get_itos()
    ['<unk>', 'a']
    """
    extra = list(specials or ())
    tokens = [token for token, count in ordered_dict.items() if count >= min_freq and token not in extra]
    return Vocab(TokenTable(extra + tokens if special_first else tokens + extra))


def build_vocab_from_iterator(
    iterator: Iterable[Iterable[str]], min_freq: int = 1, specials: Sequence[str] | None = None,
    special_first: bool = True, max_tokens: int | None = None,
) -> Vocab:  # fmt: skip
    """Make a vocabulary of the tokens in lists of tokens: frequent ones first, equally frequent ones by the alphabet.

    Args: min_freq: leave rarer tokens out; specials: added first, or last; max_tokens: at most so many, specials
        included.
    Raises: AssertionError when the specials leave no room in `max_tokens`.
    Source: https://docs.pytorch.org/text/stable/vocab.html#build-vocab-from-iterator

    >>> build_vocab_from_iterator([["b", "a"], ["c", "c"]], specials=["<pad>"]).get_itos()
    ['<pad>', 'c', 'a', 'b']
    """
    counter: collections.Counter = collections.Counter()
    for tokens in iterator:
        counter.update(tokens)
    specials = list(specials or ())
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    if max_tokens is not None:
        assert len(specials) < max_tokens, (
            "len(specials) >= max_tokens, so the vocab will be entirely special tokens: "
            f"got {len(specials)} specials and max_tokens={max_tokens}"
        )
        ordered = ordered[: max_tokens - len(specials)]
    return vocab(dict(ordered), min_freq, specials, special_first)
