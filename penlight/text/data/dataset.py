"""Datasets of examples, in memory.

Source: https://torchtext.readthedocs.io/en/latest/data.html#dataset-batch-and-example (0.8)
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from penlight.text.data.example import Example
from penlight.text.data.utils import RandomShuffler
from penlight.text.utils import ARCHIVES, fetch_from_any, unicode_csv_reader, unpack
from penlight.utils.data import Dataset as _Dataset

__all__ = ["Dataset", "TabularDataset"]


def _ratios(split_ratio: float | list[float]) -> tuple[float, float, float]:
    """Shares of train, test and validation, which sum to 1."""
    if isinstance(split_ratio, float):
        assert 0.0 < split_ratio < 1.0, f"Split ratio {split_ratio} not between 0 and 1"
        return split_ratio, 1.0 - split_ratio, 0.0
    if not isinstance(split_ratio, list):
        raise ValueError(f"Split ratio must be float or a list, got {type(split_ratio).__name__}")
    assert len(split_ratio) in (2, 3), f"Length of split ratio list should be 2 or 3, got {split_ratio}"
    total = sum(split_ratio)
    train, test, valid = (ratio / total for ratio in [*split_ratio, 0.0][:3])
    return train, test, valid


def _shares(examples: list, ratios: tuple[float, float, float], shuffler: RandomShuffler) -> tuple[list, list, list]:
    """Random parts of the examples: train, test, validation."""
    order = shuffler(range(len(examples)))
    train = round(ratios[0] * len(examples))
    test = round(ratios[1] * len(examples)) if ratios[2] else len(examples) - train
    parts = order[:train], order[train : train + test], order[train + test :]
    first, second, third = ([examples[i] for i in part] for part in parts)
    return first, second, third


class Dataset(_Dataset):
    """Examples and their fields. `dataset.name` is an iterator over that field of all examples.

    Args:
        examples: list of `Example`.
        fields: pairs of name and field; ((name, name), (field, field)) for a value that was read twice.
        filter_pred: keep only examples for which this is true.

    Raises: AttributeError for names that are no field (torchtext gives an empty iterator).

    >>> from penlight.text.data import Field
    >>> fields = [("text", Field())]
    >>> data = Dataset([Example.fromlist([line], fields) for line in ("a b", "c")], fields)
    >>> len(data), list(data.text)
    (2, [['a', 'b'], ['c']])
    """

    sort_key: Callable | None = None

    def __init__(self, examples: Iterable, fields: Any, filter_pred: Callable | None = None):
        if filter_pred is not None:
            kept = filter(filter_pred, examples)
            examples = list(kept) if isinstance(examples, list) else kept
        self.examples: Any = examples
        self.fields: dict = dict(fields)
        for name, field in [*self.fields.items()]:
            if isinstance(name, tuple):  # its names come after all others, as in torchtext
                del self.fields[name]
                self.fields.update(zip(name, field))

    def split(
        self, split_ratio: float | list[float] = 0.7, stratified: bool = False, strata_field: str = "label",
        random_state: Any = None,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """Split at random into train and test, or into train, validation and test.

        Args:
            split_ratio: the share of train, or [train, test], or [train, test, validation]: relative sizes.
            stratified: split the examples of each value of `strata_field` alike.
            random_state: of Python's `random`, as `random.getstate()` returns it.

        Raises: ValueError for an unknown `strata_field` and for other kinds of ratio; AssertionError for ratios that are
            not between 0 and 1, or not two or three.
        """
        ratios, shuffler = _ratios(split_ratio), RandomShuffler(random_state)
        groups: dict[Any, list] = {}
        if stratified:
            if strata_field not in self.fields:
                raise ValueError(f"Invalid field name for strata_field: {strata_field}; there are {list(self.fields)}")
            for example in self.examples:
                groups.setdefault(getattr(example, strata_field), []).append(example)
        else:
            groups[None] = list(self.examples)
        shares = [_shares(group, ratios, shuffler) for group in groups.values()]
        train, test, valid = ([example for share in shares for example in share[i]] for i in range(3))
        parts = tuple(Dataset(part, self.fields) for part in (train, valid, test) if part)
        if self.sort_key is not None:
            for part in parts:
                part.sort_key = self.sort_key
        return parts

    @classmethod
    def splits(
        cls, path: str | None = None, root: str = ".data", train: str | None = None, validation: str | None = None,
        test: str | None = None, **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets, those whose file name is given.

        Args: path: the folder of the files, by default below `root`, where they are downloaded if need be; train,
            validation, test: the files; others go to the class.
        """
        folder = cls.download(root) if path is None else path
        return tuple(
            cls(os.path.join(folder, name), **kwargs) for name in (train, validation, test) if name is not None
        )

    @classmethod
    def download(cls, root: str, check: str | None = None) -> str:
        """Download and unpack what is lacking of a dataset (class attributes urls, name, dirname); return its folder.

        Args: check: archives are not asked for when this folder has files, by default `root/name/dirname`.
        Raises: DownloadError naming the archive, the URL and where to put it.
        """
        path = os.path.join(root, cls.name)
        whole = os.path.join(path, cls.dirname) if check is None else check
        # (URL, file name) where the URL does not show the name
        files = [url if isinstance(url, tuple) else (url, os.path.basename(url)) for url in cls.urls]
        complete = os.path.isdir(whole) and any(not name.endswith(ARCHIVES) for name in os.listdir(whole))
        for url, name in files:
            file, packed = os.path.join(path, name), name.endswith(ARCHIVES)
            if packed and complete:
                continue
            if not os.path.isfile(file):
                advice = f"unpack it so that its files lie in {os.path.abspath(whole)}" if packed else ""
                fetch_from_any([url], file, advice)
            if packed:
                unpack(file, path)
        return os.path.join(path, cls.dirname)

    def filter_examples(self, field_names: Sequence[str]) -> None:
        """Drop, in these fields of all examples, the tokens that the field's vocabulary lacks."""
        for name in field_names:
            field = self.fields[name]
            if field is not None and hasattr(field, "vocab"):
                for example in self.examples:
                    setattr(example, name, [token for token in getattr(example, name) if token in field.vocab.stoi])

    def __getitem__(self, index: Any) -> Any:
        return self.examples[index]

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator:
        yield from self.examples

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("fields", ()):
            return (getattr(example, name) for example in self.examples)
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}, and its fields are "
            f"{list(self.__dict__.get('fields', ()))}"
        )


class TabularDataset(Dataset):
    """The rows of a CSV or TSV file, or the lines of a file with a JSON object in each.

    Args:
        path, format: the file, and "csv", "tsv" or "json".
        fields: pairs (name, field) in the order of the columns, (name, None) to skip one; or, for JSON and for files with
            a header, a dictionary: column -> (name, field).
        skip_header: leave out the first line.
        csv_reader_params: for `csv.reader`.

    Raises: ValueError for `skip_header` with a dictionary of columns, for another format, for columns the file lacks.
    """

    def __init__(
        self, path: str | os.PathLike, format: str, fields: Any, skip_header: bool = False,
        csv_reader_params: dict | None = None, **kwargs: Any,
    ):  # fmt: skip
        kind, options = format.lower(), dict(csv_reader_params or {})
        if kind not in ("csv", "tsv", "json"):
            raise ValueError(f"expected the format 'csv', 'tsv' or 'json', got {format!r}")
        by_name = isinstance(fields, dict)
        with open(os.path.expanduser(path), encoding="utf-8", newline=None if kind == "json" else "") as file:
            if kind == "json":
                if not by_name:
                    raise ValueError("for JSON, fields must be a dictionary: key -> (name, field)")
                lines: Any = (json.loads(line) for line in file if line.strip())
                make = functools.partial(Example.fromdict, fields=fields)
                if skip_header:
                    next(file)
            else:
                lines = unicode_csv_reader(file, **({"delimiter": "\t", **options} if kind == "tsv" else options))
                make = functools.partial(Example.fromCSV, fields=fields)
                if by_name:
                    if skip_header:
                        raise ValueError(
                            f"When using a dict to specify fields with a {format} file, skip_header must be False and "
                            "the file must have a header."
                        )
                    header = next(lines)
                    absent = [name for name in fields if name not in header]
                    if absent:
                        raise ValueError(f"the columns {absent} are not in the header of {path}, which has {header}")
                    make = functools.partial(make, field_to_index={name: header.index(name) for name in fields})
                elif skip_header:
                    next(lines)
            examples = [make(line) for line in lines]
        if by_name:
            pairs: list = []
            for places in fields.values():
                pairs.extend(places if isinstance(places, list) else [places])
            fields = [pair for pair in pairs if pair is not None]
        super().__init__(examples, fields, **kwargs)
