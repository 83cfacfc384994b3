"""`torch.autograd.grad` of tensors inside transforms, and with batches of gradients."""

from __future__ import annotations

from typing import Any

from penlight.tensor import backward
from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import BatchedTensor
from penlight.transforms.levels import Wrapped
from penlight.transforms.pull import pull, zeros_for
from penlight.transforms.pytree import tree_flatten
from penlight.transforms.tangents import recorded
from penlight.transforms.vmap import run_flat

__all__ = ["batched_grad", "grad_through_levels"]


def grad_through_levels(
    outputs: tuple, inputs: tuple, gs: tuple, create_graph: bool, allow_unused: bool | None, materialize: bool
) -> tuple:
    """`autograd.grad` where an output has a tangent: gradients with tangents."""
    roots, flowing = [], []
    for i, (o, g) in enumerate(zip(outputs, gs)):
        if o._node is None or _batched(o):
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
        if g is None:
            if o._a.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            g = zeros_for(o) + 1
        roots.append(o)
        flowing.append(g)
    for t in inputs:
        if not isinstance(t, Tensor) or t._node is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    with recorded():
        found = pull(roots, list(inputs), flowing, record=create_graph)
    for i, d in enumerate(found):
        if d is None and not (allow_unused or materialize):
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                "allow_unused=True if this is the desired behavior."
            )
    return tuple([zeros_for(t) if d is None and materialize else d for d, t in zip(found, inputs)])


def _batched(t: Tensor) -> bool:
    while isinstance(t, Wrapped):
        if isinstance(t, BatchedTensor):
            return True
        t = t._p
    return False


def batched_grad(
    outputs: Any, inputs: Any, gs: Any, retain_graph: Any, create_graph: bool, allow_unused: Any, materialize: bool
) -> tuple:
    """`autograd.grad(is_grads_batched=True)`: the first dimension of each gradient is a batch of backward passes."""
    given = (gs,) if isinstance(gs, Tensor) else tuple(gs)
    present = [g for g in given if g is not None]
    leaves, spec = tree_flatten(tuple(present))
    if not present:
        raise RuntimeError("is_grads_batched=True needs gradients, with the batch as their first dimension")
    reached: list[bool] = []

    def one(*rows: Tensor) -> tuple:
        rest = iter(rows)
        row = tuple([None if g is None else next(rest) for g in given])
        found = backward.grad(
            outputs, inputs, row, retain_graph, create_graph, allow_unused=allow_unused, materialize_grads=materialize
        )
        reached[:] = [d is not None for d in found]
        return tuple([d for d in found if d is not None])

    rows = iter(run_flat(one, leaves[0]._a.shape[0], [0] * len(leaves), leaves, spec, 0, "error", {}))
    return tuple([next(rows) if hit else None for hit in reached])
