"""Operators of the program's own, as `torch.ops.NAMESPACE.NAME` finds them."""

from __future__ import annotations

from typing import Any

__all__ = ["NAMESPACES", "OpNamespace", "namespace"]


class OpNamespace:
    """What `torch.ops.NAMESPACE` is: its attributes are operators."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'_OpNamespace' '{vars(self).get('name')}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"torch.ops.{self.name}"


NAMESPACES: dict[str, OpNamespace] = {}


def namespace(name: str) -> OpNamespace:
    """The namespace of this name, made when first asked for."""
    return NAMESPACES.setdefault(name, OpNamespace(name))
