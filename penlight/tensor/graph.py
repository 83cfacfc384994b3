"""Nodes dressed as PyTorch shows them: `grad_fn`, `next_functions`, `name()`, node hooks."""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Any

from penlight.engine.node import EDGES, LEAF, OP, PORT, SAVED, extras_of

__all__ = ["GraphNode", "RemovableHandle", "dressed"]


class RemovableHandle:
    """Takes a hook out of its table again; usable in a `with` statement."""

    _ids = count()

    def __init__(self, hooks: dict, hook: Any = None, extra_dict: Any = None) -> None:
        self.id = next(RemovableHandle._ids)
        self.hooks = hooks
        self.extra = extra_dict if isinstance(extra_dict, (list, tuple)) else [extra_dict] if extra_dict is not None else []
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

    def name(self) -> str:
        return type(self).__name__

    @property
    def next_functions(self) -> tuple:
        """(node, output number) per differentiable argument; (None, 0) where no gradient is wanted."""
        result = []
        for edge in self._record[EDGES]:
            if edge is None:
                result.append((None, 0))
            elif edge[OP] is PORT:
                result.append((dressed(edge), edge[SAVED]))
            else:
                result.append((dressed(edge), 0))
        return tuple(result)

    @property
    def metadata(self) -> dict:
        return extras_of(self._record).setdefault("metadata", OrderedDict())

    @property
    def variable(self) -> Any:
        """The leaf that an AccumulateGrad node adds into."""
        if self._record[OP] is not LEAF:
            raise AttributeError(f"'{self.name()}' object has no attribute 'variable'")
        return self._record[SAVED]()

    def _sequence_nr(self) -> int:
        return -self._record[0]

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node ran; a returned tuple replaces grad_inputs."""
        return RemovableHandle(extras_of(self._record).setdefault("post_hooks", {}), hook)

    def register_prehook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node runs; a returned tuple replaces grad_outputs."""
        return RemovableHandle(extras_of(self._record).setdefault("pre_hooks", {}), hook)

    def __repr__(self) -> str:
        return f"<{self.name()} object at 0x{id(self):x}>"


_classes: dict[str, type] = {}


def dressed(record: list) -> Any:
    """The object that stands for a record; the same one each time."""
    if record[OP] is PORT:
        record = record[EDGES][0]
    extras = extras_of(record)
    found = extras.get("grad_fn")
    if found is None:
        name = record[OP].grad_name
        if not isinstance(name, str):
            name = name(record)
        cls = _classes.get(name)
        if cls is None:
            cls = _classes[name] = type(name, (GraphNode,), {"__module__": "torch.autograd.function"})
        found = cls()
        found._record = record
        extras["grad_fn"] = found
    return found


