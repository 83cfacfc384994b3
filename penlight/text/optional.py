"""Packages that some tokenizers are made of, imported when they are asked for."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["need"]


def need(package: str, purpose: str, instead: str = "") -> Any:
    """Import a package.

    Raises: ImportError saying what needs it and how to install it.

    >>> need("math", "this example").floor(2.5)
    2
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        name = package.partition(".")[0]
        raise ImportError(
            f"{purpose} needs the package {name}, which could not be imported ({error}); install it with "
            f"`pip install {name}`{instead}",
            name=name,
        ) from error
