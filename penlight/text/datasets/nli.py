"""Pairs of sentences: does the first entail the second, contradict it, or neither?

Source: https://torchtext.readthedocs.io/en/latest/datasets.html#snli (0.8)
"""

from __future__ import annotations

import os
from typing import Any

from penlight.text.data import BucketIterator, Dataset, Field, RawField, TabularDataset, interleave_keys

__all__ = ["SNLI", "XNLI", "MultiNLI", "ParsedTextField", "ShiftReduceField"]


def _without_brackets(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token not in ("(", ")")]


def _transitions(tokens: list[str]) -> list[str]:
    return ["reduce" if token == ")" else "shift" for token in tokens if token != "("]


class ParsedTextField(Field):
    """The words of a binary parse such as "( A man )", with their numbers."""

    def __init__(self, eos_token: str = "<pad>", lower: bool = False):
        super().__init__(
            eos_token=eos_token, lower=lower, tokenize=str.split, preprocessing=_without_brackets, include_lengths=True
        )  # fmt: skip


class ShiftReduceField(Field):
    """The steps of a binary parse: "shift" for each word, "reduce" for each closing bracket."""

    def __init__(self) -> None:
        super().__init__(tokenize=str.split, preprocessing=_transitions)


class _Pairs(TabularDataset):
    """Files with a JSON object in each line."""

    genre = False

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The lengths of both sentences, interleaved."""
        return interleave_keys(len(ex.premise), len(ex.hypothesis))

    @classmethod
    def _splits(
        cls, text_field: Field, label_field: Field, parse_field: Any, others: dict[str, Any], root: str,
        **files: str | None,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        path = cls.download(root)
        fields: dict[str, Any] = {}
        for key, name in (("sentence1", "premise"), ("sentence2", "hypothesis")):
            if parse_field is None:
                fields[key] = (name, text_field)
            else:
                fields[f"{key}_binary_parse"] = [(name, text_field), (f"{name}_transitions", parse_field)]
        fields["gold_label"] = ("label", label_field)
        fields.update({key: (key, field) for key, field in others.items() if field is not None})
        # Annotators did not agree on those with "-".
        return tuple(
            cls(os.path.join(path, file), "json", fields, filter_pred=lambda ex: ex.label != "-")
            for file in files.values() if file is not None
        )  # fmt: skip

    @classmethod
    def iters(
        cls, batch_size: int = 32, device: Any = None, root: str = ".data", vectors: Any = None, trees: bool = False,
        **kwargs: Any,
    ) -> tuple:  # fmt: skip
        """`BucketIterator`s over the splits, with new fields; `trees`: with the steps of the parses."""
        text: Field = ParsedTextField() if trees else Field(tokenize="spacy")
        label = Field(sequential=False)
        if trees:
            kwargs["parse_field"] = ShiftReduceField()
        parts = cls.splits(text, label, root=root, **kwargs)  # type: ignore[arg-type]
        text.build_vocab(parts[0], vectors=vectors)
        label.build_vocab(parts[0])
        if trees:
            kwargs["parse_field"].build_vocab(parts[0])
        return BucketIterator.splits(parts, batch_size=batch_size, device=device)


class SNLI(_Pairs):
    """SNLI: `SNLI.splits(text_field, label_field)` with fields `premise`, `hypothesis` and `label`.

    Files: `root/snli/snli_1.0/snli_1.0_train.jsonl`, snli_1.0_dev.jsonl, snli_1.0_test.jsonl.
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#snli (0.8); Bowman et al., EMNLP 2015.
    """

    urls = ["http://nlp.stanford.edu/projects/snli/snli_1.0.zip"]
    name, dirname = "snli", "snli_1.0"

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, parse_field: Any = None, root: str = ".data",
        train: str | None = "snli_1.0_train.jsonl", validation: str | None = "snli_1.0_dev.jsonl",
        test: str | None = "snli_1.0_test.jsonl",
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets. Args: parse_field: of `premise_transitions`, `hypothesis_transitions`."""
        return cls._splits(
            text_field, label_field, parse_field, {}, root, train=train, validation=validation, test=test
        )


class MultiNLI(_Pairs):
    """MultiNLI, as `SNLI`, with `genre` when `genre_field` is given; validation is matched, test mismatched.

    Files: `root/multinli/multinli_1.0/multinli_1.0_train.jsonl`, multinli_1.0_dev_matched.jsonl, ..._mismatched.jsonl.
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#multinli (0.8); Williams et al., NAACL 2018.
    """

    urls = ["http://www.nyu.edu/projects/bowman/multinli/multinli_1.0.zip"]
    name, dirname = "multinli", "multinli_1.0"

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, parse_field: Any = None, genre_field: RawField | None = None,
        root: str = ".data", train: str | None = "multinli_1.0_train.jsonl",
        validation: str | None = "multinli_1.0_dev_matched.jsonl",
        test: str | None = "multinli_1.0_dev_mismatched.jsonl",
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets. Args: parse_field: as for `SNLI`."""
        return cls._splits(
            text_field, label_field, parse_field, {"genre": genre_field}, root, train=train, validation=validation,
            test=test,
        )  # fmt: skip


class XNLI(_Pairs):
    """XNLI: sentences of 15 languages, validation and test only, as `SNLI`.

    Files: `root/xnli/XNLI-1.0/xnli.dev.jsonl`, xnli.test.jsonl.
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html (0.8); Conneau et al., EMNLP 2018.
    """

    urls = ["http://www.nyu.edu/projects/bowman/xnli/XNLI-1.0.zip"]
    name, dirname = "xnli", "XNLI-1.0"

    @classmethod
    def splits(  # type: ignore[override]
        cls, text_field: Field, label_field: Field, genre_field: RawField | None = None,
        language_field: RawField | None = None, root: str = ".data", validation: str | None = "xnli.dev.jsonl",
        test: str | None = "xnli.test.jsonl",
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The validation and test sets."""
        others = {"genre": genre_field, "language": language_field}
        return cls._splits(text_field, label_field, None, others, root, validation=validation, test=test)

    @classmethod
    def iters(cls, *args: Any, **kwargs: Any) -> tuple:
        """Raises NotImplementedError: there is no train set."""
        raise NotImplementedError("XNLI dataset does not support iters")
