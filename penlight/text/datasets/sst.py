"""The Stanford sentiment treebank.

Source: https://torchtext.readthedocs.io/en/latest/datasets.html#sst (0.8)
"""

from __future__ import annotations

import os
from typing import Any

from penlight.text.data import Dataset, Example, Field, Pipeline
from penlight.text.datasets.files import bucket_iterators, read_lines, require

__all__ = ["SST"]

_LABELS = ["very negative", "negative", "neutral", "positive", "very positive"]


class SST(Dataset):
    """Sentences of film reviews: `SST.splits(text_field, label_field)`, with "positive", "negative" and "neutral".

    Args: subtrees: each phrase of each sentence is an example as well; fine_grained: with "very positive" and "very
        negative".

    Files: `root/sst/trees/train.txt`, dev.txt, test.txt, a tree in a line.
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#sst (0.8); Socher et al., "Recursive deep models for
    semantic compositionality", EMNLP 2013.
    """

    urls = ["http://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip"]
    name, dirname = "sst", "trees"

    def __init__(
        self, path: str | os.PathLike, text_field: Field, label_field: Field, subtrees: bool = False,
        fine_grained: bool = False, **kwargs: Any,
    ):  # fmt: skip
        def name_of(number: str) -> str:
            label = _LABELS[int(number)]
            return label if fine_grained else label.removeprefix("very ")

        label_field.preprocessing = Pipeline(name_of)  # of the field that was given, as in torchtext
        fields = [("text", text_field), ("label", label_field)]
        examples: list = []
        for line in read_lines(require(os.fspath(path), self.urls)):
            found = Example.fromtree(line, fields, subtrees)
            examples += found if subtrees else [found]
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The length of the text."""
        return len(ex.text)

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, root: str = ".data", train: str | None = "train.txt",
        validation: str | None = "dev.txt", test: str | None = "test.txt", train_subtrees: bool = False, **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets of the files in `root/sst`, downloaded if need be.

        Args: train_subtrees: subtrees are examples of the train set; path: another folder; others go to the class.
        """
        path = kwargs.pop("path", None) or cls.download(root)
        return tuple(
            cls(os.path.join(path, file), text_field, label_field, subtrees=train_subtrees and file is train, **kwargs)
            for file in (train, validation, test) if file is not None
        )  # fmt: skip

    iters = classmethod(bucket_iterators)
