"""The op table. `table` holds the machinery, `catalog` finds an op's file; the other files declare ops, one topic each."""

import importlib
from typing import Any

from penlight.ops.namespaces import NAMESPACES

__all__ = ["NAMESPACES"]


def __getattr__(name: str) -> Any:
    """`torch.ops.NAME`: operators that the program has declared with `torch.library`; `torch.ops.aten`."""
    if name == "aten":
        return importlib.import_module("penlight.aten").aten
    try:
        return NAMESPACES[name]
    except KeyError:
        raise AttributeError(f"module 'torch.ops' has no attribute '{name}'") from None
