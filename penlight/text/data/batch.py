"""A batch of examples: an attribute per field, each a tensor.

Source: https://torchtext.readthedocs.io/en/latest/data.html#batch (0.8)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import penlight

__all__ = ["Batch"]


def _describe(value: Any) -> str:
    if not penlight.is_tensor(value):
        return "(" + ", ".join(map(_describe, value)) + ")" if hasattr(value, "__iter__") else str(value)
    return f"[{value.type()} of size {'x'.join(map(str, value.shape))}]"


class Batch:
    """Examples, field by field as the field's `process` makes them. `(inputs, targets) = batch` unpacks it.

    Args: data: examples; dataset: theirs, with the fields; device: of the tensors, the CPU by default.

    Attributes: batch_size, dataset, fields, input_fields, target_fields, and one for each field.
    """

    def __init__(self, data: Any = None, dataset: Any = None, device: Any = None):
        if data is None:
            return
        data = list(data)
        self._describe_fields(dataset, len(data))
        for name, field in dataset.fields.items():
            if field is not None:
                setattr(self, name, field.process([getattr(example, name) for example in data], device=device))

    def _describe_fields(self, dataset: Any, batch_size: int) -> None:
        self.batch_size, self.dataset = batch_size, dataset
        known = {name: field for name, field in dataset.fields.items() if field is not None}
        self.fields = dataset.fields.keys()
        self.input_fields = [name for name, field in known.items() if not field.is_target]
        self.target_fields = [name for name, field in known.items() if field.is_target]

    @classmethod
    def fromvars(cls, dataset: Any, batch_size: int, train: Any = None, **kwargs: Any) -> Batch:
        """Make a batch of values that are given by name."""
        batch = cls()
        batch._describe_fields(dataset, batch_size)
        batch.train = train
        for name, value in kwargs.items():
            setattr(batch, name, value)
        return batch

    def _values(self, names: list[str]) -> Any:
        values = tuple(getattr(self, name) for name in names)
        return None if not values else values[0] if len(values) == 1 else values

    def __iter__(self) -> Iterator:
        yield self._values(self.input_fields)
        yield self._values(self.target_fields)

    def __len__(self) -> int:
        return self.batch_size

    def __str__(self) -> str:
        if not hasattr(self, "dataset"):
            return ""
        name = getattr(self.dataset, "name", None)
        source = f" from {name.upper()}" if isinstance(name, str) else ""
        head = f"[torchtext.data.batch.Batch of size {self.batch_size}{source}]\n"
        lines = [f"\t[.{name}]:{_describe(getattr(self, name))}" for name in self.fields if hasattr(self, name)]
        return head + "\n".join(lines)

    __repr__ = __str__
