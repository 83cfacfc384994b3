"""Ask penlight whether it has a name that programs write."""

from __future__ import annotations

import enum
import importlib
import types
from dataclasses import dataclass

from .recorded import is_recorded, kind_of, penlight_name

SUPPORTED, RAISES, MISSING = "supported", "raises", "missing"

_ABSENT = object()


@dataclass(frozen=True)
class Finding:
    """What penlight answers for a name: the state, the part of the name that decides it, and the object."""

    state: str
    name: str
    value: object = None


def member(owner: object, name: str) -> object:
    """Return an attribute or submodule of penlight's, `_ABSENT` when there is none."""
    try:
        return getattr(owner, name)
    except AttributeError:
        pass
    except NotImplementedError:  # a property that refuses
        return _refuses
    except ModuleNotFoundError as problem:  # a lazy submodule
        if not _is_absent(owner, name, problem):
            raise
        return _ABSENT
    if isinstance(owner, types.ModuleType):
        try:
            return importlib.import_module(f"{owner.__name__}.{name}")
        except ModuleNotFoundError as problem:
            if not _is_absent(owner, name, problem):
                raise
    return _ABSENT


def _is_absent(owner: object, name: str, problem: ModuleNotFoundError) -> bool:
    """Tell a submodule that is not there from one that is there, and needs something that is not."""
    path = f"{getattr(owner, '__name__', '')}.{name}"
    return path == problem.name or path.startswith(f"{problem.name}.")


def _refuses() -> None:
    """Stand for a value that cannot be read."""


_refuses.__penlight_missing__ = True  # type: ignore[attr-defined]


def state_of(owner: object, name: str, kind: str | None = None) -> str:
    """Tell whether `owner` has a name of PyTorch's: "supported", "raises" or "missing".

    A stray import does not count: a module must be penlight's own, and a function not NumPy's or math's.
    """
    return _judge(member(owner, name), kind)


def _judge(value: object, kind: str | None) -> str:
    if value is _ABSENT:
        return MISSING
    if getattr(value, "__penlight_missing__", False) is True:
        return RAISES
    if isinstance(value, types.ModuleType):
        stray = value.__name__.split(".")[0] != "penlight"
        return MISSING if stray or kind in ("class", "function") else SUPPORTED
    if kind in ("class", "function") and not callable(value):
        return MISSING
    home = getattr(value, "__module__", None) or type(value).__module__
    if kind == "function" and home.split(".")[0] in ("numpy", "math"):
        return MISSING
    return SUPPORTED


def load(namespace: str) -> object | None:
    """Return the penlight module or class behind a namespace such as "torch.nn.utils", None when there is none."""
    path = penlight_name(namespace)
    if path is None:
        return None
    root = next(name for name in ("penlight.vision", "penlight.text", "penlight") if f"{path}.".startswith(f"{name}."))
    try:
        owner: object = importlib.import_module(root)
    except ModuleNotFoundError as problem:
        if problem.name != root:
            raise
        return None
    for part in path[len(root) :].split(".")[1:]:
        owner = member(owner, part)
        if owner is _ABSENT:
            return None
    return owner


def look_up(name: str) -> Finding:
    """Look a full name such as "torch.nn.functional.relu" up, as far as modules and classes go.

    >>> look_up("torch.no_such_name.more").name
    'torch.no_such_name'
    """
    first, *parts = name.split(".")
    owner = load(first)
    if owner is None:
        return Finding(MISSING, first)
    so_far = first
    for part in parts:
        if not isinstance(owner, (types.ModuleType, type)):
            break  # an object's own members are not known before the program runs
        namespace, so_far = so_far, f"{so_far}.{part}"
        value = member(owner, part)
        state = _judge(value, kind_of(namespace, part))
        if state == MISSING and isinstance(owner, type):
            certain = kind_of(namespace, part) if is_recorded(namespace) else issubclass(owner, enum.Enum)
            if not certain:
                break  # perhaps an attribute that instances have
        if state == RAISES and isinstance(value, types.ModuleType) and part != parts[-1]:
            owner = value  # a placeholder module may hold names that do work
            continue
        if state != SUPPORTED:
            return Finding(state, so_far, value)
        owner = value
    return Finding(SUPPORTED, so_far, owner)


def pytorch_has(name: str) -> bool | None:
    """Tell whether PyTorch has a name; None when its namespace is not recorded."""
    namespace, _, short_name = name.rpartition(".")
    if name == "torch":
        return True
    if not is_recorded(namespace) or short_name.startswith("_"):
        return None
    return kind_of(namespace, short_name) is not None
