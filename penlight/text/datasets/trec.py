"""Questions and what kind of answer they ask for.

Source: https://torchtext.readthedocs.io/en/latest/datasets.html#trec (0.8)
"""

from __future__ import annotations

import os
from typing import Any

from penlight.text.data import Dataset, Example, Field
from penlight.text.datasets.files import bucket_iterators, require

__all__ = ["TREC"]


class TREC(Dataset):
    """Questions: `TREC.splits(text_field, label_field)`, with labels ABBR, DESC, ENTY, HUM, LOC and NUM.

    Args: fine_grained: 50 labels such as "DESC:manner" instead.

    Files: `root/trec/train_5500.label`, TREC_10.label, with lines "DESC:manner How did serfdom develop ...".
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#trec (0.8); Li and Roth, "Learning question
    classifiers", COLING 2002.
    """

    urls = [f"http://cogcomp.org/Data/QA/QC/{file}" for file in ("train_5500.label", "TREC_10.label")]
    name, dirname = "trec", ""

    def __init__(
        self, path: str | os.PathLike, text_field: Field, label_field: Field, fine_grained: bool = False, **kwargs: Any
    ):
        fields = [("text", text_field), ("label", label_field)]
        examples = []
        with open(require(os.fspath(path), self.urls), "rb") as file:
            for line in file:
                # One word has a byte that is no UTF-8.
                label, _, text = line.replace(b"\xf0", b" ").decode("utf-8").strip().partition(" ")
                examples.append(Example.fromlist([text, label if fine_grained else label.partition(":")[0]], fields))
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The length of the text."""
        return len(ex.text)

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, root: str = ".data", train: str | None = "train_5500.label",
        test: str | None = "TREC_10.label", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train and test sets of the files in `root/trec`, downloaded if need be. Args: path: another folder."""
        return super().splits(
            root=root, text_field=text_field, label_field=label_field, train=train, test=test, **kwargs
        )

    iters = classmethod(bucket_iterators)
