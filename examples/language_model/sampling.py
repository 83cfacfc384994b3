"""Choosing the next word from its scores, and writing words as text."""

import re

import torch


def greedy(scores):
    """The likeliest word: the same each time, and soon a loop."""
    return int(scores.argmax())


def top_k(scores, count, temperature=1.0):
    """A random one of the ``count`` likeliest words.

    Source: Fan, Lewis and Dauphin, "Hierarchical neural story generation", ACL 2018.
    """
    scores, words = torch.topk(scores, min(count, len(scores)))
    return int(words[_draw(scores, temperature)])


def nucleus(scores, share, temperature=1.0):
    """A random one of the fewest likeliest words whose probabilities sum to at least ``share``.

    Source: Holtzman et al., "The curious case of neural text degeneration", ICLR 2020.
    """
    scores, words = torch.sort(scores, descending=True)
    chances = torch.softmax(scores / temperature, 0)
    before = torch.cumsum(chances, 0) - chances  # the sum of the likelier ones
    kept = max(1, int((before < share).sum()))
    return int(words[_draw(scores[:kept], temperature)])


def _draw(scores, temperature):
    return torch.multinomial(torch.softmax(scores / temperature, 0), 1).item()


def continue_text(net, numbers, count, choose, longest, unwanted=()):
    """Word numbers followed by ``count`` new ones.

    Args:
        net: scores of the next word after each of a column of words, (T, 1) -> (T, 1, words).
        numbers: the text so far; at least one word.
        choose: function of the scores (words,), such as ``greedy``.
        longest: so many of the last words are looked at.
        unwanted: numbers of words that are never chosen.
    """
    numbers = list(numbers)
    device = next(net.parameters()).device
    net.eval()
    with torch.no_grad():
        for _ in range(count):
            text = torch.tensor(numbers[-longest:], device=device).unsqueeze(1)
            scores = net(text)[-1, 0].cpu()
            scores[list(unwanted)] = float("-inf")
            numbers.append(choose(scores))
    return numbers


def as_prose(words):
    """Words of the WikiText files as they are usually written: "a well @-@ known word ." is "a well-known word."

    >>> as_prose("it was ( in 1 @,@ 990 ) a well @-@ known word .".split())
    'it was (in 1,990) a well-known word.'
    """
    text = re.sub(r" ?@(.)@ ?", r"\1", " ".join(words).replace("<eos>", "\n"))
    text = re.sub(r" ([.,;:!?)\]%]|'s\b|n't\b)", r"\1", text)
    return re.sub(r"([(\[$£]) ", r"\1", text).strip()
