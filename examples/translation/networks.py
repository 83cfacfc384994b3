"""Encoder and decoders for batches of sentences: words (B, S) or (B, T), width H, V words in the target language."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from translation.corpus import PAD, SOS


def embedding(vocabulary_size, width):
    """Vectors of length about 1, that of padding 0: they also serve as the weight of the layer that scores words."""
    table = nn.Embedding(vocabulary_size, width, padding_idx=PAD)
    nn.init.normal_(table.weight, std=width**-0.5)
    with torch.no_grad():
        table.weight[PAD] = 0
    return table


class Encoder(nn.Module):
    """Reads a sentence from both sides.

    Shape: words (B, S), lengths (B,) -> memory (B, S, H), one vector a word, and the last state (1, B, H).
    The sentences are packed: no step is computed for padding, and the backward direction starts at the last word.
    """

    def __init__(self, vocabulary_size, width, dropout):
        super().__init__()
        self.embedding = embedding(vocabulary_size, width)
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRU(width, width // 2, bidirectional=True, batch_first=True)

    def forward(self, words, lengths):
        embedded = self.dropout(self.embedding(words))
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        memory, state = self.gru(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True, total_length=words.shape[1])
        return memory, torch.cat([state[0], state[1]], 1).unsqueeze(0)


class PlainDecoder(nn.Module):
    """Knows the sentence from the encoder's last state alone.

    Shape: words (B, T), state (1, B, H), memory (B, S, H), padding (B, S) -> features (B, T, H), state, None.
    ``scores(features)`` gives the scores of the next words, (.., H) -> (.., V); it is kept apart because it costs most,
    and training needs it only where there is a target word. Its weight is that of the embedding.
    Source of the shared weight: Press and Wolf, "Using the output embedding to improve language models", 2017.
    """

    def __init__(self, vocabulary_size, width, dropout):
        super().__init__()
        self.embedding = embedding(vocabulary_size, width)
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.scores = nn.Linear(width, vocabulary_size)
        self.scores.weight = self.embedding.weight

    def forward(self, words, state, memory, padding):
        features, state = self.gru(self.dropout(self.embedding(words)), state)
        return self.dropout(features), state, None


class AttentionDecoder(PlainDecoder):
    """Looks at all of the encoder's vectors before each word, as much at each as suits its own state.

    Returns the weights (B, T, S) as well; they are 0 on padding. The state does not depend on them, so the whole
    sentence goes through the GRU in one call when its words are known, as in training.
    Source: Luong, Pham, Manning, "Effective approaches to attention-based neural machine translation", 2015 ("general").
    """

    def __init__(self, vocabulary_size, width, dropout):
        super().__init__(vocabulary_size, width, dropout)
        self.query = nn.Linear(width, width, bias=False)
        self.combine = nn.Linear(2 * width, width)

    def forward(self, words, state, memory, padding):
        features, state = self.gru(self.dropout(self.embedding(words)), state)
        match = torch.bmm(self.query(features), memory.transpose(1, 2))  # (B, T, S)
        weights = torch.softmax(match.masked_fill(padding.unsqueeze(1), float("-inf")), 2)
        looked_at = torch.bmm(weights, memory)  # (B, T, H)
        features = torch.tanh(self.combine(torch.cat([features, looked_at], 2)))
        return self.dropout(features), state, weights


class Translator(nn.Module):
    """An encoder and a decoder, with the loss of a batch."""

    def __init__(self, source_size, target_size, *, width, dropout, attention=True):
        super().__init__()
        self.encoder = Encoder(source_size, width, dropout)
        self.decoder = (AttentionDecoder if attention else PlainDecoder)(target_size, width, dropout)

    def encode(self, sources, lengths):
        """(memory, state, padding): what the decoder needs besides words."""
        return (*self.encoder(sources, lengths), sources == PAD)

    def loss(self, sources, lengths, targets, *, label_smoothing=0.0, reduction="mean"):
        """Cross entropy of the target words, each predicted from the true ones before it (teacher forcing)."""
        memory, state, padding = self.encode(sources, lengths)
        given = torch.cat([torch.full_like(targets[:, :1], SOS), targets[:, :-1]], 1)
        features, _, _ = self.decoder(given, state, memory, padding)
        is_word = targets != PAD
        scores = self.decoder.scores(features[is_word])  # (words of the batch, V)
        return F.cross_entropy(scores, targets[is_word], label_smoothing=label_smoothing, reduction=reduction)
