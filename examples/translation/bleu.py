"""BLEU: how many runs of one to four words of translations occur in the true ones."""

import collections
import math

try:
    import sacrebleu
except ImportError:
    sacrebleu = None

LONGEST = 4


def corpus_bleu(found, truths):
    """(BLEU from 0 to 100, what computed it: "sacrebleu" or "bleu.py") of sentences with spaces between the words.

    sacrebleu is asked where it is installed; ``own_bleu`` gives the same number. One truth a sentence. Words are taken
    as they stand (sacrebleu: ``tokenize="none"``), so the number compares runs on the same data, not with papers.
    """
    if sacrebleu is not None:
        return sacrebleu.corpus_bleu(found, [truths], tokenize="none", force=True).score, "sacrebleu"
    return own_bleu(found, truths), "bleu.py"


def own_bleu(found, truths):
    """exp(min(0, 1 - r/c)) times the geometric mean of the precisions of runs of 1, 2, 3 and 4 words, times 100.

    The precision counts a run at most as often as the truth has it; r and c are the numbers of words of all truths and
    all found sentences. The k-th precision that is 0 counts as 1 / (2^k * number of such runs).
    Sources: Papineni et al., "BLEU", 2002; the last rule: Chen and Cherry, "A systematic comparison of smoothing
    techniques", 2014 (method 3), as sacrebleu has it.

    >>> round(own_bleu(["the cat sat on the mat ."], ["the cat sat on a mat ."]), 2)
    48.89
    """
    right, total = [0] * LONGEST, [0] * LONGEST
    for sentence, truth in zip(found, truths):
        for size in range(1, LONGEST + 1):
            ours, theirs = _runs(sentence, size), _runs(truth, size)
            right[size - 1] += (ours & theirs).total()
            total[size - 1] += ours.total()
    if right[0] == 0:
        return 0.0
    logarithms, zeros = [], 0
    for hits, count in zip(right, total):
        if count == 0:  # no sentence is that long
            return 0.0
        if hits == 0:
            zeros += 1
        logarithms.append(math.log(hits / count if hits else 1 / (2**zeros * count)))
    shortness = min(0, 1 - sum(len(truth.split()) for truth in truths) / total[0])
    return 100 * math.exp(shortness + sum(logarithms) / LONGEST)


def _runs(sentence, size):
    words = sentence.split()
    return collections.Counter(zip(*(words[start:] for start in range(size))))
