"""Sentence pairs: reading, plain words, a held-out part, vocabularies and padded batches.

A file has one pair a line: English, a tab, French; further columns (Tatoeba's exports have one) are left aside.
"""

import collections
import gzip
import random
import re
import unicodedata

import torch
from torch.nn.utils.rnn import pad_sequence

SOS, EOS, PAD, UNKNOWN = range(4)
SPECIAL = ("<sos>", "<eos>", "<pad>", "<unknown>")

_ACCENTS = re.compile("[\u0300-\u036f]")  # in the form NFD they follow their letters
_WORDS = re.compile("[a-z]+|[.!?]")


def plain(text):
    """Lower-case words of a to z without accents, and the signs . ! ?, with single spaces between them.

    >>> plain("C'est l'œuvre d'un Été!")
    'c est l oeuvre d un ete !'
    """
    letters = unicodedata.normalize("NFD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    return " ".join(_WORDS.findall(_ACCENTS.sub("", letters)))


def read_pairs(path, max_words, reverse=False):
    """The different (French, English) pairs of a file whose sides have at most ``max_words`` words, in its order.

    Args:
        path: a text file in UTF-8, gzipped if its name ends with .gz.
        reverse: (English, French) instead.

    Raises:
        SystemExit: the file is missing, or a line has no tab, or no pair is short enough.
    """
    if not path.is_file():
        raise SystemExit(
            f"{path} is missing: give --data a file with a sentence, a tab and its translation in each line"
        )
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8").splitlines()
    pairs = {}  # a dictionary keeps the order, a set does not
    for number, line in enumerate(lines, 1):
        sides = line.split("\t")
        if len(sides) < 2:
            raise SystemExit(f"{path}, line {number}: expected two columns with a tab between them, got {line!r}")
        english, french = plain(sides[0]), plain(sides[1])
        if all(0 < len(side.split()) <= max_words for side in (english, french)):
            pairs[(english, french) if reverse else (french, english)] = None
    if not pairs:
        raise SystemExit(f"{path}: no pair of sentences has at most {max_words} words on both sides")
    return list(pairs)


def split(pairs, held_out, seed):
    """(training pairs, validation pairs, test pairs), so that no sentence of one is in another, on either side.

    Several pairs may share a sentence (the sample has two French versions of each English verse), so it is target
    sentences that are drawn: ``held_out`` for the test, as many for validation. Pairs of other target sentences that
    share a source sentence with a held-out one are left out.
    """
    targets = list(dict.fromkeys(target for _, target in pairs))
    if len(targets) <= 2 * held_out:
        raise SystemExit(f"{len(targets)} different sentences are too few to hold out twice {held_out}: see --held-out")
    random.Random(seed).shuffle(targets)
    seen, parts = set(), []
    for chosen in (targets[:held_out], targets[held_out : 2 * held_out], targets[2 * held_out :]):
        chosen = set(chosen)
        part = [pair for pair in pairs if pair[1] in chosen and pair[0] not in seen]
        seen.update(source for source, _ in part)
        parts.append(part)
    test, validation, training = parts
    return training, validation, test


class Vocabulary:
    """The words of a language, numbered after the special ones.

    Args:
        words: every word once, the special ones not among them.
    """

    def __init__(self, words):
        self.own_words = list(words)
        self.words = [*SPECIAL, *words]
        self.numbers = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def of(cls, sentences, at_least):
        """That of the words that occur ``at_least`` so many times, the most frequent first."""
        counts = collections.Counter(word for sentence in sentences for word in sentence.split())
        return cls([word for word, count in counts.most_common() if count >= at_least])

    def __len__(self):
        return len(self.words)

    def encode(self, sentence):
        """The numbers of a sentence's words, with the end-of-sentence sign. Shape: (words + 1,), int64."""
        return torch.tensor([*(self.numbers.get(word, UNKNOWN) for word in sentence.split()), EOS])

    def decode(self, numbers):
        """The words up to the end-of-sentence sign, which is left out."""
        words = []
        for number in numbers:
            if number == EOS:
                break
            words.append(self.words[number])
        return words


def padded(sentences, vocabulary):
    """The numbered sentences as one tensor, and how many words each has. Shape: (B, S), (B,), both int64."""
    numbers = [vocabulary.encode(sentence) for sentence in sentences]
    return pad_sequence(numbers, batch_first=True, padding_value=PAD), torch.tensor([len(row) for row in numbers])


class Collate:
    """Turns a list of pairs into (sources (B, S), their lengths (B,), targets (B, T)): what a DataLoader needs."""

    padding = PAD

    def __init__(self, source_language, target_language):
        self.source_language, self.target_language = source_language, target_language

    def __call__(self, pairs):
        sources, lengths = padded([source for source, _ in pairs], self.source_language)
        targets, _ = padded([target for _, target in pairs], self.target_language)
        return sources, lengths, targets
