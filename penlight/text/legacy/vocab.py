"""`torchtext.legacy.vocab`: the vocabulary of counts, and word vectors."""

from penlight.ledger.missing import module_getattr
from penlight.text.vocab import FastText, GloVe, Vectors
from penlight.text.vocab.counted import CountedVocab as Vocab

__all__ = ["FastText", "GloVe", "Vectors", "Vocab"]

__getattr__ = module_getattr(__name__)
