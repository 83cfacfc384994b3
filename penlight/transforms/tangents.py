"""The tangent of any function of tensors: its vjp, transposed by a second vjp."""

from __future__ import annotations

from typing import Any

from penlight.base.mode import mode
from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import BatchedTensor
from penlight.transforms.dual import DualLevel, differentiable, tangent_rule
from penlight.transforms.levels import Wrapped
from penlight.transforms.pull import detached, insert_batch, pull, zeros_for
from penlight.transforms.pytree import tree_flatten

__all__ = ["recorded", "transposed"]


class recorded:
    """A block in which ops are recorded, whatever the mode outside."""

    def __enter__(self) -> None:
        self.before = mode.grad
        mode.set(grad=True)

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(grad=self.before)


@tangent_rule("transposed")
def transposed(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """Any function of tensors: J t as the vjp of the vjp."""
    leaves, spec = tree_flatten((args, kwargs))
    places = [i for i, t in enumerate(leaves) if level.has(t)]
    primals = [level.primal(t) for t in leaves]
    places = [i for i in places if differentiable(primals[i])]
    # parameters beside the dual arguments count: jvp's results can be differentiated by them
    tensors = [t for t in (*primals, *(leaves[i]._t for i in places)) if isinstance(t, Tensor)]
    recording = mode.grad and any(t._node is not None for t in tensors)
    batch = sorted({t for v in primals if isinstance(v, Tensor) for t in _batch_levels(v)}, key=lambda b: b.serial)
    with recorded():
        copies = list(primals)
        for i in places:
            c = primals[i]
            for b in batch:
                c = insert_batch(c, b)
            copies[i] = c.view_as(c) if c._node is not None else detached(c).requires_grad_(True)
        copied_args, copied_kwargs = spec.unflatten(copies)
        y = function(*copied_args, **copied_kwargs)
        outputs, out_spec = tree_flatten(y)
        live = [i for i, o in enumerate(outputs) if differentiable(o) and o._node is not None]
        gs = [detached(zeros_for(outputs[i])).requires_grad_(True) for i in live]
        inputs = [copies[i] for i in places]
        pulled = pull([outputs[i] for i in live], inputs, gs, record=True) if live else []
        pairs = [(p, leaves[i]._t) for p, i in zip(pulled, places) if p is not None and p._node is not None]
        pushed = pull([p for p, _ in pairs], gs, [t for _, t in pairs], record=recording) if pairs else []
    tangents = dict(zip(live, pushed))
    results = []
    for i, o in enumerate(outputs):
        if not differentiable(o):
            results.append(o)
            continue
        primal = o if recording else detached(o)
        tangent = tangents.get(i)
        if tangent is None and i in live:
            tangent = zeros_for(o)
        if tangent is not None and not recording:
            tangent = detached(tangent)
        results.append(level.join(primal, tangent))
    return out_spec.unflatten(results)


def _batch_levels(t: Tensor) -> set:
    """The batch levels of a tensor and of the tangents in it."""
    if not isinstance(t, Wrapped):
        return set()
    own = {t._level} if isinstance(t, BatchedTensor) else set()
    return own.union(*[_batch_levels(inner) for inner in t._inside()])  # type: ignore[attr-defined]


@tangent_rule("_as_strided")
def as_strided(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """Only of whole tensors in row-major order: elsewhere the geometry speaks of memory that a tangent does not have."""
    primal = level.primal(args[0])
    if not primal._a.flags.c_contiguous or primal._a.base is not None and primal._a.size != primal._a.base.size:
        raise NotImplementedError(
            "penlight does not have the forward-mode derivative of as_strided for a view of a part of a tensor, or for "
            "one that is not contiguous; index it instead, or call .contiguous() first"
        )
    return transposed(level, function, args, kwargs)
