"""What nodes save for backward: version checks, saved-tensor hooks, `grad_fn._saved_…`.

Registered among the names that generated op functions see, so that ops pay for none of it unless it is switched on.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from penlight.base.dtypes import from_numpy
from penlight.base.mode import mode, tick
from penlight.engine.engine import FREED
from penlight.engine.node import EDGES, EXTRAS, LEAF, OP, ORDER, PORT, SAVED, extras_of
from penlight.ops.table import Op
from penlight.tensor import codegen
from penlight.tensor.backward import grad_of
from penlight.tensor.graph import GraphNode
from penlight.tensor.override import PLAIN
from penlight.tensor.runtime import Runtime
from penlight.tensor.tensor import Tensor

__all__ = ["check_version", "note_record", "pack", "refuse_marked", "unpacked"]


# --- versions ---------------------------------------------------------------------------------------------------------


def operation_name(node: list) -> str:
    """The name of a node's operation as PyTorch's messages give it: 'Add' for AddBackward0."""
    return re.sub(r"Backward\d*$", "", grad_of(node))


def check_version(moment: int, array: np.ndarray, memory: Any, producer: list | None) -> None:
    """Raise when the memory changed after `moment`, the time at which a node saved the array."""
    if not memory.changed_after(moment):
        return
    what = ""
    if producer is not None and producer[OP] is not LEAF:
        number = producer[SAVED] if producer[OP] is PORT else 0
        what = f", which is output {number} of {operation_name(producer)},"
    if mode.anomaly:
        hint = (
            "the backtrace further above shows the operation that failed to compute its gradient. The variable in "
            "question was changed in there or anywhere later. Good luck!"
        )
    else:
        hint = (
            "enable anomaly detection to find the operation that failed to compute its gradient, with "
            "torch.autograd.set_detect_anomaly(True, check_nan=False)."
        )
    raise RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"[torch.{from_numpy(array.dtype).legacy}Tensor {list(array.shape)}]{what} is at version {memory.version}; "
        f"expected version {memory.version_at(moment)} instead. Hint: {hint}"
    )


def _check_saved(node: list, tensor: Tensor) -> None:
    check_version(node[ORDER], tensor._a, tensor._v, tensor._node)


def _own_output(op: Any) -> str:
    """The output whose history is the node itself: the first that has a gradient."""
    return next(name for name in op.outputs if name not in op.non_differentiable)


def _check_output(node: list) -> None:
    extras = node[EXTRAS]
    memory = extras.get("memory")
    if memory is not None and _own_output(node[OP]) in codegen.saved_names(node[OP]):
        check_version(node[ORDER], memory.root, memory, node)
    if "memories" in extras:
        op = node[OP]
        saved = set(codegen.saved_names(op))
        for i, memory in extras["memories"].items():
            if op.outputs[i] in saved:
                check_version(node[ORDER], memory.root, memory, [0, PORT, (node,), i, None])


# --- saved-tensor hooks -----------------------------------------------------------------------------------------------


class Packed:
    """What a node's saved tensors were packed into; in the node stands `placeholder`."""

    def __init__(self, placeholder: tuple, entries: list) -> None:
        self.placeholder = placeholder
        self.entries = entries  # (position, position in a list or None, handle, unpack, node, as array)

    def unpack(self, node: list, on_tensors: bool) -> Any:
        if node[SAVED] is None:
            return None
        values = list(self.placeholder)
        for i in {i for i, j, *_ in self.entries if j is not None}:
            values[i] = list(values[i])
        for i, j, handle, unpack, producer, as_array in self.entries:
            t = unpacked(handle, unpack, producer)
            value = t._a if as_array else t
            if j is None:
                values[i] = value
            else:
                values[i][j] = value
        return tuple(values)


def unpacked(handle: Any, unpack: Any, producer: list | None) -> Tensor:
    """The tensor that an unpack hook gives, at the packed one's place in the graph."""
    t = unpack(handle)
    if not isinstance(t, Tensor):
        raise TypeError(
            "Output of saved tensor unpack_hook expected to be a Tensor but got result of type " + type(t).__name__
        )
    new = Tensor._wrap(t._a)
    new._node = producer
    return new


def pack(t: Tensor) -> tuple[Any, Any]:
    """(handle, unpack) from the innermost pair of hooks."""
    hooks, (pack_hook, unpack_hook) = mode.saved_hooks, mode.saved_hooks[-1]
    grad = mode.grad
    mode.set(saved_hooks=(), grad=False)
    version = t._version
    try:
        handle = pack_hook(t)
    finally:
        mode.set(saved_hooks=hooks, grad=grad)
    if t._version != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can "
            "not be "
            "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you "
            "need to perform in-place operations on the input to a pack hook."
        )
    return handle, unpack_hook


def _pack_saved(node: list) -> None:
    op = node[OP]
    if not isinstance(op, Op) or node[SAVED] is None:
        return
    names = codegen.saved_names(op)
    several = len([o for o in op.outputs if o not in op.non_differentiable]) > 1
    placeholder, entries = [], []
    for i, (name, value) in enumerate(zip(names, node[SAVED])):
        if isinstance(value, Tensor):
            entries.append((i, None, *pack(value), value._node, False))
            value = None
        elif isinstance(value, np.ndarray) and (name in op.outputs or name in op.aux):
            t = Tensor._wrap(value)
            if name in op.outputs and name not in op.non_differentiable:
                t._node = [tick(), PORT, (node,), op.outputs.index(name), None] if several else node
            entries.append((i, None, *pack(t), None, True))
            value = None
        elif type(value) in (list, tuple) and any(isinstance(v, Tensor) for v in value):
            for j, v in enumerate(value):
                if isinstance(v, Tensor):
                    entries.append((i, j, *pack(v), v._node, False))
            value = [None if isinstance(v, Tensor) else v for v in value]
        placeholder.append(value)
    if entries:
        name = grad_of(node)
        packed = Packed(tuple(placeholder), entries)
        extras_of(node)["name"] = name
        node[SAVED] = packed.placeholder
        extras_of(node)["packed"] = packed


def _has_mark(values: Any) -> bool:
    """Whether one of the tensors among `values` was made in inference mode."""
    for value in values:
        kind = value.__class__
        if kind in PLAIN:
            if value._inference if value._v is None else value._v.inference:
                return True
        elif kind is tuple or kind is list:
            if value and isinstance(value[0], Tensor) and _has_mark(value):
                return True
        elif isinstance(value, Tensor) and value.is_inference():
            return True
    return False


def refuse_marked(values: Any) -> None:
    """Raise where one of the tensors among `values`, which are about to be saved, was made in inference mode."""
    if _has_mark(values):
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Save a clone of it, which made here is a normal tensor, "
            "or make it under torch.no_grad() instead of torch.inference_mode()."
        )


def _needed(node: list) -> Any:
    """What a node holds, less what none of the gradients that it is to give needs."""
    op = node[OP]
    if not isinstance(op, Op):
        return node[SAVED]
    names = codegen.saved_names(op)
    wanted = [p.name for p, edge in zip(codegen.differentiable_arguments(op), node[EDGES]) if edge is not None]
    if op.joint is None:
        names_needed = {n for argument in wanted for n in codegen.rule_names(op.vjp[argument])}
    else:  # a bias, of which the rule wants the shape alone, needs nothing
        names_needed = set(names) if any(n in names for n in wanted) else set()
    return [value for name, value in zip(names, node[SAVED]) if name in names_needed]


def note_record(node: list, outputs: tuple) -> None:
    """What is done to each new record while `mode.fast` is off."""
    if mode.marks:
        if _has_mark(node[SAVED]) and not mode.levels:  # the tensors of function transforms are wrapped in others
            refuse_marked(_needed(node))
    elif not (mode.anomaly or mode.saved_hooks):
        mode.set()  # the last tensor with a mark is gone
    if mode.anomaly:
        import traceback  # late, for a short start-up

        extras_of(node)["trace"] = traceback.format_list(traceback.extract_stack(sys._getframe(2)))
    if mode.saved_hooks:
        _pack_saved(node)


Runtime.names.update(check_saved=_check_saved, check_output=_check_output, slow_record=note_record)


# --- grad_fn._saved_… -------------------------------------------------------------------------------------------------

_TORCH_NAMES = {"input": "self", "out": "result"}
_OWN_NAMES = {"linear": {"input": "mat1"}}


def _names(record: list) -> dict[str, int]:
    """PyTorch's names of what a record saved -> positions."""
    op = record[OP]
    if not isinstance(op, Op):
        return {}
    own = {**_TORCH_NAMES, **_OWN_NAMES.get(op.name, {})}
    return {own.get(n, n): i for i, n in enumerate(codegen.saved_names(op)) if not n.startswith("fit_")}


def _saved_value(record: list, name: str) -> Any:
    names = _names(record)
    if name not in names:
        raise AttributeError(f"'{grad_of(record)}' object has no attribute '_saved_{name}'")
    if record[SAVED] is None:
        raise RuntimeError(FREED)
    values = record[SAVED]
    if record[EXTRAS] is not None and "packed" in record[EXTRAS]:
        values = record[EXTRAS]["packed"].unpack(record, True)
    value = values[names[name]]
    if isinstance(value, Tensor):
        if value._v is not None:
            _check_saved(record, value)
        return value
    if isinstance(value, np.ndarray):
        if record[EXTRAS] is not None:
            _check_output(record)
        own = codegen.saved_names(record[OP])[names[name]]
        t = Tensor._wrap(value)
        if own in record[OP].outputs:
            t._node = record
        return t
    return tuple(value) if isinstance(value, list) else value


GraphNode._saved_names = staticmethod(lambda record: sorted(_names(record)))  # type: ignore[method-assign]
GraphNode._saved_value = staticmethod(_saved_value)  # type: ignore[method-assign]
