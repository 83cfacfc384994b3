"""The dicts behind a Module's attributes.

`_parameters`, `_buffers` and `_modules` are mirrored into the module's `__dict__`, so that `self.weight` is a plain
attribute lookup. Whoever writes into these dicts directly keeps the mirror true, because they do it themselves.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any
from weakref import ref

__all__ = ["HookTable", "Registry", "any_global_hook", "global_table", "plain_getattr"]

_MISSING = object()
plain_getattr: list = []  # Module's own


class Registry(dict):
    """name -> member; writes go into the owner's `__dict__` as well. Copies and pickles are plain dicts."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Any, items: Any = ()) -> None:
        super().__init__()
        self._owner = ref(owner)
        for key, value in dict(items).items():
            self[key] = value

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        owner = self._owner()
        # An attribute of the class hides the member in PyTorch, so it is not mirrored; a class with a `__getattr__` of
        # its own is to see its members asked for.
        if owner is not None and not hasattr(type(owner), key) and type(owner).__getattr__ in plain_getattr:
            owner.__dict__[key] = value

    def __delitem__(self, key: Any) -> None:
        value = self[key]
        super().__delitem__(key)
        owner = self._owner()
        if owner is not None and owner.__dict__.get(key, _MISSING) is value:
            del owner.__dict__[key]

    def pop(self, key: Any, *default: Any) -> Any:
        if key not in self:
            if default:
                return default[0]
            raise KeyError(key)
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple:
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        for key in list(self):
            del self[key]

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __ior__(self, other: Any) -> Registry:
        self.update(other)
        return self

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (dict, (dict(self),))


class HookTable(OrderedDict):
    """id -> hook; the first hook sets the owner's flag that sends calls the long way."""

    def __init__(self, owner: Any = None, items: Any = ()) -> None:
        super().__init__()
        self._owner = None if owner is None else ref(owner)
        for key, value in dict(items).items():
            self[key] = value

    def __setitem__(self, key: Any, value: Any, *rest: Any) -> None:
        super().__setitem__(key, value, *rest)
        if self._owner is None:
            any_global_hook.append(True)
            return
        owner = self._owner()
        if owner is not None:
            owner.__dict__["_hooked"] = True

    def __repr__(self) -> str:
        return repr(OrderedDict(self))

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        if self._owner is None:
            any_global_hook.pop()

    def pop(self, key: Any, *default: Any) -> Any:
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        for key in list(self):
            del self[key]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (OrderedDict, (list(self.items()),))

    def copy(self) -> Any:
        return OrderedDict(self)


any_global_hook: list = []  # one for each hook on all modules


def global_table() -> HookTable:
    """A table of hooks that run for every module."""
    return HookTable()
