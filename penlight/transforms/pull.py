"""Backward passes through wrapped tensors, and the private copies that transforms differentiate by."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode
from penlight.engine.node import EDGES, LEAF, OP
from penlight.tensor import backward
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import BatchedTensor, BatchLevel, batch_levels, batched
from penlight.transforms.dual import DualLevel, DualTensor, dual
from penlight.transforms.levels import Level, Wrapped, plain_parts

__all__ = ["GradLevel", "detached", "insert_batch", "over_batches", "pull", "zeros_for"]


# --- moving levels ----------------------------------------------------------------------------------------------------


def insert_batch(t: Tensor, level: BatchLevel) -> Tensor:
    """`t` with a batch level, expanded where it has none."""
    if isinstance(t, Wrapped):
        if t._level is level:
            return t
        if t._level.serial > level.serial:
            if isinstance(t, BatchedTensor):
                return batched(insert_batch(t._p, level), t._level)
            return dual(insert_batch(t._p, level), insert_batch(t._t, level), t._level)
    return batched(tensor_ops.expand(t, (level.size, *t._a.shape)), level)


def over_batches(t: Tensor) -> Tensor:
    """`t` with every open batch level: each sample's own."""
    for level in batch_levels():
        t = insert_batch(t, level)
    return t


def _peel(t: Tensor, level: BatchLevel) -> Tensor:
    """A batch level taken off from under the younger ones. Shape: (*) -> (batch, *)."""
    if isinstance(t, Wrapped):
        if t._level is level:
            return t._p
        if t._level.serial > level.serial:
            if isinstance(t, BatchedTensor):
                return batched(_peel(t._p, level).movedim(0, 1), t._level)
            return dual(_peel(t._p, level), _peel(t._t, level), t._level)
    return tensor_ops.expand(t, (level.size, *t._a.shape))


def _bury(t: Tensor, level: BatchLevel) -> Tensor:
    """The inverse of `_peel`. Shape: (batch, *) -> (*)."""
    if isinstance(t, Wrapped) and t._level.serial > level.serial:
        if isinstance(t, BatchedTensor):
            return batched(_bury(t._p.movedim(1, 0), level), t._level)
        return dual(_bury(t._p, level), _bury(t._t, level), t._level)
    return batched(t, level)


def _parts(t: Tensor, level: DualLevel) -> tuple[Tensor, Tensor | None]:
    """(primal, tangent) of a dual level under the younger ones."""
    if isinstance(t, Wrapped):
        if t._level is level:
            return t._p, t._t
        if t._level.serial > level.serial:
            inner, tangent = _parts(t._p, level)
            if isinstance(t, BatchedTensor):
                return batched(inner, t._level), None if tangent is None else batched(tangent, t._level)
            outer, mixed = _parts(t._t, level)
            if tangent is None and mixed is None:
                return dual(inner, outer, t._level), None
            tangent = zeros_for(inner) if tangent is None else tangent
            mixed = zeros_for(outer) if mixed is None else mixed
            return dual(inner, outer, t._level), dual(tangent, mixed, t._level)
    return t, None


def _rejoined(primal: Tensor, tangent: Tensor | None, level: DualLevel) -> Tensor:
    """The inverse of `_parts`."""
    if tangent is None:
        return primal
    younger = [t._level for t in (primal, tangent) if isinstance(t, Wrapped) and t._level.serial > level.serial]
    if not younger:
        return dual(primal, tangent, level)
    top: Any = max(younger, key=lambda own: own.serial)
    if isinstance(top, BatchLevel):
        return batched(_rejoined(top.expanded(primal), top.expanded(tangent), level), top)
    (p, pt), (t, tt) = _parts(primal, top), _parts(tangent, top)
    if pt is None and tt is None:
        return _rejoined(p, t, level)
    return dual(
        _rejoined(p, t, level),
        _rejoined(zeros_for(p) if pt is None else pt, zeros_for(t) if tt is None else tt, level),
        top,
    )


def zeros_for(t: Tensor) -> Tensor:
    """Zeros like `t`, outside any graph."""
    return tensor_ops._zeros_of(t.detach(), t.shape) if isinstance(t, Wrapped) else Tensor._wrap(np.zeros_like(t._a))


# --- backward passes --------------------------------------------------------------------------------------------------


def _needs_graph(outputs: list, gs: list, level: GradLevel | None) -> bool:
    """Whether the gradients depend on something that others differentiate by."""
    if not mode.grad:
        return False
    if any(part._node is not None for g in gs for part in plain_parts(g)):
        return True
    return level is None or any(level.reaches_others(o._node) for o in outputs)


def _base(outputs: list, inputs: list, gs: list, level: GradLevel | None, record: bool | None) -> list:
    """The engine's backward pass; the gradients that flow may be wrapped, outputs and inputs are not."""
    live = [(o, g) for o, g in zip(outputs, gs) if o._node is not None]
    wanted = [t for t in inputs if t._node is not None]
    if not live or not wanted:
        return [None] * len(inputs)
    roots, flowing = [o for o, _ in live], [g for _, g in live]
    if record is None:
        record = _needs_graph(roots, flowing, level)
    found = iter(backward.grad(roots, wanted, flowing, retain_graph=True, create_graph=record, allow_unused=True))
    return [next(found) if t._node is not None else None for t in inputs]


def _top(tensors: list) -> Level | None:
    levels = [t._level for t in tensors if isinstance(t, Wrapped)]
    return max(levels, key=lambda own: own.serial, default=None)


def pull(outputs: list, inputs: list, gs: list, level: GradLevel | None = None, record: bool | None = None) -> list:
    """g^T J: the gradients of `outputs` at `inputs`, None where nothing is reached.

    Batch levels come off: samples are independent, so that the physical pass gives each its own gradient. A dual level
    gives the pass of the primals, and for the tangent that of <gp, J t>, whose gradient is H t gp, plus J^T gt. What is
    left is the engine's pass.
    """
    top = _top([*outputs, *inputs])
    if top is None:
        return _base(outputs, inputs, gs, level, record)
    if isinstance(top, BatchLevel):
        for t in inputs:
            if not _has(t, top) and any(_has(o, top) and o._node is not None for o in outputs):
                raise RuntimeError(
                    "element 0 of tensors does not require grad and does not have a grad_fn: inside torch.vmap, use "
                    "torch.func.grad or torch.func.vjp to differentiate by a tensor that is not batched"
                )
        found = pull([_peel(o, top) for o in outputs], [_peel(t, top) for t in inputs], [_peel(g, top) for g in gs],
                     level, record)  # fmt: skip
        return [None if d is None else _bury(d, top) for d in found]
    assert isinstance(top, DualLevel)
    pairs = [_parts(o, top) for o in outputs]
    primals = [_parts(t, top)[0] for t in inputs]
    cotangents = [_parts(g, top) for g in gs]
    plain_outputs, plain_gs = [p for p, _ in pairs], [p for p, _ in cotangents]
    first = pull(plain_outputs, primals, plain_gs, level, record)
    moving = [(t, g) for (_, t), g in zip(pairs, plain_gs) if t is not None]
    moving += [(p, g) for p, (_, g) in zip(plain_outputs, cotangents) if g is not None]
    second = pull([o for o, _ in moving], primals, [g for _, g in moving], level, record) if moving else []
    second = second or [None] * len(inputs)
    return [
        None if p is None and t is None else _rejoined(zeros_for(primal) if p is None else p, t, top)
        for p, t, primal in zip(first, second, primals)
    ]


def _has(t: Tensor, level: Level) -> bool:
    while isinstance(t, Wrapped):
        if t._level is level:
            return True
        t = t._p
    return False


class GradLevel(Level):
    """One reverse-mode transform: its own copies of its inputs, and what depends on nothing else."""

    functional = True

    def __init__(self) -> None:
        super().__init__()
        self.own: set[int] = set()
        self.kept: list = []  # the nodes themselves, so that no other gets their ids

    def __enter__(self) -> GradLevel:
        self.before = mode.grad
        mode.set(grad=True)
        return super().__enter__()

    def __exit__(self, *exc_info: Any) -> None:
        super().__exit__(*exc_info)
        mode.set(grad=self.before)

    def copy(self, t: Tensor) -> Tensor:
        """A tensor as an input to differentiate by: every sample's own, connected to the caller's graph if that grows."""
        t = over_batches(t)
        if t._node is not None and self.before:
            return t.view_as(t)
        c = detached(t)
        inner: Tensor = c
        while isinstance(inner, Wrapped):
            inner = inner._p
        inner.requires_grad_(True)
        self.own.add(id(inner._node))
        self.kept.append(inner._node)
        return c

    def leave(self, t: Any) -> Any:
        """A result; outside the graph if nothing was recorded outside, or it depends on this level's copies only."""
        if not isinstance(t, Tensor):
            return t
        if isinstance(t, DualTensor):
            return dual(self.leave(t._p), self.leave(t._t), t._level)
        if isinstance(t, BatchedTensor):
            return batched(self.leave(t._p), t._level)
        return t if t._node is None or self.before and self.reaches_others(t._node) else t.detach()

    def reaches_others(self, root: list) -> bool:
        """Whether a node depends on a leaf that is not this level's."""
        seen: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node[OP] is LEAF and id(node) not in self.own:
                return True
            stack.extend(e for e in node[EDGES] if e is not None)
        return False


def detached(t: Tensor) -> Tensor:
    """Outside the graph, with tangents kept."""
    if isinstance(t, DualTensor):
        return dual(detached(t._p), t._t, t._level)
    if isinstance(t, BatchedTensor):
        return batched(detached(t._p), t._level)
    return t.detach()
