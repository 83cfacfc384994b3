"""The yardstick of the classifiers: logistic regression on the runs of one to four letters in a name."""

from collections import Counter

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

LONGEST, RAREST = 4, 2  # letters of a run; names of the training set that must have it


def runs(name):
    """All runs of letters in a name, whose ends are marked.

    >>> runs("Al")
    ['^', 'A', 'l', '$', '^A', 'Al', 'l$', '^Al', 'Al$', '^Al$']
    """
    marked = f"^{name}$"
    return [marked[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(marked) - length + 1)]


class NGramClassifier(nn.Module):
    """Each run of letters in a name adds its weights to the scores of the languages. Shape: (B, T) -> (B, languages).

    Args:
        names: of the training set; they say which runs have weights.
        languages: how many there are.
    """

    def __init__(self, names, languages):
        super().__init__()
        counts = Counter(run for name in names for run in set(runs(name)))
        self.numbers = {run: i for i, run in enumerate((r for r in counts if counts[r] >= RAREST), start=1)}
        self.weights = nn.Embedding(len(self.numbers) + 1, languages, padding_idx=0)
        self.bias = nn.Parameter(torch.zeros(languages))
        nn.init.zeros_(self.weights.weight)

    def encode(self, name):
        """The numbers of the name's runs that are known. Shape: (T), int64."""
        return torch.tensor([self.numbers[run] for run in runs(name) if run in self.numbers], dtype=torch.int64)

    def collate(self, encoded):
        """A batch of encoded names, padded with 0."""
        return pad_sequence(encoded, batch_first=True)

    def forward(self, numbers):
        return self.weights(numbers).sum(1) + self.bias
