"""Trading time for memory: a part of the network forgets its results and computes them again in backward."""

from __future__ import annotations

import contextlib
import enum
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from penlight.amp.autocast_mode import autocast
from penlight.amp.state import is_autocast_enabled
from penlight.autograd.function import Function
from penlight.autograd.grad_mode import enable_grad, no_grad
from penlight.autograd.graph import saved_tensors_hooks
from penlight.base.mode import mode
from penlight.tensor import Tensor, backward
from penlight.tensor.generator import get_rng_state, set_rng_state

__all__ = [
    "CheckpointError", "CheckpointFunction", "CheckpointPolicy", "checkpoint", "checkpoint_sequential",
    "create_selective_checkpoint_contexts", "get_device_states", "set_device_states",
    "noop_context_fn", "set_checkpoint_early_stop",
]  # fmt: skip

_UNSTATED = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling "
    "checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to "
    "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants."
)


class CheckpointError(RuntimeError):
    """The second computation did not save what the first did."""


class _Enough(Exception):
    """The second computation has made all that is needed."""


class _Stopping(threading.local):
    early: bool | None = None


_stopping = _Stopping()


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """In this block, whether `checkpoint` ends the second computation once everything saved is there again.

    Source: https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.set_checkpoint_early_stop
    """
    before, _stopping.early = _stopping.early, enable
    try:
        yield
    finally:
        _stopping.early = before


def create_selective_checkpoint_contexts(policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False) -> tuple:
    """Not offered: a policy is asked op by op, below `__torch_function__`, where penlight's ops ask nobody."""
    raise NotImplementedError(
        "penlight does not have torch.utils.checkpoint.create_selective_checkpoint_contexts: checkpoint smaller parts of "
        "the network instead"
    )


create_selective_checkpoint_contexts.__penlight_missing__ = True  # type: ignore[attr-defined]


class CheckpointPolicy(enum.Enum):
    """What a selective policy may say of an op."""

    MUST_SAVE, PREFER_SAVE, MUST_RECOMPUTE, PREFER_RECOMPUTE, MUST_CPU_OFFLOAD, PREFER_CPU_OFFLOAD = range(6)


def noop_context_fn() -> tuple:
    """The default `context_fn`: two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable, *args: Any, use_reentrant: bool | None = None, context_fn: Callable = noop_context_fn,
    determinism_check: str = "default", debug: bool = False, early_stop: bool = True, preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:  # fmt: skip
    """`function(*args, **kwargs)`, whose intermediate results are computed again in the backward pass.

    With `preserve_rng_state` the second computation sees the same random numbers; autocast is always as it was.
    `use_reentrant=True` (still the default) runs an inner backward pass: then an argument must require grad, keywords
    and `autograd.grad` do not work. `use_reentrant=False` has no such limits. Raises CheckpointError when both
    computations differ in what they save.
    Source: https://docs.pytorch.org/docs/stable/checkpoint.html

    >>> import penlight as torch
    >>> from penlight.utils.checkpoint import checkpoint
    >>> x = torch.ones(2, requires_grad=True)
    >>> checkpoint(lambda t: (t * t).exp(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([5.4366, 5.4366])
    """
    if use_reentrant is None:
        warnings.warn(_UNSTATED, stacklevel=2)
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
            warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    if debug:
        raise NotImplementedError("checkpoint(debug=True)")
    if not mode.grad:
        return function(*args, **kwargs)
    first, second = context_fn()
    frame = _Frame(lambda: function(*args, **kwargs), second, determinism_check == "default", preserve_rng_state)
    frame.early_stop = early_stop if _stopping.early is None else _stopping.early
    with saved_tensors_hooks(frame.pack, frame.unpack), first:
        return function(*args, **kwargs)


@contextlib.contextmanager
def _random_state(state: Any) -> Iterator[None]:
    """A block that draws from an earlier state of the global stream; None changes nothing."""
    if state is None:
        yield
        return
    present = get_rng_state()
    set_rng_state(state)
    try:
        yield
    finally:
        set_rng_state(present)


def _same_autocast() -> autocast:
    """A block in which autocast is as it is now."""
    return autocast("cpu", enabled=is_autocast_enabled("cpu"))


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """The devices of tensors that are not on the CPU, and the states of their streams: none."""
    return [], []


def set_device_states(devices: list, states: list, *, device_type: str | None = None) -> None:
    """Set what `get_device_states` gave: nothing to set."""


class CheckpointFunction(Function):
    """Computed without a graph; backward builds the graph and runs through it."""

    @staticmethod
    def forward(ctx: Any, function: Callable, preserve: bool, *args: Any) -> Any:
        ctx.function, ctx.args = function, args
        ctx.state, ctx.autocast = get_rng_state() if preserve else None, _same_autocast()
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple:
        inputs = [a.detach().requires_grad_(a.requires_grad) if isinstance(a, Tensor) else a for a in ctx.args]
        with _random_state(ctx.state), enable_grad(), ctx.autocast:
            outputs = ctx.function(*inputs)
        if isinstance(outputs, Tensor):
            outputs = (outputs,)
        wanted = [(o, g) for o, g in zip(outputs, gradients) if isinstance(o, Tensor) and o.requires_grad]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward.backward(tuple(o for o, _ in wanted), tuple(g for _, g in wanted))
        return (None, None, *[a.grad if isinstance(a, Tensor) else None for a in inputs])


class _Frame:
    """What the graph of one checkpointed call saves: numbers, which backward turns into tensors by computing again."""

    def __init__(self, again: Callable, context: Any, checking: bool, preserve: bool) -> None:
        self.again, self.context, self.checking = again, context, checking
        self.state, self.autocast = get_rng_state() if preserve else None, _same_autocast()
        self.described: list = []  # (shape, dtype) of each saved tensor
        self.tensors: list | None = None
        self.early_stop = True

    def pack(self, tensor: Tensor) -> int:
        self.described.append((tuple(tensor.shape), tensor.dtype))
        return len(self.described) - 1

    def unpack(self, number: int) -> Tensor:
        if self.tensors is None:
            self._compute()
        return self.tensors[number]  # type: ignore[index]

    def _compute(self) -> None:
        tensors: list[Tensor] = []

        def keep(tensor: Tensor) -> int:
            tensors.append(tensor.detach())
            if self.early_stop and len(tensors) == len(self.described):
                raise _Enough
            return len(tensors) - 1

        with (
            contextlib.suppress(_Enough), _random_state(self.state), enable_grad(), self.autocast,
            saved_tensors_hooks(keep, tensors.__getitem__), self.context,
        ):  # fmt: skip
            self.again()
        if len(tensors) != len(self.described):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.described)}\n"
                f"Number of tensors saved during recomputation: {len(tensors)}"
            )
        if self.checking:
            for i, (tensor, (shape, dtype)) in enumerate(zip(tensors, self.described)):
                if tuple(tensor.shape) != shape or tensor.dtype is not dtype:
                    raise CheckpointError(
                        "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata "
                        f"than during the forward pass.\ntensor at position {i}:\nsaved metadata: {shape}, {dtype}\n"
                        f"recomputed metadata: {tuple(tensor.shape)}, {tensor.dtype}"
                    )
        self.tensors = tensors


def checkpoint_sequential(
    functions: Iterable, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Run functions (or a Sequential) one after the other, in `segments` of which all but the last are checkpointed.

    Source: https://docs.pytorch.org/docs/stable/checkpoint.html#torch.utils.checkpoint.checkpoint_sequential
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant is None:
        warnings.warn(_UNSTATED, stacklevel=2)
        use_reentrant = True
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)

    def segment(start: int, stop: int) -> Callable:
        def run(value: Any) -> Any:
            for step in steps[start:stop]:
                value = step(value)
            return value

        return run

    size = len(steps) // segments
    stop = 0
    for start in range(0, size * (segments - 1), size):
        stop = start + size
        input = checkpoint(segment(start, stop), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return segment(stop, len(steps))(input)
