"""What `weights_only=True` may load besides tensors and plain containers: the user's additions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.io.names import torch_home

__all__ = ["add_safe_globals", "clear_safe_globals", "get_safe_globals", "safe_globals", "user_globals"]

_added: list[Any] = []


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let `weights_only=True` load these classes and functions from now on.

    An entry is the object, or (object, "module.name") where files know it under another name. Loading a listed class
    calls its `__new__` and `__setstate__`; loading a listed function calls it with arguments from the file.
    Source: https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.add_safe_globals
    """
    for entry in safe_globals:
        _name_of(entry)
        if not any(entry is known or entry == known for known in _added):
            _added.append(entry)


def clear_safe_globals() -> None:
    """Forget all additions."""
    _added.clear()


def get_safe_globals() -> list[Any]:
    """Return the additions."""
    return list(_added)


class safe_globals:
    """Context in which `weights_only=True` may also load these objects.

    Source: https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.safe_globals
    """

    def __init__(self, safe_globals: list[Any]) -> None:
        self._entries = safe_globals

    def __enter__(self) -> None:
        self._before = list(_added)
        add_safe_globals(self._entries)

    def __exit__(self, *exc_info: Any) -> None:
        _added[:] = self._before


def _name_of(entry: Any) -> tuple[Any, str]:
    if isinstance(entry, tuple):
        if len(entry) != 2 or not isinstance(entry[1], str):
            raise ValueError(f"safe_globals: expected an object or (object, 'module.name'), got {entry!r}")
        return entry
    module, name = getattr(entry, "__module__", None), getattr(entry, "__qualname__", None)
    if not module or not name:
        raise TypeError(
            f"safe_globals: expected a class or function, got {type(entry).__name__}; pass (object, 'module.name') for "
            "an object without a name of its own"
        )
    return entry, f"{module}.{name}"


def user_globals(entries: Iterable[Any] = ()) -> dict[str, Any]:
    """Return {"module.name": object} of the additions; penlight's own objects also under PyTorch's names."""
    found = {}
    for entry in (*_added, *entries):
        value, full_name = _name_of(entry)
        found[full_name] = value
        home = torch_home(value, *full_name.rpartition(".")[::2])
        if home is not None:
            found[".".join(home)] = value
    return found
