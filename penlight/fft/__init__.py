"""`torch.fft`: the op table's functions of that namespace."""

from __future__ import annotations

from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.tensor import public_function, public_names

_missing = module_getattr("torch.fft")


def __getattr__(name: str) -> Any:
    found = public_function("fft", f"fft_{name}") or public_function("fft", name)
    if found is None:
        return _missing(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({n.removeprefix("fft_") for n in public_names("fft")})
