"""Custom differentiable functions: `torch.autograd.Function`."""

from __future__ import annotations

import functools
import importlib
from typing import Any
from weakref import ref

import numpy as np

from penlight.base.mode import mode, tick
from penlight.engine.engine import FREED
from penlight.engine.node import EDGES, LEAF, OP, ORDER, PORT, SAVED
from penlight.tensor.graph import GraphNode
from penlight.tensor.inplace import check_in_place, rebase
from penlight.tensor.memory import memory_of
from penlight.tensor.saved import check_version, note_record, pack, refuse_marked, unpacked
from penlight.tensor.tensor import Tensor

__all__ = ["Function", "FunctionCtx", "InplaceFunction", "NestedIOFunction", "once_differentiable"]


class FunctionCtx(GraphNode):
    """What forward leaves for backward; it is the node (`grad_fn`) as well."""

    materialize_grads = True
    _to_save: tuple = ()
    _dirty: tuple = ()
    _non_differentiable: tuple = ()
    needs_input_grad: tuple = ()
    saved_for_forward: tuple = ()
    _in_jvp = False
    _record_reference: Any = None

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for backward, where `ctx.saved_tensors` gives them back."""
        for i, t in enumerate(tensors):
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(t).__name__}"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for `jvp`."""
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Any) -> None:
        """Name the inputs that forward changed in place."""
        self._dirty = args

    def mark_non_differentiable(self, *args: Any) -> None:
        """Name outputs that have no gradient."""
        self._non_differentiable = args

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Deprecated in PyTorch, and without effect: shared memory is always seen."""

    def set_materialize_grads(self, value: bool) -> None:
        """Whether missing gradients reach backward as zeros (default) or as None."""
        self.materialize_grads = value

    @property
    def _record(self) -> list:  # type: ignore[override]
        record = None if self._record_reference is None else self._record_reference()
        if record is None:
            raise RuntimeError(f"the graph that {type(self).__name__} belongs to is gone: keep one of its outputs")
        return record

    @property
    def saved_tensors(self) -> tuple:
        """What `save_for_backward` was given; in `jvp`, what `save_for_forward` was."""
        if self._in_jvp:
            return self.saved_for_forward
        if self._record_reference is None:
            return self._to_save
        record = self._record
        if record[SAVED] is None:
            raise RuntimeError(FREED)
        return tuple([None if item is None else item.unpack(record) for item in record[SAVED]])

    saved_variables = saved_tensors

    def name(self) -> str:
        return type(self).__name__

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return list(object.__dir__(self))

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{type(self).__name__} object at 0x{id(self):x}>"


class _Record(list):
    """The record of a custom Function: the context that it holds refers back to it weakly."""

    __slots__ = ("__weakref__",)


class _SavedInput:
    """A tensor saved as it was, with its version."""

    def __init__(self, t: Tensor) -> None:
        self.t = t

    def unpack(self, record: list) -> Tensor:
        t = self.t
        if t._v is not None:
            check_version(record[ORDER], t._a, t._v, t._node)
        return t


class _SavedOutput:
    """An output saved by its own node: kept as an array, so that node and tensor form no cycle."""

    def __init__(self, t: Tensor, index: int) -> None:
        self.array, self.memory, self.index = t._a, memory_of(t), index
        self.differentiable = t._node is not None

    def unpack(self, record: list) -> Tensor:
        check_version(record[ORDER], self.array, self.memory, record)
        t = Tensor._wrap(self.array)
        if self.differentiable:
            t._node = record if len(record[OP].output_shapes) == 1 else [tick(), PORT, (record,), self.index, None]
        t._v = self.memory
        return t


class _SavedPacked:
    """What a saved-tensor hook made of a tensor."""

    def __init__(self, t: Tensor) -> None:
        self.node = t._node
        self.handle, self.unpack_hook = pack(t)

    def unpack(self, record: list) -> Tensor:
        return unpacked(self.handle, self.unpack_hook, self.node)


class _CustomOp:
    """The op of one application: runs the class's backward."""

    def __init__(self, cls: Any, context: FunctionCtx, positions: list[int], count: int) -> None:
        self.cls, self.context = cls, context
        self.positions = positions  # which arguments of forward the edges stand for
        self.count = count
        self.grad_name = type(context).__name__
        self.saves = False
        self.output_shapes: list = []
        self.input_shapes: dict = {}

    def count_outputs(self, node: list) -> int:
        return len(self.output_shapes)

    def backward(self, node: list, g: Any) -> tuple:
        before = mode.grad
        mode.set(grad=False)
        try:
            results = self._run(node, g, lambda v: Tensor._wrap(np.asarray(v)))
        finally:
            mode.set(grad=before)
        return tuple(None if r is None else r._a.view() for r in results)  # views: the user may keep what was returned

    def backward_tensor(self, node: list, g: Any) -> tuple:
        return self._run(node, g, lambda v: v)

    def _gradients(self, g: Any, wrap: Any) -> list:
        bundle = g if isinstance(g, dict) else {0: g}
        gradients: list = []
        for i, (shape, d) in enumerate(self.output_shapes):
            value = bundle.get(i)
            if value is not None:
                gradients.append(wrap(value))
            elif self.context.materialize_grads and shape is not None:
                gradients.append(Tensor._wrap(np.zeros(shape, d)))
            else:
                gradients.append(None)
        return gradients

    def _run(self, node: list, g: Any, wrap: Any) -> tuple:
        if node[SAVED] is None:
            raise RuntimeError(FREED)
        function = next((getattr(self.cls, n) for n in ("backward", "vjp") if _overrides(self.cls, n)), None)
        if function is None:
            raise NotImplementedError(
                "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
                "backward mode AD."
            )
        results = function(self.context, *self._gradients(g, wrap))
        if not isinstance(results, tuple):
            results = tuple(results) if isinstance(results, list) else (results,)
        if len(results) > self.count and all(r is None for r in results[self.count :]):
            results = results[: self.count]
        if len(results) != self.count:
            raise RuntimeError(
                f"function {self.grad_name} returned an incorrect number of gradients (expected {self.count}, got "
                f"{len(results)})"
            )
        for i, r in enumerate(results):
            if r is not None and i not in self.input_shapes:
                raise RuntimeError(
                    f"function {self.grad_name} returned a gradient different than None at position {i + 1}, but the "
                    "corresponding forward input was not a Variable"
                )
            if r is not None and not isinstance(r, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(r).__name__})")
        return tuple(
            [
                None if edge is None or results[i] is None else self._checked(results[i], i)
                for i, edge in zip(self.positions, node[EDGES])
            ]
        )

    def _checked(self, r: Tensor, position: int) -> Tensor:
        """A returned gradient in the input's shape and dtype."""
        shape, d = self.input_shapes[position]
        if r._a.shape != shape:
            try:
                fits = np.broadcast_shapes(r._a.shape, shape) == r._a.shape
            except ValueError:
                fits = False
            if not fits:
                raise RuntimeError(
                    f"Function {self.grad_name} returned an invalid gradient at index {position} - got "
                    f"{list(r._a.shape)} but expected shape compatible with {list(shape)}"
                )
            r = r.sum_to_size(shape)
        if r._a.dtype is d:
            return r
        if r._a.dtype.kind == "c" and d.kind != "c":
            r = r.real
        return r if r._a.dtype is d else r._cast(d)


def _overrides(cls: Any, name: str) -> bool:
    return getattr(cls, name, None) is not getattr(Function, name, None)


class Function:
    """Base class of functions with a hand-written derivative.

    Subclasses define static methods `forward(ctx, *args)` (or `forward(*args)` with `setup_context(ctx, inputs,
    output)`) and `backward(ctx, *grad_outputs)`, and are used through `apply`.
    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function

    >>> import penlight as torch
    >>> class Double(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x): return x * 2
    ...     @staticmethod
    ...     def backward(ctx, g): return g * 2
    >>> Double.apply(torch.ones(1, requires_grad=True))
    tensor([2.], grad_fn=<DoubleBackward>)
    """

    generate_vmap_rule = False
    _backward_class: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function "
            "with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> Any:
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *args: Any) -> Any:
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap static method or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and record the application."""
        if mode.levels:
            found = importlib.import_module("penlight.transforms.custom").apply_inside(
                cls, {n: _overrides(cls, n) for n in ("setup_context", "vmap")}, args, kwargs
            )
            if found is not NotImplemented:
                return found
        return cls._run(args, kwargs)[1]

    @classmethod
    def _context(cls) -> FunctionCtx:
        """A new context."""
        context_class = cls.__dict__.get("_backward_class")
        if context_class is None:
            context_class = type(f"{cls.__name__}Backward", (FunctionCtx,), {"__module__": "torch.autograd.function"})
            cls._backward_class = context_class
        ctx = context_class()
        ctx._forward_cls = cls
        return ctx

    @classmethod
    def _bound(cls, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        """Arguments of forward: keywords and defaults count as positional ones."""
        import inspect  # late, for a short start-up

        bound = inspect.signature(cls.forward).bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.args, bound.kwargs

    @classmethod
    def _run(cls, args: tuple, kwargs: dict) -> tuple[FunctionCtx, Any]:
        """(context, output) of one application."""
        ctx, separate = cls._context(), _overrides(cls, "setup_context")
        if separate:
            args, kwargs = cls._bound(args, kwargs)
        elif kwargs:
            args, kwargs = cls._bound((ctx, *args), kwargs)
            args = args[1:]
        ctx.needs_input_grad = tuple([isinstance(a, Tensor) and a._node is not None for a in args])
        before = mode.grad
        mode.set(grad=False)
        try:
            if separate:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        finally:
            mode.set(grad=before)
        return ctx, _finish(cls, ctx, args, output, before and any(ctx.needs_input_grad))


def _finish(cls: Any, ctx: FunctionCtx, args: tuple, output: Any, recording: bool) -> Any:
    """The outputs as the caller gets them; with `recording`, in the graph."""
    outputs = output if isinstance(output, tuple) else (output,)
    inputs = {id(a) for a in args if isinstance(a, Tensor)}
    dirty = {id(t) for t in ctx._dirty}
    for t in ctx._dirty:
        if recording and t._node is not None and t._node[OP] is LEAF:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
        if recording:
            check_in_place(t)
        memory_of(t).changed()
    # an input handed through unchanged: the output is another tensor on its memory
    given = [o.detach() if id(o) in inputs and id(o) not in dirty else o for o in outputs]
    if recording:
        given = _record(cls, ctx, args, outputs, given, dirty)
    return tuple(given) if isinstance(output, tuple) else given[0]


def _record(cls: Any, ctx: FunctionCtx, args: tuple, outputs: tuple, given: list, dirty: set[int]) -> list:
    positions = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
    op = _CustomOp(cls, ctx, positions, len(args))
    op.input_shapes = {i: (args[i]._a.shape, args[i]._a.dtype) for i in positions}
    record = _Record([tick(), op, tuple([args[i]._node for i in positions]), (), None])
    inputs = {id(args[i]): args[i] for i in positions}
    skipped = {id(t) for t in ctx._non_differentiable}
    saved_inputs = [None if t is None or id(t) not in inputs else _save_input(t) for t in ctx._to_save]
    index_of = {}
    for i, (original, o) in enumerate(zip(outputs, given)):
        if not isinstance(o, Tensor):
            op.output_shapes.append((None, None))
            continue
        op.output_shapes.append((o._a.shape, o._a.dtype))
        index_of[id(original)] = i
        if id(original) in skipped or o._a.dtype.kind not in "fcV":
            given[i] = o if o._node is None else o.detach()
            continue
        node = record if len(outputs) == 1 else [tick(), PORT, (record,), i, None]
        if id(original) in dirty:
            rebase(o, node)
            continue
        if o._node is not None and o._node[OP] is not LEAF:
            o = given[i] = o.detach()
        base = inputs.get(id(original)) if id(original) in inputs else o._view
        o._node = node
        o._view_no_grad = False
        if base is not None:  # a view: to be refused when it is changed in place
            o._view = base if base._view is None else base._view
            memory_of(o).add_view(o)
    record[SAVED] = tuple(
        [
            _save_other(t, index_of, given) if t is not None and s is None else s
            for t, s in zip(ctx._to_save, saved_inputs)
        ]
    )
    op.saves = bool(ctx._to_save)
    ctx._to_save = ()
    ctx._record_reference = ref(record)
    if not mode.fast:
        note_record(record, ())
    return given


def _save_input(t: Tensor) -> Any:
    if mode.marks:
        refuse_marked((t,))
    return _SavedPacked(t) if mode.saved_hooks else _SavedInput(t)


def _save_other(t: Tensor, index_of: dict[int, int], given: list) -> Any:
    if mode.saved_hooks:
        return _SavedPacked(t)
    if id(t) in index_of:
        return _SavedOutput(given[index_of[id(t)]], index_of[id(t)])
    return _SavedInput(t)


class InplaceFunction(Function):
    """The old base class of functions that may work in place."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace


class NestedIOFunction(Function):
    """Nested inputs and outputs, deprecated in PyTorch."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("penlight does not have NestedIOFunction; use Function with flat arguments")


def once_differentiable(function: Any) -> Any:
    """Mark a backward that cannot itself be differentiated: a second derivative through it raises."""

    @functools.wraps(function)
    def wrapper(ctx: Any, *gradients: Any) -> Any:
        before = mode.grad
        mode.set(grad=False)
        try:
            results = function(ctx, *gradients)
        finally:
            mode.set(grad=before)
        tensors = [g for g in gradients if isinstance(g, Tensor)]
        if not before or not any(g._node is not None for g in tensors):
            return results
        values = results if isinstance(results, tuple) else (results,)
        guarded = tuple([_Once.apply(r.detach(), *tensors) if isinstance(r, Tensor) else r for r in values])
        return guarded if isinstance(results, tuple) else guarded[0]

    return wrapper


class _Once(Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, *gradients: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
