"""`BatchedTensor`: a tensor with a hidden dimension at the front, and who carries out an op on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.base.mode import mode
from penlight.ops.table import Composite
from penlight.tensor.install import compile_composite, tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.levels import Level, Unreadable, Wrapped, below, found_in, guard, mapped
from penlight.transforms.pytree import tree_flatten

__all__ = ["RULES", "BatchLevel", "BatchedTensor", "batch_levels", "batched", "decomposed", "loop", "rule"]

RULES: dict[str, Callable] = {}  # name of an op, composite or method -> rule(level, function, args, kwargs)


def rule(*names: str) -> Callable:
    """Register the batching rule of ops."""

    def register(function: Callable) -> Callable:
        for name in names:
            RULES[name] = function
        return function

    return register


class DataDependent(Unreadable):
    """Python asked for a number of a batched tensor."""


DataDependent.__name__ = DataDependent.__qualname__ = "RuntimeError"  # as it is shown


class BatchedTensor(Wrapped):
    """A tensor inside `torch.vmap`. Shape: (*), physically (batch, *)."""

    @property
    def _a(self) -> Any:  # type: ignore[override]
        a = self._p._a
        return guard(a.shape[1:], a.dtype)

    def _inside(self) -> list:
        return [self._p]

    def _value(self) -> Any:
        raise DataDependent(
            "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a "
            "Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere "
            "inside PyTorch internals, please file a bug report."
        )

    def __bool__(self) -> bool:
        raise DataDependent(
            "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't "
            "support that yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
        )

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        inside = "\n".join("    " + line for line in repr(self._p).splitlines())
        return f"BatchedTensor(lvl={self._level.depth}, bdim=0, value=\n{inside}\n)"


def batched(p: Tensor, level: BatchLevel) -> BatchedTensor:
    """Hide the first dimension of a tensor."""
    t = object.__new__(BatchedTensor)
    t._p = p
    t._level = level
    return t


class BatchLevel(Level):
    """One running `vmap`."""

    def __init__(self, size: int, randomness: str = "error") -> None:
        super().__init__()
        self.size, self.randomness = size, randomness

    def has(self, t: Any) -> bool:
        """Whether a value is batched at this level."""
        return isinstance(t, BatchedTensor) and t._level is self

    def inside(self, t: Any) -> Any:
        """The physical tensor of a batched one; other values as they are."""
        return t._p if isinstance(t, BatchedTensor) and t._level is self else t

    def expanded(self, t: Tensor) -> Tensor:
        """Shape: (*) -> (batch, *), without copying where the tensor is not batched."""
        if isinstance(t, BatchedTensor) and t._level is self:
            return t._p
        return tensor_ops.expand(t, (self.size, *t._a.shape))

    def wrap(self, result: Any) -> Any:
        """Physical results as batched tensors."""
        return mapped(result, lambda t: batched(t, self))

    def released(self, t: Tensor) -> Tensor:
        raise RuntimeError(
            "Either your tensor may have escaped from inside a function being vmapped and this is a user error (see "
            "https://pytorch.org/functorch/stable/ux_limitations.html), or a transform of penlight's is at fault"
        )

    def draw(self, function: Any, args: tuple, kwargs: dict) -> Any:
        """Random numbers: refused, the same for all samples, or each sample's own."""
        if any(self.has(t) for t in found_in((args, kwargs))):
            return self.process(function, args, kwargs)
        with below(self):
            return RULES["fresh random"](self, function, args, kwargs)

    def process(self, function: Any, args: tuple, kwargs: dict) -> Any:
        row = getattr(function, "op", None)
        found = RULES.get(function.__name__ if row is None else row.name)
        if found is None and getattr(row, "kind", None) == "pointwise":
            found = RULES["pointwise"]
        if kwargs.get("out") is not None:
            raise RuntimeError("vmap: out= is not supported inside vmap; use the out-of-place form and copy_")
        with below(self):
            if found is not None:
                return found(self, function, args, kwargs)
            if isinstance(row, Composite):
                try:
                    return decomposed(row)(*args, **kwargs)
                except Unreadable:  # also a check inside the composite
                    pass
            elif row is None and function.__name__.endswith("_") and not function.__name__.startswith("__"):
                return RULES["in place"](self, function, args, kwargs)
            return loop(self, function, args, kwargs)


_decomposed: dict[str, Any] = {}


def _never(values: Any) -> bool:
    return False


def decomposed(row: Composite) -> Any:
    """A composite's function that takes wrapped tensors without asking them, so that its steps are what is asked."""
    function = _decomposed.get(row.name)
    if function is None:
        function = _decomposed[row.name] = compile_composite(row, _overridden=_never)
    return function


def loop(level: BatchLevel, function: Any, args: tuple, kwargs: dict) -> Any:
    """The function of every sample, and the results stacked: right for every op."""
    leaves, spec = tree_flatten((args, kwargs))
    places = [i for i, t in enumerate(leaves) if level.has(t)]
    count = level.size
    results = []
    for i in range(max(count, 1)):
        sample = list(leaves)
        for place in places:
            p = leaves[place]._p
            sample[place] = p.select(0, i) if count else tensor_ops._zeros_of(p.detach(), p.shape[1:])
        own_args, own_kwargs = spec.unflatten(sample)
        results.append(function(*own_args, **own_kwargs))
    return _stacked(level, results, getattr(function, "__name__", str(function)))


def _stacked(level: BatchLevel, results: list, name: str) -> Any:
    flat = [tree_flatten(r)[0] for r in results]
    spec = tree_flatten(results[0])[1]
    if any(len(f) != spec.num_leaves for f in flat):
        raise _dynamic(name)
    out = []
    for values in zip(*flat):
        if not isinstance(values[0], Tensor):
            if any(v is not values[0] and v != values[0] for v in values[1:]):
                raise _dynamic(name)
            out.append(values[0])
            continue
        if any(v._a.shape != values[0]._a.shape for v in values[1:]):
            raise _dynamic(name)
        joined = tensor_ops.stack(values, 0)
        out.append(batched(joined if level.size else joined[:0], level))
    return spec.unflatten(out)


def _dynamic(name: str) -> RuntimeError:
    return RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over "
        f"aten::{name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
    )


def batch_levels() -> list[BatchLevel]:
    """The open batch levels, the outermost first."""
    return [level for level in mode.levels if isinstance(level, BatchLevel)]
