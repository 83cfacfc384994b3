"""Modules of PyTorch's that penlight offers only to be imported: their names say what is missing when they are used."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .missing import _PlaceholderModule, placeholder_module
from .recorded import torch_name

__all__ = ["mark_absent"]


def mark_absent(module_name: str, reason: str, submodules: Iterable[str] = ()) -> None:
    """Make a module answer the names it does not define as `placeholder_module` does.

    PyTorch's functions and classes become placeholders, whose use raises NotImplementedError with the
    reason; other names
    raise AttributeError. What the module's file defines works.

    Args:
        module_name: the calling module's `__name__`.
        reason: why it is missing, or what to use instead.
        submodules: names that can be imported as well (`import torch.distributed.rpc`), as placeholders too, with the
            modules above them.
    """
    module = sys.modules[module_name]
    module.__dict__.update(_reason=reason, __penlight_missing__=True)
    module.__class__ = _PlaceholderModule
    own = torch_name(module_name)
    for name in submodules:
        parts = name.split(".")
        for i in range(len(parts)):
            placeholder_module(".".join([own, *parts[: i + 1]]), reason)
