"""`x[...]` and `x[...] = y`: reading an index expression, views for basic indices, copies for advanced ones.

An expression is read in two steps, as PyTorch does: integers, slices, None and Ellipsis make one NumPy view (one node);
tensors, masks and lists then index that view.
"""

from __future__ import annotations

import warnings
from operator import index as as_index
from typing import Any

import numpy as np

from penlight.backends.registry import numpy_backend
from penlight.base.mode import mode, tick
from penlight.engine.node import LEAF
from penlight.ops.index import fitting, put, read_indices
from penlight.ops.kinds import as_element
from penlight.ops.table import OPS
from penlight.tensor.arguments import NUMBERS, type_error
from penlight.tensor.inference import refuse_change
from penlight.tensor.inplace import DIRECT, check_in_place, rebase
from penlight.tensor.install import tensor_ops
from penlight.tensor.memory import memory_of
from penlight.tensor.mutation import copy_into
from penlight.tensor.nested import nested_array
from penlight.tensor.out import check_inputs, check_overlap
from penlight.tensor.override import PLAIN, overridden, override
from penlight.tensor.runtime import slow_record
from penlight.tensor.saved import note_record
from penlight.tensor.tensor import Tensor

__all__ = ["install_indexing"]

new = object.__new__
WHOLE = slice(None)
NoneType, Dots = type(None), type(...)
SELECT = SLICE = UNSQUEEZE = ALIAS = None  # the four view ops, set by install_indexing


def getitem(self: Tensor, index: Any) -> Tensor:
    """The elements at an index: a view for integers, slices, None and Ellipsis, a copy for tensors, masks and lists.

    Raises: IndexError where an index is out of range; ValueError for slices with a step below 1.
    Source: https://docs.pytorch.org/docs/stable/tensor_view.html
    """
    if self.__class__ not in PLAIN and overridden((self,)):
        return override(getitem, (self, index), {})
    kind = index.__class__
    a = self._a
    if kind is int:
        try:
            r = a[index, ...]
        except IndexError:
            raise _out_of_range(a, (index,)) from None
        op = SELECT
    elif kind is slice:
        if index.step is not None:
            _check_step(index)
        try:
            r = a[index]
        except IndexError:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.") from None
        op = SLICE
    else:
        if kind is not tuple:
            return _getitem_general(self, index)
        op = ALIAS
        for i in index:
            kind = i.__class__
            if kind is int:
                op = SELECT
            elif kind is slice:
                if i.step is not None:
                    _check_step(i)
                if i != WHOLE:
                    op = SLICE
            elif i is None:
                op = UNSQUEEZE
            elif kind is not Dots:
                return _getitem_general(self, index)
        try:
            r = a[index]
            if r.__class__ is not np.ndarray:
                r = a[(*index, ...)]
        except IndexError:
            return _getitem_general(self, index)
    return _item(self, r, op, index)


def _item(self: Tensor, r: np.ndarray, op: Any, index: Any) -> Tensor:
    t = new(Tensor)
    t._a = r
    memory = self._v
    if memory is None:
        memory = memory_of(self)
    t._v = memory
    base = self._view
    t._view = self if base is None else base
    memory.add_view(t)
    if not mode.grad:
        t._view_no_grad = True
    elif self._node is not None:
        t._node = node = [tick(), op, (self._node,), (self._a.shape, index), None]
        if not mode.fast:
            slow_record(node, (t,))
    return t


def _check_step(s: slice) -> None:
    step = as_index(s.step)
    if step <= 0:
        raise ValueError("slice step cannot be zero" if step == 0 else "step must be greater than zero")


def _out_of_range(a: np.ndarray, index: tuple) -> IndexError:
    if a.ndim == 0:
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
            "0-dim tensor to a number"
        )
    return IndexError(f"index {index[0]} is out of bounds for dimension 0 with size {a.shape[0]}")


# --- reading an expression -------------------------------------------------------------------------------------


def _means_tuple(index: list) -> bool:
    """Whether a list stands for a tuple: an old habit of NumPy's that PyTorch keeps, with a warning."""
    if len(index) >= 32:
        return False
    special = (Tensor, np.ndarray, list, tuple, range, slice, NoneType, Dots)
    if not any(isinstance(i, special) for i in index):
        return False
    warnings.warn(
        "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; "
        "use "
        "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, "
        "x[torch.tensor(seq)], "
        "which will result either in an error or a different result",
        UserWarning,
        stacklevel=4,
    )
    return True


def _as_index_tensor(i: Any) -> Tensor | None:
    """An integer or boolean index tensor, from a tensor, array or sequence; None for what is neither."""
    if isinstance(i, Tensor):
        t = i
    elif isinstance(i, np.ndarray):
        t = Tensor._wrap(i.astype(np.int64) if i.dtype.kind == "f" and i.ndim else i)  # read as a sequence
    elif isinstance(i, (list, tuple, range)):
        try:
            values = nested_array(list(i), None)
        except ValueError as error:
            raise (TypeError(f"new(): invalid data type in an index list: {error}") if "str" in str(error) else error) from None
        if values.size == 0 or values.dtype.kind == "f":
            values = values.astype(np.int64)
        t = Tensor._wrap(values)
    else:
        return None
    d = t._a.dtype
    if d.char == "B":
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.", UserWarning,
            stacklevel=5,
        )  # fmt: skip
        return Tensor._wrap(t._a != 0)
    if d.kind not in "ib" or d.kind == "i" and d.itemsize < 4:
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    return t


def _read(self: Tensor, index: Any) -> tuple[tuple, Any, list]:
    """(basic index, its op or None where it is the identity, [(dimension of the result, index tensor), …])."""
    if isinstance(index, list):
        items = index if _means_tuple(index) else (index,)
    else:
        items = index if isinstance(index, tuple) else (index,)
    a = self._a
    read: list = []
    used = 0
    for i in items:
        if i is None or i is ... or i is True or i is False:
            read.append(i)
            continue
        if not isinstance(i, (int, slice)):
            if isinstance(i, (str, bytes)):
                if not a.ndim and not isinstance(i, bytes):
                    raise IndexError("too many indices for tensor of dimension 0")
                raise TypeError(f"new(): invalid data type '{type(i).__name__}': index by ints, slices, None, ... or tensors")
            t = _as_index_tensor(i)
            if t is None:
                try:
                    i = as_index(i)
                except TypeError:
                    raise IndexError(
                        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
                        "indices "
                        f"(got {type(i).__name__})"
                    ) from None
            elif t._a.ndim == 0:
                i = bool(t._a) if t._a.dtype.kind == "b" else int(t._a)
                if i.__class__ is bool:
                    read.append(i)
                    continue
            else:
                used += t._a.ndim if t._a.dtype.kind == "b" else 1
                read.append(t)
                continue
        used += 1
        read.append(i)
    if used > a.ndim:
        if a.ndim == 0 and len(read) == 1:
            if isinstance(read[0], slice):
                raise IndexError("slice() cannot be applied to a 0-dim tensor.")
            if isinstance(read[0], int):
                raise _out_of_range(a, (0,))
        raise IndexError(f"too many indices for tensor of dimension {a.ndim}")
    return _split(a, read, used)


def _split(a: np.ndarray, read: list, used: int) -> tuple[tuple, Any, list]:
    basic: list = []
    advanced: list = []
    op = None
    dim = out = 0  # the next dimension of the tensor, and of the view
    dots_seen = False
    for position, i in enumerate(read):
        if i is ...:
            if not dots_seen:
                basic.append(...)
                dim += a.ndim - used
                out += a.ndim - used
            elif position + 1 < len(read):
                raise IndexError("an index expression can have only one ellipsis ('...') before further indices")
            dots_seen = True
            op = op or ALIAS
        elif i is None:
            basic.append(None)
            out += 1
            op = UNSQUEEZE
        elif i.__class__ is bool or isinstance(i, np.bool_):
            basic.append(None)
            advanced.append((out, Tensor._wrap(np.array([bool(i)]))))
            out += 1
            op = UNSQUEEZE
        elif isinstance(i, int):
            if not -a.shape[dim] <= i < a.shape[dim]:
                raise IndexError(f"index {i} is out of bounds for dimension {position} with size {a.shape[dim]}")
            basic.append(i)
            dim += 1
            op = SELECT
        elif isinstance(i, slice):
            if i.step is not None:
                _check_step(i)
            basic.append(i)
            if i != WHOLE:
                op = SLICE
            elif op is None:
                op = ALIAS
            dim += 1
            out += 1
        else:
            advanced.append((out, i))
            covered = i._a.ndim if i._a.dtype.kind == "b" else 1
            basic += [WHOLE] * covered
            dim += covered
            out += covered
    if advanced and op is ALIAS:
        op = None
    return tuple(basic), op, advanced


def _check_masks(a: np.ndarray, advanced: list) -> None:
    for d, t in advanced:
        mask = t._a
        if mask.dtype.kind == "b" and mask.shape != a.shape[d : d + mask.ndim]:
            j = next(j for j, n in enumerate(mask.shape) if n != a.shape[d + j])
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {j} does not match the shape of the indexed tensor "
                f"{list(a.shape)} at index {d + j}"
            )


def _basic(self: Tensor, basic: tuple, op: Any) -> Tensor:
    r = self._a[basic]
    if r.__class__ is not np.ndarray:
        r = self._a[(*basic, ...)]
    return _item(self, r, op, basic)


def _getitem_general(self: Tensor, index: Any) -> Tensor:
    if index is None:
        return _item(self, self._a[None], UNSQUEEZE, (None,))
    if index is ...:
        return _item(self, self._a[...], ALIAS, ...)
    if index.__class__ is Tensor and index._a.ndim:  # the most common advanced index
        d = index._a.dtype
        if d.kind == "b" and index._a.ndim <= self._a.ndim:
            _check_masks(self._a, [(0, index)])
            return tensor_ops._index(self, (0,), (index,))
        if d.kind == "i" and d.itemsize >= 4 and self._a.ndim:
            return tensor_ops._index(self, (0,), (index,))
    elif overridden(index if index.__class__ is tuple else (index,)):
        return override(getitem, (self, index), {})
    basic, op, advanced = _read(self, index)
    target = self if op is None else _basic(self, basic, op)
    if not advanced:
        return _basic(self, basic, ALIAS) if op is None else target
    _check_masks(target._a, advanced)
    return tensor_ops._index(target, tuple([d for d, _ in advanced]), tuple([t for _, t in advanced]))


# --- storing -----------------------------------------------------------------------------------------------------


def _value_tensor(self: Tensor, value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, NUMBERS):
        d = self._a.dtype  # what 16 bits cannot hold becomes infinite here
        return Tensor._wrap(as_element(np, value, np.dtype("float64") if d.char in "eE" else d).astype(d, copy=False))
    raise TypeError(f"can't assign a {type(value).__name__} to a torch.{self.dtype.legacy}Tensor")


def setitem(self: Tensor, index: Any, value: Any) -> None:
    """Store a number or a tensor at an index, in place; it is broadcast and cast to this tensor's dtype."""
    if self._inference if self._v is None else self._v.inference:
        refuse_change()
    if self._view is None and (self._node is None or not mode.grad) and _stored_plainly(self, index, value):
        return
    if overridden((self, value, *(index if index.__class__ is tuple else (index,)))):
        override(setitem, (self, index, value), {})
        return
    value = _value_tensor(self, value)
    if index is False:
        return
    if index is True:
        index = None
    basic, op, advanced = _read(self, index)
    recording = mode.grad and (self._node is not None or value._node is not None)
    if mode.grad and (self._node is not None or self._view is not None):
        _check_setitem(self, op is not None and not (advanced and op is ALIAS))
    target = self._a if op is None else self._a[basic]
    if target.__class__ is not np.ndarray:
        target = self._a[(*basic, ...)]
    if not advanced:
        place = self if op in (None, ALIAS) else _basic(self, basic, op) if recording else None
        copy_into(self if place is None else place, target, value, recording, expanding=True)
        return
    _check_masks(target, advanced)
    place = self if op is None else _basic(self, basic, op) if recording else None
    covered = sum([t._a.ndim if t._a.dtype.kind == "b" else 1 for _, t in advanced])
    ndim = target.ndim - covered + max([1 if t._a.dtype.kind == "b" else t._a.ndim for _, t in advanced])
    while value._a.ndim > ndim and value._a.shape[0] == 1:
        value = value[0]
    _store_advanced(self if place is None else place, target, advanced, value, recording)


def _stored_plainly(self: Tensor, index: Any, value: Any) -> bool:
    """Store without a record where NumPy does just what PyTorch does; False where the general way must look closer."""
    a = self._a
    if self.__class__ not in PLAIN or 0 in a.strides:
        return False
    kind = value.__class__
    if kind is float or kind is int:
        if a.dtype.char not in "fd" and not (kind is int and a.dtype.kind == "i") or not -1e38 < value < 1e38:
            return False
    elif kind is Tensor and (value._node is None or not mode.grad) and value._a.dtype is a.dtype:
        inside, value = value is self or value._v is self._v is not None, value._a
        if inside:
            if index.__class__ is Tensor:
                return False
            try:
                check_inputs(a[index], (value,))
            except (AttributeError, IndexError):  # a single element, or what the general way refuses
                return False
    else:
        return False
    kind = index.__class__
    if kind is Tensor:
        index = index._a
        if not index.ndim or not (index.dtype.kind == "b" or index.dtype.kind == "i" and index.itemsize == 8):
            return False
    elif kind is slice:
        if index.step is not None:
            return False
    elif kind is tuple:
        for i in index:
            kind = i.__class__
            if kind is not int and not (kind is slice and i.step is None) and kind is not Dots and i is not None:
                return False
    elif kind is not int:
        return False
    try:
        a[index] = value
    except (ValueError, IndexError, TypeError, OverflowError):
        return False
    memory = self._v
    if memory is None:
        memory = memory_of(self)
    memory.changed()
    return True


def _check_setitem(self: Tensor, through_view: bool) -> None:
    if through_view and self._node is not None and self._node[1] is LEAF:
        raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.")
    check_in_place(self)


def _store_advanced(
    place: Tensor, target: np.ndarray, advanced: list, value: Tensor, recording: bool, accumulate: bool = False
) -> None:
    where = tuple([d for d, _ in advanced])
    tensors = tuple([t for _, t in advanced])
    value = fitting(place, tensors, value, accumulate)
    v = value._a
    if place._pending is not None:
        check_overlap(target.shape, target.strides)
    if np.may_share_memory(v, target):
        check_inputs(target, (v,), True)
        v = v.copy()
    put(numpy_backend, target, where, [t._a for t in tensors], v, accumulate)
    memory_of(place).changed()
    if recording:
        node = [tick(), tensor_ops._index_put.op, (place._node, value._node), None, None]
        node[3] = (where, tensors, v.shape, accumulate)
        if not mode.fast:
            note_record(node, (place,))
        rebase(place, node)


def _index_put_in_place(self: Tensor, indices: Any, values: Any, accumulate: bool = False) -> Tensor:
    """`index_put`, into this tensor's memory."""
    if not isinstance(values, Tensor):
        raise type_error("index_put_", "values", 3, values)
    if self.is_inference():
        refuse_change()
    where, tensors = read_indices(indices, self._a.ndim)
    check_in_place(self)
    advanced = list(zip(where, tensors))
    _check_masks(self._a, advanced)
    recording = mode.grad and (self._node is not None or values._node is not None)
    _store_advanced(self, self._a, advanced, values, recording, accumulate)
    return self


DIRECT["index_put_"] = _index_put_in_place


def install_indexing() -> None:
    """Give Tensor its item access."""
    global SELECT, SLICE, UNSQUEEZE, ALIAS
    from_table = {name: OPS[f"_item_{name}"] for name in ("select", "slice", "unsqueeze", "alias")}
    SELECT, SLICE, UNSQUEEZE, ALIAS = (from_table[n] for n in ("select", "slice", "unsqueeze", "alias"))
    getitem.__name__ = getitem.__qualname__ = "__getitem__"
    setitem.__name__ = setitem.__qualname__ = "__setitem__"
    Tensor.__getitem__ = getitem  # type: ignore[attr-defined]
    Tensor.__setitem__ = setitem  # type: ignore[attr-defined]
