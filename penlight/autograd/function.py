"""Custom differentiable functions: `torch.autograd.Function`."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode, tick
from penlight.engine.engine import FREED
from penlight.engine.node import LEAF, PORT, extras_of
from penlight.tensor.graph import GraphNode
from penlight.tensor.inplace import check_in_place, rebase
from penlight.tensor.memory import memory_of
from penlight.tensor.runtime import slow_record
from penlight.tensor.tensor import Tensor

__all__ = ["Function", "FunctionCtx", "InplaceFunction", "NestedIOFunction", "once_differentiable"]


class FunctionCtx(GraphNode):
    """What forward leaves for backward; it is the node (`grad_fn`) as well."""

    materialize_grads = True
    _to_save: tuple = ()
    _dirty: tuple = ()
    _non_differentiable: tuple = ()
    needs_input_grad: tuple = ()
    _record: list

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (or None) for backward, where `ctx.saved_tensors` gives them back."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise TypeError(f"save_for_backward can only save variables, but argument is of type {type(t).__name__}")
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

    def set_materialize_grads(self, value: bool) -> None:
        """Whether missing gradients reach backward as zeros (default) or as None."""
        self.materialize_grads = value

    @property
    def saved_tensors(self) -> tuple:
        record = self.__dict__.get("_record")
        saved = self._to_save if record is None else record[3]
        if saved is None:
            raise RuntimeError(FREED)
        if record is None:
            return saved
        unpacked = []
        for item in saved:
            if isinstance(item, _SavedOutput):
                unpacked.append(item.unpack(record))
                continue
            if item is not None and item._v is not None and item._v.changed_after(record[0]):
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"[torch.{item.dtype.legacy}Tensor {list(item._a.shape)}] is at version {item._v.version}; expected "
                    f"version {item._v.version_at(record[0])} instead. Hint: enable anomaly detection to find the operation "
                    "that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True)."
                )
            unpacked.append(item)
        return tuple(unpacked)

    saved_variables = saved_tensors

    def name(self) -> str:
        return type(self).__name__


class _SavedOutput:
    """An output saved by its own node: kept as an array, so that node and tensor form no cycle."""

    def __init__(self, array: np.ndarray, index: int) -> None:
        self.array, self.index = array, index

    def unpack(self, record: list) -> Tensor:
        t = Tensor._wrap(self.array)
        t._node = record if len(record[1].output_shapes) == 1 else [tick(), PORT, (record,), self.index, None]
        return t


class _CustomOp:
    """The op of one application: runs the class's backward."""

    saves = True

    def __init__(self, cls: Any, ctx: FunctionCtx, positions: list[int], count: int) -> None:
        self.cls, self.ctx = cls, ctx
        self.positions = positions  # which arguments of forward the edges stand for
        self.count = count
        self.grad_name = type(ctx).__name__
        self.output_shapes: list = []

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

    def _run(self, node: list, g: Any, wrap: Any) -> tuple:
        if node[3] is None:
            raise RuntimeError(FREED)
        bundle = g if isinstance(g, dict) else {0: g}
        gradients = []
        for i, (shape, d) in enumerate(self.output_shapes):
            value = bundle.get(i)
            if value is not None:
                gradients.append(wrap(value))
            elif self.ctx.materialize_grads and shape is not None:
                gradients.append(Tensor._wrap(np.zeros(shape, d)))
            else:
                gradients.append(None)
        function = self.cls.backward if _overrides(self.cls, "backward") else getattr(self.cls, "vjp", None)
        if function is None or not (_overrides(self.cls, "backward") or _overrides(self.cls, "vjp")):
            raise NotImplementedError(
                "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
                "backward mode AD."
            )
        results = function(self.ctx, *gradients)
        if not isinstance(results, tuple):
            results = tuple(results) if isinstance(results, list) else (results,)
        if len(results) > self.count and all(r is None for r in results[self.count :]):
            results = results[: self.count]
        if len(results) != self.count:
            raise RuntimeError(
                f"function {self.grad_name} returned an incorrect number of gradients (expected {self.count}, got "
                f"{len(results)})"
            )
        picked = []
        for position, edge in zip(self.positions, node[2]):
            r = results[position]
            if r is not None and not isinstance(r, Tensor):
                raise TypeError(
                    f"function {self.grad_name} returned a gradient different than None or a Tensor at position "
                    f"{position + 1}: got {type(r).__name__}"
                )
            if r is not None and edge is not None:
                r = self._checked(r, position)
            picked.append(r if edge is not None else None)
        return tuple(picked)

    def _checked(self, r: Tensor, position: int) -> Tensor:
        shape, d = self.input_shapes[position]
        if r._a.shape != shape:
            try:
                fits = np.broadcast_shapes(r._a.shape, shape) == r._a.shape
            except ValueError:
                fits = False
            if not fits:
                raise RuntimeError(
                    f"Function {self.grad_name} returned an invalid gradient at index {position} - got {list(r._a.shape)} "
                    f"but expected shape compatible with {list(shape)}"
                )
            r = r.sum_to_size(shape)
        return r if r._a.dtype is d else r._cast(d)

    input_shapes: dict


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
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function "
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
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward "
            "mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward and record the application."""
        context_class = cls.__dict__.get("_backward_class")
        if context_class is None:
            context_class = type(f"{cls.__name__}Backward", (FunctionCtx,), {"__module__": "torch.autograd.function"})
            cls._backward_class = context_class
        ctx = context_class()
        ctx._forward_cls = cls
        positions = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a._node is not None for a in args)
        recording = mode.grad and any(ctx.needs_input_grad)
        # inputs as forward sees them are outside the graph; PyTorch hands over the tensors themselves
        before = mode.grad
        mode.set(grad=False)
        try:
            if _overrides(cls, "setup_context"):
                output = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        finally:
            mode.set(grad=before)
        if not recording:
            return output
        return _record(cls, ctx, args, positions, output)


def _record(cls: Any, ctx: FunctionCtx, args: tuple, positions: list[int], output: Any) -> Any:
    outputs = output if isinstance(output, tuple) else (output,)
    op = _CustomOp(cls, ctx, positions, len(args))
    op.input_shapes = {i: (args[i]._a.shape, args[i]._a.dtype) for i in positions}
    dirty = {id(t) for t in ctx._dirty}
    for t in ctx._dirty:
        check_in_place(t)
        memory_of(t).changed()
    record = [tick(), op, tuple(args[i]._node for i in positions), (), None]
    inputs = {id(args[i]) for i in positions}
    skipped = {id(t) for t in ctx._non_differentiable}
    result, index_of = [], {}
    tensor_count = sum(isinstance(o, Tensor) for o in outputs)
    for i, o in enumerate(outputs):
        if not isinstance(o, Tensor):
            op.output_shapes.append((None, None))
            result.append(o)
            continue
        op.output_shapes.append((o._a.shape, o._a.dtype))
        index_of[id(o)] = i
        if id(o) in inputs and id(o) not in dirty:  # an input handed through: the output is another tensor
            o = o.detach()
        if id(outputs[i]) in skipped or o._a.dtype.kind not in "fcV":
            result.append(o if o._node is None else o.detach())
            continue
        node = record if len(outputs) == 1 else [tick(), PORT, (record,), i, None]
        if id(o) in dirty:
            rebase(o, node)
        else:
            if o._node is not None and o._node[1] is not LEAF:
                o = o.detach()
            o._node = node
            o._view = None
        result.append(o)
    saved = []
    for t in ctx._to_save:
        if t is not None and id(t) in index_of and id(t) not in inputs:
            saved.append(_SavedOutput(t._a, index_of[id(t)]))
        else:
            saved.append(t)
    record[3] = tuple(saved)
    ctx._to_save = ()
    ctx._record = record
    extras_of(record)["grad_fn"] = ctx
    if tensor_count and not mode.fast:
        slow_record(record, ())
    return tuple(result) if isinstance(output, tuple) else result[0]


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

    def wrapper(ctx: Any, *gradients: Any) -> Any:
        before = mode.grad
        mode.set(grad=False)
        try:
            results = function(ctx, *gradients)
        finally:
            mode.set(grad=before)
        if not before or not any(isinstance(g, Tensor) and g._node is not None for g in gradients):
            return results
        values = results if isinstance(results, tuple) else (results,)
        guarded = tuple(_Once.apply(r.detach(), *[g for g in gradients if isinstance(g, Tensor)]) if isinstance(r, Tensor) else r for r in values)
        return guarded if isinstance(results, tuple) else guarded[0]

    wrapper.__name__ = getattr(function, "__name__", "backward")
    return wrapper


class _Once(Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, *gradients: Tensor) -> Tensor:
        return value

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
