"""Pillow, the optional package behind images: imported when it is first needed."""

from __future__ import annotations

import importlib
import sys
from typing import Any

__all__ = ["is_pil", "pillow"]


def pillow(module: str = "Image") -> Any:
    """Return a module of Pillow's, such as `PIL.Image`.

    Raises: ModuleNotFoundError naming the extra to install.
    """
    try:
        return importlib.import_module(f"PIL.{module}")
    except ModuleNotFoundError as error:
        if error.name != "PIL":
            raise
        raise ModuleNotFoundError(
            "images need Pillow, which is not installed: pip install 'penlight[images]'", name="PIL"
        ) from None


def is_pil(image: object) -> bool:
    """Tell whether a value is a Pillow image, without importing Pillow.

    >>> is_pil("photo.png")
    False
    """
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(image, module.Image)
