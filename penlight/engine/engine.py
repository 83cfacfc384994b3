"""Backward: a heap on the records' order, no dependency pass.

A node's consumers are all younger than it, so popping the youngest pending node means that its gradient is complete.
The engine knows no Tensor class: `Arrays` is what it needs to know about the values that flow, once for raw arrays
and once for Tensors (create_graph).
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Protocol

from penlight.engine.node import EDGES, EXTRAS, LEAF, OP, ORDER, PORT, SAVED

__all__ = ["FREED", "Values", "needed_nodes", "run"]

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved "
    "tensors after calling backward."
)


class Values(Protocol):
    """What the engine must know of gradients: raw arrays, or Tensors when the backward pass is itself recorded."""

    on_tensors: bool

    def own(self, g: Any) -> Any: ...  # a copy that nobody else holds

    def is_view(self, g: Any) -> bool: ...

    def accumulate(self, leaf_reference: Any, g: Any) -> None: ...

    def tensor_hooks(self, extras: dict, g: Any) -> Any: ...

    def node_pre_hooks(self, node: list, g: Any) -> Any: ...

    def node_post_hooks(self, node: list, results: tuple, g: Any) -> tuple: ...


def needed_nodes(roots: list[list], targets: list[list]) -> set[int]:
    """The ids of the nodes on a path from `roots` to one of `targets` (iterative: graphs are deep)."""
    wanted = {id(t) for t in targets}
    known: dict[int, bool] = {}
    stack = [(root, False) for root in roots]
    while stack:
        node, children_done = stack.pop()
        key = id(node)
        if children_done:
            known[key] = key in wanted or any(known.get(id(e), False) for e in node[EDGES] if e is not None)
        elif key not in known:
            known[key] = key in wanted
            stack.append((node, True))
            stack.extend((e, False) for e in node[EDGES] if e is not None and id(e) not in known)
    return {key for key, needed in known.items() if needed}


def run(
    roots: list[tuple[list, Any]],
    values: Values,
    *,
    retain: bool,
    needed: set[int] | None = None,
    captures: dict[int, Any] | None = None,
    accumulate: bool = True,
    guard: Callable[[list, Exception], None] | None = None,
) -> None:
    """Propagate from `roots`, pairs of node and gradient.

    needed: only these nodes run (ids). captures: filled with the gradients that arrive at the nodes whose ids are keys.
    accumulate: whether leaves add into `.grad`. guard: called with the failing node when a rule raises.
    """
    pending: dict[int, Any] = {}
    owned: set[int] = set()  # nodes whose pending gradient is ours to add into
    heap: list[list] = []
    for node, g in roots:
        _deposit(pending, owned, heap, node, g, False)
    on_tensors = values.on_tensors
    is_view = values.is_view
    while heap:
        node = heappop(heap)
        key = id(node)
        g = pending.pop(key)
        extras = node[EXTRAS]
        op = node[OP]
        if extras is not None and ("hooks" in extras or "retain" in extras):
            g = values.tensor_hooks(extras, g)
            owned.discard(key)
        if captures is not None and key in captures:
            captures[key] = g
        if op is LEAF:
            if accumulate and (needed is None or key in needed):
                values.accumulate(node[SAVED], g if key in owned else values.own(g))
                if extras is not None and "post_accumulate" in extras:
                    values.post_accumulate(node)
            continue
        edges = node[EDGES]
        if needed is not None and not any(e is not None and id(e) in needed for e in edges):
            continue
        if op is PORT:
            target, which = edges[0], node[SAVED]
            bundle = pending.get(id(target))
            if bundle is None:
                bundle = pending[id(target)] = {}
                heappush(heap, target)
            bundle[which] = g
            continue
        if extras is not None and "pre_hooks" in extras:
            g = values.node_pre_hooks(node, g)
        try:
            results = op.backward_tensor(node, g) if on_tensors else op.backward(node, g)
        except Exception as error:
            if guard is not None:
                guard(node, error)
            raise
        if extras is not None and "post_hooks" in extras:
            results = values.node_post_hooks(node, results, g)
        if op.saves and not retain:
            node[SAVED] = None
        for i, (edge, r) in enumerate(zip(edges, results)):
            if edge is None or r is None:
                continue
            target = id(edge)
            if needed is not None and target not in needed:
                continue
            # a fresh result belongs to its only receiver; what was passed through, viewed or given twice does not
            fresh = r is not g and not is_view(r)
            if i and (r is results[0] or (i > 1 and any(r is other for other in results[1:i]))):
                fresh = False
                owned.clear()
            held = pending.get(target)
            if held is None:
                pending[target] = r
                heappush(heap, edge)
                if fresh:
                    owned.add(target)
                else:
                    owned.discard(target)
            elif target in owned and not on_tensors and held.dtype is r.dtype:
                held += r
                pending[target] = held  # NumPy scalars are not changed in place
            else:
                pending[target] = held + r
                owned.add(target)


def _deposit(pending: dict, owned: set, heap: list, node: list, g: Any, own: bool) -> None:
    key = id(node)
    if key in pending:
        pending[key] = pending[key] + g
        owned.add(key)
    else:
        pending[key] = g
        heappush(heap, node)
        if own:
            owned.add(key)
