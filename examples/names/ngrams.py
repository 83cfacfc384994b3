"""Logistic regression on the runs of one to four letters in a name: the yardstick of the nets, and a part of one."""

from collections import Counter

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from names.data import to_ascii

LONGEST, RAREST = 4, 2  # letters of a run; names of the training set that must have it


def runs(name):
    """All runs of letters in a name, whose ends are marked.

    >>> runs("Al")
    ['^', 'A', 'l', '$', '^A', 'Al', 'l$', '^Al', 'Al$', '^Al$']
    """
    marked = f"^{name}$"
    return [marked[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(marked) - length + 1)]


def known_runs(names):
    """The runs of letters that two or more of the names have, in the order of their first appearance."""
    counts = Counter(run for name in names for run in dict.fromkeys(runs(name)))  # a set has no order to rely on
    return [run for run in counts if counts[run] >= RAREST]


class NGramClassifier(nn.Module):
    """Each known run of letters in a name adds its weights to the scores of the languages.

    Shape: numbers of runs (B, T) -> (B, languages)

    Args:
        known: the runs of letters that have weights.
        languages: how many there are.
        dropout: share of the weights of a name's runs that are left out in training.
    """

    def __init__(self, known, languages, dropout=0.0):
        super().__init__()
        self.numbers = {run: i for i, run in enumerate(known, start=1)}
        self.weights = nn.Embedding(len(known) + 1, languages, padding_idx=0)
        self.dropout = nn.Dropout(dropout)
        self.bias = nn.Parameter(torch.zeros(languages))
        nn.init.zeros_(self.weights.weight)

    def encode(self, name):
        """The numbers of the name's runs that are known. Shape: (T), int64."""
        known = [self.numbers[run] for run in runs(to_ascii(name)) if run in self.numbers]
        return torch.tensor(known, dtype=torch.int64)

    def collate(self, encoded):
        """A batch of encoded names, padded with 0, which has the weights 0."""
        return (pad_sequence(encoded, batch_first=True),)

    def forward(self, numbers):
        return self.dropout(self.weights(numbers)).sum(1) + self.bias
