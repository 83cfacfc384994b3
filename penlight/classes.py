"""`torch.classes`: classes registered from C++, of which there are none; asking for one raises RuntimeError."""

from __future__ import annotations

from typing import Any

__all__ = ["load_library"]


class _Namespace:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(
            f"Tried to instantiate class '{self._name}.{name}', but it does not exist! Penlight loads no C++ libraries."
        )


def load_library(path: str) -> None:
    """Raises OSError: there is no C++ library to load classes from."""
    raise OSError(f"penlight loads no C++ libraries of PyTorch operators: {path}")


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Namespace(name)
