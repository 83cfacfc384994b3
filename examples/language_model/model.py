"""The network: a Transformer encoder that sees only the words before."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    """Add sin(t / 10000 ** (2i / C)) to channel 2i of word t, the cosine to channel 2i + 1; then dropout.

    Shape: (T, B, C) -> (T, B, C), with T at most ``longest`` and C even.

    Source: Vaswani et al., "Attention is all you need", 2017.
    """

    def __init__(self, width, dropout, longest):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        time = torch.arange(longest).unsqueeze(1)
        rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        waves = torch.zeros(longest, 1, width)
        waves[:, 0, 0::2] = torch.sin(time * rate)
        waves[:, 0, 1::2] = torch.cos(time * rate)
        self.register_buffer("waves", waves, persistent=False)

    def forward(self, x):
        return self.dropout(x + self.waves[: len(x)])


class TransformerLM(nn.Module):
    """Scores of every word as the next one, after each word of the input.

    Args:
        words: size of the vocabulary.
        width, heads, hidden, layers: channels, attention heads, hidden units of a layer, layers.
        dropout: of embeddings and layers.
        longest: of an input.

    The scores' matrix is the embedding's (Press and Wolf, "Using the output embedding to improve language models", 2017),
    and layers are normalised first (Xiong et al., "On layer normalization in the Transformer architecture", 2020).

    Shape: (T, B) int64 -> (T, B, words)
    """

    def __init__(self, words, *, width, heads, hidden, layers, dropout, longest):
        super().__init__()
        self.scale, self.longest = math.sqrt(width), longest
        self.embedding = nn.Embedding(words, width)
        self.position = PositionalEncoding(width, dropout, longest)
        # GELU is smooth: rounding decides no branch as with ReLU, so training repeats closely on other hardware.
        layer = nn.TransformerEncoderLayer(width, heads, hidden, dropout, activation="gelu", norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(width, words)
        self.scores.weight = self.embedding.weight
        nn.init.normal_(self.embedding.weight, std=1 / self.scale)

    def begin_with_frequencies(self, stream):
        """Let the scores' bias be the logarithm of each word's share of a text: what is known before any training."""
        counts = torch.bincount(stream, minlength=len(self.scores.bias)).clamp(min=1).double()
        with torch.no_grad():  # in float64, so that the float32 is the same everywhere
            self.scores.bias.copy_(torch.log(counts / counts.sum()))

    def forward(self, words):
        mask = nn.Transformer.generate_square_subsequent_mask(len(words), device=words.device)
        x = self.position(self.embedding(words) * self.scale)  # (T, B, C)
        return self.scores(self.dropout(self.encoder(x, mask=mask, is_causal=True)))
