"""`RemovableHandle`, what registering a hook returns."""

from penlight.tensor.graph import RemovableHandle

__all__ = ["RemovableHandle"]
