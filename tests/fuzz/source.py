"""Source text and plain values."""

from __future__ import annotations

__all__ = ["Source", "text"]


class Source(str):
    """Text that is already source; plain strings are values."""


def text(value) -> str:
    """The source of a value; nan and inf are names in every program."""
    if isinstance(value, Source):
        return str(value)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(text, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    return repr(value)
