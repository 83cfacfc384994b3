"""Conjugate views: `x.conj()`, `x.mH` and `x.conj().imag` show the memory of `x` otherwise than it is stored.

NumPy has no arrays that conjugate as they are read, so that a view's array is a copy: it is made anew whenever an op takes
it, and written back by every change in place. A tensor of the class that does so is a plain tensor in all else.
Source: https://docs.pytorch.org/docs/stable/generated/torch.conj.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode, tick
from penlight.base.warning import warn
from penlight.ops import catalog
from penlight.ops.views import root_buffer
from penlight.tensor.install import raw_ops, tensor_ops
from penlight.tensor.memory import Memory, memory_of
from penlight.tensor.out import check_overlap
from penlight.tensor.override import PLAIN
from penlight.tensor.runtime import slow_record
from penlight.tensor.tensor import Tensor

__all__ = ["ConjugateView", "Mirror", "install_conjugate", "shown"]

_UFUNCS = {"_conj": np.conjugate, "_negated": np.negative}


def _delegated(name: str) -> Any:
    return property(lambda self: getattr(self.owner, name), lambda self, value: setattr(self.owner, name, value))


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


class Mirror(Memory):
    """A copy of a window on another memory, element by element conjugated or negated; both have one version.

    `root` is the copy. It has the strides of `window`, so that a view's place in the one is its place in the other.
    """

    __slots__ = ("_copied", "_fresh", "_original", "_turn", "_window", "owner", "pending")

    inference = _delegated("inference")
    ticks = _delegated("ticks")
    version = _delegated("version")
    views = _delegated("views")
    windows = property(lambda self: False, lambda self, value: None)  # ops change a copy, never one place after another

    def __init__(self, owner: Memory, window: np.ndarray, pending: str) -> None:
        self.owner, self.pending, self._turn, self._fresh = owner, pending, _UFUNCS[pending], False
        self._window = self._original = window
        if window.flags.c_contiguous:
            self.root = self._copied = np.ndarray(window.shape, window.dtype)
            return
        spanned = sum((n - 1) * s for n, s in zip(window.shape, window.strides)) + window.itemsize if window.size else 0
        self.root = np.ndarray(window.shape, window.dtype, np.empty(spanned, np.uint8), 0, window.strides)
        once = (*[slice(1) if s == 0 else slice(None) for s in window.strides], ...)  # elements on one place
        self._original, self._copied = window[once], self.root[once]

    def changed(self) -> None:
        """Note a change in place of the copy, and carry it out on the memory."""
        self.owner.changed()
        if self._fresh:  # otherwise nothing was written since the last time
            self._turn(self._copied, self._original)
            self._fresh = False

    def stored(self, view: np.ndarray) -> np.ndarray:
        """The array in the memory itself at the place of a view of the copy."""
        buffer, start = root_buffer(np, self._window)
        offset = _address(view) - _address(self.root) if view.size else 0
        return np.ndarray(view.shape, view.dtype, buffer, start + offset, view.strides)

    def add_view(self, tensor: Any) -> None:
        """Let a tensor whose array is a view of the copy follow."""
        if tensor._a.dtype is not self.root.dtype:
            raise RuntimeError(
                "view_as_real and view(dtype) don't work on unresolved conjugated tensors. resolve_conj() gives one that "
                "can be viewed; it does not alias the original"
            )
        tensor._view_of_copy = tensor.__dict__.pop("_a")
        tensor.__class__ = ConjugateView
        self.owner.add_view(tensor)


class ConjugateView(Tensor):
    """What `x.conj()` returns."""

    _view_of_copy: np.ndarray | None = None
    _plain_one: Tensor | None = None

    @property
    def _a(self) -> np.ndarray:  # type: ignore[override]
        mirror = self._v  # what the memory now holds, whoever wrote it
        mirror._turn(mirror._original, mirror._copied)
        mirror._fresh = True
        return self._view_of_copy  # type: ignore[return-value]

    @_a.setter
    def _a(self, array: np.ndarray) -> None:
        self._plain_one = None
        if type(self._v) is Mirror and (not array.size or np.may_share_memory(array, self._v.root)):
            self._view_of_copy = array
        else:  # it moves to another memory
            self._view_of_copy = None
            self.__class__ = Tensor
            self._a = array

    @property
    def _pending(self) -> str:  # type: ignore[override]
        return self._v.pending

    def _plain(self) -> Tensor:
        """The tensor of what is stored, at the same place."""
        if self._plain_one is None:
            self._plain_one = t = Tensor._wrap(self._v.stored(self._view_of_copy))
            t._v, t._view = self._v.owner, self._view
        return self._plain_one

    def _shown_at(self, array: np.ndarray) -> Tensor:
        """A view at the place of any array in the copy, also between the elements that were copied."""
        plain = Tensor._wrap(self._v.stored(array))
        plain._v = self._v.owner
        return _viewing(self, shown(plain, self._pending))

    def detach(self) -> Tensor:
        """The same memory, outside the graph."""
        return shown(self._plain(), self._pending)

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph; changes through it are not seen by autograd's checks."""
        return shown(self._plain().data, self._pending)

    @data.setter
    def data(self, value: Tensor) -> None:
        Tensor.data.fset(self, value)  # type: ignore[attr-defined]

    def _unshared(self) -> Tensor:
        warn(
            "penlight: tensor subclasses cannot follow the memory of a conjugate view and take a copy of it; resolve_conj() says "
            "that this is meant"
        )
        return tensor_ops.clone(self)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """An ndarray of the values; only with `force`, since it cannot lie in the same memory."""
        if force:
            return self._a.copy()
        if mode.grad and self.requires_grad:
            return super().numpy()
        bit, name = ("conjugate", "conj") if self.is_conj() else ("negative", "neg")
        raise RuntimeError(
            f"Can't call numpy() on Tensor that has {bit} bit set. Use tensor.resolve_{name}().numpy() instead."
        )

    def __dlpack__(self, **options: Any) -> Any:
        raise BufferError(f"Can't export tensors with the {'conjugate' if self.is_conj() else 'negative'} bit set")

    def _copied_array(self, memo: dict) -> np.ndarray:
        return self._a.copy(order="K")

    def __reduce_ex__(self, protocol: Any) -> Any:
        rebuild, (_, *arguments) = super().__reduce_ex__(protocol)
        return rebuild, (Tensor, *arguments)


def _of_stored(name: str) -> Any:
    """What is asked of the place in memory, not of the values: nothing is copied for it."""
    found = getattr(Tensor, name)
    if isinstance(found, property):
        return property(lambda self: getattr(self._plain(), name), doc=found.__doc__)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._plain(), name)(*args, **kwargs)

    method.__name__, method.__doc__ = name, found.__doc__
    return method


def _apart(name: str) -> Any:
    """An op in place that lets elements lie on one place, unless they are a conjugate view's."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        check_overlap(self.shape, self.stride())
        return getattr(Tensor, name).__get__(self)(*args, **kwargs)

    method.__name__ = name
    return method


def _refused(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{name} of a conjugate view: take the tensor that it views, or a clone()")

    method.__name__, method.__doc__ = name, "Raises NotImplementedError: it would move the memory of another tensor."
    return method


for _name in ("as_strided_", "resize_", "resize_as_", "set_", "share_memory_"):
    setattr(ConjugateView, _name, _refused(_name))
for _name in ("fill_", "index_fill_", "masked_fill_", "threshold_", "tril_", "triu_", "zero_"):
    setattr(ConjugateView, _name, _apart(_name))
for _name in (
    "data_ptr", "dim", "dtype", "is_complex", "is_contiguous", "is_shared", "ndim", "numel", "shape", "size", "storage",
    "storage_offset", "stride", "untyped_storage",
):  # fmt: skip
    setattr(ConjugateView, _name, _of_stored(_name))
ConjugateView.__name__, ConjugateView.__qualname__, ConjugateView.__module__ = "Tensor", "Tensor", "torch"
PLAIN.add(ConjugateView)


def shown(plain: Tensor, pending: str) -> Tensor:
    """A view of a plain tensor that shows it conjugated or negated; neither knows the graph."""
    mirror = Mirror(memory_of(plain), plain._a, pending)
    t = Tensor._wrap(mirror.root)
    t._v = mirror
    mirror.add_view(t)
    return t


def _viewing(base: Tensor, t: Tensor) -> Tensor:
    t._view = base if base._view is None else base._view
    t._view_no_grad = not mode.grad
    return t


def _turned(input: Tensor, name: str) -> Tensor:
    """The conjugate or the negative of a tensor, on its memory and in its graph."""
    if input._pending is None:
        if type(input._a) is not np.ndarray:  # inside a transform, or without memory
            return getattr(tensor_ops, name)(input)
        t = shown(input, name)
    elif input._pending == name:  # turned back
        t = Tensor._wrap(input._plain()._a)
        t._v = input._v.owner
        t._v.add_view(t)
    else:
        raise NotImplementedError("the conjugate of a view that shows negatives: take resolve_neg() of it before")
    _viewing(input, t)
    if mode.grad and input._node is not None:
        t._node = node = [tick(), catalog.find(name), (input._node,), (), None]
        if not mode.fast:
            slow_record(node, (t,))
    return t


def install_conjugate() -> None:
    """Hand the table's composites the conjugate and the negative as views."""
    tensor_ops._conj_view = lambda input: _turned(input, "_conj")
    tensor_ops._neg_view = lambda input: _turned(input, "_negated")
    raw_ops._conj_view, raw_ops._neg_view = np.conjugate, np.negative
