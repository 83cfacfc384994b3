"""Backward: a heap on the records' order, no dependency pass.

A node's consumers are all younger than it, so popping the youngest pending node means that its gradient is complete.
The engine knows no Tensor class: `Values` is what it needs to know about the gradients that flow, once for raw arrays
(and NumPy scalars and Deferred values, which like arrays have a `base`) and once for Tensors (create_graph).
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any, Protocol

from penlight.base.deferred import Deferred
from penlight.engine.node import EDGES, EXTRAS, LEAF, OP, ORDER, PORT, SAVED

__all__ = ["FREED", "Values", "Watch", "needed_nodes", "run"]

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

    def accumulate(self, leaf_reference: Any, g: Any) -> None: ...

    def tensor_hooks(self, extras: dict, g: Any) -> Any: ...

    def before_node(self, node: list, g: Any) -> Any: ...  # node hooks, unpacking what saved-tensor hooks packed

    def after_node(self, node: list, results: tuple, g: Any) -> tuple: ...

    def after_leaf(self, node: list, g: Any) -> None: ...


class Watch(Protocol):
    """Anomaly mode: told of a rule that raised, and shown what each rule returned."""

    def failed(self, node: list, error: Exception) -> None: ...

    def check(self, node: list, results: tuple) -> None: ...


def needed_nodes(roots: list[list], targets: list[list] | None) -> set[int]:
    """The ids of the nodes on a path from `roots` to one of `targets` (None: to any leaf); iterative: graphs are "
    "deep."""
    if targets is None:
        return _reached_nodes(roots)
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


def _reached_nodes(roots: list[list]) -> set[int]:
    found: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found.add(id(node))
            stack.extend(e for e in node[EDGES] if e is not None)
    return found


def _hasten(roots: list[tuple[list, Any]]) -> list[tuple[list, int]]:
    """Put leaves that may have hooks right behind their oldest consumer, where PyTorch calls them; says what was there."""
    places: dict[int, tuple[list, float]] = {}
    seen: set[int] = set()
    stack = [node for node, _ in roots]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        edges = node[EDGES]
        if getattr(node[OP], "name", "") == "linear":  # an addmm of the bias first; the weight is transposed on the way
            edges = (*edges[2:], *edges[:2])
        for i, edge in enumerate(edges, 1):
            if edge is None:
                continue
            if edge[OP] is not LEAF:
                stack.append(edge)
            elif edge[EXTRAS] is not None:
                place = node[ORDER] + i / (len(edges) + 1)
                if id(edge) not in places or places[id(edge)][1] < place:
                    places[id(edge)] = edge, place
    before = [(leaf, leaf[ORDER]) for leaf, _ in places.values()]
    for leaf, place in places.values():
        leaf[ORDER] = place
    return before


def run(roots: list[tuple[list, Any]], values: Values, **options: Any) -> None:
    """Propagate from `roots`, pairs of node and gradient; options: see `_run`."""
    if not LEAF.observed:
        _run(roots, values, **options)
        return
    before = _hasten(roots)
    try:
        _run(roots, values, **options)
    finally:
        for leaf, order in before:
            leaf[ORDER] = order


def _run(
    roots: list[tuple[list, Any]],
    values: Values,
    *,
    retain: bool,
    needed: set[int] | None = None,
    captures: dict[int, Any] | None = None,
    accumulate: bool = True,
    watch: Watch | None = None,
) -> None:
    """needed: only these nodes run (ids). captures: filled with the gradients that arrive at the nodes whose ids are keys.
    accumulate: whether leaves add into `.grad`.
    """
    pending: dict[int, Any] = {}
    owned: set[int] = set()  # nodes whose pending gradient is ours to add into
    heap: list[list] = []
    for node, g in roots:
        _deposit(pending, owned, heap, node, g)
    on_tensors = values.on_tensors
    while heap:
        node = heappop(heap)
        key = id(node)
        g = pending.pop(key)
        if g.__class__ is Deferred:
            g = g.flush()
        extras = node[EXTRAS]
        op = node[OP]
        if extras is not None and ("hooks" in extras or "retain" in extras):
            g = values.tensor_hooks(extras, g)
            owned.discard(key)
        if captures is not None and key in captures:
            captures[key] = g
        if op is LEAF:
            if accumulate and (needed is None or key in needed):
                if extras is None:
                    values.accumulate(node[SAVED], g if key in owned else values.own(g))
                else:
                    seen = values.before_node(node, g)
                    mine = seen is g and key in owned
                    values.accumulate(node[SAVED], seen if mine else values.own(seen))
                    values.after_leaf(node, seen)
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
            bundle[which] = bundle[which] + g if which in bundle else g
            continue
        if extras is not None:
            g = values.before_node(node, g)
        try:
            results = op.backward_tensor(node, g) if on_tensors else op.backward(node, g)
        except Exception as error:
            if watch is not None:
                watch.failed(node, error)
            raise
        if extras is not None:
            results = values.after_node(node, results, g)
        if watch is not None:
            watch.check(node, results)
        if op.saves and not retain:
            node[SAVED] = None
        # A fresh result belongs to its only receiver; what was passed through, viewed or given twice does not.
        shared = on_tensors or (len(results) > 1 or g.__class__ is dict) and _share_memory(results, g)
        for edge, r in zip(edges, results):
            if edge is None or r is None:
                continue
            target = id(edge)
            if needed is not None and target not in needed:
                continue
            held = pending.get(target)
            if held is None:
                pending[target] = r
                heappush(heap, edge)
                if not shared and r is not g and r.base is None:
                    owned.add(target)
            elif held.__class__ is Deferred and r.__class__ is Deferred:
                pending[target] = held.joined(r)
            elif target in owned and not on_tensors and held.__class__ is r.__class__ and held.dtype is r.dtype:
                held += r
                pending[target] = held  # NumPy scalars are not changed in place
            else:
                pending[target] = held + r
                owned.add(target)


def _share_memory(results: tuple, g: Any) -> bool:
    """Whether one raw result is another one, lies in the same memory, or is what arrived at one of the node's outputs."""
    if g.__class__ is dict and any(r is v for r in results for v in g.values()):
        return True
    owners = [r if r.base is None else r.base for r in results if r is not None]
    return len(owners) > 1 and len(set(map(id, owners))) < len(owners)


def _deposit(pending: dict, owned: set, heap: list, node: list, g: Any) -> None:
    key = id(node)
    if key in pending:
        pending[key] = pending[key] + g
        owned.add(key)
    else:
        pending[key] = g
        heappush(heap, node)
