"""`torch._tensor_str`: the pieces of a printed tensor, for libraries that print tensors of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from penlight.ledger.missing import module_getattr
from penlight.tensor.printing import _format_elements, add_suffixes, get_printoptions, printoptions, set_printoptions
from penlight.tensor.tensor import Tensor

__all__ = ["PRINT_OPTS", "printoptions", "set_printoptions"]


class _PrinterOptions:
    """The current options, as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return get_printoptions()[name]
        except KeyError:
            raise AttributeError(name) from None


PRINT_OPTS = _PrinterOptions()


def _tensor_str(self: Tensor, indent: int) -> str:
    """The elements between brackets, lines after the first one indented.

    >>> import penlight as torch
    >>> _tensor_str(torch.tensor([1, 2]), 0)
    '[1, 2]'
    """
    array = np.asarray(self._a)
    return _format_elements(array, self.dtype.name, indent) if array.size else "[]"


def _add_suffixes(tensor_str: str, suffixes: Sequence[str], indent: int, force_newline: bool) -> str:
    """The text with its suffixes and the closing parenthesis, the first suffix on a new line if need be or wanted."""
    if force_newline and suffixes:
        return add_suffixes(f"{tensor_str},\n{' ' * indent}{suffixes[0]}", list(suffixes[1:]), indent)
    return add_suffixes(tensor_str, list(suffixes), indent)


def _str(self: Tensor, *, tensor_contents: str | None = None) -> str:
    """A tensor's text; with `tensor_contents` in place of its elements."""
    return repr(self) if tensor_contents is None else f"tensor({tensor_contents})"


_str_intern = _str
__getattr__ = module_getattr(__name__)
