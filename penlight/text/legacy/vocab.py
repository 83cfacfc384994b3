"""`torchtext.legacy.vocab`: the vocabulary of counts, and word vectors."""

from penlight.ledger.missing import module_getattr
from penlight.text.vocab import CharNGram, FastText, GloVe, Vectors, pretrained_aliases
from penlight.text.vocab.counted import CountedVocab as Vocab
from penlight.text.vocab.counted import build_vocab_from_iterator

__all__ = [
    "CharNGram", "FastText", "GloVe", "Vectors", "Vocab", "build_vocab_from_iterator", "pretrained_aliases",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
