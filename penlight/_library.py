"""What an operator's declaration says: its schema, read from text or from a function's annotations."""

from __future__ import annotations

import functools
import inspect
import operator
import re
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from penlight.base.device import device
from penlight.base.dtypes import dtype
from penlight.tensor.tensor import Tensor

__all__ = ["Schema", "infer_schema", "read_schema"]

_TYPES = {
    Tensor: "Tensor", int: "SymInt", float: "float", bool: "bool", str: "str", dtype: "ScalarType", device: "Device",
    int | float | bool: "Scalar", complex: "Scalar",
}  # fmt: skip
_DEFAULTS = {"None": None, "True": True, "False": False}


class Schema(NamedTuple):
    """A declaration such as `f(Tensor x, float s=2.) -> Tensor`, and the signature it stands for."""

    name: str
    text: str
    types: dict[str, str]  # by argument
    signature: inspect.Signature

    def bind(self, args: tuple, kwargs: dict) -> dict[str, Any]:
        """The arguments by name, with defaults.

        Raises: RuntimeError for missing or unknown arguments, and for others than tensors where tensors are declared.
        """
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as problem:
            raise RuntimeError(f"{self.name}() {problem}. Declaration: {self.name}{self.text}") from None
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            kind = self.types[name]
            base = kind.rstrip("?")
            if value is None and kind.endswith("?"):
                continue
            is_right = isinstance(value, Tensor)
            if base.startswith("Tensor") and base.endswith("[]"):
                is_right = isinstance(value, Sequence) and all(isinstance(v, Tensor) or v is None for v in value)
            if is_right != base.startswith("Tensor") and (is_right or base.startswith("Tensor")):
                raise RuntimeError(
                    f"{self.name}() Expected a value of type '{kind}' for argument '{name}' but instead found type "
                    f"'{type(value).__name__}'.\nDeclaration: {self.name}{self.text}"
                )
        return dict(bound.arguments)


def _split(text: str) -> list[str]:
    """What commas outside brackets separate."""
    parts = re.findall(r"(?:\[[^\]]*\]|\([^)]*\)|'[^']*'|\"[^\"]*\"|[^,\[\]()])+", text)
    return [part.strip() for part in parts if part.strip()]


def _value(text: str) -> Any:
    if text in _DEFAULTS:
        return _DEFAULTS[text]
    if text[:1] in "'\"":
        return text[1:-1]
    if text[:1] == "[":
        return [_value(part) for part in _split(text[1:-1])]
    try:
        return int(text)
    except ValueError:
        return float(text)


def read_schema(name: str, text: str) -> Schema:
    """Read `(Tensor x, int n=3, *, float[] s) -> Tensor`.

    >>> read_schema("a::f", "(Tensor x, int n=3) -> Tensor").bind((), {"x": Tensor(1)})["n"]
    3
    """
    match = re.fullmatch(r"\s*\((.*)\)\s*->\s*(.+?)\s*", text, re.DOTALL)
    if match is None:
        raise RuntimeError(f"expected a schema such as (Tensor x, int n=3) -> Tensor for {name}, got {text!r}")
    found, kinds = [], {}
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for part in _split(match[1]):
        if part == "*":
            kind = inspect.Parameter.KEYWORD_ONLY
            continue
        declared, _, default = part.partition("=")
        type_name, _, argument = declared.strip().rpartition(" ")
        if not argument.isidentifier() or not type_name:
            raise RuntimeError(f"expected a type and a name in the schema of {name}, got {part!r}")
        kinds[argument] = type_name.replace(" ", "")
        value = _value(default.strip()) if default else inspect.Parameter.empty
        found.append(inspect.Parameter(argument, kind, default=value))
    return Schema(name, f"({match[1]}) -> {match[2]}", kinds, inspect.Signature(found))


def _type_name(annotation: Any) -> str | None:
    """A type as schemas spell it; None for one they have no word for."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _TYPES:
        return _TYPES[annotation]
    if origin in (typing.Union, types.UnionType) and type(None) in arguments:
        rest = [a for a in arguments if a is not type(None)]
        inner = _type_name(rest[0]) if len(rest) == 1 else _TYPES.get(functools.reduce(operator.or_, rest))
        return None if inner is None else f"{inner}?"
    if isinstance(origin, type) and issubclass(origin, Sequence) and origin is not tuple and len(arguments) == 1:
        inner = _type_name(arguments[0])
        return None if inner is None else f"{inner}[]"
    return None


def _result(annotation: Any) -> str | None:
    if annotation in (None, type(None)):
        return "()"
    if typing.get_origin(annotation) is tuple:
        names = [_type_name(a) for a in typing.get_args(annotation)]
        return None if None in names else f"({', '.join(map(str, names))})"
    return _type_name(annotation)


def _default(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.0f}." if value.is_integer() else repr(value)
    return f'"{value}"' if isinstance(value, str) else repr(value)


def infer_schema(
    prototype_function: Callable, /, *, mutates_args: str | Iterable[str], op_name: str | None = None, tags: Any = ()
) -> str:
    """The schema that a function's annotations state.

    Raises: ValueError for an argument or a result without an annotation, or with one that schemas have no word for.
    Source: https://docs.pytorch.org/docs/stable/library.html

    >>> def f(x: Tensor, n: int = 3) -> Tensor: ...
    >>> infer_schema(f, mutates_args=())
    '(Tensor x, SymInt n=3) -> Tensor'
    """
    signature, hints = inspect.signature(prototype_function), typing.get_type_hints(prototype_function)
    unknown = set() if mutates_args == "unknown" else set(mutates_args) - set(signature.parameters)
    if unknown:
        raise ValueError(f"infer_schema(func): mutates_args names {sorted(unknown)}, which are no arguments")
    parts, starred = [], False
    for i, (name, p) in enumerate(signature.parameters.items()):
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise ValueError(
                f"infer_schema(func): *args and **kwargs have no schema. Got func with signature {signature}"
            )
        if name not in hints:
            raise ValueError(
                f"infer_schema(func): Parameter {name} must have a type annotation. Got func with signature {signature}"
            )
        kind = _type_name(hints[name])
        if kind is None:
            raise ValueError(f"infer_schema(func): Parameter {name} has unsupported type {hints[name]}")
        if kind.startswith("Tensor") and (mutates_args == "unknown" or name in mutates_args):
            kind = kind.replace("Tensor", f"Tensor(a{i}!)", 1)
        if p.kind is p.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(f"{kind} {name}" + ("" if p.default is p.empty else f"={_default(p.default)}"))
    if "return" not in hints:
        raise ValueError(
            f"infer_schema(func): No return type annotation was provided. Got func with signature {signature}"
        )
    result = _result(hints["return"])
    if result is None:
        raise ValueError(f"infer_schema(func): Return has unsupported type {hints['return']}")
    return f"{op_name or ''}({', '.join(parts)}) -> {result}"
