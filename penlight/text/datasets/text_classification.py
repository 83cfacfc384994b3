"""Eight sets of texts with labels, in CSV files: a label from 1 on, then texts.

Source: https://docs.pytorch.org/text/stable/datasets.html#text-classification and
https://torchtext.readthedocs.io/en/latest/datasets.html#text-classification (0.8); Zhang et al., "Character-level
convolutional networks for text classification", NIPS 2015.
"""

from __future__ import annotations

import collections
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

import penlight
from penlight.ledger.missing import module_getattr
from penlight.text.data.utils import get_tokenizer, ngrams_iterator
from penlight.text.datasets.files import raw_dataset
from penlight.text.utils import unicode_csv_reader
from penlight.text.vocab.counted import CountedVocab
from penlight.utils.data import Dataset

_DRIVE = "https://drive.google.com/uc?export=download&id="
_NEWS = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/"
# name: (folder, what it holds, URLs, MD5 sums)
_SETS: dict[str, tuple[str, str, Any, Any]] = {
    "AG_NEWS": (
        "ag_news_csv", "News in 4 classes", {part: f"{_NEWS}{part}.csv" for part in ("train", "test")},
        {"train": "b1a00f826fdfbd249f79597b59e1dc12", "test": "d52ea96a97a2d943681189a97654912d"},
    ),
    "AmazonReviewFull": (
        "amazon_review_full_csv", "Reviews with 1 to 5 stars", _DRIVE + "0Bz8a_Dbh9QhbZVhsUnRWRDhETzA",
        "57d28bd5d930e772930baddf36641c7c",
    ),
    "AmazonReviewPolarity": (
        "amazon_review_polarity_csv", "Reviews, bad (1) or good (2)", _DRIVE + "0Bz8a_Dbh9QhbaW12WVVZS2drcnM",
        "fe39f8b653cada45afd5792e0f0e8f9b",
    ),
    "DBpedia": (
        "dbpedia_csv", "Descriptions of things of 14 classes", _DRIVE + "0Bz8a_Dbh9QhbQ2Vic1kxMmZZQ1k",
        "dca7b1ae12b1091090db52aa7ec5ca64",
    ),
    "SogouNews": (
        "sogou_news_csv", "Chinese news, in Pinyin, in 5 classes", _DRIVE + "0Bz8a_Dbh9QhbUkVqNEszd0pHaFE",
        "0c1700ba70b73f964dd8de569d3fd03e",
    ),
    "YahooAnswers": (
        "yahoo_answers_csv", "Questions with answers, of 10 topics", _DRIVE + "0Bz8a_Dbh9Qhbd2JNdDBsQUdocVU",
        "f3f9899b997a42beb24157e62e3eea8d",
    ),
    "YelpReviewFull": (
        "yelp_review_full_csv", "Reviews with 1 to 5 stars", _DRIVE + "0Bz8a_Dbh9QhbZlU4dXhHTFhZQU0",
        "f7ddfafed1033f68ec72b9267863af6c",
    ),
    "YelpReviewPolarity": (
        "yelp_review_polarity_csv", "Reviews, bad (1) or good (2)", _DRIVE + "0Bz8a_Dbh9QhbNUpYQ2N3SGlFaDg",
        "620c8ae4bd5a150b730f1ba9a7c6a4d3",
    ),
}  # fmt: skip

__all__ = [
    "AG_NEWS", "AmazonReviewFull", "AmazonReviewPolarity", "DBpedia", "SogouNews", "YahooAnswers", "YelpReviewFull",
    "YelpReviewPolarity", "DATASETS", "LABELS", "TextClassificationDataset",
]  # fmt: skip


def _rows(path: str) -> Iterator[tuple[int, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        for label, *texts in unicode_csv_reader(file):
            yield int(label), " ".join(texts)


class TextClassificationDataset(Dataset):
    """Pairs (label, token numbers), in memory, as up to torchtext 0.8.

    Args: vocab: a vocabulary with `stoi`; data: the pairs; labels: the set of labels.
    """

    def __init__(self, vocab: Any, data: list, labels: set):
        super().__init__()
        self._vocab, self._data, self._labels = vocab, data, labels

    def __getitem__(self, i: Any) -> Any:
        return self._data[i]

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator:
        return iter(self._data)

    def get_labels(self) -> set:
        """The labels."""
        return self._labels

    def get_vocab(self) -> Any:
        """The vocabulary."""
        return self._vocab


def _numbered(
    raw: Callable, root: str = ".data", ngrams: int = 1, vocab: Any = None, include_unk: bool = False
) -> tuple[TextClassificationDataset, TextClassificationDataset]:
    """The train and test set of torchtext 0.4 to 0.8: labels from 0, numbers of n-grams of "basic_english" tokens.

    Args: raw: gives both sets' raw items; vocab: by default that of the train set; include_unk: has no effect, as in
        torchtext: unknown n-grams have the number of "<unk>" either way.
    """
    tokenize = get_tokenizer("basic_english")
    parts = raw(root=root)
    if vocab is None:
        counter: collections.Counter = collections.Counter()
        for _, text in parts[0]:
            counter.update(ngrams_iterator(tokenize(text), ngrams))
        vocab = CountedVocab(counter)
    elif not hasattr(vocab, "stoi"):
        raise TypeError(f"Passed vocabulary is not of type Vocab: it needs stoi, got {type(vocab).__name__}")
    made = []
    for part in parts:
        data = []
        for label, text in part:
            numbers = [vocab[token] for token in ngrams_iterator(tokenize(text), ngrams)]
            data.append((label - 1, penlight.tensor(numbers, dtype=penlight.long)))
        made.append(TextClassificationDataset(vocab, data, {label for label, _ in data}))
    if made[0].get_labels() != made[1].get_labels():
        raise ValueError("Training and test labels don't match")
    return made[0], made[1]


def _both(name: str) -> Callable:
    folder, items, urls, md5 = _SETS[name]
    # AG_NEWS's files are downloaded one by one; its archive of torchtext 0.8 had this folder.
    one_by_one = "{0}.csv|" if name == "AG_NEWS" else ""
    files = {part: one_by_one.format(part) + f"{folder}/{part}.csv" for part in ("train", "test")}
    raw = raw_dataset(
        name, f"{items}: pairs (label, text). With `ngrams`, `vocab` or `include_unk`: (train, test) of torchtext 0.8.",
        files, urls, md5, _rows, archive="" if name == "AG_NEWS" else f"{folder}.tar.gz",
    )  # fmt: skip

    @functools.wraps(raw)
    def dataset(root: str | os.PathLike = ".data", split: Any = ("train", "test"), **kwargs: Any) -> Any:
        return _numbered(raw, os.fspath(root), **kwargs) if kwargs else raw(root, split)

    return dataset


(
    AG_NEWS,
    AmazonReviewFull,
    AmazonReviewPolarity,
    DBpedia,
    SogouNews,
    YahooAnswers,
    YelpReviewFull,
    YelpReviewPolarity,
) = (_both(name) for name in _SETS)


def _of_old(name: str) -> Callable:
    def dataset(root: str = ".data", ngrams: int = 1, vocab: Any = None, include_unk: bool = False) -> Any:
        return _numbered(globals()[name], root, ngrams, vocab, include_unk)

    return dataset


# The tutorial's `text_classification.DATASETS["AG_NEWS"](root=..., ngrams=..., vocab=None)` of torchtext 0.4 to 0.8.
DATASETS = {name: _of_old(name) for name in _SETS}
_POLARITY, _STARS = ["Negative polarity", "Positive polarity"], [f"score {stars}" for stars in range(1, 6)]
LABELS = {
    name: dict(enumerate(labels, 1))
    for name, labels in {
        "AG_NEWS": ["World", "Sports", "Business", "Sci/Tech"],
        "SogouNews": ["Sports", "Finance", "Entertainment", "Automobile", "Technology"],
        "DBpedia": [
            "Company", "EducationalInstitution", "Artist", "Athlete", "OfficeHolder", "MeanOfTransportation",
            "Building", "NaturalPlace", "Village", "Animal", "Plant", "Album", "Film", "WrittenWork",
        ],
        "YelpReviewPolarity": _POLARITY,
        "YelpReviewFull": _STARS,
        "YahooAnswers": [
            "Society & Culture", "Science & Mathematics", "Health", "Education & Reference", "Computers & Internet",
            "Sports", "Business & Finance", "Entertainment & Music", "Family & Relationships", "Politics & Government",
        ],
        "AmazonReviewPolarity": _POLARITY,
        "AmazonReviewFull": _STARS,
    }.items()
}  # fmt: skip

__getattr__ = module_getattr(__name__)
