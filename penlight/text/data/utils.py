"""Tokenizers, n-grams, and what iterators need: sort keys and shuffling with a state of its own.

Source: https://docs.pytorch.org/text/stable/data_utils.html
"""

from __future__ import annotations

import contextlib
import copy
import functools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.text.optional import need

__all__ = ["RandomShuffler", "get_tokenizer", "interleave_keys", "ngrams_iterator"]

_ENGLISH = str.maketrans({
    "'": " ' ", '"': "", ".": " . ", ",": " , ", "(": " ( ", ")": " ) ", "!": " ! ", "?": " ? ", ";": " ", ":": " ",
})  # fmt: skip


def _split_tokenizer(line: str) -> list[str]:
    return line.split()


def _basic_english_normalize(line: str) -> list[str]:
    # Quotes go first, so that a break with a quote within is a break still.
    return line.lower().replace('"', "").replace("<br />", " ").translate(_ENGLISH).split()


def _texts(line: str, tokenizer: Callable) -> list[str]:
    return [token.text for token in tokenizer(line)]


def get_tokenizer(tokenizer: str | Callable | None, language: str = "en") -> Callable:
    """Return the function that splits a sentence into tokens.

    Args:
        tokenizer: None splits at white space; "basic_english" lowers the case, separates . , ( ) ! ? ' and drops
            " ; : and <br />; a callable is returned as it is; "spacy", "moses", "toktok", "revtok" and "subword" use
            the packages of these names (moses: sacremoses, toktok: nltk, subword: revtok).
        language: of spaCy's model; "en" for all others but "moses".

    Raises: ImportError naming a package that is not installed; ValueError for other names and languages.
    Source: https://docs.pytorch.org/text/stable/data_utils.html#get-tokenizer

    >>> get_tokenizer("basic_english")("You can now install TorchText using pip!")
    ['you', 'can', 'now', 'install', 'torchtext', 'using', 'pip', '!']
    """
    if tokenizer is None:
        return _split_tokenizer
    if callable(tokenizer):
        return tokenizer
    if tokenizer == "basic_english":
        if language != "en":
            raise ValueError(f"Basic normalization is only available for English (en), got language {language!r}")
        return _basic_english_normalize
    load = functools.partial(need, purpose=f"get_tokenizer({tokenizer!r})", instead=", or use 'basic_english'")
    if tokenizer == "spacy":
        spacy = load("spacy")
        return functools.partial(_texts, tokenizer=spacy.load(language).tokenizer)
    if tokenizer == "moses":
        return load("sacremoses").MosesTokenizer(lang=language).tokenize
    if tokenizer == "toktok":
        return load("nltk.tokenize.toktok").ToktokTokenizer().tokenize
    if tokenizer == "revtok":
        return load("revtok").tokenize
    if tokenizer == "subword":
        return functools.partial(load("revtok").tokenize, decap=True)
    raise ValueError(
        f"Requested tokenizer {tokenizer!r}, valid choices are a callable that takes a single string as input, "
        '"basic_english", "spacy", "moses", "toktok", "revtok" and "subword"'
    )


def ngrams_iterator(token_list: Sequence[str], ngrams: int) -> Iterator[str]:
    """Yield the tokens, then the pairs, and so on up to `ngrams` neighbours, joined by spaces.

    Source: https://docs.pytorch.org/text/stable/data_utils.html#ngrams-iterator

    >>> list(ngrams_iterator(["here", "we", "are"], 2))
    ['here', 'we', 'are', 'here we', 'we are']
    """
    yield from token_list
    for size in range(2, ngrams + 1):
        for start in range(len(token_list) - size + 1):
            yield " ".join(token_list[start : start + size])


def interleave_keys(a: int, b: int) -> int:
    """Interleave the 16 bits of two sort keys into one: near in it means near in both.

    Source: https://torchtext.readthedocs.io/en/latest/data.html (0.8)

    >>> interleave_keys(0b101, 0b011) == 0b100111
    True
    """
    first, second = format(a, "016b"), format(b, "016b")
    return int("".join(x + y for x, y in zip(first, second)), base=2)


class RandomShuffler:
    """Shuffle with Python's `random`, from a state of its own: the program's own draws stay as they are.

    Args: random_state: as `random.getstate()` returns it, which is also the default.
    Source: https://torchtext.readthedocs.io/en/latest/data.html (0.8)

    >>> random.seed(0)
    >>> RandomShuffler()(range(5)) == random.sample(range(5), 5)
    True
    """

    def __init__(self, random_state: Any = None):
        self._random_state = random.getstate() if random_state is None else random_state

    @contextlib.contextmanager
    def use_internal_state(self) -> Iterator[None]:
        """Let `random` draw from this shuffler's state for a `with` block."""
        outer = random.getstate()
        random.setstate(self._random_state)
        try:
            yield
        finally:
            self._random_state = random.getstate()
            random.setstate(outer)

    @property
    def random_state(self) -> Any:
        """The state of the draws to come."""
        return copy.deepcopy(self._random_state)

    @random_state.setter
    def random_state(self, state: Any) -> None:
        self._random_state = state

    def __call__(self, data: Iterable) -> list:
        """Return the items in a random order."""
        items = list(data)
        with self.use_internal_state():
            return random.sample(items, len(items))


__getattr__ = module_getattr(__name__)
