"""Nodes dressed as PyTorch shows them: `grad_fn`, `next_functions`, `name()`, node hooks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any
from weakref import ref

from penlight.engine.node import EDGES, EXTRAS, LEAF, OP, PORT, SAVED, extras_of

__all__ = ["GraphNode", "RemovableHandle", "dressed", "name_of"]


class RemovableHandle:
    """Takes a hook out of its table again; usable in a `with` statement."""

    __module__ = "penlight.utils.hooks"
    _ids = count()

    def __init__(self, hooks: dict, hook: Any = None, extra_dict: Any = None) -> None:
        self.id = next(RemovableHandle._ids)
        self.hooks = hooks
        self.extra = [] if extra_dict is None else extra_dict
        if not isinstance(self.extra, (list, tuple)):
            self.extra = [extra_dict]
        if hook is not None:
            hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        self.hooks.pop(self.id, None)
        for other in self.extra:
            other.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.remove()

    def __getstate__(self) -> tuple:
        return (self.hooks, self.id)

    def __setstate__(self, state: tuple) -> None:
        self.hooks, self.id = state
        self.extra = []


class GraphNode:
    """`torch.autograd.graph.Node`: one step of the recorded computation."""

    _record: list
    _saved_value: Callable[[list, str], Any]  # set by `saved.py`, which knows tensors
    _saved_names: Callable[[list], list]

    def name(self) -> str:
        """The node's name, `'MulBackward0'`."""
        name = type(self).__name__
        return "torch::autograd::AccumulateGrad" if name == "AccumulateGrad" else name

    @property
    def next_functions(self) -> tuple:
        """(node, output number) per differentiable argument; (None, 0) where no gradient is wanted."""
        record = self._record
        dressing = _DRESSINGS.get(getattr(record[OP], "name", None))
        return _edges(record[EDGES]) if dressing is None else dressing(record)

    @property
    def metadata(self) -> dict:
        """A dictionary of the user's own."""
        return extras_of(self._record).setdefault("metadata", {})

    @property
    def variable(self) -> Any:
        """The leaf that an AccumulateGrad node adds into."""
        if self._record[OP] is not LEAF:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute 'variable'")
        return self._record[SAVED]()

    @property
    def requires_grad(self) -> bool:
        return True

    def _sequence_nr(self) -> int:
        return -self._record[0]

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node ran; a returned tuple replaces grad_inputs."""
        return RemovableHandle(extras_of(self._record).setdefault("post_hooks", {}), hook)

    def register_prehook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node runs; a returned tuple replaces grad_outputs."""
        return RemovableHandle(extras_of(self._record).setdefault("pre_hooks", {}), hook)

    def __getattr__(self, name: str) -> Any:
        for prefix in ("_saved_", "_raw_saved_"):
            if name.startswith(prefix):
                return GraphNode._saved_value(self._record, name[len(prefix) :])
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(f"_saved_{n}" for n in GraphNode._saved_names(self._record))]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at 0x{id(self):x}>"


_classes: dict[str, type] = {}


def _node_class(name: str) -> type:
    cls = _classes.get(name)
    if cls is None:
        cls = _classes[name] = type(name, (GraphNode,), {"__module__": "torch.autograd.graph"})
    return cls


def name_of(record: list) -> str:
    """A record's name; some ops are named by what they saved."""
    name = record[OP].grad_name
    if isinstance(name, str):
        return name
    extras = record[EXTRAS]
    return extras["name"] if extras is not None and "name" in extras else name(record)


def dressed(record: list) -> Any:
    """The object that stands for a record; the same one as long as somebody holds it."""
    if record[OP] is PORT:
        record = record[EDGES][0]
    extras = record[EXTRAS]
    found = None if extras is None else extras.get("grad_fn", _nothing)()
    if found is None:
        context = getattr(record[OP], "context", None)  # a custom Function's ctx is its node
        if context is not None:
            return context
        found = _node_class(name_of(record))()
        found._record = record
        extras_of(record)["grad_fn"] = ref(found)  # weak: a strong one would be a cycle through the record
    return found


def _nothing() -> None:
    return None


def _edge(node: list | None) -> tuple:
    if node is None:
        return (None, 0)
    return (dressed(node), node[SAVED] if node[OP] is PORT else 0)


def _edges(nodes: tuple) -> tuple:
    return tuple([_edge(node) for node in nodes])


# --- fused ops, shown as the steps that PyTorch takes -----------------------------------------------------------------


def _step(name: str, *next_functions: tuple) -> tuple:
    """An edge to a step that has no record of its own."""
    found = _fused_class(name)()
    found._next = next_functions
    return (found, 0)


class _FusedStep(GraphNode):
    """A step inside a fused op: it can be looked at, but no hook can see its gradient."""

    _next: tuple = ()

    @property
    def next_functions(self) -> tuple:
        return self._next

    def _no_record(self, *args: Any) -> Any:
        raise RuntimeError(
            f"{type(self).__name__} is a step inside a fused op here: register the hook on the op's own grad_fn"
        )

    register_hook = register_prehook = _no_record
    metadata = property(lambda self: self.__dict__.setdefault("_own_metadata", {}))

    def _sequence_nr(self) -> int:
        return self._no_record()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return list(object.__dir__(self))


_fused_classes: dict[str, type] = {}


def _fused_class(name: str) -> type:
    if name not in _fused_classes:
        _fused_classes[name] = type(name, (_FusedStep,), {"__module__": "torch.autograd.graph"})
    return _fused_classes[name]


def _linear(record: list) -> tuple:
    """addmm(bias, input, weight.t()), with views around it where the input is no matrix."""
    into, weight, bias = record[EDGES]
    name = name_of(record)
    transposed = (None, 0) if weight is None else _step("TBackward0", _edge(weight))
    if name == "AddmmBackward0":
        return (_edge(bias), _edge(into), transposed)
    if name == "MmBackward0":
        return (_edge(into), transposed)
    fold = "UnsqueezeBackward0" if name == "SqueezeBackward4" else "ViewBackward0"
    folded = (None, 0) if into is None else _step(fold, _edge(into))
    if name == "ViewBackward0":
        return (_step("AddmmBackward0", _edge(bias), folded, transposed),)
    return (_step("MmBackward0", folded, transposed),)


_DRESSINGS: dict[str | None, Callable[[list], tuple]] = {"linear": _linear}
