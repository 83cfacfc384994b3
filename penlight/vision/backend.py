"""The package that loads images for datasets: Pillow."""

from __future__ import annotations

__all__ = ["get_image_backend", "set_image_backend"]


def get_image_backend() -> str:
    """Return the name of the package that loads images: "PIL".

    >>> get_image_backend()
    'PIL'
    """
    return "PIL"


def set_image_backend(backend: str) -> None:
    """Choose the package that loads images.

    Raises: ValueError for an unknown name; NotImplementedError for "accimage", which penlight does not support.
    """
    if backend not in ("PIL", "accimage"):
        raise ValueError(f"Invalid backend '{backend}'. Options are 'PIL' and 'accimage'")
    if backend == "accimage":
        raise NotImplementedError("penlight loads images with Pillow only: keep set_image_backend('PIL')")
