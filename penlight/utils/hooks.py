"""`RemovableHandle`, what registering a hook returns, and marks for hooks that need not be saved."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.tensor.graph import RemovableHandle

__all__ = ["RemovableHandle", "set_module", "unserializable_hook", "warn_if_has_hooks"]


def unserializable_hook(f: Callable) -> Callable:
    """Mark a hook as one that need not be saved with its tensor."""
    f.__torch_unserializable__ = True
    return f


def warn_if_has_hooks(tensor: Any) -> None:
    """Warn of the tensor's backward hooks that saving it would lose, but for those marked by `unserializable_hook`."""
    for hook in (tensor._backward_hooks or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate the "
                "function with @torch.utils.hooks.unserializable_hook to suppress this warning",
                stacklevel=2,
            )


def set_module(obj: Any, mod: str) -> None:
    """Say that a function or class belongs to a module of this name (`torch.utils.set_module`)."""
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


__getattr__ = module_getattr(__name__)
