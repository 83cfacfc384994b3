"""What several pipes need: checks of functions, and which files a folder has."""

from __future__ import annotations

import copy
import fnmatch
import functools
import inspect
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

__all__ = ["check_picklable", "copy_or_warn", "files_under", "validate_input_col"]


def check_picklable(fn: Any) -> None:
    """Warn of functions that pickle refuses, so that workers that are spawned could not get the pipe."""
    if not callable(fn):
        raise TypeError(f"A callable function is expected, but {type(fn)} is provided.")
    inner = fn.func if isinstance(fn, functools.partial) else fn
    name = getattr(inner, "__qualname__", "")
    kind = "Lambda" if name.endswith("<lambda>") else "Local" if "<locals>" in name else None
    if kind and inspect.isfunction(inner):
        warnings.warn(
            f"{kind} function is not supported by pickle, please use regular python function or functools.partial "
            "instead.",
            stacklevel=3,
        )


def validate_input_col(fn: Callable, input_col: Any) -> None:
    """Raise ValueError where a function cannot take as many columns as `input_col` names (none: one argument)."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (ValueError, TypeError):  # written in C
        return
    given = len(input_col) if isinstance(input_col, (list, tuple)) else 1
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    name = getattr(fn, "__name__", repr(fn.func if isinstance(fn, functools.partial) else fn))
    if named:
        raise ValueError(
            f"The function {name} takes {len(named)} non-default keyword-only parameters, which is not allowed."
        )
    several = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if given < len(required):
        raise ValueError(f"The function {name} takes {len(required)} positional parameters, but {given} are required.")
    if given > len(positional) and not several:
        raise ValueError(f"The function {name} takes {len(positional)} parameters, but {given} are required.")


def copy_or_warn(source: Any, kind: str) -> Any:
    """A deep copy, or with a warning the source itself."""
    try:
        return copy.deepcopy(source)
    except TypeError:
        warnings.warn(
            f"The input {kind} can not be deepcopied, please be aware of in-place modification would affect source data.",
            stacklevel=3,
        )
        return source


def _matches(name: str, masks: str | Sequence[str]) -> bool:
    if not masks:
        return True
    return any(fnmatch.fnmatch(name, mask) for mask in ([masks] if isinstance(masks, str) else masks))


def files_under(root: str, masks: Any, recursive: bool, absolute: bool, unsorted: bool) -> Iterator[str]:
    """The paths of the files in a folder (or of a file) whose names match one of the patterns."""

    def failed(error: OSError) -> None:
        warnings.warn(f"{error.filename} : {error.strerror}", stacklevel=2)
        raise error

    if os.path.isfile(root):
        path = os.path.abspath(root) if absolute else root
        if _matches(os.path.basename(root), masks):
            yield path
        return
    for folder, folders, names in os.walk(root, onerror=failed):
        if absolute:
            folder = os.path.abspath(folder)
        if not unsorted:
            names.sort()
            folders.sort()
        for name in names:
            if _matches(name, masks):
                yield os.path.join(folder, name)
        if not recursive:
            return
