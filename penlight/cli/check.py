"""`penlight check`: list what programs use and penlight lacks, with file and line, without running them."""

from __future__ import annotations

import argparse
import array
import ast
import builtins
import collections
import datetime
import decimal
import functools
import io
import json
import logging
import pathlib
import queue
import re
import socket
import threading
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from penlight.cli.names_used import Program, Use, is_torch, names_used
from penlight.ledger.recorded import VERSION, groups
from penlight.ledger.resolve import MISSING, RAISES, SUPPORTED, Finding, load, look_up, pytorch_has, state_of

_SKIPPED_FOLDERS = {"__pycache__", "node_modules", "site-packages", "build", "dist"}

# Types whose methods a program calls too: a method of theirs says nothing about tensors.
_OTHER_TYPES = [
    *(kind for kind in vars(builtins).values() if isinstance(kind, type)),
    *(array.array, collections.Counter, collections.OrderedDict, collections.deque, datetime.datetime),
    *(datetime.timedelta, decimal.Decimal, io.BytesIO, io.StringIO, logging.Logger, pathlib.Path, queue.Queue),
    *(re.Match, re.Pattern, socket.socket, threading.Event, threading.Lock, threading.Thread, type(np)),
    *(np.ndarray, np.random.Generator, np.random.RandomState),
]
# Methods of pandas, Matplotlib, Pillow, SymPy and the like that tensors have as well.
_OTHER_METHODS = set(
    "abs add apply apply_ at_ backward bincount bool ceil cholesky clamp clip close corr corrcoef cov cross cummax "
    "cummin cuda cpu deg2rad det diag diff div double eq equal erf eval exp expand fill_ filter float floor gather ge "
    "gt half histogram index_select int inverse isin isna kurtosis le log logsumexp lt map_ masked_fill matmul max min "
    "mode mul ne nelement neg norm numpy pad pow product qr quantile rename rotate sample scatter select sin solve "
    "sqrt stft sub tan tile to to_dense trace triu unique unfold unsqueeze where zero_".split()
)


@dataclass
class Problem:
    """A name that penlight lacks, and the lines of one file that use it."""

    name: str
    what: str
    guarded: bool
    lines: list[int] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Check files and folders; return 0 when all is there, 1 when something is missing, 2 when a file is unreadable."""
    parser = argparse.ArgumentParser(prog="penlight check", description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER", help="Python files, notebooks, folders")
    paths = parser.parse_args(arguments).paths
    programs: dict[str, Program] = {}
    unreadable = 0
    for path in files_in(paths):
        try:
            programs[path] = names_used(ast.parse(source_of(path), path), star_names)
        except (OSError, SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            place = f"{path}:{line}" if line else path
            print(f"{place}: cannot be read: {getattr(error, 'msg', None) or error}")
            unreadable += 1
    defined = set().union(*(program.defined for program in programs.values()))
    problems: list[Problem] = []
    for path, program in programs.items():
        found = problems_of(program, defined)
        for problem in found:
            print(f"{path}:{problem.lines[0]}: {problem.name}: {problem.what}{_more(problem)}")
        problems += found
    used = {use.name for program in programs.values() for use in program.uses}
    print(_summary(len(programs), len(used), problems, unreadable))
    if unreadable:
        return 2
    return 1 if any(not problem.guarded for problem in problems) else 0


def files_in(paths: Iterable[str]) -> list[str]:
    """Return the files, and the .py and .ipynb files below the folders, in order and once each."""
    found: list[str] = []
    for given in paths:
        path = pathlib.Path(given)
        if not path.is_dir():
            found.append(given)
            continue
        for inner in sorted(path.rglob("*")):
            folders = inner.relative_to(path).parts[:-1]
            hidden = any(part in _SKIPPED_FOLDERS or part.startswith(".") for part in folders)
            if inner.suffix in (".py", ".ipynb") and inner.is_file() and not hidden:
                found.append(str(inner))
    return list(dict.fromkeys(found))


def source_of(path: str) -> str:
    """Read a Python file, or the code cells of a notebook (whose lines are then counted over all the cells)."""
    if not path.endswith(".ipynb"):
        with tokenize.open(path) as file:
            return file.read()
    cells = json.loads(pathlib.Path(path).read_text(encoding="utf-8")).get("cells", [])
    lines: list[str] = []
    for cell in cells:
        if cell.get("cell_type") == "code":
            text = "".join(cell.get("source", []))
            if not text.startswith("%%"):
                # A line for the notebook alone becomes a statement that does nothing, at the same depth.
                lines += [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in text.split("\n")]
    return "\n".join(lines)


def star_names(namespace: str) -> set[str]:
    """Return what `from namespace import *` may bring: PyTorch's recorded names and penlight's own."""
    owner = load(namespace)
    listed = getattr(owner, "__all__", None) or [name for name in dir(owner) if not name.startswith("_")]
    return set(groups().get(namespace, ())) | set(listed if owner is not None else ())


def problems_of(program: Program, defined: set[str]) -> list[Problem]:
    """Return what one program uses and penlight lacks, by first line."""
    problems: dict[tuple[str, bool], Problem] = {}
    answers = {use.name: _look_up(use.name) for use in program.uses}
    expected = {answers[use.name].name for use in program.uses if use.guarded and use.imported}
    at_import = {answers[use.name].name for use in program.uses if use.imported and answers[use.name].state == MISSING}
    for use in program.uses:
        answer = answers[use.name]
        if answer.state == RAISES and not use.imported:
            reason = str(getattr(answer.value, "__doc__", None) or "").partition(": ")[2]
            what = "raises NotImplementedError when used" + (f" ({reason})" if reason else "")
            _note(problems, answer.name, what, use, use.guarded)
        elif answer.state == MISSING:
            guarded = use.guarded or answer.name in expected
            if use.imported or answer.name not in at_import:  # else said at the import
                _note(problems, answer.name, _why_missing(answer.name), use, guarded)
    for use in program.calls:
        if use.name[1:] in tensor_only_missing() and use.name[1:] not in defined:
            _note(problems, use.name, "a tensor method that penlight does not have yet", use, use.guarded)
    return sorted(problems.values(), key=lambda problem: (problem.lines[0], problem.name))


def _note(problems: dict[tuple[str, bool], Problem], name: str, what: str, use: Use, guarded: bool) -> None:
    problem = problems.setdefault((name, guarded), Problem(name, what, guarded))
    if use.line not in problem.lines:
        problem.lines.append(use.line)
        problem.lines.sort()


@functools.cache
def _look_up(name: str) -> Finding:
    return look_up(name)


def _why_missing(name: str) -> str:
    known = pytorch_has(name)
    if known is False:
        return f"neither penlight nor PyTorch {VERSION} has it"
    return "penlight does not have it yet"


@functools.cache
def tensor_only_missing() -> frozenset[str]:
    """Return the tensor methods that penlight lacks and whose names hardly belong to any other object.

    PyTorch's other classes (Module, Optimizer, Distribution ...) count as others where penlight has the method.
    """
    tensor = load("torch.Tensor")
    others = set(_OTHER_METHODS).union(*(dir(kind) for kind in _OTHER_TYPES))
    for namespace, names in groups().items():
        owner = namespace.rpartition(".")[2]
        if namespace != "torch.Tensor" and (owner[0].isupper() or owner in ("device", "dtype", "finfo", "iinfo")):
            others.update(names)
    missing = set()
    for name, kind in groups()["torch.Tensor"].items():
        telling = kind == "function" and not name.startswith("_") and name not in others
        if telling and (tensor is None or state_of(tensor, name, kind) != SUPPORTED):
            missing.add(name)
    return frozenset(missing)


def _more(problem: Problem) -> str:
    others = problem.lines[1:]
    shown = ", ".join(map(str, others[:5])) + (" …" if len(others) > 5 else "")
    text = f" (also line{'s' if len(others) > 1 else ''} {shown})" if others else ""
    return text + (" [guarded: the program expects that]" if problem.guarded else "")


def _summary(files: int, used: int, problems: list[Problem], unreadable: int) -> str:
    certain = {problem.name for problem in problems if not problem.guarded}
    guarded = {problem.name for problem in problems if problem.guarded} - certain
    methods = {name for name in certain if not is_torch(name)}
    parts = [f"{_count(files, 'file')}, {_count(used, 'name')} of PyTorch's: {len(certain - methods)} lacking"]
    if methods:
        parts.append(f"{_count(len(methods), 'likely tensor method')} lacking")
    if guarded:
        parts.append(f"{len(guarded)} lacking but guarded")
    if unreadable:
        parts.append(f"{_count(unreadable, 'file')} unreadable")
    return ", ".join(parts)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
