"""Modules whose attributes are settings: reading and setting them is checked, as PyTorch's `torch.backends.*` do.

penlight's kernels have no such switches. A setting is remembered, so that a script reads back what it wrote; the
results do not depend on it.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from typing import Any

__all__ = ["FlagModule", "disable_global_flags", "flags_frozen", "install_flags", "switch"]


class FlagModule(types.ModuleType):
    """A module that checks the type of the settings declared in its `_flags`: {name: (type, setter's name,
    choices)}.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        declared = self.__dict__.get("_flags", {}).get(name)
        if declared is not None:
            check_flag(value, *declared)
        super().__setattr__(name, value)


def check_flag(value: Any, kind: type, setter: str, choices: tuple = ()) -> None:
    """Raise PyTorch's error unless `value` is of the setting's type and one of its choices."""
    if type(value) is not kind and not (kind is int and value is None):
        raise RuntimeError(
            f"{setter} expects {'an' if kind is int else 'a'} {kind.__name__}, but got {type(value).__name__}"
        )
    if choices and value not in choices:
        raise RuntimeError(f"{setter} expects one of {', '.join(map(repr, choices))}, but got {value!r}")


def install_flags(module_name: str, **flags: tuple) -> None:
    """Make a module check its settings."""
    module = sys.modules[module_name]
    module.__dict__["_flags"] = flags
    module.__class__ = FlagModule


@contextlib.contextmanager
def switch(module: Any, values: dict[str, Any]) -> Iterator[None]:
    """Hold a module's settings at other values for a `with` block; None leaves a setting alone."""
    values = {name: value for name, value in values.items() if value is not None}
    before = {name: getattr(module, name) for name in values}
    try:
        for name, value in values.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


_frozen = False


def flags_frozen() -> bool:
    """Whether `disable_global_flags` was called."""
    return _frozen


def disable_global_flags() -> None:
    """Note that settings are meant to be changed through `flags()` only."""
    global _frozen
    _frozen = True
