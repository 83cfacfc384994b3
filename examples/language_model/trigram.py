"""The baseline: a trigram model with interpolated Kneser-Ney smoothing, in NumPy.

    P(w | u v) = (max(c(uvw) - D, 0) + D · types(uv·) · P(w | v)) / c(uv·)

and likewise for P(w | v) and P(w), whose counts are of the different words that were seen before: a word that follows
many words is likelier in a new place than one that follows the same word often.

Source: Kneser and Ney, "Improved backing-off for m-gram language modeling", ICASSP 1995, in the interpolated form of
Chen and Goodman, "An empirical study of smoothing techniques for language modeling", 1999, with their estimate of the
discount, D = n1 / (n1 + 2 n2), where n1 and n2 count the n-grams that were seen once and twice.
"""

import numpy as np


class Trigram:
    """Trained on a stream (N,) of int64 word numbers below ``words``, at most a million, each of which occurs in it."""

    def __init__(self, stream, words):
        self.words = words
        # An n-gram is one number: its words are the digits to the base `words`.
        bigrams = stream[:-1] * words + stream[1:]
        kept, counts = np.unique(bigrams[:-1] * words + stream[2:], return_counts=True)
        self.levels = [_Level(kept, counts, words)]
        # A word at the very beginning counts as one after a word of its own.
        kept, counts = np.unique(np.concatenate([bigrams[:1], kept % words**2]), return_counts=True)
        self.levels.append(_Level(kept, counts, words))
        kept, counts = np.unique(kept % words, return_counts=True)
        self.levels.append(_Level(kept, counts, words))

    def chances(self, stream):
        """P of each word but the first, given the one or two before: (N - 1,) float64."""
        bigrams = stream[:-1] * self.words + stream[1:]
        found = np.full(len(stream) - 1, 1 / self.words)
        found = self.levels[2].mix(stream[1:], found)
        found = self.levels[1].mix(bigrams, found)
        found[1:] = self.levels[0].mix(bigrams[:-1] * self.words + stream[2:], found[1:])
        return found


class _Level:
    """The counts of n-grams of one size, and of what they begin with."""

    def __init__(self, grams, counts, words):
        self.grams, self.counts, self.words = grams, counts, words
        once, twice = (counts == 1).sum(), (counts == 2).sum()
        self.discount = once / (once + 2 * twice) if once else 0.5
        self.contexts, place, self.types = np.unique(grams // words, return_inverse=True, return_counts=True)
        self.totals = np.bincount(place, counts)

    def mix(self, grams, below):
        """P of n-grams' last words, from P by shorter n-grams."""
        count = _look_up(self.grams, self.counts, grams)
        total, types = (_look_up(self.contexts, values, grams // self.words) for values in (self.totals, self.types))
        mixed = (np.maximum(count - self.discount, 0) + self.discount * types * below) / np.maximum(total, 1)
        return np.where(total > 0, mixed, below)


def _look_up(keys, values, wanted):
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
