"""The records of the autograd graph.

A node is a flat list, which is what Python makes fastest: `[order, op, edges, saved, extras]`.

* order: from the clock, later is smaller; leaves are positive, so they come last.
* op: anything with `backward(node, g)`, `backward_tensor(node, g)`, `saves`, `grad_name`.
* edges: one node (or None) per differentiable argument.
* saved: the tuple that the op's rules need; None once freed.
* extras: None, or a dict for what is rare: hooks, the dressed `grad_fn`, the forward traceback, an output's memory.

An op with several differentiable outputs gives each a PORT, a node with one edge to the shared node.
"""

from __future__ import annotations

from itertools import count
from typing import Any

__all__ = ["EDGES", "EXTRAS", "LEAF", "OP", "ORDER", "PORT", "SAVED", "extras_of", "new_leaf"]

ORDER, OP, EDGES, SAVED, EXTRAS = range(5)

_leaf_order = count(1).__next__


class _Leaf:
    grad_name = "AccumulateGrad"
    saves = False
    observed = False  # whether any leaf ever got extras, which may be hooks


class _Port:
    grad_name = "Port"
    saves = False


LEAF = _Leaf()  # saved: a weak reference to the tensor
PORT = _Port()  # saved: which output of the node on its only edge


def new_leaf(reference: Any) -> list:
    return [_leaf_order(), LEAF, (), reference, None]


def extras_of(node: list) -> dict:
    if node[EXTRAS] is None:
        node[EXTRAS] = {}
        LEAF.observed |= node[OP] is LEAF
    return node[EXTRAS]
