"""The Tensor class: an ndarray, its place in the autograd graph, and what both share with other tensors."""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import CPU
from penlight.base.dims import refused
from penlight.base.dtypes import from_numpy
from penlight.base.mode import mode
from penlight.base.size import Size
from penlight.engine.node import LEAF, new_leaf
from penlight.tensor.conversion import Conversion
from penlight.tensor.gradient import Gradient
from penlight.tensor.inference import BUILTINS
from penlight.tensor.memory import Memory, memory_of
from penlight.tensor.nested import nested_array
from penlight.tensor.override import PLAIN, adopt_methods
from penlight.tensor.properties import Properties
from penlight.tensor.protocol import Protocol
from penlight.tensor.sparse import Sparse

__all__ = ["Tensor", "TensorMeta"]


class TensorMeta(type):
    """Lets `isinstance(t, torch.FloatTensor)` ask for the dtype (see `legacy.py`); classes print as PyTorch's."""

    def __repr__(cls) -> str:
        module = "torch" if cls.__module__ == __name__ else cls.__module__.replace("penlight.", "torch.", 1)
        return f"<class '{module}.{cls.__qualname__}'>"

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls, instance)


class Tensor(Properties, Gradient, Conversion, Protocol, Sparse, metaclass=TensorMeta):
    """An n-dimensional array that records what is done with it.

    `Tensor(2, 3)` is uninitialised, `Tensor([1, 2])` holds data, both in the default dtype; `penlight.tensor` is the
    usual constructor.
    Source: https://docs.pytorch.org/docs/stable/tensors.html

    >>> import penlight as torch
    >>> torch.Tensor([1, 2]) * 2
    tensor([2., 4.])
    """

    # Class-level defaults: making a Tensor in an op sets the array and nothing else.
    _a: np.ndarray
    _node: list | None = None  # the autograd node; a leaf's accumulates into `grad`
    _grad: Tensor | None = None
    _v: Any = None  # memory.Memory, once views or in-place changes exist
    _view: Tensor | None = None  # the tensor whose memory this one views
    _view_no_grad = False
    _retains = False
    _inference: Any = False  # the mark of inference mode; once `_v` exists, see there
    _plain_grad_dtype = None

    __torch_function__ = None  # replaced by tensor/subclass.py

    def __new__(cls, *args: Any, device: Any = None, **kwargs: Any) -> Tensor:
        self = BUILTINS["_new"](cls)
        if kwargs:
            if set(kwargs) != {"data"} or args:
                raise TypeError(f"new() received an invalid combination of keyword arguments: {', '.join(kwargs)}")
            args = (kwargs["data"],)
        shared = args[0]._unshared() if len(args) == 1 and isinstance(args[0], Tensor) else None
        self._a = legacy_array(args if shared is None else (shared,), defaults.float_dtype)
        if shared is not None:
            self._v = memory_of(shared)
        return self

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    @staticmethod
    def _wrap(array: np.ndarray, requires_grad: bool = False) -> Tensor:
        """A plain tensor on this memory."""
        t = BUILTINS["_new"](Tensor)
        t._a = array
        if requires_grad:
            t._node = new_leaf(ref(t))
        return t

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor."""
        if self._node is not None:
            return True
        base = self._view  # a view made without gradients has no history and shows its base's wish
        if base is None or base._node is None:
            return False
        return self._a.dtype == base._a.dtype or "c" in (self._a.dtype.kind, base._a.dtype.kind)

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not value:
            if self._node is not None and self._node[1] is not LEAF:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable "
                    "in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
                )
            self._node = None
        elif self._node is None:
            if self._a.dtype.kind not in "fcV":
                raise RuntimeError("only Tensors of floating point dtype can require gradients")
            if not mode.inference and self.is_inference():
                raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
            self._node = new_leaf(ref(self))

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad` in place."""
        if requires_grad is not True and requires_grad is not False:
            raise refused(requires_grad, "requires_grad", "bool", "requires_grad_", 1)
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        return self._node is None or self._node[1] is LEAF

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph; changes through it are not seen by autograd's checks."""
        t = object.__new__(type(self)) if type(self) not in PLAIN else object.__new__(Tensor)
        t._a = self._a
        t._inference = self._inference if self._v is None else self._v.inference
        return t

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if value.is_meta:
            raise RuntimeError(
                "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type."
            )
        if self._node is not None and value._a.dtype.kind not in "fcV":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self._a = value._a
        if self._v is not None or value._v is not None:  # the new memory, under this tensor's own version
            memory = Memory(self._a if value._v is None else value._v.root)
            if self._v is not None:
                memory.version, memory.ticks = self._v.version, self._v.ticks
            self._v = memory
        self._view = None

    def detach(self) -> Tensor:
        """The same memory, outside the graph."""
        t = object.__new__(Tensor) if type(self) in PLAIN else object.__new__(type(self))
        t._a = self._a
        t._v = memory_of(self)
        return t

    def detach_(self) -> Tensor:
        """Cut this tensor out of the graph, in place."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        return self

    @property
    def dtype(self) -> dtypes.dtype:
        return from_numpy(self._a.dtype)

    @property
    def device(self):
        return CPU


PLAIN.add(Tensor)
adopt_methods(Tensor)


def legacy_array(args: tuple, d: dtypes.dtype) -> np.ndarray:
    """The array of `torch.Tensor(...)` and `torch.FloatTensor(...)`: sizes, a sequence, a tensor, or nothing."""
    if not args:
        return np.empty((0,), d.np)
    first = args[0]
    if len(args) == 1:
        if isinstance(first, Tensor):
            if first._a.dtype is not d.np:
                raise TypeError(f"expected {d!r} (got {first.dtype!r})")
            if first.is_meta:
                raise RuntimeError("legacy constructor expects device type: cpu but device type: meta was passed")
            return first._a
        if isinstance(first, np.ndarray):
            return np.array(first, dtype=d.np)
        if isinstance(getattr(first, "_a", None), np.ndarray) and first._a.dtype is d.np:  # a storage, shared
            return first._a
        if isinstance(first, Size):
            return np.zeros(first, d.np)
        if isinstance(first, (str, bytes)):
            raise TypeError(f"new(): invalid data type '{type(first).__name__}'")
        if hasattr(first, "__getitem__") and hasattr(first, "__len__") and not isinstance(first, dict):
            return nested_array(first, d)
        if isinstance(first, (bool, float)) or not hasattr(first, "__index__"):
            raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
    sizes = tuple(int(n) for n in args)
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}")
    return np.zeros(sizes, d.np)
