"""The `f_` forms: compute, store into the tensor's own memory, and move its place in the graph."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from penlight.base.dtypes import from_numpy
from penlight.base.geometry import apart, placed, shared, span
from penlight.base.mode import mode, tick
from penlight.engine.node import EDGES, LEAF, OP, PORT, extras_of
from penlight.ops.catalog import find
from penlight.ops.kinds import refuse
from penlight.ops.table import Op
from penlight.tensor import codegen
from penlight.tensor.arguments import NUMBERS, wrong_in_place
from penlight.tensor.inference import refuse_change
from penlight.tensor.memory import memory_of
from penlight.tensor.out import check_inputs, check_overlap
from penlight.tensor.override import PLAIN, Unreadable, overridden, override
from penlight.tensor.saved import check_version, operation_name
from penlight.tensor.tensor import Tensor

__all__ = ["check_in_place", "follow", "make_inplace", "rebase", "store"]


_LEAF_VIEW = "a view of a leaf Variable that requires grad is being used in an in-place operation."
_MULTI_VIEW = (
    "This view is the output of a function that returns multiple views. Such functions do not allow the output views "
    "to be modified inplace. You should replace the inplace operation by an out-of-place one."
)
_CUSTOM_VIEW = (
    "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to "
    "handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect "
    "gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
)
_NO_GRAD_VIEW = (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both "
    "the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or "
    "both outside (if you want the inplace to be tracked)."
)


_CHANGED_NO_GRAD_VIEW = (
    f"A view was created in no_grad mode and is being modified inplace with grad mode enabled. {_NO_GRAD_VIEW}"
)


def check_in_place(t: Tensor) -> None:
    """Raise where autograd or inference mode forbids changing `t` in place."""
    if t._inference if t._v is None else t._v.inference:
        refuse_change()
    if not mode.grad:
        return
    node = t._node
    base = t._view
    if base is None or base._node is None:
        if node is not None and node[1] is LEAF:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
        if base is not None and node is not None:  # of a base cut out of the graph, or of a leaf that is itself a view
            raise RuntimeError(_LEAF_VIEW)
        return
    if t._view_no_grad:
        raise RuntimeError(_CHANGED_NO_GRAD_VIEW)
    if base._node[1] is LEAF:
        raise RuntimeError(_LEAF_VIEW)
    kind = _forbidden_view(node)
    if kind is not None:
        raise RuntimeError(f"{_output_name(node)} is a view and is being modified inplace. {kind}")


def _output_name(node: list) -> str:
    return f"Output {node[3] if node[1] is PORT else 0} of {operation_name(node)}"


def _forbidden_view(node: list | None) -> str | None:
    """Why a view with this history must not change, going back through the views it was made of."""
    while node is not None:
        op = node[1]
        if op is PORT and isinstance(node[2][0][1], Op):
            return None  # of several results, none of them a view
        if op is PORT:
            return _MULTI_VIEW if not hasattr(node[2][0][1], "context") else _CUSTOM_VIEW
        if hasattr(op, "context"):
            return _CUSTOM_VIEW
        if getattr(op, "kind", "") != "view" and getattr(op, "name", "") not in ("_conj", "_negated"):
            return None
        node = node[2][0]
    return None


# functions that PyTorch lets change elements that lie on one place, and dtypes: they write one value, or leave it
_LET_THROUGH = {
    "masked_fill_": "biufcV", "index_fill_": "biufcV", "tril_": "biufcV", "triu_": "biufcV", "threshold_": "biufcV",
    "nan_to_num_": "biu", "conj_physical_": "biufV",
}  # fmt: skip


# how the names of functions begin that do not treat each element alone
_TOGETHER = ("index_", "scatter", "put", "tri", "renorm", "addm", "addb", "addr", "badd", "squeeze", *_LET_THROUGH)


def _in_turn(t: Tensor, public: Any, args: tuple, kwargs: dict, function: str) -> None:
    """Change windows that overlap as PyTorch's loop does: each row reads what the rows before it wrote."""
    a = t._a
    dims = sorted((d for d in range(a.ndim) if a.shape[d] > 1), key=lambda d: (a.strides[d], a.shape[d], -d))
    if function in ("cumsum_", "cumprod_"):
        inner, args = range(a.ndim)[args[0] if args else kwargs["dim"]], (0,)
        kwargs = {k: v for k, v in kwargs.items() if k != "dim"}
        dims = [inner, *(d for d in dims if d != inner)]
    args = [v.detach() if isinstance(v, Tensor) else v for v in args]
    parts = [np.broadcast_to(v._a, a.shape) if isinstance(v, Tensor) and v._a.ndim else None for v in args]
    for index in np.ndindex(*[a.shape[d] for d in dims[:0:-1]]):
        at = [slice(None) if d == dims[0] else 0 for d in range(a.ndim)]
        for d, i in zip(dims[:0:-1], index):
            at[d] = i
        row = a[tuple(at)]
        given = [v if part is None else Tensor._wrap(part[tuple(at)].copy()) for v, part in zip(args, parts)]
        np.copyto(row, public(Tensor._wrap(row.copy()), *given, **kwargs)._a, casting="unsafe")


def store(t: Tensor, result: np.ndarray, function: str, call: tuple | None = None) -> None:
    """Copy a result into `t`'s memory, with PyTorch's checks on shape and dtype.

    `call`: what makes it (function, arguments), where `t` is windows that overlap.
    """
    a = t._a
    if result.dtype is not a.dtype:
        wrong_in_place(from_numpy(result.dtype), from_numpy(a.dtype))
    if result.shape != a.shape:
        raise RuntimeError(f"output with shape {list(a.shape)} doesn't match the broadcast shape {list(result.shape)}")
    if call and not (function.startswith(_TOGETHER) or shared(a.shape, a.strides)):
        _in_turn(t, *call, function)
    elif call or shared(a.shape, a.strides):
        _check_shared(a, function)
        bits = [np.array(x, order="C").view("u1").reshape(*a.shape, -1) for x in (a, result)]
        np.copyto(a, result, where=(bits[0] != bits[1]).any(-1))
    else:
        np.copyto(a, result, casting="unsafe")
    memory_of(t).changed()


def _check_shared(a: np.ndarray, function: str) -> None:
    if a.dtype.kind not in _LET_THROUGH.get(function, "") or function in ("tril_", "triu_") and not _in_a_row(a):
        check_overlap(a.shape, a.strides)


# functions whose inputs may lie anywhere, and those whose inputs may not lie on the tensor at all
_ANYWHERE = frozenset(("masked_fill_", "masked_scatter_", "ldexp_", "addmm_", "addmv_", "addbmm_", "baddbmm_", "index_fill_"))
_NOWHERE = frozenset(
    ("index_add_", "index_copy_", "index_reduce_", "scatter_", "scatter_add_", "scatter_reduce_", "put_")
)


def _check_inputs(t: Tensor, args: tuple, kwargs: dict, function: str) -> None:
    same = [v._a for v in (*args, *kwargs.values()) if v is t or isinstance(v, Tensor) and v._v is t._v is not None]
    if same and function not in _ANYWHERE:
        check_inputs(t._a, same, function in _NOWHERE)


def _in_a_row(a: np.ndarray) -> bool:
    """Whether PyTorch finds matrix after matrix in memory, so that it changes them in place and copies nothing back."""
    step = math.prod(a.shape[-2:]) * a.itemsize
    for i in range(a.ndim - 3, -1, -1) if a.ndim > 3 else ():
        if a.strides[i] != step and (i or a.strides[0] and a.shape[0] > 1):
            return False
        step *= a.shape[i]
    return True


def rebase(t: Tensor, node: list | None) -> None:
    """Give `t`, whose memory was just changed by the op of `node`, that node as its history.

    A view's base gets a node that puts the view's gradient in its place, and all views of that memory follow the base.
    Integers and booleans have no history.
    """
    if t._a.dtype.kind in "biu":
        return
    base = t._view
    if base is None:
        if node is None and t._node is not None:  # overwritten by constants: it stays in the graph
            node = [tick(), OVERWRITTEN, (t._node,), None, None]
        _set_history(t, node)
        if t._v is not None and t._v.views:
            _refresh_views(t)
        return
    if node is None and base._node is None:
        _set_history(t, None)
        return
    if t._view_no_grad:
        raise RuntimeError(_CHANGED_NO_GRAD_VIEW)
    if node is not None and _reaches_beyond(t._node):  # the change starts from the base, not from what the view was made of
        old = _place_in(t, base)
        node[EDGES] = tuple([old if e is t._node else e for e in node[EDGES]])
    pairs = _kinds_differ(t, base)
    edges = (_stored_history(base, base._node, pairs), _stored_history(t, node, pairs))
    new = [tick(), COPY_SLICES, edges, (_geometry(t, base, pairs), _geometry(base, base, pairs)), None]
    _set_history(base, _shown_history(base, new, pairs))
    if base._v is not None:
        extras_of(base._node)["memory"] = base._v
    _refresh_views(base)


def _reaches_beyond(node: list | None) -> bool:
    """Whether a view with this history may hold elements that are not in the view that it was made of."""
    while node is not None and getattr(node[OP], "kind", "") == "view":
        if node[OP].name == "_as_strided":
            return True
        node = node[EDGES][0]
    return False


def _place_in(view: Tensor, base: Tensor) -> list | None:
    """The history of a view as a place in its base."""
    if base._node is None:
        return None
    pairs = _kinds_differ(view, base)
    (shape, own, _), there = _geometry(base, base, pairs), _geometry(view, base, pairs)
    node = [tick(), AS_STRIDED, (_stored_history(base, base._node, pairs),), (shape, *there, own), None]
    return _shown_history(view, node, pairs)


def _kinds_differ(t: Tensor, base: Tensor) -> bool:
    """Whether one is real and the other complex, parts of numbers and numbers."""
    return (t._a.dtype.kind == "c") != (base._a.dtype.kind == "c")


def _after(node: list, function: str | None) -> list:
    return node if function is None else [tick(), find(function), (node,), (), None]


def _stored_history(t: Tensor, node: list | None, pairs: bool) -> list | None:
    """The history of what lies in memory, given that of what `t` shows of it; complex numbers perhaps as pairs."""
    if node is None:
        return None
    return _after(_after(node, t._pending), "view_as_real" if pairs and t._a.dtype.kind == "c" else None)


def _shown_history(t: Tensor, node: list, pairs: bool) -> list:
    """The reverse."""
    return _after(_after(node, "view_as_complex" if pairs and t._a.dtype.kind == "c" else None), t._pending)


def _set_history(t: Tensor, node: list | None) -> None:
    if t._retains and node is not None and t._node is not None and t._node[4] is not None:
        keeper = t._node[4].pop("retain", None)
        if keeper is not None:  # `.grad` is that of the newest value; hooks stay with the value they were put on
            extras_of(node)["retain"] = keeper
    t._node = node


def _refresh_views(base: Tensor) -> None:
    for reference in base._v.views:
        view = reference()
        if view is not None and view._view is base and view._a.dtype.kind not in "biu":
            follow(view, base)


def follow(view: Tensor, base: Tensor) -> None:
    """Give a view the history of its base as it is now."""
    edge = base._node
    if edge is None:
        view._node = None
        return
    why = _forbidden_view(view._node)
    if why is not None:
        why = (
            f"{_output_name(view._node)} is a view and its base or another view of its base has been modified "
            f"inplace. {why}"
        )
    elif view._node is not None and view._node[1] is OVERRIDDEN:
        why = view._node[3]
    elif view._view_no_grad:
        why = (
            "A view was created in no_grad mode and its base or another view of its base has been modified inplace "
            f"with grad mode enabled. {_NO_GRAD_VIEW}"
        )
    if why is not None:
        view._node = [tick(), OVERRIDDEN, (edge,), why, None]
        return
    _set_history(view, _place_in(view, base))


class _Overwritten:
    """All elements replaced by constants: the gradient is zero."""

    grad_name = "ZeroBackward0"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        return (np.zeros_like(g),)

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        return (Tensor._wrap(np.zeros_like(g._a)),)


class _OfResult:
    """An activation in place, which PyTorch derives from its result: that must not change, nor its slope mirror signs."""

    saves = True

    def __init__(self, op: Op, slope: Any) -> None:
        self.op, self.slope, self.grad_name = op, slope, op.grad_name

    def _check(self, node: list) -> None:
        if self.slope < 0:
            raise RuntimeError(
                f"In-place {'elu' if 'elu' in self.op.name[:5] else 'leakyReLu'} backward calculation is triggered with a "
                "negative slope which is not supported: call the function that is not in place"
            )
        memory = node[4]["memory"]
        check_version(node[0], memory.root, memory, node)

    def backward(self, node: list, g: Any) -> tuple:
        self._check(node)
        return self.op.backward(node, g)

    def backward_tensor(self, node: list, g: Any) -> tuple:
        self._check(node)
        return self.op.backward_tensor(node, g)


# the slope among what a node saves
_SLOPES = {"leaky_relu": "negative_slope", "elu": "alpha", "_celu": "alpha", "rrelu_with_noise": "lower"}


def _of_result(node: list, memory: Any) -> list:
    op, saved = node[1], dict(zip(codegen.saved_names(node[1]), node[3]))
    slope = 0 if saved.get("training") else saved[_SLOPES[op.name]] + saved.get("upper", 0)
    return [tick(), _OfResult(op, slope), node[2], node[3], {"memory": memory}]


class _Overridden:
    """A view made in a custom Function, or one of several, after its base changed: its gradient is not defined."""

    grad_name = "ErrorBackward"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        raise RuntimeError(node[3])

    backward_tensor = backward


def _geometry(t: Tensor, base: Tensor, pairs: bool = False) -> tuple:
    """(shape, strides, offset) in elements, counted from the base's first one; complex numbers perhaps as pairs."""
    a, item = t._plain()._a, t._a.itemsize
    offset = a.__array_interface__["data"][0] - base._plain()._a.__array_interface__["data"][0] if a.size else 0
    shape, strides = a.shape, a.strides
    if pairs and a.dtype.kind == "c":
        item //= 2
        shape, strides = (*shape, 2), (*strides, item)
    return shape, tuple([s // item for s in strides]), offset // item


class _CopySlices:
    """base with a view's place overwritten: the gradient splits into the rest of the base and that place."""

    grad_name = "CopySlices"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        view, base = node[3]
        _check_place(node)
        low, count = span(view, base)
        flat = np.zeros(count, np.asarray(g).dtype)
        whole, place = placed(flat, low, base), placed(flat, low, view)
        whole[...] = g
        part = place.copy()
        place[...] = 0
        return whole, part

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        view, base = node[3]
        _check_place(node)
        low, count = span(view, base)
        order = np.full(count, -1)  # the number of the base's element at a place
        whole, place = placed(order, low, base), placed(order, low, view)
        whole[...] = np.arange(whole.size).reshape(whole.shape)
        chosen = place.copy()
        place[...] = -1
        rest = g.masked_fill(Tensor._wrap(whole < 0), 0)
        if not g._a.size:
            return rest, Tensor._wrap(np.zeros(chosen.shape, g._a.dtype))
        return rest, g.reshape(-1)[Tensor._wrap(chosen)].masked_fill(Tensor._wrap(chosen < 0), 0)


def _check_place(node: list) -> None:
    """PyTorch writes the rest of the base's gradient, where one is wanted, into the place that was changed."""
    view, base = node[3]
    if node[2][0] is not None:
        check_overlap(*view[:2])
    if 0 not in view[0] and (view[2] < 0 or span(view) > span(base)):
        raise RuntimeError(f"setStorage: a view of {view} (sizes, strides, offset) lies outside of its base's {base[:2]}")


class _AsStrided:
    """A view of a rebased memory."""

    grad_name = "AsStridedBackward0"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        return find("_as_strided").backward(node, g)

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        return find("_as_strided").backward_tensor(node, g)


COPY_SLICES = _CopySlices()
OVERRIDDEN = _Overridden()
OVERWRITTEN = _Overwritten()
AS_STRIDED = _AsStrided()


DIRECT: dict[str, Any] = {}  # functions that need no result of their own, but change the memory


def _of_one_dtype(public: Any) -> Any:
    """`public` in the dtype of its tensor."""

    def function(self: Tensor, *args: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        result = public(self, *args, dtype=self.dtype if dtype is None else dtype, **kwargs)
        if result.dtype is not self.dtype:
            raise RuntimeError(
                f"Bad in-place call: input tensor dtype {self.dtype.legacy} and output tensor dtype "
                f"{result.dtype.legacy} should match"
            )
        if self._a.ndim and self._a.size:
            refuse(f"{public.__name__}_out_cpu", "b", self)
        return result

    return function


def make_inplace(row: Any, public: Any) -> Any:
    """The `f_` form of an op or composite."""
    name = row.name + "_"
    if row.name in ("cumsum", "cumprod"):
        public = _of_one_dtype(public)
    direct = DIRECT.get(name)
    nowhere = name in _NOWHERE
    plain = isinstance(row, Op) and row.ufunc and row.kind == "pointwise" and "f" in row.fast
    ufunc = getattr(np, row.ufunc) if plain else None
    arity = len(row.schema.tensors)
    saves_input = isinstance(row, Op) and any(
        row.schema.tensors[0].name in codegen.rule_names(rule) for _, rule in row.rules()
    )
    saves_out = isinstance(row, Op) and row.outputs[0] in codegen.saved_names(row)
    plain_statics = not row.schema.statics
    scaled = row.name in ("add", "sub")  # `alpha=` multiplies the other operand

    def in_place(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if self.__class__ not in PLAIN and overridden((self, *args)):
            return override(in_place, (self, *args), kwargs)
        try:
            if direct is not None:
                return direct(self, *args, **kwargs)
            if not isinstance(self, Tensor):
                raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(self).__name__}")
            memory = self._v
            windows = False
            if memory is None:
                if self._inference:
                    refuse_change()
            elif memory.inference:
                refuse_change()
            elif memory.windows and name not in ("masked_scatter_", "mvlgamma_"):
                windows = not apart(self._a.shape, self._a.strides)
            recording = mode.grad and (self._node is not None or _any_recorded(args) or _any_recorded(kwargs.values()))
            if not recording:
                if self._view is not None:
                    check_in_place(self)
                a = self._a
                if 0 in a.strides:
                    _check_shared(a, name)
                scale = kwargs.get("alpha") if scaled and len(kwargs) == 1 else None
                if scale is not None and isinstance(scale, Tensor):
                    kwargs = {"alpha": (scale := scale.item())}
                plain = ufunc is not None and (not kwargs or scale is not None) and not windows
                if plain and len(args) == arity - 1 and a.dtype.char in "fd":
                    if arity == 1:
                        ufunc(a, out=a)
                        _bump(self)
                        return self
                    b = other = args[0]
                    if isinstance(other, Tensor):
                        b = other._a
                        if other._v is not None and other._v is self._v:
                            check_inputs(a, (b,))
                    if b.__class__ in (float, int) or (
                        b.__class__ is np.ndarray and b.dtype is a.dtype and (b.shape == a.shape or _fits(b, a))
                    ):
                        ufunc(a, b if scale is None else b * scale, out=a)
                        _bump(self)
                        return self
                if scaled and len(args) == 2:
                    args, kwargs = _old_order(name, args, kwargs)
                if nowhere or self._v is not None:
                    _check_inputs(self, args, kwargs, name)
                before = self._node
                self._node = None
                try:
                    result = public(self, *args, **kwargs)
                finally:
                    self._node = before
                store(self, result._a, name, (public, args, kwargs) if windows else None)
                return self
            check_in_place(self)
            if scaled and len(args) == 2:
                args, kwargs = _old_order(name, args, kwargs)
            if nowhere or self._v is not None:
                _check_inputs(self, args, kwargs, name)
            source = object.__new__(Tensor)
            source._a = self._a.copy() if saves_input or not isinstance(row, Op) else self._a
            source._node = self._node
            result = public(source, *args, **kwargs)
            store(self, result._a, name, (public, args, kwargs) if windows else None)
            node = result._node
            if node is not None and getattr(node[1], "name", "") in _SLOPES:
                node = _of_result(node, self._v)
            if node is not None and saves_out and node[3] is not None:
                node[0] = tick()  # the record follows the change of the memory it holds
                node[3] = tuple([self._a if s is result._a else s for s in node[3]])
                extras_of(node)["memory"] = self._v
            rebase(self, node)
            return self
        except Unreadable:  # an argument inside a function transform: it decides
            if not overridden(args):
                raise
            return override(in_place, (self, *args), kwargs)

    in_place.__name__ = in_place.__qualname__ = name
    in_place.__doc__ = f"`{row.name}`, stored into this tensor." + ("" if plain_statics else " Arguments as there.")
    return in_place


def _old_order(name: str, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """The arguments of x.add_(factor, other), which PyTorch still reads, as those of x.add_(other, alpha=factor)."""
    if kwargs or not isinstance(args[0], NUMBERS):
        return args, kwargs
    warnings.warn(
        f"This overload of {name} is deprecated:\n\t{name}(Number alpha, Tensor other)\nConsider using one of the "
        f"following signatures instead:\n\t{name}(Tensor other, *, Number alpha = 1)", UserWarning, stacklevel=3,
    )  # fmt: skip
    return args[1:], {"alpha": args[0]}


def _any_recorded(values: Any) -> bool:
    for v in values:
        node = getattr(v, "_node", None)
        if node is not None:
            return True
    return False


def _fits(b: np.ndarray, a: np.ndarray) -> bool:
    """Whether `b` broadcasts to the shape of `a`."""
    return b.ndim <= a.ndim and all(m == n or m == 1 for m, n in zip(b.shape[::-1], a.shape[::-1]))


def _bump(t: Tensor) -> None:
    memory = t._v
    if memory is None:
        memory = memory_of(t)
    memory.changed()
