"""The sparse tensor in coordinate form: what it says of itself, and its place in the graph.

A sparse tensor's `_a` is a `Coo`. Every op on one is written over dense ops on its values: `values_of` hands out the
values as an ordinary Tensor that hangs on the sparse tensor's node, `make` puts a Tensor of values back at coordinates.
So gradients of any order come from the dense ops. A gradient that reaches a sparse tensor is a `Coo` (or dense).
"""

from __future__ import annotations

import copy as copy_module
import importlib
from functools import cache
from typing import Any
from weakref import ref

import numpy as np

from penlight.base.coo import Coo, SparseRefused
from penlight.base.defaults import defaults
from penlight.base.dims import dimension
from penlight.base.dtypes import ALIASES, DTYPES
from penlight.base.formats import LAYOUTS
from penlight.base.mode import mode, tick
from penlight.engine.engine import FREED
from penlight.engine.node import LEAF, new_leaf
from penlight.tensor.conversion import read_to, read_type
from penlight.tensor.graph import dressed
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.memory import Memory
from penlight.tensor.override import ALWAYS
from penlight.tensor.printing import format_sparse
from penlight.tensor.tensor import Tensor

__all__ = [
    "RULES", "SparseTensor", "coalesce", "entries_at", "linked", "make", "named", "refuse", "rule", "values_of", "wrap",
]  # fmt: skip

RULES: dict[str, Any] = {}  # name of an op or method -> what it does when a sparse tensor is among its arguments


def rule(*names: str) -> Any:
    """Register a function as that of ops on sparse tensors."""

    def register(function: Any) -> Any:
        RULES.update(dict.fromkeys(names, function))
        return function

    return register


def refuse(name: str, why: str = "") -> SparseRefused:
    """PyTorch's error for an op without a sparse form."""
    return SparseRefused(
        f"Could not run 'aten::{name}' with arguments from the 'SparseCPU' backend: sparse tensors have no such op"
        + (why or "; call to_dense() first")
    )


class SparseTensor(Tensor):
    """A tensor of which only some places hold values; made by `sparse_coo_tensor` and `to_sparse`.

    Its class is a subclass of Tensor (in PyTorch it is Tensor itself) and prints as Tensor.
    """

    _a: Coo  # type: ignore[assignment]

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        row = getattr(function, "op", None)
        name = function.__name__ if row is None else row.name
        if "add" not in RULES:
            importlib.import_module("penlight.sparse")  # registers the rules
        found = RULES.get(name)
        if found is None:
            other = next((t for t in types if t is not cls), None)
            if other is not None:  # a subclass that may know what to do
                return NotImplemented
            if name.endswith("_") and not name.startswith("_") and RULES.get("in place"):
                return RULES["in place"](name[:-1], *args, **(kwargs or {}))
            raise refuse(name)
        if kwargs and kwargs.get("out") is not None:
            raise refuse(f"{name}.out", ": out= is not supported with sparse tensors; use the function's result")
        return found(*args, **(kwargs or {}))

    # --- shape and memory ----------------------------------------------------------------------------------------

    is_sparse = property(lambda self: True)
    layout = property(lambda self: LAYOUTS["sparse_coo"])

    def stride(self, dim: int | None = None) -> Any:
        """Zeros: there is no memory to step through."""
        strides = (0,) * self._a.ndim
        return strides if dim is None else strides[dimension(dim, self._a.ndim)]

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return False

    def contiguous(self, memory_format: Any = None) -> Any:
        raise RuntimeError("unsupported memory format option Contiguous: a sparse tensor has no memory order")

    @property
    def nbytes(self) -> int:
        raise RuntimeError(
            "nbytes is not defined for sparse tensors: add those of _indices() and _values(), or multiply numel() by "
            "element_size() for those of the dense tensor"
        )

    def data_ptr(self) -> int:
        raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage: it is sparse")

    def untyped_storage(self) -> Any:
        raise SparseRefused("Cannot access storage of a sparse tensor; use _indices() and _values()")

    storage = _typed_storage = share_memory_ = is_shared = untyped_storage  # type: ignore[assignment]

    def storage_offset(self) -> int:
        return 0

    def resize_(self, *args: Any, **kwargs: Any) -> Any:
        raise refuse("resize_", "; use sparse_resize_()")

    def resize_as_(self, other: Any, *args: Any, **kwargs: Any) -> Any:
        return self.resize_as_sparse_(other)

    def set_(self, *args: Any, **kwargs: Any) -> Any:
        raise refuse("set_")

    def dim_order(self) -> Any:
        raise AttributeError(f"Can't get dim order on sparse type: {self.type()}; call to_dense() first")

    def tolist(self) -> Any:
        raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage: call to_dense() first")

    def numpy(self, *, force: bool = False) -> Any:
        """Raises TypeError unless `force`, which gives the dense array."""
        if force:
            return self._a.dense()
        raise TypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.")

    def _memory(self) -> Any:
        raise self.untyped_storage()

    def _is_view(self) -> bool:
        return False

    # --- values --------------------------------------------------------------------------------------------------

    def item(self) -> Any:
        if self._a.size != 1:
            raise RuntimeError(f"a Tensor with {self._a.size} elements cannot be converted to Scalar")
        return self._a.dense().item()

    def _number(self, kind: str) -> Any:
        return self.item()

    def __bool__(self) -> bool:
        if self._a.size != 1:
            which = "no values" if self._a.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {which} is ambiguous")
        return bool(self.item())

    def __index__(self) -> int:
        if self._a.size != 1 or self._a.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __contains__(self, element: Any) -> bool:
        raise refuse("eq.Scalar")

    def __getitem__(self, index: Any) -> Any:
        return RULES["__getitem__"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise refuse("copy_ into a part")

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        a, node = self._a, self._node
        suffixes = []
        if self.dtype not in (defaults.float_dtype, defaults.complex_dtype, DTYPES["int64"], DTYPES["bool"]):
            suffixes.append(f"dtype=torch.{self.dtype.name}")
        suffixes.append("layout=torch.sparse_coo")
        if node is not None:
            suffixes.append("requires_grad=True" if node[1] is LEAF else f"grad_fn=<{dressed(node).name()}>")
        text = format_sparse(a.indices, a.values, a.shape, self.dtype.name, suffixes)
        return f"Parameter containing:\n{text}" if getattr(self, "_is_param", False) else text

    def __format__(self, spec: str) -> str:
        return object.__format__(repr(self), spec) if not spec else format(repr(self), spec)

    # --- the graph -----------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:  # type: ignore[override]
        return wrap(self._a)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, SparseTensor):
            raise RuntimeError("data of a sparse tensor must be sparse; make a new tensor for a dense one")
        self._a = value._a

    def detach(self) -> Any:
        """The same entries, outside the graph."""
        return wrap(self._a)

    def detach_(self) -> Any:
        self._node = None
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        self.requires_grad = requires_grad
        return self

    def new(self, *args: Any, **kwargs: Any) -> Any:
        """The old constructor, of sparse tensors."""
        return importlib.import_module("penlight.sparse.functions").CLASSES[f"{self.dtype.legacy}Tensor"](*args)

    def _put(self, result: Any) -> Any:
        """Take over a result's entries and its place in the graph: the end of an op in place."""
        self._a = result._a
        if result._node is not None:
            self._node = result._node
        memory = self._v
        if memory is None:
            memory = self._v = Memory(self._a)  # type: ignore[arg-type]
        memory.changed()
        return self

    # --- other forms ---------------------------------------------------------------------------------------------

    def to_dense(self, dtype: Any = None, *, masked_grad: bool = True) -> Any:
        """The tensor with zeros written out."""
        return RULES["to_dense"](self, dtype, masked_grad=masked_grad)

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """This tensor with another dtype; itself when nothing changes."""
        target, copy, _ = read_to(args, kwargs)
        if target is None or target.np is self._a.dtype:
            return RULES["clone"](self) if copy else self
        return self._cast(target.np)

    def _cast(self, d: np.dtype) -> Any:
        values = values_of(self)
        return make(self._a.indices, values._cast(d), self._a.shape, self._a.coalesced, "ToCopyBackward0")

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        if dtype is None:
            return f"torch.sparse.{self.dtype.legacy}Tensor"
        if isinstance(dtype, str) and dtype.startswith("torch.sparse."):
            dtype = "torch." + dtype.removeprefix("torch.sparse.")
        return self.to(read_type(dtype))

    def type_as(self, other: Any) -> Any:
        if not isinstance(other, SparseTensor):
            raise RuntimeError(
                "to(options) doesn't support converting to a different layout, but got self.layout being Sparse and "
                "options.layout set as Strided; use to_dense()"
            )
        return self.to(other.dtype)

    def cpu(self, memory_format: Any = None) -> Any:
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
        return self.to("cuda" if device is None or isinstance(device, int) else device)

    def backward(self, gradient: Any = None, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        if gradient is None:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        Tensor.backward(self, gradient, *args, **kwargs)

    # --- copies --------------------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) in memo:
            return memo[id(self)]
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol"
            )
        a = self._a
        new = wrap(Coo(a.indices.copy(), a.values.copy(), a.shape, a.coalesced))
        memo[id(self)] = new
        new.__dict__.update(copy_module.deepcopy(self._attributes(), memo))
        if self._node is not None:
            new.requires_grad_(True)
        if self._grad is not None:
            new._grad = copy_module.deepcopy(self._grad, memo)
        return new

    def _attributes(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k not in ("_a", "_node", "_grad", "_v")}

    def __reduce_ex__(self, protocol: Any) -> Any:
        """As in PyTorch, whether it requires grad is not kept."""
        if not self.is_leaf:
            raise RuntimeError("cannot serialize a non-leaf tensor which requires grad; call detach() first")
        a = self._a
        indices, values = Tensor._wrap(a.indices), Tensor._wrap(a.values)
        parts = (indices, values, a.shape, a.coalesced, self._attributes())
        return _rebuild, parts

    retains_grad = property(lambda self: self._retains)


for _name in ("size", "dim", "numel", "register_hook", "retain_grad", "new_tensor"):  # these need no array
    setattr(SparseTensor, _name, getattr(Tensor, _name))
SparseTensor.__name__ = SparseTensor.__qualname__ = "Tensor"
SparseTensor.__module__ = "torch"
ALWAYS.add(SparseTensor)


def _cast_method(name: str, target: Any) -> Any:
    def method(self: Any, memory_format: Any = None) -> Any:
        return self.to(target)

    method.__name__ = method.__qualname__ = name
    return method


for _name in ("float", "double", "half", "short", "int", "long", "cfloat", "cdouble", "chalf"):
    setattr(SparseTensor, _name, _cast_method(_name, DTYPES[ALIASES[_name]]))
for _name, _target in (("bool", "bool"), ("byte", "uint8"), ("char", "int8"), ("bfloat16", "bfloat16")):
    setattr(SparseTensor, _name, _cast_method(_name, DTYPES[_target]))


def _rebuild(indices: Tensor, values: Tensor, shape: tuple, coalesced: bool, state: dict) -> SparseTensor:
    new = wrap(Coo(indices._a, values._a, shape, coalesced))
    new.__dict__.update(state)
    return new


def wrap(coo: Coo, requires_grad: bool = False) -> SparseTensor:
    """A sparse tensor on these entries."""
    t = object.__new__(SparseTensor)
    t._a = coo
    if requires_grad:
        t._node = new_leaf(ref(t))
    return t


# --- between a sparse tensor and its values -------------------------------------------------------------------------


def entries_at(g: Any, indices: np.ndarray, shape: tuple) -> Any:
    """A gradient's values at coordinates, zero where it has none. Shape: (sparse_dim, nnz) -> (nnz, *dense shape)."""
    sparse = len(indices)
    place = Coo(indices, np.empty(indices.shape[1], bool), shape[:sparse]).linear()
    on_tensors = isinstance(g, Tensor)
    raw = g._a if on_tensors else g
    if not isinstance(raw, Coo):
        flat = g.reshape(-1, *shape[sparse:]) if sparse else g.reshape(1, *shape)
        return ops.index_select(flat, 0, Tensor._wrap(place)) if on_tensors else flat[place]
    if raw.sparse_dim != sparse:
        return entries_at(RULES["to_dense"](g) if on_tensors else raw.dense(), indices, shape)
    whole = coalesce(g) if on_tensors else raw.coalesce()
    coo = whole._a if on_tensors else whole
    known = coo.linear()
    if not len(known):
        zeros = np.zeros((len(place), *shape[sparse:]), raw.dtype)
        return Tensor._wrap(zeros) if on_tensors else zeros
    found = np.searchsorted(known, place).clip(max=len(known) - 1)
    present = (known[found] == place).reshape(-1, *(1,) * (len(shape) - sparse))
    if on_tensors:
        picked = ops.index_select(values_of(whole), 0, Tensor._wrap(found))
        return ops.masked_fill(picked, Tensor._wrap(~present), 0)
    return np.where(present, coo.values[found], np.zeros((), raw.dtype))


class _Values:
    """The values of a coalesced sparse tensor: their gradient stands at the same coordinates."""

    grad_name = "ValuesBackward0"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        coo = node[3]
        return (Coo(coo.indices, np.asarray(g), coo.shape, True),)

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        return (make(node[3].indices, g, node[3].shape, True, "SparseCooTensorWithDimsAndTensorsBackward0"),)


class _Make:
    """Values put at coordinates: each receives what the gradient holds at its place."""

    saves = False

    def __init__(self, grad_name: str) -> None:
        self.grad_name = grad_name

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        return (entries_at(g, node[3].indices, node[3].shape),)

    backward_tensor = backward


class _Through:
    """The same numbers under another name, or in another order of entries."""

    saves = False

    def __init__(self, grad_name: str) -> None:
        self.grad_name = grad_name

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        return (g,)

    backward_tensor = backward


_VALUES = _Values()
_make = cache(_Make)
_through = cache(_Through)


class _Linked:
    """An op with a rule of its own over Tensors: what each parent's gradient is, given that of the result."""

    saves = True

    def __init__(self, grad_name: str) -> None:
        self.grad_name = grad_name

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        g = wrap(g) if isinstance(g, Coo) else Tensor._wrap(np.asarray(g))
        return tuple([None if r is None else r._a for r in _Linked.backward_tensor(node, g)])

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        if node[3] is None:
            raise RuntimeError(FREED)
        return tuple([rule(g) if edge is not None else None for rule, edge in zip(node[3], node[2])])


_linked = cache(_Linked)


def linked(result: Any, name: str, *parents: tuple) -> Any:
    """`result`, outside the graph so far, in it: parents are pairs of a tensor and the rule of its gradient."""
    edges = tuple([t._node for t, _ in parents])
    if mode.grad and any(edge is not None for edge in edges):
        result._node = [tick(), _linked(name), edges, tuple([rule for _, rule in parents]), None]
    return result


def values_of(t: Any) -> Tensor:
    """The values as an ordinary Tensor in the graph. A differentiable sparse tensor must be coalesced."""
    values = Tensor._wrap(t._a.values)
    if t._node is not None and mode.grad:
        if not t._a.coalesced:
            return _uncoalesced_values(t)
        values._node = [tick(), _VALUES, (t._node,), t._a, None]
    return values


def _uncoalesced_values(t: Any) -> Tensor:
    """Of an entry among several at one place the gradient is that of the place; only linear ops may use this."""
    values = Tensor._wrap(t._a.values)
    node = t._node
    if isinstance(node[1], _Make) and node[3] is t._a:  # the values it was made of
        values._node = node[2][0]
        return values
    values._node = [tick(), _SPREAD, (t._node,), t._a, None]
    return values


class _Spread(_Values):
    """Values of an uncoalesced tensor: of the gradients at one place, which are equal, one is kept."""

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        indices, first, shape = _firsts(node[3])
        return (Coo(indices, np.asarray(g)[first], shape, True),)

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        indices, first, shape = _firsts(node[3])
        return (make(indices, ops.index_select(g, 0, Tensor._wrap(first)), shape, True, "IndexSelectBackward0"),)


_SPREAD = _Spread()


def _firsts(coo: Coo) -> tuple:
    _, first = np.unique(coo.linear(), return_index=True)
    return coo.indices[:, first], first, coo.shape


def make(indices: np.ndarray, values: Any, shape: tuple, coalesced: bool, name: str) -> SparseTensor:
    """A sparse tensor of values (a Tensor) at coordinates; `name` is that of its node."""
    t = object.__new__(SparseTensor)
    t._a = Coo(indices, values._a, tuple(shape), coalesced)
    if values._node is not None and mode.grad:
        t._node = [tick(), _make(name), (values._node,), t._a, None]
    return t


def named(t: Tensor, name: str) -> Tensor:
    """A dense result, nobody's view, whose node has the name that PyTorch gives it."""
    result = Tensor._wrap(t._a)
    if t._node is not None and mode.grad:
        result._node = [tick(), _through(name), (t._node,), None, None]
    return result


def coalesce(t: Any) -> Any:
    """Sorted coordinates, each once; the tensor itself where they are so."""
    if t._a.coalesced:
        return t
    new = wrap(t._a.coalesce())
    if t._node is not None and mode.grad:
        new._node = [tick(), _through("CoalesceBackward0"), (t._node,), None, None]
    return new
