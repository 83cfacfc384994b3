"""`DualTensor`: a primal with a tangent, and the tangents of ops: forward-mode differentiation."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from penlight.base.mode import mode
from penlight.ops.table import Composite, Op
from penlight.tensor import codegen
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.printing import add_suffixes
from penlight.tensor.tensor import Tensor
from penlight.transforms.batch_rules import bound
from penlight.transforms.batched import decomposed
from penlight.transforms.levels import Level, Unreadable, Wrapped, below, found_in, mapped

__all__ = ["TANGENTS", "DualLevel", "DualTensor", "dual", "tangent_rule"]

TANGENTS: dict[str, Callable] = {}  # name of a function -> rule(level, function, args, kwargs)


def tangent_rule(*names: str) -> Callable:
    """Register what a function does to dual tensors."""

    def register(function: Callable) -> Callable:
        for name in names:
            TANGENTS[name] = function
        return function

    return register


class DualTensor(Wrapped):
    """A tensor with a tangent of its shape."""

    _t: Tensor

    def _inside(self) -> list:
        return [self._p, self._t]

    @property
    def data(self) -> Any:  # type: ignore[override]
        return self._p.data

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        if not self._level.alive:
            return repr(self._p)
        return add_suffixes(repr(self._p).removesuffix(")"), [f"tangent={self._t!r}"], len("tensor("))


def dual(primal: Tensor, tangent: Tensor, level: DualLevel) -> DualTensor:
    """Join a primal and a tangent."""
    t = object.__new__(DualTensor)
    t._p, t._t, t._level = primal, tangent, level
    if not level.functional:
        level.note(t)
    return t


def differentiable(t: Any) -> bool:
    """Whether a value is a tensor of floating point or complex numbers."""
    return isinstance(t, Tensor) and t._a.dtype.kind in "fcV"


class DualLevel(Level):
    """One open forward-mode differentiation."""

    def __init__(self, functional: bool = True) -> None:
        super().__init__()
        self.functional = functional
        self.made: list[weakref.ref] = []  # of a `dual_level`: these are ordinary tensors again when it ends
        self.made_limit = 256

    def note(self, t: Tensor) -> None:
        """Remember a tensor that has to be an ordinary one again."""
        self.made.append(weakref.ref(t))
        if len(self.made) > self.made_limit:
            self.made = [r for r in self.made if r() is not None]
            self.made_limit = 2 * len(self.made) + 256

    def __exit__(self, *exc_info: Any) -> None:
        super().__exit__(*exc_info)
        for reference in self.made:
            t = reference()
            if type(t) is DualTensor and t._level is self:
                inner = t._p
                t.__dict__.clear()
                t.__class__ = type(inner)
                t.__dict__.update(inner.__dict__)
        self.made = []

    def has(self, t: Any) -> bool:
        """Whether a value has a tangent of this level."""
        return isinstance(t, DualTensor) and t._level is self

    def primal(self, t: Any) -> Any:
        """The primal of a dual tensor; other values as they are."""
        return t._p if self.has(t) else t

    def tangent(self, t: Any) -> Any:
        """The tangent, None for what has none."""
        return t._t if self.has(t) else None

    def released(self, t: Tensor) -> Tensor:
        return t._p  # type: ignore[attr-defined]

    def join(self, primal: Any, tangent: Any) -> Any:
        """A dual tensor where there is a tangent."""
        return primal if tangent is None or not differentiable(primal) else dual(primal, tangent, self)

    def draw(self, function: Any, args: tuple, kwargs: dict) -> Any:
        with below(self):
            try:
                return function(*args, **kwargs)
            except Unreadable:
                if function.__name__ not in _SAMPLERS:
                    return TANGENTS["transposed"](self, function, args, kwargs)
                return function(*mapped(args, self.primal), **mapped(kwargs, self.primal))

    def process(self, function: Any, args: tuple, kwargs: dict) -> Any:
        row = getattr(function, "op", None)
        name = function.__name__ if row is None else row.name
        if kwargs.get("out") is not None:
            raise RuntimeError(
                f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
                "arguments has a tangent."
            )
        with below(self):
            if mode.forward_off or mode.inference:
                return function(*mapped(args, self.primal), **mapped(kwargs, self.primal))
            rule = TANGENTS.get(name)
            if rule is not None:
                return rule(self, function, args, kwargs)
            if name in _LINEAR or getattr(row, "kind", "") == "view" and name != "_as_strided":
                return linear(self, function, args, kwargs)
            if isinstance(row, Composite):
                try:
                    return decomposed(row)(*args, **kwargs)
                except Unreadable:
                    pass
            elif row is None and name.endswith("_") and not name.startswith("__"):
                return TANGENTS["in place"](self, function, args, kwargs)
            elif isinstance(row, Op):
                if name in _MULTILINEAR:
                    return multilinear(self, function, args, kwargs)
                if row.kind == "pointwise":
                    found = elementwise(self, row, function, args, kwargs)
                    if found is not None:
                        return found
            return TANGENTS["transposed"](self, function, args, kwargs)


_SAMPLERS = {"bernoulli", "multinomial", "poisson", "binomial", "rand_like", "randn_like", "randint_like"}

# the tangent of f(x, …) is f(dx, …), every tensor argument replaced
_LINEAR = {
    "_sum_all", "_sum_dims", "_mean_all", "_mean_dims", "clone", "_contiguous", "_reshape_copy", "_cat", "_stack", "cast",
    "_put_item", "_flip", "_roll", "_rot90", "repeat", "tril", "triu", "_place", "_cumsum", "_cumsum_back", "trace",
    "_zeros_of", "_diag_embed", "_put_diagonal", "_fft_c2c", "_fft_r2c", "_fft_c2r", "_pad_last",
    "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "_im2col", "_col2im", "_avg_pool", "_adaptive_avg_pool",
    "_repeat_each", "_conj", "_conj_physical", "neg", "_index", "_gather", "index_select", "_embedding", "_stored",
    "reshape", "contiguous", "_unsafe_view",
}  # fmt: skip
# linear in each tensor argument: the sum of the forms with one argument replaced
_MULTILINEAR = {"mm", "bmm", "mv", "dot", "_matmul", "mul", "_cross"}


def linear(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """The function of the tangents; integer arguments (indices) stay."""
    primals, named = mapped(args, level.primal), mapped(kwargs, level.primal)
    y = function(*primals, **named)
    moving = mapped(args, lambda t: _moving(level, t))
    if function.__name__ in ("_view", "_reshape_alias"):  # the tangent may lie otherwise in memory
        function = ops.reshape
    return level.join(y, function(*moving, **named))


def _moving(level: DualLevel, t: Tensor) -> Tensor:
    if level.has(t):
        return t._t
    return ops._zeros_of(t.detach(), t.shape) if differentiable(t) else t


def multilinear(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    primals = [level.primal(t) for t in args]
    y = function(*primals, **kwargs)
    total = None
    for i, t in enumerate(args):
        if level.has(t):
            part = function(*primals[:i], t._t, *primals[i + 1 :], **kwargs)
            total = part if total is None else total + part
    return level.join(y, total)


def elementwise(level: DualLevel, row: Op, function: Any, args: tuple, kwargs: dict) -> Any:
    """Real elementwise ops: the tangent is the gradient rule with the tangent in the place of g. None: not that simple."""
    values = bound(function, args, kwargs)
    tensors = [v for v in values.values() if isinstance(v, Tensor)]
    primals = {n: level.primal(v) for n, v in values.items()}
    y = function(*mapped(args, level.primal), **mapped(kwargs, level.primal))
    if not isinstance(y, Tensor):
        return None
    if y._a.dtype.kind not in "fc" or not row.vjp:
        return y if y._a.dtype.kind in "biu" else None
    if any(t._a.dtype is not y._a.dtype for t in tensors if t._a.dtype.kind != "b") or y._a.dtype.kind != "f":
        return None
    total = None
    for p in row.schema.parameters:
        t = level.tangent(values.get(p.name))
        if t is None or p.name not in row.vjp:
            continue
        rule = row.vjp[p.name]
        saved = []
        for n in codegen.rule_names(rule):
            base = n.rsplit("_", 1)[0]
            if n in row.outputs:
                saved.append(y)
            elif n in primals:
                saved.append(primals[n])
            elif n.endswith("_shape") and isinstance(primals.get(base), Tensor):
                saved.append(primals[base]._a.shape)
            elif n.endswith("_dtype") and isinstance(primals.get(base), Tensor):
                saved.append(primals[base]._a.dtype)
            else:
                return None
        part = rule(ops, t if t._a.shape == y._a.shape else t.expand(y.shape), *saved)
        total = part if total is None else total + part
    if total is not None and total._a.shape != y._a.shape:
        total = total.expand(y.shape)
    return level.join(y, total)


# --- what is no op of the table ---------------------------------------------------------------------------------------


@tangent_rule("detach", "zeros_like", "ones_like", "empty_like", "full_like", "new_zeros", "new_ones", "new_full",
              "new_empty", "new_tensor", "item", "tolist", "numpy", "stride", "is_contiguous", "size", "dim", "numel",
              "retain_grad", "allclose", "equal", "is_nonzero", "argmax", "argmin")  # fmt: skip
def _of_primals(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return function(*mapped(args, level.primal), **mapped(kwargs, level.primal))


@tangent_rule("to", "type", "type_as", "cpu", "float", "double", "half", "bfloat16", "short", "int", "long", "bool",
              "byte", "char", "cfloat", "cdouble", "__getitem__")  # fmt: skip
def _of_both(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, *rest = args
    rest = mapped(tuple(rest), level.primal)
    y = function(level.primal(t), *rest, **kwargs)
    if not level.has(t) or not differentiable(y):
        return y
    return level.join(y, function(t._t, *rest, **kwargs))


@tangent_rule("backward")
def _backward(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    raise NotImplementedError(
        "backward() from a tensor with a tangent is not there: torch.autograd.grad(output, input) gives gradients with "
        "tangents"
    )


@tangent_rule("requires_grad_", "detach_", "register_hook")
def _on_primal(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    result = function(level.primal(args[0]), *args[1:], **kwargs)
    return args[0] if isinstance(result, Tensor) else result


def make_dual(t: Tensor, tangent: Tensor, level: DualLevel) -> None:
    """Turn a tensor object itself into a dual one, as a change in place does."""
    if type(t) is DualTensor and t._level is level:
        t._t = tangent
        return
    inner = object.__new__(type(t))
    inner.__dict__.update(t.__dict__)
    t.__dict__.clear()
    t.__class__ = DualTensor
    t._p, t._t, t._level = inner, tangent, level  # type: ignore[attr-defined]
    level.note(t)


def _store(level: DualLevel, t: Tensor, change: Callable, moved: Callable | None) -> Tensor:
    """Change a primal in place by `change`, and its tangent, made of zeros where it has none, by `moved`."""
    change(level.primal(t))
    if moved is None:
        if level.has(t):
            t._t.zero_()
        return t
    if not level.has(t):
        make_dual(t, ops._zeros_of(t.detach(), t.shape), level)
    moved(t._t)  # type: ignore[attr-defined]
    return t


@tangent_rule("in place")
def _in_place(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, *rest = args
    name = function.__name__.removesuffix("_")
    source = t.clone() if mode.grad and any(getattr(v, "_node", None) is not None for v in args) else t
    result = getattr(ops, name)(source, *rest, **kwargs)
    p, tangent = level.primal(result), level.tangent(result)
    if p._a.shape != t._a.shape:
        raise RuntimeError(f"output with shape {list(t.shape)} doesn't match the broadcast shape {list(p.shape)}")
    return _store(level, t, lambda own: own.copy_(p), None if tangent is None else lambda own: own.copy_(tangent))


@tangent_rule("copy_", "fill_")
def _copy(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    t, source = args[:2]
    p, tangent = level.primal(source), level.tangent(source)
    moved = None if tangent is None else lambda own: function(own, tangent)
    return _store(level, t, lambda own: function(own, p), moved)


@tangent_rule("zero_")
def _zero(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    return _store(level, args[0], lambda own: own.zero_(), None)


@tangent_rule("__setitem__")
def _setitem(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> None:
    t, index, value = args
    index = mapped(index, level.primal) if found_in(index) else index
    p, tangent = level.primal(value), level.tangent(value)
    if tangent is None and not level.has(t):
        function(t, index, p)
        return
    _store(
        level, t, lambda own: function(own, index, p),
        lambda own: function(own, index, 0.0 if tangent is None else tangent),
    )  # fmt: skip


@tangent_rule("uniform_", "normal_", "bernoulli_", "random_", "exponential_", "cauchy_", "log_normal_", "geometric_")
def _random(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    rest = mapped(args[1:], level.primal)
    return _store(level, args[0], lambda own: function(own, *rest, **kwargs), None)


@tangent_rule("_logcumsumexp")
def _logcumsumexp(level: DualLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """sum_j exp(x_j - y_i) t_j over j <= i: the gradient rule works with log |g|, which has no derivative at g = 0."""
    dual_input, dim = bound(function, args, kwargs).values()
    y = function(dual_input._p, dim)
    if not y._a.ndim:
        return level.join(y, dual_input._t)
    x, out, t = (v.movedim(dim, -1) for v in (dual_input._p, y, dual_input._t))
    later = (out.detach().abs() * 0 + 1).unsqueeze(-1).expand((*out.shape, out.shape[-1]))
    weights = ops.exp((x.unsqueeze(-2) - out.unsqueeze(-1)).masked_fill(later.triu(1) != 0, float("-inf")))
    return level.join(y, ops.matmul(weights, t.unsqueeze(-1)).squeeze(-1).movedim(-1, dim))
