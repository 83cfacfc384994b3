"""`torch.linalg`: the op table's functions of that namespace."""

from __future__ import annotations

from typing import Any

from penlight.base.errors import LinAlgError
from penlight.ledger.missing import module_getattr
from penlight.tensor import public_function, public_names

_missing = module_getattr("torch.linalg")


def __getattr__(name: str) -> Any:
    found = public_function("linalg", f"linalg_{name}") or public_function("linalg", name)
    if found is None:
        return _missing(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({n.removeprefix("linalg_") for n in public_names("linalg")})
