"""Datasets of text, read from their original files."""

from penlight.ledger.missing import module_getattr, placeholder
from penlight.text.datasets.glue import MNLI, MRPC, QNLI, QQP, RTE, SST2, STSB, WNLI, CoLA, SQuAD1, SQuAD2
from penlight.text.datasets.imdb import IMDB
from penlight.text.datasets.language_modeling import LanguageModelingDataset, PennTreebank, WikiText2, WikiText103
from penlight.text.datasets.nli import SNLI, XNLI, MultiNLI
from penlight.text.datasets.sequence_tagging import UDPOS, CoNLL2000Chunking, SequenceTaggingDataset
from penlight.text.datasets.sst import SST
from penlight.text.datasets.text_classification import (
    AG_NEWS,
    AmazonReviewFull,
    AmazonReviewPolarity,
    DBpedia,
    SogouNews,
    YahooAnswers,
    YelpReviewFull,
    YelpReviewPolarity,
)
from penlight.text.datasets.translation import IWSLT, IWSLT2016, IWSLT2017, WMT14, Multi30k, TranslationDataset
from penlight.text.datasets.trec import TREC
from penlight.text.datasets.unsupervised_learning import CC100, EnWik9

BABI20 = placeholder("torchtext.datasets.BABI20", "read the task's lines and make Examples of them")
CNNDM = placeholder("torchtext.datasets.CNNDM", "read the stories of its two archives")

__all__ = [
    "AG_NEWS", "AmazonReviewFull", "AmazonReviewPolarity", "BABI20", "CC100", "CNNDM", "CoLA", "CoNLL2000Chunking",
    "DBpedia", "EnWik9", "IMDB", "IWSLT", "IWSLT2016", "IWSLT2017", "LanguageModelingDataset", "MNLI", "MRPC",
    "Multi30k", "MultiNLI", "PennTreebank", "QNLI", "QQP", "RTE", "SNLI", "SQuAD1", "SQuAD2", "SST", "SST2", "STSB",
    "SequenceTaggingDataset", "SogouNews", "TREC", "TranslationDataset", "UDPOS", "WMT14", "WNLI", "WikiText103",
    "WikiText2", "XNLI", "YahooAnswers", "YelpReviewFull", "YelpReviewPolarity",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
