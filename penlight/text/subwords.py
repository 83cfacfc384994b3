"""Splitting words into parts of a vocabulary: byte-pair merges and WordPiece.

Source: Sennrich et al., "Neural machine translation of rare words with subword units", ACL 2016; Radford et al.,
"Language models are unsupervised multitask learners", 2019; Devlin et al., "BERT", 2018.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["byte_symbols", "merge_pairs", "pattern_of_words", "read_merges", "split_for_bert", "wordpieces"]

_CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d"
_CJK = re.compile(
    "([\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f])"
)
LONGEST_WORD = 100  # characters; BERT does not look into longer ones


@functools.cache
def byte_symbols() -> dict[int, str]:
    """GPT-2's printable character for each byte: itself where it is printable Latin-1, else one from U+0100 on.

    >>> byte_symbols()[ord("A")], byte_symbols()[ord(" ")]
    ('A', 'Ġ')
    """
    printable = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = (byte for byte in range(256) if byte not in printable)
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


@functools.cache
def _characters(category: str) -> str:
    """The characters of a Unicode category as ranges for a regular expression; Python's `re` has no \\p{L}."""
    ranges: list[list[int]] = []
    for code in range(0x40000):  # no letter or number lies beyond plane 3
        if unicodedata.category(chr(code))[0] == category:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


@functools.cache
def pattern_of_words(kind: str) -> re.Pattern:
    """The pieces within which merges happen, of "gpt2" (a space belongs to the next word) or "clip" (no spaces).

    >>> pattern_of_words("gpt2").findall("It's 12  cats!")
    ['It', "'s", ' 12', ' ', ' cats', '!']
    """
    letters, digits = _characters("L"), _characters("N")
    other = rf"[^\s{letters}{digits}]+"
    if kind == "clip":
        return re.compile(rf"{_CONTRACTIONS}|[{letters}]+|[{digits}]|{other}")
    return re.compile(rf"{_CONTRACTIONS}| ?[{letters}]+| ?[{digits}]+| ?{other}|\s+(?!\S)|\s+")


def read_merges(path: str) -> list[tuple[str, str]]:
    """The pairs in a file of merges, one a line, best first; a first line with "#version" is skipped."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    pairs = [tuple(line.split()) for line in lines[1 if "#version" in lines[0] else 0 :] if line.strip()]
    for number, pair in enumerate(pairs, 1):
        if len(pair) != 2:
            raise ValueError(f"expected two parts in merge {number} of {path}, got {pair}")
    return pairs  # type: ignore[return-value]


def merge_pairs(symbols: Sequence[str], ranks: Mapping[tuple[str, str], int]) -> list[str]:
    """Join neighbours, the pair of the least rank first and everywhere, until none has a rank.

    >>> merge_pairs("lower", {("l", "o"): 0, ("lo", "w"): 1, ("e", "r"): 2})
    ['low', 'er']
    """
    parts = list(symbols)
    while len(parts) > 1:
        best = min(zip(parts, parts[1:]), key=lambda pair: ranks.get(pair, sys.maxsize))
        if best not in ranks:
            break
        joined, place = [], 0
        while place < len(parts):
            size = 2 if tuple(parts[place : place + 2]) == best else 1
            joined.append("".join(parts[place : place + size]))
            place += size
        parts = joined
    return parts


def _is_punctuation(character: str) -> bool:
    # ASCII symbols such as $ and ^ count, though Unicode puts them elsewhere.
    return unicodedata.category(character)[0] == "P" or (character.isascii() and not character.isalnum())


def _clean(text: str) -> Iterator[str]:
    for character in text:
        if character in "\t\n\r" or unicodedata.category(character) == "Zs":
            yield " "
        elif character not in "\0\ufffd" and unicodedata.category(character)[0] != "C":
            yield character


def split_for_bert(text: str, lower: bool, strip_accents: bool, never_split: Iterable[str] = ()) -> Iterator[str]:
    """Yield words and punctuation marks as BERT's vocabulary expects them; every Chinese character is a word.

    >>> list(split_for_bert("Héllo, 世界!", True, True))
    ['hello', ',', '世', '界', '!']
    """
    kept = frozenset(never_split)
    for word in _CJK.sub(r" \1 ", "".join(_clean(text))).split():
        if word in kept:
            yield word
            continue
        if lower:
            word = word.lower()
        if strip_accents:
            word = "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
        start = 0
        for place, character in enumerate(word):
            if _is_punctuation(character):
                if start < place:
                    yield word[start:place]
                yield character
                start = place + 1
        if start < len(word):
            yield word[start:]


def wordpieces(word: str, known: Callable[[str], bool], unknown: str = "[UNK]") -> list[str]:
    """The longest known beginning of a word, then of the rest with "##" before it, and so on; else `unknown`.

    >>> wordpieces("unwanted", {"un", "##want", "##ed"}.__contains__)
    ['un', '##want', '##ed']
    """
    if len(word) > LONGEST_WORD:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if known(prefix + word[start:end])), None)
        if end is None:
            return [unknown]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces
