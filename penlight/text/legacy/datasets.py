"""`torchtext.legacy.datasets`: datasets that are read through fields."""

from penlight.ledger.missing import module_getattr
from penlight.text.datasets import (
    IMDB,
    LanguageModelingDataset,
    Multi30k,
    PennTreebank,
    TranslationDataset,
    WikiText2,
    WikiText103,
)

__all__ = [
    "IMDB", "LanguageModelingDataset", "Multi30k", "PennTreebank", "TranslationDataset", "WikiText103", "WikiText2",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
