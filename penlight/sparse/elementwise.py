"""Arithmetic on sparse tensors, functions that keep zeros, and the forms in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.coo import Coo
from penlight.base.dtypes import from_numpy
from penlight.sparse.create import check_layout, zeros
from penlight.sparse.merge import check_match, shared, union
from penlight.sparse.tensor import RULES, SparseTensor, coalesce, linked, make, refuse, rule, values_of, wrap
from penlight.tensor.arguments import NUMBERS, wrong_in_place
from penlight.tensor.arguments import common_dtype as result_of
from penlight.tensor.create import finish
from penlight.tensor.inplace import check_in_place, rebase
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.memory import memory_of
from penlight.tensor.tensor import Tensor

__all__: list[str] = []

# f(0) = 0: applied to the values of the coalesced tensor
_ZERO_KEEPING = (
    "abs sqrt sin tan tanh sinh asin asinh atan atanh log1p expm1 erf erfinv sign sgn relu floor ceil round trunc frac "
    "rad2deg deg2rad isnan isinf isneginf isposinf signbit square nan_to_num"
).split()
# linear as well: applied to the entries as they are
_LINEAR = ("neg", "positive", "conj", "conj_physical", "real", "imag", "resolve_conj", "resolve_neg")


_GRAD_NAMES = {"square": "PowBackward0", "real": "SelectBackward0", "imag": "SelectBackward0"}


def _unary(name: str, linear: bool) -> None:
    def apply(input: Any, *args: Any, **kwargs: Any) -> Any:
        t = input if linear else coalesce(input)
        function = getattr(ops, name)
        grad_name = getattr(function.op, "grad_name", _GRAD_NAMES.get(name, f"{name.capitalize()}Backward0"))
        if name in ("positive", "resolve_conj", "resolve_neg") or (name == "conj" and t._a.dtype.kind != "c"):
            return t
        if name in ("real", "imag") and t._a.dtype.kind != "c":
            if name == "imag":
                raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
            return t
        kept = t._a.coalesced and name not in ("real", "imag")
        return make(t._a.indices, function(values_of(t), *args, **kwargs), t._a.shape, kept, grad_name)

    RULES[name] = apply


for _name in _ZERO_KEEPING:
    _unary(_name, False)
for _name in _LINEAR:
    _unary(_name, True)


@rule("pow", "float_power")
def power(input: Any, exponent: Any) -> Any:
    """Powers of the entries; exponent 0 would make the result dense."""
    if not isinstance(input, SparseTensor) or not isinstance(exponent, NUMBERS):
        raise refuse("pow")
    if exponent == 0:
        raise RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense")
    t = coalesce(input)
    return make(t._a.indices, ops.pow(values_of(t), exponent), t._a.shape, True, "PowBackward0")


def _float_power(input: Any, exponent: Any) -> Any:
    wide = np.complex128 if input._a.dtype.kind == "c" or isinstance(exponent, complex) else np.float64
    return power(input._cast(np.dtype(wide)), exponent)


RULES["float_power"] = _float_power


def _scalar(value: Any) -> bool:
    return isinstance(value, NUMBERS) or (not isinstance(value, SparseTensor) and value._a.ndim == 0)


# --- sums -------------------------------------------------------------------------------------------------------------


@rule("add")
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input + alpha * other: both sparse, or dense + sparse of one shape."""
    return _sum(input, other, alpha, "AddBackward0")


@rule("sub")
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input - alpha * other."""
    return _sum(input, other, -alpha, "SubBackward0")


@rule("rsub")
def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """other - alpha * input."""
    return _sum(other, input, -alpha, "RsubBackward1")


def _sum(input: Any, other: Any, alpha: Any, name: str) -> Any:
    if not isinstance(input, SparseTensor):
        shape = () if isinstance(input, NUMBERS) else input._a.shape
        if shape != other._a.shape:
            raise RuntimeError(
                f"add: expected 'self' and 'other' to have same size, but self has size {list(shape)} while other has "
                f"size {list(other._a.shape)} (FYI: dense-sparse addition does not currently support broadcasting)"
            )
        if isinstance(input, NUMBERS):
            input = Tensor._wrap(np.asarray(input, other._a.dtype))
        result = np.array(input._a, dtype=result_of([input, other]).np)
        other._a.add_into(result, alpha)
        first, second = input.dtype, other.dtype
        return linked(
            Tensor._wrap(result), name, (input, lambda g: g.to(first)),
            (other, lambda g: (g if alpha == 1 else g * alpha).to(second)),
        )  # fmt: skip
    if not isinstance(other, SparseTensor):
        raise RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
    check_match(input._a, other._a)
    d = result_of([input, other]).np
    indices, to_first, to_second, coalesced = union(input._a, other._a)
    first, second = values_of(input)._cast(d), values_of(other)._cast(d)
    if first._node is None and second._node is None:
        values = np.zeros((indices.shape[1], *input._a.values.shape[1:]), d)
        values[to_first] = first._a
        values[to_second] += second._a if alpha == 1 else (second._a * alpha).astype(d, copy=False)
        return wrap(Coo(indices, values, input._a.shape, coalesced))
    start = Tensor._wrap(np.zeros((indices.shape[1], *input._a.values.shape[1:]), d))
    start = ops.index_add(start, 0, Tensor._wrap(to_first), first)
    total = ops.index_add(start, 0, Tensor._wrap(to_second), second, alpha=alpha)
    return make(indices, total, input._a.shape, coalesced, name)


# --- products ---------------------------------------------------------------------------------------------------------


@rule("mul")
def mul(input: Any, other: Any) -> Any:
    """input * other: with a number, a dense tensor that broadcasts, or a sparse one of the same shape."""
    if not isinstance(input, SparseTensor):
        input, other = other, input
    coo = input._a
    if _scalar(other):
        factor = other
        if isinstance(other, Tensor) and coo.ndim:  # no dimension, so it has no say in the dtype
            factor = other.reshape(1)._cast(result_of([input, other]).np)
        return make(coo.indices, ops.mul(values_of(input), factor), coo.shape, coo.coalesced, "MulBackward0")
    if isinstance(other, SparseTensor):
        return _intersection(input, other)
    dense = other._a
    shape = np.broadcast_shapes(coo.shape, dense.shape)
    if shape != coo.shape:
        input, other = _expanded(input, shape), ops.expand(other, shape)
        coo = input._a
    else:
        other = ops.expand(other, shape)
    picked = other[tuple(Tensor._wrap(row) for row in coo.indices)] if coo.sparse_dim else other.unsqueeze(0)
    return make(coo.indices, ops.mul(values_of(input), picked), coo.shape, coo.coalesced, "MulBackward0")


def _expanded(t: Any, shape: tuple) -> Any:
    """A sparse tensor repeated along new leading dimensions and along those of length 1."""
    t = coalesce(t)
    coo = t._a
    extra = len(shape) - coo.ndim
    if shape[extra + coo.sparse_dim :] != coo.shape[coo.sparse_dim :]:
        raise NotImplementedError("mul: penlight does not broadcast the dense dimensions of a sparse tensor")
    indices, values = coo.indices, values_of(t)
    indices = np.concatenate((np.zeros((extra, indices.shape[1]), np.int64), indices))
    small = (1,) * extra + coo.shape
    for dim in reversed(range(extra + coo.sparse_dim)):
        n = shape[dim]
        if small[dim] != n:
            count = indices.shape[1]
            indices = np.tile(indices, (1, n))
            indices[dim] = np.repeat(np.arange(n), count)
            values = ops.index_select(values, 0, Tensor._wrap(np.tile(np.arange(count), n)))
    order = np.lexsort(indices[::-1])
    return make(indices[:, order], ops.index_select(values, 0, Tensor._wrap(order)), shape, True, "ExpandBackward0")


def _intersection(a: Any, b: Any) -> Any:
    if a._a.shape != b._a.shape or a._a.sparse_dim != b._a.sparse_dim:
        raise RuntimeError(
            "mul: expects sparse inputs with equal dimensionality, number of sparse dimensions, and shape of sparse "
            f"dimensions, got {list(a._a.shape)} and {list(b._a.shape)}"
        )
    if a._a.coalesced and b._a.coalesced:
        mine, its = shared(a._a, b._a)
        values = ops.mul(_picked(a, mine), _picked(b, its))
        return make(a._a.indices[:, mine], values, a._a.shape, True, "MulBackward0")
    keep, other = (a, b) if not a._a.coalesced else (b, a)  # the pattern of one, with repetitions
    if not b._a.coalesced and not a._a.coalesced and len(b._a.values) < len(a._a.values):
        keep, other = b, a
    other = coalesce(other)
    mine, its = shared(keep._a, other._a)
    count = len(keep._a.values)
    partner = ops.index_copy(
        Tensor._wrap(np.zeros((count, *other._a.values.shape[1:]), other._a.dtype)), 0, Tensor._wrap(mine),
        _picked(other, its),
    )  # fmt: skip
    return make(keep._a.indices, ops.mul(values_of(keep), partner), keep._a.shape, False, "MulBackward0")


def _picked(t: Any, rows: np.ndarray) -> Tensor:
    return ops.index_select(values_of(t), 0, Tensor._wrap(rows))


@rule("div", "floor_divide")
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """Sparse divided by a number or a 0-dim tensor."""
    if not isinstance(input, SparseTensor):
        raise refuse("div")
    if not _scalar(other):
        raise RuntimeError(
            "Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
            f"{list(other._a.shape)} for divisor)"
        )
    t = input if rounding_mode is None else coalesce(input)
    values = ops.div(values_of(t), other, rounding_mode=rounding_mode)
    return make(
        t._a.indices, values, t._a.shape, t._a.coalesced, "DivBackward0" if rounding_mode is None else "DivBackward1"
    )


RULES["floor_divide"] = lambda input, other: div(input, other, rounding_mode="floor")


# --- copies, and what makes tensors like one --------------------------------------------------------------------------


@rule("clone")
def clone(input: Any, *, memory_format: Any = None) -> Any:
    """The same entries in memory of their own."""
    coo = input._a
    return make(coo.indices.copy(), ops.clone(values_of(input)), coo.shape, coo.coalesced, "CloneBackward0")


RULES["_torch_detach"] = lambda input: input.detach()


@rule("zeros_like", "empty_like")
def zeros_like(input: Any, *, dtype: Any = None, layout: Any = None, requires_grad: bool = False) -> Any:
    """No entries, in the shape and dtype of `input`."""
    d = input.dtype if dtype is None else dtype
    if layout is not None and layout.name != "sparse_coo":
        check_layout(layout)
        return finish(np.zeros(input._a.shape, d.np), requires_grad)
    return zeros(input._a.shape, d.np, input._a.sparse_dim, requires_grad)


@rule("new_zeros", "new_empty")
def new_zeros(self: Any, *size: Any, dtype: Any = None, requires_grad: bool = False, **named: Any) -> Any:
    """No entries, in the given shape."""
    size = size or (named["size"],)
    shape = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    return zeros(shape, (self.dtype if dtype is None else dtype).np, requires_grad=requires_grad)


# --- in place ---------------------------------------------------------------------------------------------------------

_COALESCED_ONLY = set(_ZERO_KEEPING) - {"square"}
_IN_PLACE = {"add", "sub", "mul", "div", "neg", "floor_divide", "conj_physical", *_COALESCED_ONLY}
_MOVING = {"transpose", "t", "unsqueeze", "swapaxes", "swapdims"}


@rule("in place")
def in_place(name: str, self: Any, *args: Any, **kwargs: Any) -> Any:
    """`f_` of an op, for a sparse tensor or with one as an operand."""
    if not isinstance(self, SparseTensor):
        return _dense_in_place(name, self, *args, **kwargs)
    if name not in _IN_PLACE and name not in _MOVING:
        raise refuse(name + "_")
    if name in _COALESCED_ONLY and not self._a.coalesced:
        raise RuntimeError(f"{name}_ requires coalesced input")
    check_in_place(self)
    result = RULES[name](self, *args, **kwargs)
    if name in _MOVING:
        return self._put(result)
    wrong_in_place(result.dtype, self.dtype)
    if result._a.shape != self._a.shape:
        raise RuntimeError(
            f"output with shape {list(self._a.shape)} doesn't match the broadcast shape {list(result._a.shape)}"
        )
    return self._put(result if result._a.dtype is self._a.dtype else result._cast(self._a.dtype))


def _dense_in_place(name: str, self: Tensor, other: Any = None, *args: Any, alpha: Any = 1, **kwargs: Any) -> Any:
    if name not in ("add", "sub") or args or kwargs or not isinstance(other, SparseTensor):
        raise refuse(name + "_", f": {name}_() of a dense tensor takes no sparse operand; call to_dense() on it")
    if self._a.shape != other._a.shape:
        _sum(self, other, alpha, "")
    d = result_of([self, other])
    if not (d.np is self._a.dtype or np.can_cast(d.np, self._a.dtype, "same_kind")):
        raise RuntimeError(
            f"Can't convert result type {d.legacy} to output {from_numpy(self._a.dtype).legacy} in add operation"
        )
    check_in_place(self)
    factor = alpha if name == "add" else -alpha
    if self._node is None and other._node is None:
        other._a.add_into(self._a, factor)
        memory_of(self).changed()
        return self
    source = object.__new__(Tensor)
    source._a, source._node = self._a.copy(), self._node
    result = _sum(source, other, factor, "AddBackward0")
    np.copyto(self._a, result._a, casting="unsafe")
    memory_of(self).changed()
    rebase(self, result._node)
    return self


@rule("zero_")
def zero_(self: Any) -> Any:
    """Give up all entries."""
    check_in_place(self)
    return self._put(zeros(self._a.shape, self._a.dtype, self._a.sparse_dim))


@rule("copy_")
def copy_(self: Any, src: Any, non_blocking: bool = False) -> Any:
    """Take the entries of another sparse tensor."""
    if not (isinstance(self, SparseTensor) and isinstance(src, SparseTensor)):
        raise RuntimeError(
            f"copy_() between dense and sparse Tensors is not implemented! Found self type = {self.type()} and src type "
            f"= {src.type()}"
        )
    check_in_place(self)
    return self._put(clone(src if src._a.dtype is self._a.dtype else src._cast(self._a.dtype)))
