"""Joining tensors: cat, stack and their relatives; broadcasting several together; grids."""

from __future__ import annotations

import functools
import itertools
import math
import warnings
from collections.abc import Sequence

import numpy as np

from penlight.base.dims import dimension
from penlight.base.promotion import promote_types
from penlight.base.size import Size
from penlight.ops.kinds import common_dtype
from penlight.ops.table import composite, op

__all__: list[str] = []


def shapes_of(tensors):
    """Shapes as plain tuples, from arrays or Tensors."""
    return [getattr(t, "_a", t).shape for t in tensors]


def _common(tensors, of=None):
    """All in one dtype: promoted, or what `of` makes of them."""
    first = getattr(tensors[0], "_a", tensors[0]).dtype
    for t in tensors:
        if getattr(t, "_a", t).dtype is not first:
            break
    else:
        return tensors
    d = of(tensors) if of else functools.reduce(promote_types, [t.dtype for t in tensors])
    return tuple([t if t.dtype is d else t.to(d) for t in tensors])


def _cat_rule(k, g, need, tensors_shape, dim):
    before = (slice(None),) * dim
    result, start = [], 0
    for wanted, shape in zip(need, tensors_shape):
        if tuple(shape) == (0,) and len(g.shape) != 1:
            result.append(k._zeros_of(g, (0,)) if wanted else None)
            continue
        end = start + shape[dim]
        result.append(k._item_slice(g, (*before, slice(start, end))) if wanted else None)
        start = end
    return tuple(result)


def _cat_error(shapes, dim):
    like = next((s for s in shapes if s != (0,)), shapes[0])
    for i, shape in enumerate(shapes):
        if len(shape) != len(like) and shape != (0,):
            return RuntimeError(f"Tensors must have same number of dimensions: got {len(like)} and {len(shape)}")
        for d, (n, want) in enumerate(zip(shape, like)):
            if d != dim and n != want:
                return RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {want} but got size {n} "
                    "for tensor "
                    f"number {i} in the list."
                )
    return RuntimeError(f"cannot join tensors of shapes {[list(s) for s in shapes]} along dimension {dim}")


@op("_cat(Tensors tensors, int dim)", on="", half="direct", grad_name="CatBackward0", joint=_cat_rule)
def _cat(xp, tensors, dim):
    """Arrays joined along a dimension."""
    try:
        result = xp.concatenate(tensors, dim)
        # in NumPy's order only where that is a memory format; else contiguous, as PyTorch's, for `view`
        return result if result.ndim > 3 or result.flags.c_contiguous else xp.ascontiguousarray(result)
    except ValueError:
        kept = [t for t in tensors if t.shape != (0,)]  # PyTorch ignores empty vectors
        if 0 < len(kept) < len(tensors):
            return _cat.kernel(xp, kept, dim)
        raise _cat_error([t.shape for t in tensors], dim) from None


@composite("cat(Tensors tensors, int dim=0)", on="torch", out=True, aliases="concat concatenate")
def cat(k, tensors, dim=0):
    """Tensors joined along a dimension; dtypes are promoted.

    Shape: (n1, *), (n2, *) -> (n1 + n2, *) for dim 0.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.cat.html

    >>> import penlight as torch
    >>> torch.cat([torch.zeros(1), torch.ones(2)])
    tensor([0., 1., 1.])
    """
    if not tensors:
        raise ValueError("expected a non-empty list of Tensors")
    if k.recorded and dim.__class__ is int:  # the usual case, without a look at every shape
        first = tensors[0]._a
        d, ndim = first.dtype, first.ndim
        if 0 <= dim < ndim:
            for t in tensors:
                if t._a.dtype is not d or t._a.ndim != ndim:
                    break
            else:
                return k._cat(tensors, dim)
    shapes = shapes_of(tensors)
    if () in shapes:
        raise RuntimeError(f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated")
    like = shapes[0]
    if like == (0,):
        like = next((s for s in shapes if s != (0,)), like)
    return k._cat(_common(tensors), dimension(dim, len(like)))


def _stack_rule(k, g, need, tensors_shape, dim):
    before = (slice(None),) * dim
    return tuple([k._item_select(g, (*before, i)) if wanted else None for i, wanted in enumerate(need)])


@op("_stack(Tensors tensors, int dim)", on="", half="direct", grad_name="StackBackward0", joint=_stack_rule)
def _stack(xp, tensors, dim):
    """Arrays joined along a new dimension."""
    first = tensors[0]
    result = xp.empty((*first.shape[:dim], len(tensors), *first.shape[dim:]), first.dtype)
    if dim == 0 and first.ndim:
        xp.concatenate(tensors, 0, result.reshape((len(tensors) * first.shape[0], *first.shape[1:])))
        return result
    before = (slice(None),) * dim
    for i, t in enumerate(tensors):
        result[(*before, i)] = t
    return result


@composite("stack(Tensors tensors, int dim=0)", on="torch", out=True)
def stack(k, tensors, dim=0):
    """Tensors of one shape joined along a new dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.stack.html
    """
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    if k.recorded:  # as in `cat`
        first = tensors[0]._a
        d, shape = first.dtype, first.shape
        for t in tensors:
            if t._a.dtype is not d or t._a.shape != shape:
                break
        else:
            return k._stack(tensors, dimension(dim, len(shape) + 1))
    shapes = shapes_of(tensors)
    like = shapes[0]
    dim = dimension(dim, len(like) + 1)
    for i, shape in enumerate(shapes):
        if shape != like:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(like)} at entry 0 and {list(shape)} at "
                f"entry {i}"
            )
    return k._stack(_common(tensors), dim)


def _several(name, tensors):
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")


def _spread_tensors(tensors):
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    for i, t in enumerate(tensors):
        if not hasattr(t, "shape"):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(t).__name__}")
    return tensors


def at_least(k, t, n):
    """Dimensions added as NumPy's atleast_1d, atleast_2d and atleast_3d do."""
    if n == 1:
        return k.reshape(t, (1,)) if t.ndim == 0 else t
    if n == 2:
        return k.reshape(t, (1, 1)) if t.ndim == 0 else k.unsqueeze(t, 0) if t.ndim == 1 else t
    if t.ndim == 0:
        return k.reshape(t, (1, 1, 1))
    if t.ndim == 1:
        return k.unsqueeze(k.unsqueeze(t, 0), -1)
    return k.unsqueeze(t, -1) if t.ndim == 2 else t


@composite("hstack(Tensors tensors)", on="torch", out=True)
def hstack(k, tensors):
    """Joined along dimension 1 (vectors along 0)."""
    _several("hstack", tensors)
    tensors = tuple([at_least(k, t, 1) for t in tensors])
    return k.cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@composite("vstack(Tensors tensors)", on="torch", out=True, aliases="row_stack")
def vstack(k, tensors):
    """Joined along dimension 0, vectors as rows."""
    _several("vstack", tensors)
    return k.cat(tuple([at_least(k, t, 2) for t in tensors]), 0)


@composite("dstack(Tensors tensors)", on="torch", out=True)
def dstack(k, tensors):
    """Joined along dimension 2."""
    _several("dstack", tensors)
    return k.cat(tuple([at_least(k, t, 3) for t in tensors]), 2)


@composite("column_stack(Tensors tensors)", on="torch", out=True)
def column_stack(k, tensors):
    """Joined along dimension 1, vectors as columns."""
    _several("column_stack", tensors)
    return k.cat(tuple([k.reshape(t, (math.prod(t.shape), 1)) if t.ndim <= 1 else t for t in tensors]), 1)


def _block_diag_rule(k, g, need, tensors_shape):
    result, row, column = [], 0, 0
    for wanted, shape in zip(need, tensors_shape):
        n, m = (1,) * (2 - len(shape)) + tuple(shape)
        part = k._item_slice(g, (slice(row, row + n), slice(column, column + m)))
        result.append(k.reshape(part, shape) if wanted else None)
        row, column = row + n, column + m
    return tuple(result)


@op("_block_diag(Tensors tensors)", on="", half="direct", grad_name="BlockDiagBackward0", joint=_block_diag_rule)
def _block_diag(xp, tensors):
    """Matrices along a diagonal."""
    shapes = [(1,) * (2 - t.ndim) + t.shape for t in tensors]
    result = xp.zeros((sum(s[0] for s in shapes), sum(s[1] for s in shapes)), tensors[0].dtype)
    row = column = 0
    for t, (n, m) in zip(tensors, shapes):
        result[row : row + n, column : column + m] = t
        row, column = row + n, column + m
    return result


def _check_tensors(function, tensors):
    for i, t in enumerate(tensors):
        if not hasattr(t, "_a"):
            raise TypeError(f"{function}(): expected Tensor as element {i} in argument 0, but got {type(t).__name__}")


@composite("block_diag(*any tensors)", on="torch")
def block_diag(k, tensors):
    """A matrix with the given matrices along its diagonal, zeros elsewhere.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.block_diag.html
    """
    _check_tensors("block_diag", tensors)
    for i, t in enumerate(tensors):
        if t.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {t.ndim} dimensions"
            )
    return k._block_diag(_common(tensors, common_dtype))  # numbers give way to matrices, as in arithmetic


# --- broadcasting several together ---------------------------------------------------------------------------------


@composite("broadcast_tensors(*any tensors)", on="torch")
def broadcast_tensors(k, tensors):
    """All expanded to their common shape; views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
    """
    _check_tensors("broadcast_tensors", tensors)
    shape = common_shape(*[t.shape for t in tensors])
    return tuple([t if t.shape == shape else k.expand(t, shape) for t in tensors])


def common_shape(*shapes):
    """The shape that all shapes broadcast to.

    Raises: RuntimeError where two of them do not fit. Source:
    https://docs.pytorch.org/docs/stable/generated/torch.broadcast_shapes.html
    """
    for s in shapes:
        if not isinstance(s, (int, str, Sequence)) and s is not None:
            raise RuntimeError(f"Input shapes should be of type ints, a tuple of ints, or a list of ints, got {s!r}")
    shapes = [(s,) if isinstance(s, int) else () if s is None else tuple(s) for s in shapes]
    result = [1] * max([len(s) for s in shapes], default=0)
    for s in shapes:
        for i in range(1, len(s) + 1):
            n = s[-i]
            if isinstance(n, np.generic) or hasattr(n, "_a"):  # PyTorch's own comparison stops here
                raise AssertionError(f"a size must be an int, but got {n!r} of type {type(n).__name__}: convert it with int()")
            if n < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({n}): ({n})")
            if n in (1, result[-i]):
                continue
            if result[-i] != 1:
                raise RuntimeError(
                    f"The size of tensor a ({result[-i]}) must match the size of tensor b ({n}) at non-singleton "
                    f"dimension {len(result) - i}: the shapes {', '.join(str(list(s)) for s in shapes)} do not broadcast"
                )
            result[-i] = n
    return Size(result)


@composite("broadcast_shapes(*any shapes)", on="torch")
def broadcast_shapes(k, shapes):
    """The shape that all shapes broadcast to."""
    return common_shape(*shapes)


for _n in (1, 2, 3):

    def _body(k, tensors, n=_n):
        several = len(tensors) != 1 or isinstance(tensors[0], (tuple, list))
        tensors = _spread_tensors(tensors)
        results = tuple([at_least(k, t, n) for t in tensors])
        return results if several else results[0]

    _body.__doc__ = f"Each tensor with at least {_n} dimension{'s' * (_n > 1)}."
    composite(f"atleast_{_n}d(*any tensors)", on="torch")(_body)


# --- grids and combinations ----------------------------------------------------------------------------------------


@composite("meshgrid(*any tensors, *, str indexing=None)", on="torch")
def meshgrid(k, tensors, indexing=None):
    """Coordinates of a grid: one tensor per vector, each varying along its own dimension.

    indexing: "ij" (matrix order, also the default, with a warning) or "xy" (the first two dimensions swapped).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html
    """
    tensors = _spread_tensors(tensors)
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.", UserWarning,
            stacklevel=3,
        )  # fmt: skip
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for t in tensors:
        if t.ndim > 1:
            raise RuntimeError(
                f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: tensor of shape {list(t.shape)}"
            )
        if t.dtype is not tensors[0].dtype:
            raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    swap = indexing == "xy" and len(tensors) >= 2
    if swap:
        tensors = (tensors[1], tensors[0], *tensors[2:])
    shape = tuple([math.prod(t.shape) for t in tensors])
    count = len(shape)
    grids = []
    for i, t in enumerate(tensors):
        grids.append(k.expand(k._view(t, (1,) * i + (shape[i],) + (1,) * (count - i - 1)), shape))
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


@composite("cartesian_prod(*any tensors)", on="torch")
def cartesian_prod(k, tensors):
    """All combinations of one element from each vector. Shape: (n), (m) -> (n m, 2)."""
    tensors = _spread_tensors(tensors)
    for t in tensors:
        if t.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(t.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    grids = k.meshgrid(*tensors, indexing="ij")
    return k.stack([k.reshape(g, (-1,)) for g in grids], 1)


@composite("combinations(Tensor input, int r=2, bool with_replacement=False)", on="torch")
def combinations(k, input, r=2, with_replacement=False):
    """All combinations of r elements of a vector. Shape: (n) -> (n over r, r)."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty((0,))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input.shape[0]), r))
    if not rows:
        return k._unsafe_view(k._item_slice(input, slice(0, 0)), (0, r))
    return k._index(input, (0,), (k._constant(rows),))
