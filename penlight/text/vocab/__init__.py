"""Vocabularies: tokens to indices and back, and pretrained word vectors."""

from penlight.ledger.missing import module_getattr
from penlight.text.vocab.factory import Vocab, build_vocab_from_iterator, vocab
from penlight.text.vocab.vectors import CharNGram, FastText, GloVe, Vectors, pretrained_aliases

__all__ = [
    "CharNGram", "FastText", "GloVe", "Vectors", "Vocab", "build_vocab_from_iterator", "pretrained_aliases", "vocab",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
