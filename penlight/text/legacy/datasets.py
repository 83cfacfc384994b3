"""`torchtext.legacy.datasets`: datasets that are read through fields."""

from penlight.ledger.missing import module_getattr
from penlight.text.datasets import (
    BABI20,
    IMDB,
    IWSLT,
    SNLI,
    SST,
    TREC,
    UDPOS,
    WMT14,
    XNLI,
    CoNLL2000Chunking,
    EnWik9,
    LanguageModelingDataset,
    Multi30k,
    MultiNLI,
    PennTreebank,
    SequenceTaggingDataset,
    TranslationDataset,
    WikiText2,
    WikiText103,
)
from penlight.text.datasets.text_classification import DATASETS, TextClassificationDataset

# Here the sets of texts with labels are those of torchtext 0.8: (train, test) of pairs (label, token numbers).
(
    AG_NEWS, AmazonReviewFull, AmazonReviewPolarity, DBpedia, SogouNews, YahooAnswers, YelpReviewFull,
    YelpReviewPolarity,
) = (DATASETS[name] for name in (
    "AG_NEWS", "AmazonReviewFull", "AmazonReviewPolarity", "DBpedia", "SogouNews", "YahooAnswers", "YelpReviewFull",
    "YelpReviewPolarity",
))  # fmt: skip

__all__ = [
    "BABI20", "CoNLL2000Chunking", "EnWik9", "IMDB", "IWSLT", "LanguageModelingDataset", "Multi30k", "MultiNLI",
    "PennTreebank", "SNLI", "SST", "SequenceTaggingDataset", "TREC", "TextClassificationDataset", "TranslationDataset",
    "UDPOS", "WMT14", "WikiText103", "WikiText2", "XNLI",
    "AG_NEWS", "AmazonReviewFull", "AmazonReviewPolarity", "DBpedia", "SogouNews", "YahooAnswers", "YelpReviewFull",
    "YelpReviewPolarity",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
