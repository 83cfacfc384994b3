"""Op signatures, written as text and parsed once: `sum(Tensor input, dims? dim=None, bool keepdim=False)`.

Types: `Tensor`, `Tensor?`, `Tensors` (a sequence), `Tensor|Number`; `dim`, `dims` (wrapped against `input.ndim`); `int`,
`size` (PyTorch's SymInt, which takes more), `ints` (a sequence), `ints1` (the same, or an int), `float`, `number`, `real` (a
number whose imaginary part must be 0), `bool`, `str`, `dtype`: read as `base/dims.py` says; `number|Tensor`, `real|str` and the
like take two kinds. `any`, and what ends with `|any`, are passed as they come: where PyTorch's function is Python, or the body
reads them. `?` or the default None lets None through; the
default _MISSING, of an argument that PyTorch's shorter overloads lack, is None in the body, but a None that was given raises.
`*any size` takes either one sequence or several ints. After a bare `*`, arguments are keyword-only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Parameter", "Schema"]

REQUIRED = object()


class Parameter(NamedTuple):
    type: str
    name: str
    default: str | None  # source text; None when required
    keyword_only: bool = False
    variadic: bool = False

    @property
    def is_tensor(self) -> bool:
        return self.type.startswith("Tensor")


class Schema(NamedTuple):
    name: str
    parameters: tuple[Parameter, ...]

    @classmethod
    def parse(cls, text: str) -> Schema:
        match = re.fullmatch(r"(\w+)\((.*)\)", text.strip(), re.DOTALL)
        if match is None:
            raise ValueError(f"not a signature: {text!r}")
        name, inside = match.groups()
        parameters, keyword_only = [], False
        for part in _split(inside):
            if part == "*":
                keyword_only = True
                continue
            variadic = part.startswith("*")
            declared, _, default = part.lstrip("*").partition("=")
            kind, parameter_name = declared.split()
            parameters.append(Parameter(kind, parameter_name, default or None, keyword_only, variadic))
        return cls(name, tuple(parameters))

    @property
    def tensors(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.is_tensor)

    @property
    def statics(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if not p.is_tensor)


def _split(text: str) -> list[str]:
    """Split at commas that are outside brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text + ","):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "," and depth == 0:
            if text[start:i].strip():
                parts.append(text[start:i].strip())
            start = i + 1
    return parts
