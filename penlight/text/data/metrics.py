"""Scores of generated text.

Source: https://docs.pytorch.org/text/stable/data_metrics.html
"""

from __future__ import annotations

import collections
import math
from collections.abc import Sequence

import penlight
from penlight.ledger.missing import module_getattr

__all__ = ["bleu_score"]


def _count(tokens: Sequence[str], max_n: int) -> collections.Counter:
    starts = range(len(tokens))
    return collections.Counter(
        tuple(tokens[i : i + size]) for size in range(1, max_n + 1) for i in starts[: max(len(tokens) - size + 1, 0)]
    )


def bleu_score(
    candidate_corpus: Sequence[Sequence[str]], references_corpus: Sequence[Sequence[Sequence[str]]], max_n: int = 4,
    weights: Sequence[float] = (0.25, 0.25, 0.25, 0.25),
) -> float:  # fmt: skip
    """BLEU of a corpus: exp(min(0, 1 - r/c)) · prod_n p_n ** w_n, with p_n the clipped precision of n-grams.

    r is the summed length of the references nearest in length to their candidates, c that of the candidates. Zero when
    no n-gram of some size matches.

    Raises: AssertionError for another number of weights than `max_n`, or of candidates than of references.
    Source: https://docs.pytorch.org/text/stable/data_metrics.html#bleu-score; Papineni et al., "BLEU", ACL 2002.

    >>> candidates = [["My", "full", "pytorch", "test"], ["Another", "Sentence"]]
    >>> references = [[["My", "full", "pytorch", "test"], ["Completely", "Different"]], [["No", "Match"]]]
    >>> round(bleu_score(candidates, references), 6)
    0.840896
    """
    assert max_n == len(weights), f'Length of the "weights" list has to be equal to max_n={max_n}, got {len(weights)}'
    assert len(candidate_corpus) == len(references_corpus), (
        "The length of candidate and reference corpus should be the same, "
        f"got {len(candidate_corpus)} and {len(references_corpus)}"
    )
    matched, total = [0.0] * max_n, [0.0] * max_n
    candidate_length = reference_length = 0
    for candidate, references in zip(candidate_corpus, references_corpus):
        candidate_length += len(candidate)
        reference_length += min((len(r) for r in references), key=lambda size: abs(len(candidate) - size))
        known: collections.Counter = collections.Counter()
        for reference in references:
            known |= _count(reference, max_n)
        found = _count(candidate, max_n)
        for gram, count in (found & known).items():
            matched[len(gram) - 1] += count
        for size in range(max_n):
            total[size] += max(len(candidate) - size, 0)
    if min(matched) == 0:
        return 0.0
    # In float32, as PyTorch's tensors compute it
    precisions = penlight.tensor(matched) / penlight.tensor(total)
    score = (penlight.tensor(weights) * precisions.log()).sum().exp()
    return math.exp(min(1 - reference_length / candidate_length, 0)) * score.item()


__getattr__ = module_getattr(__name__)
