"""The bad-input table: what a case is, how it is run, and which facts its message must state.

A case is a few lines of source that use `torch` (whatever library that name is bound to). All lines but the last
statement must work; the last one must fail as it fails in PyTorch.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib
import io
import os
import pickle
import re
import tempfile
import warnings
from dataclasses import dataclass

import numpy


@dataclass(frozen=True)
class Case:
    """`keywords` must be in the message (any case of letters); `drop` names facts of PyTorch's text not asked for."""

    name: str
    source: str
    keywords: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    warns: bool = False  # PyTorch only warns


@dataclass(frozen=True)
class Outcome:
    kind: str  # "raises", "warns", "returns" (nothing was refused), or "setup" (an earlier line already failed)
    module: str = ""
    exception: str = ""
    message: str = ""
    bases: tuple[str, ...] = ()  # the names of its classes, itself first, without Exception and what is above


def namespace(torch) -> dict:
    """What a case can use; a case that uses a part the library lacks fails by NameError."""
    names = {"torch": torch, "np": numpy, "copy": copy, "io": io, "os": os, "pickle": pickle}
    for short, part in (("nn", "nn"), ("F", "nn.functional"), ("optim", "optim"), ("data", "utils.data")):
        with contextlib.suppress(ImportError):
            names[short] = importlib.import_module(f"{torch.__name__}.{part}")
    return names


def run(case: Case, torch) -> Outcome:
    """Run one case with the name `torch` bound to the given library, in an empty directory."""
    body = ast.parse(case.source).body
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        os.chdir(folder)
        try:
            names = namespace(torch)
            torch.manual_seed(0)
            try:
                _execute(body[:-1], names, case.name)
            except Exception as error:
                return _raised("setup", error)
            caught.clear()
            try:
                _execute(body[-1:], names, case.name)
            except Exception as error:
                return _raised("raises", error)
        finally:
            os.chdir(here)
    if caught:
        first = caught[0]
        return Outcome("warns", first.category.__module__, first.category.__name__, str(first.message))
    return Outcome("returns")


def _execute(statements, names, title):
    exec(compile(ast.Module(statements, []), f"<{title}>", "exec"), names)


def _raised(kind, error):
    bases = tuple(c.__name__ for c in type(error).__mro__ if c not in (Exception, BaseException, object))
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    message = re.sub(r"0x[0-9a-f]{6,}", "0x...", " ".join(str(text).split()))
    return Outcome(kind, type(error).__module__, type(error).__name__, message, bases)


# What a message says about a dtype, whatever the library calls it.
_DTYPE_WORDS = {
    "float32": ("torch.float32", "float32", "Float", "float", "FloatTensor", "torch.FloatTensor"),
    "float64": ("torch.float64", "float64", "Double", "double", "DoubleTensor", "torch.DoubleTensor"),
    "float16": ("torch.float16", "float16", "Half", "HalfTensor"),
    "bfloat16": ("torch.bfloat16", "bfloat16", "BFloat16"),
    "int64": ("torch.int64", "int64", "Long", "LongTensor", "torch.LongTensor", "torch.long", "long"),
    "int32": ("torch.int32", "int32", "Int", "IntTensor", "torch.IntTensor"),
    "int16": ("torch.int16", "int16", "Short"),
    "uint8": ("torch.uint8", "uint8", "Byte", "ByteTensor"),
    "bool": ("torch.bool", "bool", "Bool", "BoolTensor"),
    "complex64": ("torch.complex64", "complex64", "ComplexFloat"),
}
_WORD_TO_DTYPE = {word: name for name, words in _DTYPE_WORDS.items() for word in words}
_TOKEN = re.compile(r"torch\.\w+|[A-Za-z_]\w*|(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?")
_NOT_FACTS = re.compile(  # where numbers and dtypes stand that say nothing about the call at hand
    r"Exception raised from.*|Triggered internally.*|at \S+\.(?:cpp|h|py):\d+|https?://\S+|github\.com\S+|0x[0-9a-f]{4,}|#\d+"
    r"|\(position \d+\)|element 0 of tensors|PyTorch \d[\d.]*|The only supported types are.*|but expected one of:.*"
    r"|This typically happens when.*|\d+ (?:required )?positional arguments?|torch\.FloatTensor\{"
    r"|Hint:.*|for dimension 0|is output \d+ of",
    re.DOTALL,
)


def _text_of_facts(message: str) -> str:
    return re.sub(r"(?<=\d)x(?=\d)", " x ", _NOT_FACTS.sub("", message))  # 2x3 is a 2 and a 3


def facts(message: str) -> set[str]:
    """The numbers and dtypes that a message states, in one spelling."""
    found = set()
    for token in _TOKEN.findall(_text_of_facts(message)):
        if token in _WORD_TO_DTYPE:
            found.add(_WORD_TO_DTYPE[token])
        elif token[-1].isdigit() and not token[0].isalpha() and token[0] != "_" and not token.startswith("torch"):
            found.add(f"{float(token):g}")
    return found


STANDARD = ("builtins", "pickle", "_pickle")  # where a subclass will do: whoever catches Python's class catches it


def shortcomings(case: Case, outcome: Outcome, expected: dict) -> list[str]:
    """What is worse in an outcome than in PyTorch's recorded one; empty if nothing."""
    if outcome.kind != expected["kind"]:
        got = f"{outcome.kind} {outcome.exception}: {outcome.message}"
        return [f"PyTorch {expected['kind']} {expected['exception']} here, this {got}"]
    wanted = expected["exception"].lstrip("_")
    names = [name.lstrip("_") for name in outcome.bases] or [outcome.exception]
    found = []
    if wanted not in names or (expected["module"] not in STANDARD and names[0] != wanted):
        found.append(f"{outcome.exception} instead of {wanted}")
    if "NotImplementedError" in names and wanted != "NotImplementedError":
        found.append("NotImplementedError says that something is missing here, not that the call is wrong")
    if expected["message"] and not outcome.message:
        found.append("no message")
    found += [f"does not say {word!r}" for word in case.keywords if word.lower() not in outcome.message.lower()]
    unsaid = set(expected["facts"]) - facts(outcome.message) - set(case.drop)
    found += [f"does not state {fact}" for fact in sorted(unsaid)]
    return found
