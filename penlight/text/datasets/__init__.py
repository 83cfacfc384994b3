"""Datasets of text, read from their original files."""

from penlight.ledger.missing import module_getattr
from penlight.text.datasets.classification import AG_NEWS, IMDB
from penlight.text.datasets.language_modeling import LanguageModelingDataset, PennTreebank, WikiText2, WikiText103
from penlight.text.datasets.translation import Multi30k, TranslationDataset

__all__ = [
    "AG_NEWS", "IMDB", "LanguageModelingDataset", "Multi30k", "PennTreebank", "TranslationDataset", "WikiText103",
    "WikiText2",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
