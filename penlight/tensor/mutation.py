"""Overwriting a tensor's memory or its geometry: `copy_`, `fill_`, `zero_`, `resize_`, `set_`, `transpose_` …"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from penlight.base.dims import int_list
from penlight.base.mode import mode, tick
from penlight.base.warning import warn_once
from penlight.engine.node import LEAF
from penlight.ops.kinds import as_element
from penlight.tensor.arguments import NUMBERS, type_error
from penlight.tensor.inplace import check_in_place, follow, rebase
from penlight.tensor.install import public_names, raw_ops, tensor_ops
from penlight.tensor.memory import Memory, memory_of, root_of
from penlight.tensor.out import check_inputs, check_overlap
from penlight.tensor.override import PLAIN, overridden, override
from penlight.tensor.runtime import broadcast_error, slow_record
from penlight.tensor.tensor import Tensor

__all__ = ["copy_into", "install_mutation"]


def _expand_error(have: tuple, want: tuple) -> RuntimeError:
    if len(have) > len(want):
        return RuntimeError(
            f"expand(torch.FloatTensor{{{list(have)}}}, size={list(want)}): the number of sizes provided "
            f"({len(want)}) must "
            f"be greater or equal to the number of dimensions in the tensor ({len(have)})"
        )
    i = next(i for i in range(1, len(have) + 1) if have[-i] not in (1, want[-i]))
    return RuntimeError(
        f"The expanded size of the tensor ({want[-i]}) must match the existing size ({have[-i]}) at non-singleton "
        f"dimension {len(want) - i}.  Target sizes: {list(want)}.  Tensor sizes: {list(have)}"
    )


def copy_into(place: Tensor, target: np.ndarray, value: Tensor, recording: bool, expanding: bool = False) -> None:
    """Store `value` into `target`, an array on the memory of `place`, whose history then tells of it."""
    v = value._a
    if v.shape != target.shape:
        if expanding:
            while v.ndim > target.ndim and v.shape[0] == 1:
                v = v[0]
        if v.ndim > target.ndim or any(n not in (1, m) for n, m in zip(v.shape[::-1], target.shape[::-1])):
            if expanding:
                raise _expand_error(v.shape, target.shape)
            error = broadcast_error(target, v)
            if str(error).startswith("cannot"):
                shape = list(np.broadcast_shapes(target.shape, v.shape))
                error = RuntimeError(
                    f"output with shape {list(target.shape)} doesn't match the broadcast shape {shape}"
                )
            raise error
    if 0 in target.strides:
        check_overlap(target.shape, target.strides)
    if value._v is not None and value._v is place._v:
        check_inputs(target, (v,))
    if v.dtype is not target.dtype:
        if v.dtype.kind == "c" and target.dtype.kind not in "cb":
            warn_once("Casting complex values to real discards the imaginary part")
        if v.dtype.kind in "fcV":
            v = raw_ops.cast(v, target.dtype)
    np.copyto(target, v, casting="unsafe")
    memory = place._v
    if memory is None:
        memory = memory_of(place)
    memory.changed()
    if recording:
        edge = None if place._view is not None else place._node
        if edge is None and value._node is None:
            node = None
        else:
            saved = (value._a.shape, value._a.dtype)
            node = [tick(), tensor_ops._copy.op, (edge, value._node), saved, None]
            if not mode.fast:
                slow_record(node, (place,))
        rebase(place, node)


def _recording(*tensors: Tensor) -> bool:
    return mode.grad and any(t._node is not None for t in tensors)


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Copy `src`, broadcast and cast, into this tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
    """
    if (self.__class__ not in PLAIN or src.__class__ not in PLAIN) and overridden((self, src)):
        return override(copy_, (self, src), {})
    if non_blocking is not False and non_blocking is not True:
        raise type_error("copy_", "non_blocking", 2, non_blocking, "bool")
    if not isinstance(src, Tensor):
        if not isinstance(src, NUMBERS):
            raise type_error("copy_", "other", 1, src)
        src = Tensor._wrap(np.asarray(src))
    check_in_place(self)
    if src is not self:
        copy_into(self, self._a, src, _recording(self, src))
    return self


def fill_(self: Tensor, value: Any) -> Tensor:
    """Store one number (or 0-dim tensor) everywhere.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.fill_.html
    """
    if self.__class__ not in PLAIN and overridden((self, value)):
        return override(fill_, (self, value), {})
    node_of_value = None
    if isinstance(value, Tensor):
        if overridden((value,)):
            return override(fill_, (self, value), {})
        if value._a.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._a.ndim} dimensions."
            )
        check_overlap(self._a.shape, self._a.strides)
        array = raw_ops.cast(value._a, self._a.dtype)
        node_of_value = value._node
    elif isinstance(value, NUMBERS):
        array = as_element(np, value, self._a.dtype)
    else:
        raise type_error("fill_", "value", 1, value, "Number")
    check_in_place(self)
    self._a[...] = array
    memory_of(self).changed()
    if mode.grad and (self._node is not None or node_of_value is not None):
        edge = None if self._view is not None else self._node
        if node_of_value is not None:
            node = [tick(), tensor_ops._fill.op, (edge, node_of_value), (value._a.dtype,), None]
        else:
            node = None if edge is None else [tick(), tensor_ops._fill.op, (edge, None), (None,), None]
        rebase(self, node)
    return self


def zero_(self: Tensor) -> Tensor:
    """Store zeros everywhere."""
    if self.__class__ not in PLAIN and overridden((self,)):
        return override(zero_, (self,), {})
    memory = self._v
    if (self._inference if memory is None else memory.inference) or (
        mode.grad and (self._node is not None or self._view is not None)
    ):
        check_in_place(self)
    self._a[...] = 0
    if memory is None:
        memory = memory_of(self)
    memory.changed()
    if mode.grad and self._node is not None:
        rebase(self, None if self._view is not None else [tick(), tensor_ops._zero.op, (self._node,), (), None])
    return self


def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Store a number on the main diagonal; with `wrap`, a tall matrix's diagonal starts again below.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.fill_diagonal_.html
    """
    a = self._a
    if a.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if a.ndim > 2 and len(set(a.shape)) != 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    step = sum(s // a.itemsize for s in a.strides)
    count = min(a.shape)
    check_in_place(self)
    if wrap and a.ndim == 2 and a.shape[0] > a.shape[1] + 1:
        rows = np.array([i for i in range(a.shape[0]) if i % (a.shape[1] + 1) < a.shape[1]], np.int64)
        self[Tensor._wrap(rows), Tensor._wrap(rows % (a.shape[1] + 1))] = fill_value
        return self
    if count:
        self.as_strided((count,), (step,)).fill_(fill_value)
    return self


# --- memory and geometry -----------------------------------------------------------------------------------------


def _resize(self: Tensor, shape: tuple) -> None:
    """Another shape on the same memory, which grows where it is too small: for its base and the views of that as well."""
    memory = memory_of(self)
    root = root_of(memory.root)
    first = root.__array_interface__["data"][0]
    start = (self._a.__array_interface__["data"][0] - first) if self._a.size else 0
    if start < 0 or not root.flags.c_contiguous:
        grown = np.zeros(math.prod(shape), self._a.dtype)
        flat = self._a.ravel()[: grown.size]
        grown[: flat.size] = flat
        self._a, self._v, self._view = grown.reshape(shape), Memory(grown), None
        self._v.version = memory.version
        return
    needed = start + math.prod(shape) * self._a.itemsize
    if needed > root.nbytes:
        grown = np.zeros(-(-needed // self._a.itemsize), self._a.dtype)
        grown.view("u1")[: root.nbytes] = root.reshape(-1).view("u1")
        views = [t for reference in memory.views if (t := reference()) is not None]
        family = {id(t): t for t in (self, self._view, *views, *(t._view for t in views)) if t is not None}.values()
        if sys.getrefcount(memory) > len(family) + 2:  # some tensor lies there that cannot be found, a detached one
            version = memory.version
            family, self._v, self._view = (self,), Memory(grown), None
            memory = self._v
            memory.version = version
        for t in family:
            at = t._a.__array_interface__["data"][0] - first
            t._a = np.ndarray(t._a.shape, t._a.dtype, grown, at if t._a.size else 0, t._a.strides)
        memory.root = root = grown
    self._a = np.ndarray(shape, self._a.dtype, root, start)


def resize_(self: Tensor, *size: Any, memory_format: Any = None) -> Tensor:
    """Another shape; elements keep their order in memory, new ones are not initialised (here: zeros).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.resize_.html
    """
    if self._node is not None:
        raise RuntimeError("cannot resize variables that require grad")
    shape = int_list(size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if shape != self._a.shape:
        _resize(self, shape)
        memory_of(self).changed()
    if memory_format is not None and not self.is_contiguous(memory_format=memory_format):
        raise NotImplementedError("resize_ to a memory format other than torch.contiguous_format")
    return self


def resize_as_(self: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """`resize_` to the shape of `other`."""
    return resize_(self, *other._a.shape)


def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """Share the memory of another tensor or storage, with its geometry or the given one.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.set_.html
    """
    if mode.grad:
        check_in_place(self)
    if source is None:
        array, memory = np.empty((0,), self._a.dtype), None
    elif isinstance(source, Tensor):
        if source._a.dtype is not self._a.dtype:
            raise RuntimeError(
                f"Could not set tensor of type {source.dtype.legacy.lower()} to a tensor of type "
                f"{self.dtype.legacy.lower()}"
            )
        source = source._plain()
        array, memory = source._a, memory_of(source)
    else:
        raise NotImplementedError("set_ from a storage: hand over a tensor on that storage instead")
    if size is not None:
        size = int_list(size)
        item = array.itemsize
        root = root_of(array)
        stride = _row_major(size) if stride is None else int_list(stride)
        array = np.ndarray(size, array.dtype, root, storage_offset * item, tuple(s * item for s in stride))
    self._a, self._v, self._view = array, memory, None
    memory_of(self).changed()
    return self


def _row_major(shape: tuple) -> tuple[int, ...]:
    result, step = [], 1
    for n in reversed(shape):
        result.append(step)
        step *= max(n, 1)
    return tuple(reversed(result))


def _geometry_method(name: str) -> Any:
    """`transpose_` and its like: the view op's result becomes this tensor's own geometry."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        check_in_place(self)
        memory = memory_of(self)
        grad, leaf = mode.grad, self._node is not None and self._node[1] is LEAF
        mode.set(grad=not leaf and (grad or self._node is not None))  # a history goes on under `no_grad` too
        try:
            moved = getattr(tensor_ops, name)(self, *args, **kwargs)
        finally:
            mode.set(grad=grad)
        self._a = moved._a
        if not leaf:
            self._node = moved._node
        if mode.grad and self._view is not None and self._view._node is not None:
            follow(self, self._view)  # its place in the base is another now
        memory.changed()
        return self

    method.__name__ = method.__qualname__ = name + "_"
    method.__doc__ = f"`{name}` in place: the same memory under another shape or order of dimensions."
    return method


def install_mutation() -> None:
    """Give Tensor the methods of this file."""
    for function in (copy_, fill_, zero_, fill_diagonal_, resize_, resize_as_, set_, _resize):
        setattr(Tensor, function.__name__, function)
    for function in (fill_, zero_, resize_as_):
        setattr(tensor_ops, function.__name__, function)
    public_names("torch").update(("fill_", "zero_", "resize_as_"))
    for name in ("unsqueeze", "squeeze", "transpose", "swapaxes", "swapdims", "t", "as_strided"):
        setattr(Tensor, name + "_", _geometry_method(name))
    Tensor.swapaxes_ = Tensor.transpose_  # type: ignore[attr-defined]
    Tensor.swapdims_ = Tensor.transpose_  # type: ignore[attr-defined]
