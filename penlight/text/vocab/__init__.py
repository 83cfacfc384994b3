"""Vocabularies: tokens to indices and back, and pretrained word vectors."""

from penlight.ledger.missing import module_getattr
from penlight.text.vocab.factory import Vocab, build_vocab_from_iterator, vocab
from penlight.text.vocab.vectors import FastText, GloVe, Vectors

__all__ = ["FastText", "GloVe", "Vectors", "Vocab", "build_vocab_from_iterator", "vocab"]

__getattr__ = module_getattr(__name__)
