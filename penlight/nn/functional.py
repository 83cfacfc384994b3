"""`torch.nn.functional`: the op table's functions, and wrappers where PyTorch's signature is another."""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr as _module_getattr
from penlight.tensor import public_function as _public_function
from penlight.tensor import public_names as _public_names

_missing = _module_getattr("torch.nn.functional")


def __getattr__(name: str) -> Any:
    found = _public_function("F", name)
    if found is None:
        return _missing(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({n for n in globals() if not n.startswith("_")} | _public_names("F"))
