"""Errors that name what penlight lacks of torchvision."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from opcode import opmap

from penlight.ledger.recorded import torch_name

__all__ = ["vision_getattr"]

_IMPORT_FROM = opmap["IMPORT_FROM"]


def vision_getattr(module_name: str, lazy: Iterable[str] = (), where: dict[str, str] | None = None) -> Callable:
    """Make a module-level `__getattr__` for a module of `penlight.vision`.

    Args:
        module_name: the module's `__name__`.
        lazy: names of submodules that are imported when they are first asked for.
        where: name -> the module that defines it, imported when first asked for.

    Returns:
        The function to assign. For other names it raises AttributeError, in `from module import name` ImportError.

    >>> vision_getattr("penlight.vision")("no_such_name")
    Traceback (most recent call last):
    AttributeError: penlight does not have torchvision.no_such_name; dir(torchvision) lists what it has
    """
    submodules, elsewhere = frozenset(lazy), dict(where or {})

    def __getattr__(name: str) -> object:
        if name[:2] == "__":  # copy, pickle and inspect ask for these
            raise AttributeError(f"module '{module_name}' has no attribute '{name}'")
        if name in submodules:
            return importlib.import_module(f"{module_name}.{name}")
        if name in elsewhere:
            found = getattr(importlib.import_module(elsewhere[name]), name)
            setattr(sys.modules[module_name], name, found)
            return found
        namespace = torch_name(module_name)
        message = f"penlight does not have {namespace}.{name}; dir({namespace}) lists what it has"
        caller = sys._getframe(1)
        if caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == _IMPORT_FROM:
            # `from torchvision import name` would replace an AttributeError's text by its own.
            raise ImportError(message, name=module_name)
        raise AttributeError(message, name=name, obj=sys.modules.get(module_name))

    return __getattr__
