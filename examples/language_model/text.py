"""WikiText files as streams of word numbers, cut into batches for training and into windows for judging."""

import gzip
from collections import Counter

import torch

UNKNOWN, END = "<unk>", "<eos>"


def read_words(folder, split):
    """The words of ``wiki.SPLIT.tokens`` or ``wiki.SPLIT.tokens.gz``: lower case, ``<eos>`` after each line.

    The files hold words separated by spaces. Empty lines are left out: to predict them is no merit.

    Raises:
        SystemExit: neither file is there.
    """
    plain = folder / f"wiki.{split}.tokens"
    packed = plain.with_name(plain.name + ".gz")
    if plain.exists():
        content = plain.read_bytes()
    elif packed.exists():
        content = gzip.decompress(packed.read_bytes())
    else:
        raise SystemExit(f"expected {plain} or {packed}; give the folder with WikiText's three files to --data")
    words = []
    for line in content.decode("utf-8").split("\n"):  # not splitlines(): that also breaks at rare separators
        if found := line.lower().split():
            words += [*found, END]
    return words


class Vocabulary:
    """Words and their numbers. Word 0 is ``<unk>``, which stands for all that are not there."""

    def __init__(self, words):
        self.words = list(words)
        self.numbers = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def of(cls, text):
        """That of the words of a text: by frequency, then by the alphabet."""
        counts = Counter(text)
        del counts[UNKNOWN]
        return cls([UNKNOWN, *sorted(counts, key=lambda word: (-counts[word], word))])

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        """Numbers of words: (N,) int64."""
        return torch.tensor([self.numbers.get(word, 0) for word in words], dtype=torch.int64)


class Corpus:
    """The three splits as streams of word numbers, with the vocabulary of the first one.

    Args:
        folder: of the files.
        limit: use only so many words of each; None for all.

    Attributes:
        train, valid, test: (N,) int64.
        vocabulary: a ``Vocabulary``.
    """

    def __init__(self, folder, limit=None):
        words = {split: read_words(folder, split)[:limit] for split in ("train", "valid", "test")}
        self.vocabulary = Vocabulary.of(words["train"])
        for split, found in words.items():
            setattr(self, split, self.vocabulary.encode(found))


def columns(stream, count):
    """The stream cut into ``count`` equal pieces, side by side: (N // count, count). What is left over is dropped."""
    rows = len(stream) // count
    return stream[: rows * count].view(count, rows).t().contiguous()


class Pieces:
    """Batches (input, target) of columns, ``length`` rows each, the last one shorter: (T, B) and (T, B).

    A target is the word after its input. Each pass begins a random number of rows below the top, so that a word is not
    always predicted from the same number of words before.
    """

    def __init__(self, text, length):
        self.text, self.length = text, length

    def __iter__(self):
        first = int(torch.randint(self.length, ()))
        for start in range(first, len(self.text) - 1, self.length):
            size = min(self.length, len(self.text) - 1 - start)
            yield self.text[start : start + size], self.text[start + 1 : start + 1 + size]


def windows(stream, length, stride, count):
    """Yield (input, target, first) such that the targets from row ``first`` on are each word but the first, once.

    A window is ``length`` words; the next one starts ``stride`` words later, so all but the first few targets are
    predicted from at least ``length - stride`` words. Up to ``count`` windows go side by side: (T, B) and (T, B).
    """
    total = len(stream) - 1
    starts = [0, *range(stride, total - length + stride, stride)] if total > length else [0]
    yield _window(stream, starts[:1], min(length, total), 0)
    last = starts[-1] if len(starts) > 1 and starts[-1] + length > total else None
    full = starts[1:-1] if last is not None else starts[1:]
    for begin in range(0, len(full), count):
        yield _window(stream, full[begin : begin + count], length, length - stride)
    if last is not None:
        yield _window(stream, [last], total - last, length - stride)


def _window(stream, starts, length, first):
    inputs = torch.stack([stream[start : start + length] for start in starts], 1)
    targets = torch.stack([stream[start + 1 : start + 1 + length] for start in starts], 1)
    return inputs, targets[first:], first
