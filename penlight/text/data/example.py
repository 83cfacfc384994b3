"""One example of a dataset: an object with an attribute per field.

Source: https://torchtext.readthedocs.io/en/latest/data.html#example (0.8)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Example"]


def _at(data: Any, key: str) -> Any:
    """The value at a key, or at a path such as "a.b"; through a list, the values of its items."""
    for part in [key] if key in data else key.split("."):
        for place in data if isinstance(data, list) else [data]:
            if part not in place:
                raise ValueError(f"Specified key {key} was not found in the input data, which has {list(place)}")
        data = [place[part] for place in data] if isinstance(data, list) else data[part]
    return data


class Example:
    """A training or test example; each value was preprocessed by its field.

    >>> from penlight.text.data import Field
    >>> Example.fromlist(["a b"], [("text", Field())]).text
    ['a', 'b']
    """

    @classmethod
    def fromlist(cls, data: Sequence, fields: Sequence) -> Example:
        """Make an example of the values in `data`, one for each (name, field).

        The field None skips a value; ((name, name), (field, field)) reads one value twice.
        """
        example = cls()
        for (name, field), value in zip(fields, data):
            if field is None:
                continue
            if isinstance(value, str):
                value = value.rstrip("\n")
            for key, one in zip(name, field) if isinstance(name, tuple) else [(name, field)]:
                setattr(example, key, one.preprocess(value))
        return example

    @classmethod
    def fromdict(cls, data: Mapping[str, Any], fields: Mapping[str, Any]) -> Example:
        """Make an example of a dictionary.

        Args: fields: key -> (name, field), or a list of these, or None to skip; "a.b" is a key in a dictionary within.
        Raises: ValueError for a key that `data` lacks.
        """
        example = cls()
        for key, places in fields.items():
            value = _at(data, key)
            if places is None:
                continue
            for name, field in places if isinstance(places, list) else [places]:
                setattr(example, name, field.preprocess(value))
        return example

    @classmethod
    def fromJSON(cls, data: str, fields: Mapping[str, Any]) -> Example:
        """Make an example of a JSON object in a string; fields as for `fromdict`."""
        return cls.fromdict(json.loads(data), fields)

    @classmethod
    def fromCSV(cls, data: Sequence[str], fields: Any, field_to_index: Mapping[str, int] | None = None) -> Example:
        """Make an example of a row of a CSV file.

        Args: fields: as for `fromlist`; with `field_to_index`, as for `fromdict`. field_to_index: key -> column.
        """
        if field_to_index is None:
            return cls.fromlist(data, fields)
        return cls.fromdict({key: data[index] for key, index in field_to_index.items()}, fields)

    @classmethod
    def fromtree(cls, data: str, fields: Sequence, subtrees: bool = False) -> Any:
        """Make an example of a tree such as "(3 (2 not) (4 bad))": its words, then the label of its root.

        Args: subtrees: return a list with an example for each part of the tree, the whole first.
        Raises: ValueError for text that is no such tree.
        """
        found = _phrases(data)
        if subtrees:
            return [cls.fromlist([" ".join(words), label], fields) for label, words in found]
        label, words = found[0]
        return cls.fromlist([" ".join(words), label], fields)


def _phrases(tree: str) -> list[tuple[str, list[str]]]:
    """(label, words) of a tree and of all its parts, in the order of their beginnings."""
    found: list[tuple[str, list[str]]] = []
    opened: list[list[str]] = []
    tokens = tree.replace("(", " ( ").replace(")", " ) ").split()
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token == "(":
            opened.append([])
            found.append(("".join(tokens[place + 1 : place + 2]), opened[-1]))
            place += 1  # the label
        elif token == ")" and opened:
            opened.pop()
        elif token != ")" and opened:
            for words in opened:
                words.append(token)
        else:
            break
        place += 1
    if opened or place < len(tokens) or not found:
        raise ValueError(f"expected a tree such as (3 (2 not) (4 bad)), got {tree!r:.80}")
    return found
