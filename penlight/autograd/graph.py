"""`torch.autograd.graph`: nodes, gradient edges, hooks on what is saved and on several gradients."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from penlight.base.mode import mode
from penlight.engine.node import PORT, SAVED
from penlight.tensor.backward import running_pass
from penlight.tensor.graph import GraphNode as Node
from penlight.tensor.graph import RemovableHandle, dressed
from penlight.tensor.memory import Memory, memory_of
from penlight.tensor.tensor import Tensor

__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge",
    "increment_version", "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip


class GradientEdge(NamedTuple):
    """A place in the graph that `autograd.grad` takes as an input or output instead of a tensor."""

    node: Node
    output_nr: int
    ownership_token: Any = None

    @property
    def _record(self) -> list:
        return self.ownership_token


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The node and output number whose gradient is that of `tensor`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.get_gradient_edge.html

    >>> import penlight as torch
    >>> x = torch.ones(1, requires_grad=True)
    >>> torch.autograd.graph.get_gradient_edge(x * 2).output_nr
    0
    """
    node = tensor._node
    if node is None:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    return GradientEdge(dressed(node), node[SAVED] if node[1] is PORT else 0, node)


class saved_tensors_hooks:
    """In this block `pack_hook(tensor)` replaces what is saved for backward, and `unpack_hook(packed)` brings it back.

    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.graph.saved_tensors_hooks

    >>> import penlight as torch
    >>> x = torch.full((1,), 3., requires_grad=True)
    >>> with torch.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(force=True), torch.from_numpy):
    ...     y = x * x
    >>> torch.autograd.grad(y, x)
    (tensor([6.]),)
    """

    def __init__(self, pack_hook: Any, unpack_hook: Any) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> None:
        if _disabled.message is not None:
            raise RuntimeError(_disabled.message)
        mode.set(saved_hooks=(*mode.saved_hooks, (self.pack_hook, self.unpack_hook)))

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(saved_hooks=mode.saved_hooks[:-1])


class save_on_cpu(saved_tensors_hooks):
    """Keeps copies of what is saved for backward; on a machine without GPU that is all it does."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        if pin_memory:
            raise NotImplementedError("penlight has no pinned memory: call save_on_cpu() with pin_memory=False")
        super().__init__(lambda t: t.clone(), lambda t: t)


class _Disabled(threading.local):
    message: str | None = None


_disabled = _Disabled()


class disable_saved_tensors_hooks:
    """In this block entering `saved_tensors_hooks` raises with the given message."""

    def __init__(self, error_message: str) -> None:
        self.error_message = error_message

    def __enter__(self) -> None:
        if mode.saved_hooks:
            raise RuntimeError(self.error_message)
        self.before = _disabled.message
        _disabled.message = self.error_message

    def __exit__(self, *exc_info: Any) -> None:
        _disabled.message = self.before


class _Mutation:
    """One `allow_mutation_on_saved_tensors` block."""

    open = True


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_Mutation]:
    """In this block tensors that were saved for backward may be changed in place: backward sees what they were.

    Every saved tensor is copied when it is saved (PyTorch copies when it is changed). The backward pass must run in the
    block too. Raises AssertionError after it.
    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.graph.allow_mutation_on_saved_tensors

    >>> import penlight as torch
    >>> x = torch.full((1,), 3., requires_grad=True)
    >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x * 1; z = y * y; _ = y.zero_(); z.backward()
    >>> x.grad
    tensor([6.])
    """
    block = _Mutation()

    def unpack(kept: Tensor) -> Tensor:
        if not block.open:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in which the graph was "
                "originally recorded."
            )
        return kept

    with saved_tensors_hooks(lambda t: t.clone(), unpack):
        try:
            yield block
        finally:
            block.open = False


def register_multi_grad_hook(tensors: Sequence[Tensor], fn: Any, *, mode: str = "all") -> RemovableHandle:
    """Call a hook once per backward pass for a group of tensors.

    Args: mode "all": `fn(gradients)` after all gradients of the group that the pass computes are there, None for the
    others; "any": `fn(gradient)` at the first one.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.graph.register_multi_grad_hook.html
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    tensors = tuple(tensors)
    for t in tensors:
        if t._node is None:
            raise RuntimeError("Expected all tensors to require gradients: one of them does not")
    group = _Group([t._node for t in tensors], fn, mode == "all")
    handles = [t.register_hook(group.hook(i)) for i, t in enumerate(tensors)]
    return _Handles(handles)


class _Handles(RemovableHandle):
    def __init__(self, handles: list) -> None:
        super().__init__({})
        self.handles = handles

    def remove(self) -> None:
        for h in self.handles:
            h.remove()


class _Group:
    """The gradients of one group in the running backward pass."""

    def __init__(self, nodes: list, function: Any, wait_for_all: bool) -> None:
        self.nodes, self.function, self.wait_for_all = nodes, function, wait_for_all
        self.lock = threading.Lock()
        self.running: list | None = None  # the backward pass that `arrived` is of
        self.arrived: list = []

    def hook(self, i: int) -> Any:
        def receive(g: Tensor) -> None:
            running, reached = running_pass()
            with self.lock:
                first = self.running is not running
                if first:
                    self.running, self.arrived = running, [None] * len(self.nodes)
                arrived = self.arrived
                arrived[i] = g
                if self.wait_for_all:
                    expected = sum(id(n) in reached() for n in self.nodes)
                    due = sum(a is not None for a in arrived) == expected
                else:
                    due = first
            if due:
                self.function(arrived if self.wait_for_all else g)

        return receive


def increment_version(tensor: Any) -> None:
    """Tell autograd that a tensor (or each of several) was changed by other means."""
    for t in (tensor,) if isinstance(tensor, Tensor) else tensor:
        Memory.changed(memory_of(t))  # of a conjugate view too nothing is to be written back
