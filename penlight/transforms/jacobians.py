"""Jacobians: all rows in one batched backward pass, or all columns in one batched forward pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.dtypes import from_numpy
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms import tangents  # noqa: F401  (it registers the general rule)
from penlight.transforms.dual import DualLevel, dual
from penlight.transforms.pull import GradLevel, pull, zeros_for
from penlight.transforms.pytree import tree_flatten
from penlight.transforms.vmap import run_flat, vmap

__all__ = ["columns", "filled", "pushed", "rows", "vmap"]


def filled(found: list, likes: list) -> list:
    """Zeros for what is None."""
    return [zeros_for(t) if d is None else d for d, t in zip(found, likes)]


def _basis(tensors: list) -> tuple[int, list]:
    """(their elements in all, per tensor the unit vectors). Shape: (*) -> (elements, *)."""
    sizes = [t._a.size for t in tensors]
    total, start, units = sum(sizes), 0, []
    for t, n in zip(tensors, sizes):
        unit = np.zeros((total, n), t._a.dtype)
        unit[np.arange(start, start + n), np.arange(n)] = 1
        units.append(Tensor._wrap(unit.reshape((total, *t._a.shape))))
        start += n
    return total, units


def _in_chunks(function: Callable, total: int, units: list, chunk: int | None, out_dims: Any, flag: str) -> list:
    """`function` of the unit vectors, so many at a time."""
    spec = tree_flatten(tuple(units))[1]
    size = max(total if chunk is None else chunk, 1)
    parts = []
    for start in range(0, max(total, 1), size):
        count = min(size, total - start)
        cut = [u.narrow(0, start, count) for u in units]
        parts.append(run_flat(function, count, [0] * len(units), cut, spec, out_dims, flag, {}))
    return parts


def rows(
    outputs: list, inputs: list, level: GradLevel | None, chunk: int | None, record: bool | None = None
) -> list[list[Tensor]]:
    """[output][input]: d output / d input, by backward passes. Shape: (*output's shape, *input's shape)."""
    total, units = _basis(outputs)

    def backward(*gs: Tensor) -> tuple:
        return tuple(filled(pull(outputs, inputs, list(gs), level, record), inputs))

    parts = _in_chunks(backward, total, units, chunk, 0, "error")
    whole = [tensor_ops.cat(p, 0) if len(p) > 1 else p[0] for p in zip(*parts)]
    sizes = [o._a.size for o in outputs]
    blocks = [tensor_ops.split(w, sizes, 0) for w in whole]
    return [[b[n].reshape((*o._a.shape, *t._a.shape)) for b, t in zip(blocks, inputs)] for n, o in enumerate(outputs)]


def pushed(function: Callable, points: list, directions: list) -> tuple[Any, DualLevel]:
    """(the function of duals as it returned it, their level, which is closed)."""
    with DualLevel() as level:
        duals = []
        for p, t in zip(points, directions):
            if p._a.dtype.kind not in "fcV":
                raise ValueError(
                    f"Expected primal to be floating point or complex, but got: {from_numpy(p._a.dtype)!r}"
                )
            if p._a.shape != t._a.shape:
                raise RuntimeError(
                    "Trying to set a forward gradient that has a different size than that of the original Tensor, this "
                    f"is not supported. Tensor is of size {list(p.shape)} while the given forward gradient is of size "
                    f"{list(t.shape)}."
                )
            duals.append(dual(p, t, level))
        return function(*duals), level


def columns(
    function: Callable, inputs: list, chunk: int | None, flag: str, read: Callable[[Any], list[Tensor]]
) -> list[list[Tensor]]:
    """[output][input]: d output / d input, by forward passes; `read` gives the tensors of what `function` returns."""
    total, units = _basis(inputs)
    shapes: list = []

    def forward(*directions: Tensor) -> tuple:
        result, level = pushed(function, inputs, list(directions))
        outputs = read(result)
        shapes[:] = [o._a.shape for o in outputs]
        return tuple(filled([level.tangent(o) for o in outputs], [level.primal(o) for o in outputs]))

    parts = _in_chunks(forward, total, units, chunk, -1, flag)
    sizes = [t._a.size for t in inputs]
    found = []
    for shape, pieces in zip(shapes, zip(*parts)):
        whole = tensor_ops.cat(pieces, -1) if len(pieces) > 1 else pieces[0]
        found.append([b.reshape((*shape, *t._a.shape)) for b, t in zip(tensor_ops.split(whole, sizes, -1), inputs)])
    return found
