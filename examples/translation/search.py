"""From scores to sentences: the likeliest word each time, or the likeliest of several sentences kept in parallel."""

import torch

from translation.corpus import EOS, SOS, UNKNOWN


def greedy(translator, sources, lengths, longest):
    """The likeliest next word, again and again. Shape: (B, S), (B,) -> words (B, T), attention weights (B, T, S) or None.

    T is at most ``longest``; after the end-of-sentence sign the words mean nothing.
    """
    memory, state, padding = translator.encode(sources, lengths)
    word = torch.full((len(sources), 1), SOS, dtype=torch.int64, device=sources.device)
    ended = torch.zeros(len(sources), dtype=torch.bool, device=sources.device)
    words, weights = [], []
    for _ in range(longest):
        features, state, weight = translator.decoder(word, state, memory, padding)
        word = translator.decoder.scores(features).argmax(2)  # (B, 1)
        words.append(word)
        weights.append(weight)
        ended |= word[:, 0] == EOS
        if ended.all():
            break
    return torch.cat(words, 1), None if weights[0] is None else torch.cat(weights, 1)


def beam(translator, sources, lengths, longest, width=5):
    """The sentence of the greatest mean log-probability a word that a search ``width`` sentences wide meets.

    All sentences of the batch are searched at once, as B * ``width`` rows. Shapes as in ``greedy``.
    Sources: Graves, "Sequence transduction with recurrent neural networks", 2012; division by the length as in Wu et
    al., "Google's neural machine translation system", 2016, with exponent 1.
    """
    batch, device = len(sources), sources.device
    memory, state, padding = translator.encode(sources, lengths)
    memory, padding = memory.repeat_interleave(width, 0), padding.repeat_interleave(width, 0)
    state = state.repeat_interleave(width, 1)
    first_row = torch.arange(batch, device=device).unsqueeze(1) * width  # (B, 1)
    words = torch.full((batch * width, 1), SOS, dtype=torch.int64, device=device)
    weights = memory.new_zeros((batch * width, 0, sources.shape[1]))
    ended = torch.zeros(batch * width, dtype=torch.bool, device=device)
    total = torch.full((batch, width), float("-inf"), device=device)
    total[:, 0] = 0  # all rows of a sentence begin alike: only one of them counts
    for _ in range(longest):
        features, state, weight = translator.decoder(words[:, -1:], state, memory, padding)
        gain = torch.log_softmax(translator.decoder.scores(features[:, 0]), 1)  # (B * width, V)
        gain[ended] = float("-inf")
        gain[ended, EOS] = 0  # a sentence that has ended stays as it is
        size = gain.shape[1]
        total, place = (total.reshape(-1, 1) + gain).reshape(batch, -1).topk(width, 1)
        rows = (first_row + torch.div(place, size, rounding_mode="floor")).reshape(-1)
        word = (place % size).reshape(-1, 1)
        state, words = state[:, rows], torch.cat([words[rows], word], 1)
        if weight is not None:
            weights = torch.cat([weights[rows], weight[rows]], 1)
        ended = word[:, 0] == EOS
        if ended.all():
            break
    words = words[:, 1:]
    length = 1 + (words != EOS).sum(1).reshape(batch, width)
    best = first_row[:, 0] + (total / length).argmax(1)
    return words[best], weights[best] if weights.shape[1] else None


def spell(numbers, weights, source, vocabulary):
    """The words of one found sentence; an unknown one is copied from the source word that it looked at most.

    Most unknown words are names, which change little. Source: Luong et al., "Addressing the rare word problem in
    neural machine translation", 2015.

    Args:
        numbers: a list, up to the end-of-sentence sign or longer.
        weights: (T, S), or None: unknown words stay unknown.
        source: the list of the source's words.
    """
    words = vocabulary.decode(numbers)
    for place, word in enumerate(words):
        if word == vocabulary.words[UNKNOWN] and weights is not None:
            words[place] = source[int(weights[place, : len(source)].argmax())]
    return words
