"""The vocabulary of torchtext up to 0.8, which fields build: made of counts, with `freqs`, `stoi`, `itos`, `vectors`.

Source: https://torchtext.readthedocs.io/en/latest/vocab.html (0.8)
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import penlight
from penlight.text.vocab.vectors import CharNGram, FastText, GloVe, Vectors

__all__ = ["CountedVocab", "build_vocab_from_iterator"]

UNKNOWN = "<unk>"


def _named_vectors(name: str, **options: Any) -> Vectors:
    """Vectors by an alias such as "glove.6B.100d" or "fasttext.en.300d"."""
    kind, _, rest = name.partition(".")
    middle, _, dimensions = rest.rpartition(".")
    if kind == "glove" and middle in GloVe.url and dimensions.endswith("d") and dimensions[:-1].isdigit():
        return GloVe(name=middle, dim=int(dimensions[:-1]), **options)
    if kind == "fasttext" and middle and dimensions == "300d":
        return FastText(language=middle, **options)
    if name == "charngram.100d":
        return CharNGram(**options)
    raise ValueError(
        f"Got string input vector {name!r}, but allowed pretrained vectors are 'glove.NAME.SIZEd' with NAME one of "
        f"{sorted(GloVe.url)}, 'fasttext.LANGUAGE.300d' and 'charngram.100d'"
    )


class CountedVocab:
    """Tokens by frequency, then by the alphabet.

    Args:
        counter: token -> count.
        max_size: of the vocabulary without the specials; None for no limit.
        min_freq: leave rarer tokens out.
        specials: tokens with the first indices, or with the last ones when `specials_first` is false.
        vectors: `Vectors`, an alias such as "glove.6B.100d", or a list of these, to be joined.
        unk_init: function that fills the vector of a token that the vectors lack; zeros by default.
        vectors_cache: folder of vectors that are named by an alias.

    Attributes: freqs, the counter; itos, the tokens; stoi, a defaultdict of their indices; vectors, None or a tensor.

    >>> words = CountedVocab(collections.Counter("abbccc"), min_freq=2)
    >>> words.itos, words.stoi["b"], words.stoi["z"]
    (['<unk>', '<pad>', 'c', 'b'], 3, 0)
    """

    def __init__(
        self, counter: Mapping[str, int], max_size: int | None = None, min_freq: int = 1,
        specials: Sequence[str] = (UNKNOWN, "<pad>"), vectors: Any = None, unk_init: Callable | None = None,
        vectors_cache: str | None = None, specials_first: bool = True,
    ):  # fmt: skip
        self.freqs = counter
        specials = list(specials)
        limit = None if max_size is None else max_size + (len(specials) if specials_first else 0)
        self.itos: list[str] = list(specials) if specials_first else []
        ordered = sorted(
            ((token, count) for token, count in counter.items() if token not in specials),
            key=lambda item: (-item[1], item[0]),
        )
        for token, count in ordered:
            if count < max(min_freq, 1) or len(self.itos) == limit:
                break
            self.itos.append(token)
        self.unk_index: int | None = None
        if UNKNOWN in specials:
            self.unk_index = specials.index(UNKNOWN) + (0 if specials_first else len(self.itos))
        if not specials_first:
            self.itos.extend(specials)
        self.stoi = self._table({token: index for index, token in enumerate(self.itos)})
        self.vectors: Any = None
        if vectors is not None:
            self.load_vectors(vectors, unk_init=unk_init, cache=vectors_cache)
        else:
            assert unk_init is None, "unk_init needs vectors"
            assert vectors_cache is None, "vectors_cache needs vectors"

    def _table(self, known: dict[str, int]) -> collections.defaultdict:
        # Without an unknown token, a missing one is a KeyError.
        factory = None if self.unk_index is None else self._default_unk_index
        return collections.defaultdict(factory, known)

    def _default_unk_index(self) -> int | None:
        return self.unk_index

    def __getitem__(self, token: str) -> int | None:
        """The index of a token; that of "<unk>" for an unknown one (None when there is none)."""
        return self.stoi.get(token, self.stoi.get(UNKNOWN))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "stoi": dict(self.stoi)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.setdefault("unk_index", None)
        self.stoi = self._table(state["stoi"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CountedVocab):
            return NotImplemented
        if (self.freqs, self.stoi, self.itos) != (other.freqs, other.stoi, other.itos):
            return False
        if self.vectors is None or other.vectors is None:
            return self.vectors is other.vectors
        return penlight.equal(self.vectors, other.vectors)

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.itos)

    def lookup_indices(self, tokens: Sequence[str]) -> list[int | None]:
        """The indices of tokens."""
        return [self[token] for token in tokens]

    def extend(self, v: CountedVocab, sort: bool = False) -> None:
        """Add the tokens of another vocabulary that are not there yet, sorted if asked."""
        for token in sorted(v.itos) if sort else v.itos:
            if token not in self.stoi:
                self.itos.append(token)
                self.stoi[token] = len(self.itos) - 1

    def load_vectors(self, vectors: Any, unk_init: Callable | None = None, cache: str | None = None) -> None:
        """Set `vectors` to those of the tokens, joined along the columns when there are several sets of them.

        Args: as for the class; `unk_init` and `cache` are for sets named by an alias.
        Raises: ValueError for an unknown alias or another kind of object.
        """
        parts = []
        for given in vectors if isinstance(vectors, list) else [vectors]:
            part = _named_vectors(given, unk_init=unk_init, cache=cache) if isinstance(given, str) else given
            if not isinstance(part, Vectors):
                raise ValueError(f"Got input vectors of type {type(part).__name__}, expected str or Vectors object")
            parts.append(part)
        rows = [penlight.cat([part[token.strip()].reshape(-1) for part in parts]) for token in self.itos]
        self.vectors = penlight.stack(rows) if rows else penlight.zeros(0, sum(part.dim for part in parts))

    def set_vectors(
        self, stoi: Mapping[str, int], vectors: Any, dim: int, unk_init: Callable = penlight.Tensor.zero_
    ) -> None:
        """Set `vectors` from a tensor of rows and the rows of the tokens.

        Args: stoi: token -> row; vectors: (N, dim); unk_init: fills the vector of a token that `stoi` lacks.
        """
        self.vectors = penlight.zeros(len(self), dim)
        for index, token in enumerate(self.itos):
            row = stoi.get(token)
            self.vectors[index] = unk_init(self.vectors[index]) if row is None else vectors[row]


def build_vocab_from_iterator(iterator: Iterable[Iterable[str]], num_lines: int | None = None) -> CountedVocab:
    """Make the vocabulary of the tokens in lists of tokens, as up to torchtext 0.8.

    Args: num_lines: has no effect (torchtext's is for a progress bar).

    >>> build_vocab_from_iterator([["a", "b"], ["b"]]).itos
    ['<unk>', '<pad>', 'b', 'a']
    """
    counter: collections.Counter = collections.Counter()
    for tokens in iterator:
        counter.update(tokens)
    return CountedVocab(counter)
