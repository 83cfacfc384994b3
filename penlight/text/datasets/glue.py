"""The sets of the GLUE benchmark, and SQuAD: sentences, or pairs of them, and questions with answers.

Source: https://docs.pytorch.org/text/stable/datasets.html; Wang et al., "GLUE", ICLR 2019.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

from penlight.text.datasets.files import raw_dataset, read_lines

__all__ = ["CoLA", "MNLI", "MRPC", "QNLI", "QQP", "RTE", "SQuAD1", "SQuAD2", "SST2", "STSB", "WNLI"]


def _table(*columns: int, label: int | None = None, names: Any = None, header: bool = True) -> Callable:
    """A reader of the rows of a TSV file: the columns' texts, the label's number first, as `names` counts them.

    Rows whose label is none of `names` are left out; where the file has no column for labels, the item has none.
    """

    def read(path: str) -> Iterator[tuple]:
        lines = read_lines(path)
        if header:
            width = len(next(lines).split("\t"))
        for line in lines:
            cells = line.split("\t")
            if label is None or (header and width <= label):
                yield tuple(cells[column] for column in columns)
            elif names is None:
                yield (int(cells[label]), *(cells[column] for column in columns))
            elif cells[label] in names:
                yield (names.index(cells[label]), *(cells[column] for column in columns))

    return read


def _zipped(folder: str, *splits: str) -> dict[str, str]:
    return {split: f"{folder}/{split}.tsv" for split in splits}


_GLUE = "https://dl.fbaipublicfiles.com/glue/data/"
_PARTS = ("train", "dev", "test")


def _cola(path: str) -> Iterator[tuple[str, int, str]]:
    for line in read_lines(path):
        source, label, _, sentence = line.split("\t")
        yield source, int(label), sentence


CoLA = raw_dataset(
    "CoLA", "Tuples (source, 1 for an acceptable sentence or 0, sentence). torchtext leaves the first one out.",
    {part: f"cola_public/raw/{file}.tsv" for part, file in
     zip(_PARTS, ("in_domain_train", "in_domain_dev", "out_of_domain_dev"))},
    "https://nyu-mll.github.io/CoLA/cola_public_1.1.zip", "9f6d88c3558ec424cd9d66ea03589aba", _cola,
)  # fmt: skip
MNLI = raw_dataset(
    "MNLI", "Tuples (label, premise, hypothesis): 0 entailment, 1 neutral, 2 contradiction.",
    {part: f"multinli_1.0/multinli_1.0_{part}.txt|multinli_1.0_{part}.txt" for part in
     ("train", "dev_matched", "dev_mismatched")},
    "https://cims.nyu.edu/~sbowman/multinli/multinli_1.0.zip", "0f70aaf66293b3c088a864891db51353",
    _table(5, 6, label=0, names=["entailment", "neutral", "contradiction"]),
)  # fmt: skip
MRPC = raw_dataset(
    "MRPC", "Tuples (1 for the same meaning or 0, sentence, sentence).",
    {part: f"msr_paraphrase_{part}.txt" for part in ("train", "test")},
    {part: f"https://dl.fbaipublicfiles.com/senteval/senteval_data/msr_paraphrase_{part}.txt"
     for part in ("train", "test")},
    {"train": "793daf7b6224281e75fe61c1f80afe35", "test": "e437fdddb92535b820fe8852e2df8a49"},
    _table(3, 4, label=0),
)  # fmt: skip
QNLI = raw_dataset(
    "QNLI", "Tuples (0 when the sentence answers the question or 1, question, sentence); no label in the test set.",
    _zipped("QNLI", *_PARTS), _GLUE + "QNLIv2.zip", "b4efd6554440de1712e9b54e14760e82",
    _table(1, 2, label=3, names=["entailment", "not_entailment"]),
)  # fmt: skip
RTE = raw_dataset(
    "RTE", "Tuples (0 for entailment or 1, premise, hypothesis); no label in the test set.",
    _zipped("RTE", *_PARTS), _GLUE + "RTE.zip", "bef554d0cafd4ab6743488101c638539",
    _table(1, 2, label=3, names=["entailment", "not_entailment"]),
)  # fmt: skip
WNLI = raw_dataset(
    "WNLI", "Tuples (1 for entailment or 0, premise, hypothesis); no label in the test set.",
    _zipped("WNLI", *_PARTS), _GLUE + "WNLI.zip", "a1b4bd2861017d302d29e42139657a42", _table(1, 2, label=3),
)  # fmt: skip


def _sst2(path: str) -> Iterator[tuple]:
    lines = read_lines(path)
    labelled = next(lines).startswith("sentence")
    for line in lines:
        first, _, second = line.partition("\t")
        yield (first.strip(), int(second)) if labelled else (second.strip(),)


SST2 = raw_dataset(
    "SST2", "Tuples (text, 1 for positive or 0); no label in the test set.",
    _zipped("SST-2", *_PARTS), _GLUE + "SST-2.zip", "9f81648d4199384278b86e315dac217c", _sst2,
)  # fmt: skip


def _stsb(path: str) -> Iterator[tuple[int, float, str, str]]:
    for line in read_lines(path):
        cells = line.split("\t")
        yield int(cells[3]), float(cells[4]), cells[5], cells[6]


STSB = raw_dataset(
    "STSB", "Tuples (number, likeness from 0 to 5, sentence, sentence).",
    {part: f"stsbenchmark/sts-{part}.csv|sts-{part}.csv" for part in _PARTS},
    "http://ixa2.si.ehu.es/stswiki/images/4/48/Stsbenchmark.tar.gz", "4eb0065aba063ef77873d3a9c8088811", _stsb,
)  # fmt: skip


def _qqp(path: str) -> Iterator[tuple[int, str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows)
        for row in rows:
            yield int(row[5]), row[3], row[4]


_QQP = raw_dataset(
    "QQP", "Tuples (1 for the same question or 0, question, question).",
    {"train": "quora_duplicate_questions.tsv"}, "http://qim.fs.quoracdn.net/quora_duplicate_questions.tsv",
    "b6d5672bd9dc1e66ab2bb020ebeafb8d", _qqp,
)  # fmt: skip


def QQP(root: str = ".data") -> Any:
    """Tuples (1 for the same question or 0, question, question).

    Files: `root/QQP/quora_duplicate_questions.tsv`.
    Source: https://docs.pytorch.org/text/stable/datasets.html#qqp
    """
    return _QQP(root, "train")


def _squad(path: str) -> Iterator[tuple[str, str, list[str], list[int]]]:
    with open(path, encoding="utf-8") as file:
        articles = json.load(file)["data"]
    for article in articles:
        for paragraph in article["paragraphs"]:
            for entry in paragraph["qas"]:
                answers = [(answer["text"], answer["answer_start"]) for answer in entry["answers"]] or [("", -1)]
                texts, starts = zip(*answers)
                yield paragraph["context"], entry["question"], list(texts), list(starts)


def _squad_of(version: str, train: str, dev: str) -> Callable:
    files = {part: f"{part}-v{version}.json" for part in ("train", "dev")}
    return raw_dataset(
        f"SQuAD{version[0]}",
        'Tuples (context, question, answers, where they begin); [""] and [-1] where there is no answer.', files,
        {part: f"https://rajpurkar.github.io/SQuAD-explorer/dataset/{file}" for part, file in files.items()},
        {"train": train, "dev": dev}, _squad,
    )  # fmt: skip


SQuAD1 = _squad_of("1.1", "981b29407e0affa3b1b156f72073b945", "3e85deb501d4e538b6bc56f786231552")
SQuAD2 = _squad_of("2.0", "62108c273c268d70893182d5cf8df740", "246adae8b7002f8679c027697b0b7cf8")
