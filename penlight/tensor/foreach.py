"""`torch._foreach_*`: one op over each tensor of a list, as third-party optimizers write their steps.

Tuples come back from `_foreach_f`; `_foreach_f_` changes the tensors and gives the list. A scalar serves all tensors;
a list has one number for each. They are no faster than a loop here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.tensor.arguments import NUMBERS, type_name
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = ["foreach_function"]

_UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt "
    "sigmoid sign sin sinh sqrt tan tanh trunc"
).split()
_BINARY = ("add", "sub", "mul", "div", "pow", "maximum", "minimum", "clamp_max", "clamp_min")
_ALPHA = ("add", "sub")
_FUSED = ("addcdiv", "addcmul")
_BOUND = {"clamp_max": "minimum", "clamp_min": "maximum"}  # of tensors


def _read(function: str, name: str, values: Any, like: int | None = None) -> list:
    if not isinstance(values, (list, tuple)) or not all(isinstance(v, Tensor) for v in values):
        raise TypeError(f"{function}(): argument '{name}' must be tuple of Tensors, not {type_name(values)}")
    if like is None and not values:
        raise RuntimeError("Tensor list must have at least one tensor.")
    if like is not None and len(values) != like:
        raise RuntimeError(f"Tensor lists must have the same number of tensors, got {like} and {len(values)}")
    return list(values)


def _operands(function: str, other: Any, count: int) -> list:
    """One operand for each tensor, from a list of tensors or numbers, a number, or a 0-dim tensor."""
    if isinstance(other, Tensor):
        if other.ndim:
            raise RuntimeError(
                f"scalar tensor expected to be 0 dim but it has {other.ndim} dimensions and {other.numel()} elements."
            )
        return [other] * count
    if isinstance(other, NUMBERS):
        return [other] * count
    if not isinstance(other, (list, tuple)):
        raise TypeError(f"{function}(): expected a number, Tensor or a list of them, not {type_name(other)}")
    if len(other) != count:
        kind = "Tensor lists" if all(isinstance(v, Tensor) for v in other) else "Tensor list and scalar list"
        raise RuntimeError(f"{kind} must have the same number of elements, got {count} and {len(other)}")
    return list(other)


def _finish(tensors: list, results: list, in_place: bool) -> Any:
    return tensors if in_place else tuple(results)


def _unary(name: str, in_place: bool) -> Callable:
    def function(self: Any) -> Any:
        tensors = _read(f"_foreach_{name}", "self", self)
        op = getattr(ops, name + "_" * in_place)
        return _finish(tensors, [op(t) for t in tensors], in_place)

    return function


def _binary(name: str, in_place: bool) -> Callable:
    full = f"_foreach_{name}"

    def call(op: Callable, t: Any, o: Any, alpha: Any) -> Any:
        return op(t, o) if alpha is None else op(t, o, alpha=alpha)

    def function(self: Any, other: Any = None, *, alpha: Any = None, scalar: Any = None, **named: Any) -> Any:
        for given in (
            scalar,
            *named.values(),
        ):  # other=, scalar=, scalars=, exponent= are one argument of several forms
            other = given if other is None else other
        if other is None or set(named) - {"scalars", "exponent"} or (alpha is not None and name not in _ALPHA):
            raise TypeError(f"{full}() received an invalid combination of arguments")
        if name == "pow" and not isinstance(self, (list, tuple)):
            return tuple([ops.pow(self, e) for e in _read(full, "exponent", other)])
        tensors = _read(full, "self", self)
        operands = _operands(full, other, len(tensors))
        results = []
        for t, o in zip(tensors, operands):
            known = _BOUND.get(name, name) if isinstance(o, Tensor) else name
            if known in ("maximum", "minimum") and not isinstance(o, Tensor):
                known = "clamp_min" if known == "maximum" else "clamp_max"
            if in_place and known in ("maximum", "minimum"):
                results.append(t.copy_(getattr(ops, known)(t, o)))
            else:
                results.append(call(getattr(ops, known + "_" * in_place), t, o, alpha))
        return _finish(tensors, results, in_place)

    return function


def _fused(name: str, in_place: bool) -> Callable:
    full = f"_foreach_{name}"

    def function(self: Any, tensor1: Any, tensor2: Any, value: Any = 1, scalars: Any = None) -> Any:
        tensors = _read(full, "self", self)
        first, second = (_read(full, n, v, len(tensors)) for n, v in (("tensor1", tensor1), ("tensor2", tensor2)))
        value = value if scalars is None else scalars
        if isinstance(value, Tensor):
            value = value.tolist()
        op = getattr(ops, name + "_" * in_place)
        numbers = _operands(full, value, len(tensors))
        return _finish(tensors, [op(t, a, b, value=v) for t, a, b, v in zip(tensors, first, second, numbers)], in_place)

    return function


def _lerp(in_place: bool) -> Callable:
    def function(self: Any, tensors1: Any, weight: Any) -> Any:
        tensors = _read("_foreach_lerp", "self", self)
        ends = _read("_foreach_lerp", "tensors1", tensors1, len(tensors))
        op = ops.lerp_ if in_place else ops.lerp
        weights = _operands("_foreach_lerp", weight, len(tensors))
        return _finish(tensors, [op(t, e, w) for t, e, w in zip(tensors, ends, weights)], in_place)

    return function


def _norm(self: Any, ord: float = 2, dtype: Any = None) -> tuple[Tensor, ...]:
    """The norm of each tensor."""
    return tuple([ops.linalg_vector_norm(t, ord, dtype=dtype) for t in _read("_foreach_norm", "self", self)])


def _powsum(self: Any, ord: float = 2, dtype: Any = None) -> tuple[Tensor, ...]:
    """The sum of |x|^ord of each tensor."""
    return tuple([ops.sum(ops.abs(t) ** ord, dtype=dtype) for t in _read("_foreach_powsum", "self", self)])


def _max(self: Any) -> tuple[Tensor, ...]:
    """The greatest element of each tensor."""
    return tuple([t.max() for t in _read("_foreach_max", "self", self)])


def _clone(self: Any) -> tuple[Tensor, ...]:
    """A copy of each tensor."""
    return tuple([t.clone() for t in _read("_foreach_clone", "self", self)])


def _mm(self: Any, mat2: Any) -> tuple[Tensor, ...]:
    """The matrix products of two lists, pair by pair."""
    tensors = _read("_foreach_mm", "self", self)
    return tuple([ops.mm(a, b) for a, b in zip(tensors, _read("_foreach_mm", "mat2", mat2, len(tensors)))])


def _zero(self: Any) -> list[Tensor]:
    """Set each tensor to 0."""
    return [t.zero_() for t in _read("_foreach_zero_", "self", self)]


def _copy(self: Any, src: Any, non_blocking: bool = False) -> list[Tensor]:
    """Copy one list of tensors into another."""
    tensors = _read("_foreach_copy_", "self", self)
    return [t.copy_(s) for t, s in zip(tensors, _read("_foreach_copy_", "src", src, len(tensors)))]


_SPECIAL = {
    "norm": _norm, "powsum": _powsum, "max": _max, "clone": _clone, "mm": _mm, "zero_": _zero, "copy_": _copy,
}  # fmt: skip


def foreach_function(name: str) -> Callable | None:
    """The function of a name such as "_foreach_add_"; None if PyTorch has none.

    >>> import penlight as torch
    >>> torch._foreach_mul([torch.tensor(2.0), torch.tensor(3.0)], 2)
    (tensor(4.), tensor(6.))
    """
    short = name.removeprefix("_foreach_")
    base, in_place = short.removesuffix("_"), short.endswith("_")
    function: Any
    if short in _SPECIAL:
        function = _SPECIAL[short]
    elif base in _UNARY:
        function = _unary(base, in_place)
    elif base in _BINARY:
        function = _binary(base, in_place)
    elif base in _FUSED:
        function = _fused(base, in_place)
    elif base == "lerp":
        function = _lerp(in_place)
    else:
        return None
    function.__name__ = function.__qualname__ = name
    function.__doc__ = function.__doc__ or f"`torch.{base}` of each tensor" + (", in place." if in_place else ".")
    return function
