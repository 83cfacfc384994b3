"""Functions behind the transforms: on a list of tokens or numbers, or on a batch of such lists.

Source: https://docs.pytorch.org/text/stable/functional.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import penlight
from penlight.ledger.missing import module_getattr
from penlight.nn.utils.rnn import pad_sequence

__all__ = ["add_token", "str_to_int", "to_tensor", "truncate"]


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(type(item) is kind for item in value)


def on_lists(input: Any, function: Callable[[list], Any], *kinds: type) -> Any:
    """Apply a function to a list whose items are all of one of these types, or to each list of a batch.

    Raises: TypeError for anything else.

    >>> on_lists([[1, 2], [3]], sum, int)
    [3, 3]
    """
    for kind in kinds:
        if _is_list(input, kind):
            return function(input)
        if isinstance(input, list) and all(_is_list(row, kind) for row in input):
            return [function(row) for row in input]
    names = " or ".join(kind.__name__ for kind in kinds)
    raise TypeError(f"Input type not supported: expected a list of {names}, or a list of such lists, got {input!r:.80}")


def to_tensor(input: Any, padding_value: int | None = None, dtype: Any = penlight.long) -> Any:
    """Make a tensor of numbers, or of rows of them, which `padding_value` fills up to the longest.

    A single row is int64 whatever `dtype` says, as in torchtext.

    Shape: (T,), or (B, T) for a batch.
    Raises: TypeError for other input; ValueError for rows of different lengths without a `padding_value`.
    Source: https://docs.pytorch.org/text/stable/functional.html#to-tensor

    >>> to_tensor([[1, 2], [3]], padding_value=0)
    tensor([[1, 2],
            [3, 0]])
    """
    if _is_list(input, int):
        return penlight.tensor(input, dtype=penlight.long)
    on_lists(input, len, int)
    if padding_value is None:
        return penlight.tensor(input, dtype=dtype)
    rows = [penlight.tensor(row, dtype=dtype) for row in input]
    return pad_sequence(rows, batch_first=True, padding_value=float(padding_value))


def truncate(input: Any, max_seq_len: int) -> Any:
    """Cut each list after `max_seq_len` items.

    Source: https://docs.pytorch.org/text/stable/functional.html#truncate

    >>> truncate([["a", "b", "c"], ["d"]], 2)
    [['a', 'b'], ['d']]
    """
    return on_lists(input, lambda row: row[:max_seq_len], int, str)


def add_token(input: Any, token_id: Any, begin: bool = True) -> Any:
    """Put a token (a str) or its number before each list, or after it with `begin=False`.

    Raises: TypeError when the token is not of the type of the items.
    Source: https://docs.pytorch.org/text/stable/functional.html#add-token

    >>> add_token([1, 2], 0)
    [0, 1, 2]
    """
    return on_lists(input, lambda row: [token_id, *row] if begin else [*row, token_id], type(token_id))


def str_to_int(input: Any) -> Any:
    """Read each str as a number.

    Source: https://docs.pytorch.org/text/stable/functional.html#str-to-int

    >>> str_to_int([["1"], ["2", "3"]])
    [[1], [2, 3]]
    """
    return on_lists(input, lambda row: [int(item) for item in row], str)


__getattr__ = module_getattr(__name__)
