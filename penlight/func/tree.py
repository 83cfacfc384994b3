"""Nested tuples, lists and dicts of tensors, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.tensor.tensor import Tensor

__all__ = ["leaves", "rebuilt", "tree_map"]


def leaves(tree: Any) -> list:
    """What is not a container, in order; dicts by their own order."""
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in leaves(value)]
    if isinstance(tree, (tuple, list)):
        return [leaf for value in tree for leaf in leaves(value)]
    return [] if tree is None else [tree]


def rebuilt(tree: Any, values: list) -> Any:
    """The same containers around other leaves."""
    rest = iter(values)

    def build(node: Any) -> Any:
        if isinstance(node, dict):
            return type(node)((key, build(value)) for key, value in node.items())
        if isinstance(node, tuple) and hasattr(node, "_fields"):
            return type(node)(*[build(value) for value in node])
        if isinstance(node, (tuple, list)):
            return type(node)([build(value) for value in node])
        return None if node is None else next(rest)

    return build(tree)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """The containers around `function(leaf)`."""
    return rebuilt(tree, [function(leaf) for leaf in leaves(tree)])


def tensors_only(tree: Any, message: str) -> list[Tensor]:
    """The leaves, which must all be tensors."""
    found = leaves(tree)
    for leaf in found:
        if not isinstance(leaf, Tensor):
            raise ValueError(message.format(type(leaf)))
    return found
