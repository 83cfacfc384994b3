"""`torch.autograd.Function` inside function transforms: its `vmap`, its `jvp`, or a loop over the batch."""

from __future__ import annotations

from typing import Any, NamedTuple

from penlight.base.mode import mode
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import BatchLevel, batched, loop
from penlight.transforms.dual import DualLevel
from penlight.transforms.levels import below, found_in, mapped, top_level
from penlight.transforms.pull import zeros_for
from penlight.transforms.pytree import broadcast, tree_flatten, tree_map

__all__ = ["VmapInfo", "apply_inside"]

_NOTES = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


class VmapInfo(NamedTuple):
    """What a `vmap` static method is told first."""

    batch_size: int
    randomness: str


def apply_inside(cls: Any, overridden: dict[str, bool], args: tuple, kwargs: dict) -> Any:
    """`cls.apply` while transforms are open; NotImplemented where it goes on as outside.

    overridden: which of setup_context and vmap the class has.
    """
    if not overridden["setup_context"] and any(level.functional for level in mode.levels):
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
            f"override the setup_context staticmethod. {_NOTES}"
        )
    top = top_level((args, kwargs))
    if top is None:
        return NotImplemented
    if overridden["setup_context"]:
        args, kwargs = cls._bound(args, kwargs)
    with below(top):
        if isinstance(top, BatchLevel):
            return _batched(cls, overridden["vmap"], top, args, kwargs)
        assert isinstance(top, DualLevel)
        return _dual(cls, top, overridden["setup_context"], args, kwargs)


def _batched(cls: Any, has_rule: bool, level: BatchLevel, args: tuple, kwargs: dict) -> Any:
    name = cls.__name__
    if cls.generate_vmap_rule:
        if has_rule:
            raise RuntimeError(
                f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an overridden vmap "
                "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid "
                f"ambiguity. {_NOTES}"
            )
        return loop(level, cls.apply, args, kwargs)
    if not has_rule:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override and implement the vmap "
            f"staticmethod or set generate_vmap_rule=True. {_NOTES}"
        )
    in_dims = tree_map(lambda t: 0 if level.has(t) else None, args)
    result = cls.vmap(
        VmapInfo(level.size, level.randomness), in_dims, *mapped(args, level.inside), **mapped(kwargs, level.inside)
    )
    if not isinstance(result, tuple) or len(result) != 2:
        raise RuntimeError(
            f"Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure "
            f"compatible with the output. Got a {type(result)} instead"
        )
    output, out_dims = result
    leaves, spec = tree_flatten(output)
    dims = list(out_dims) if isinstance(out_dims, (tuple, list)) and spec.is_leaf() else broadcast(out_dims, spec)
    if dims is None:
        raise RuntimeError(
            f"The vmap staticmethod of {name} returned out_dims that are not compatible with the structure of the output: "
            f"{out_dims!r} for {spec!r}"
        )
    return spec.unflatten(
        [
            t if d is None or not isinstance(t, Tensor) else batched(tensor_ops.movedim(t, d, 0), level)
            for t, d in zip(leaves, dims)
        ]
    )


def _dual(cls: Any, level: DualLevel, separate: bool, args: tuple, kwargs: dict) -> Any:
    """The output of the primals with the tangents that `jvp` gives."""
    primals, named = mapped(args, level.primal), mapped(kwargs, level.primal)
    if separate and found_in((primals, named)):  # older transforms handle the application
        output, context = cls.apply(*primals, **named), cls._context()
        cls.setup_context(context, primals, output)
    else:
        context, output = cls._run(primals, named)
    tangents = []
    for a in args:
        if level.has(a):
            tangents.append(a._t)
        else:
            zero = isinstance(a, Tensor) and a._a.dtype.kind in "fcV" and context.materialize_grads
            tangents.append(zeros_for(a) if zero else None)
    context._in_jvp = True
    try:
        moved = cls.jvp(context, *tangents)
    finally:
        context._in_jvp = False
    if not isinstance(output, tuple):
        return level.join(output, moved[0] if isinstance(moved, tuple) else moved)
    moved = moved if isinstance(moved, tuple) else (moved,)
    if len(moved) != len(output):
        raise RuntimeError(
            f"{cls.__name__}'s jvp must return as many tangents as forward returns outputs: {len(output)}, not {len(moved)}"
        )
    return tuple([level.join(o, t) for o, t in zip(output, moved)])
