"""Recurrent nets that read names letter by letter, and nets that write them."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from names.data import EDGE, LETTERS, SYMBOLS, encode
from names.ngrams import NGramClassifier


class PlainRNNClassifier(nn.Module):
    """One linear map of letter and hidden values to the next hidden values, another one to the scores.

    Reads one name at a time; the scores after its last letter count. There is no tanh between the steps.

    Shape: one-hot letters of one name (T, letters) -> (1, languages)
    """

    def __init__(self, known, languages, hidden=128):
        super().__init__()
        self.hidden = hidden
        self.to_output = nn.Linear(len(LETTERS) + hidden, languages)
        self.to_hidden = nn.Linear(len(LETTERS) + hidden, hidden)

    def encode(self, name):
        return F.one_hot(encode(name), len(LETTERS)).float()  # (T, letters)

    def collate(self, encoded):
        return tuple(encoded)

    def forward(self, name):
        hidden = name.new_zeros(1, self.hidden)
        for letter in name.split(1):  # (1, letters)
            both = torch.cat((letter, hidden), 1)
            hidden = self.to_hidden(both)
        return self.to_output(both)


class GRUClassifier(nn.Module):
    """Gated units that read a name in both directions, beside weights of its runs of letters: their scores are added.

    The weights know by heart which runs are typical of a language. The gated units, trained together with them, see
    what no run of four letters shows; their scores are linear in the last states of both directions, and in the sum of
    all states over the root of their number.
    Source of the idea: Cheng et al., "Wide & deep learning for recommender systems", 2016.

    Shape: a packed sequence of B names, numbers of their runs (B, T) -> (B, languages)
    """

    def __init__(self, known, languages, width=32, hidden=128):
        super().__init__()
        self.by_runs = NGramClassifier(known, languages, dropout=0.2)
        self.embedding = nn.Embedding(SYMBOLS, width)
        self.dropout_letters = nn.Dropout(0.2)
        self.recurrence = nn.GRU(width, hidden, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.to_output = nn.Linear(4 * hidden, languages)

    def encode(self, name):
        edge = torch.tensor([EDGE])
        return torch.cat((edge, encode(name), edge)), self.by_runs.encode(name)  # (T), (runs), int64

    def collate(self, encoded):
        letters, numbers = zip(*encoded)
        return pack_sequence(letters, enforce_sorted=False), *self.by_runs.collate(numbers)

    def forward(self, packed, numbers):
        letters = self.dropout_letters(self.embedding(packed.data))  # (letters of all names, width)
        states, last = self.recurrence(packed._replace(data=letters))  # last: (2, B, hidden)
        states, lengths = pad_packed_sequence(states)  # (T, B, 2 hidden), (B)
        pooled = states.sum(0) / lengths.to(states.device).unsqueeze(1) ** 0.5
        by_letters = self.to_output(self.dropout(torch.cat((last[0], last[1], pooled), 1)))
        return by_letters + self.by_runs(numbers)


class PlainRNNWriter(nn.Module):
    """Language, letter and hidden values give the next hidden values and, by two linear maps, the next letter's scores.

    There is no tanh between the steps.

    Shape: letters (T, B), languages (B), state (B, hidden) -> scores (T, B, SYMBOLS), state
    """

    def __init__(self, languages, hidden=128):
        super().__init__()
        self.hidden, self.languages = hidden, languages
        self.to_hidden = nn.Linear(languages + SYMBOLS + hidden, hidden)
        self.to_output = nn.Linear(languages + SYMBOLS + hidden, SYMBOLS)
        self.output_to_output = nn.Linear(hidden + SYMBOLS, SYMBOLS)
        self.dropout = nn.Dropout(0.1)

    def forward(self, letters, languages, state=None):
        language = F.one_hot(languages, self.languages).float()
        state = language.new_zeros(len(languages), self.hidden) if state is None else state
        scores = []
        for letter in F.one_hot(letters, SYMBOLS).float():  # (B, SYMBOLS)
            all_three = torch.cat((language, letter, state), 1)
            state = self.to_hidden(all_three)
            output = self.output_to_output(torch.cat((state, self.to_output(all_three)), 1))
            scores.append(self.dropout(output))
        return torch.stack(scores), state


class GRUWriter(nn.Module):
    """Gated units over letters, each with its language beside it.

    Shape: letters (T, B), languages (B), state (1, B, hidden) -> scores (T, B, SYMBOLS), state
    """

    def __init__(self, languages, width=32, hidden=192):
        super().__init__()
        self.letter = nn.Embedding(SYMBOLS, width)
        self.language = nn.Embedding(languages, width)
        self.recurrence = nn.GRU(2 * width, hidden)
        self.dropout = nn.Dropout(0.3)
        self.to_output = nn.Linear(hidden, SYMBOLS)

    def forward(self, letters, languages, state=None):
        language = self.language(languages).expand(len(letters), -1, -1)  # (T, B, width)
        states, last = self.recurrence(torch.cat((self.letter(letters), language), 2), state)
        return self.to_output(self.dropout(states)), last
