"""The tensor on the meta device, and how ops on one are carried out.

An op runs on arrays of zeros in the real shape, dtype and strides, which the system hands out without memory until they
are written; what it returns becomes a meta tensor at the same place in the graph. What depends on values is refused.
"""

from __future__ import annotations

import copy as copy_module
import importlib
from typing import Any

import numpy as np

from penlight.base.defaults import defaults
from penlight.base.device import META, device
from penlight.base.dims import int_list
from penlight.base.dtypes import DTYPES
from penlight.base.mode import mode
from penlight.engine.node import LEAF
from penlight.meta.blank import Blank, Refused
from penlight.tensor.conversion import place_and_rest, read_to, read_type
from penlight.tensor.generator import default_generator
from penlight.tensor.graph import dressed
from penlight.tensor.inplace import _fits as fits
from penlight.tensor.inplace import check_in_place
from penlight.tensor.override import ALWAYS
from penlight.tensor.printing import format_tensor
from penlight.tensor.protocol import _INTERNAL
from penlight.tensor.tensor import Tensor

__all__ = ["MetaTensor", "blank_like", "no_data", "undrawn", "wrap"]

# Ops whose result's shape, or whose Python value, depends on the values.
_REFUSED = {
    "nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "bincount", "equal", "is_nonzero", "to_sparse",
    "to_sparse_coo", "to_sparse_csr",
}  # fmt: skip
_FILLS = {
    "uniform_", "normal_", "bernoulli_", "exponential_", "cauchy_", "log_normal_", "geometric_", "random_", "zero_",
    "fill_", "copy_",
}  # fmt: skip
_CPU_INDEX = {"__getitem__", "index_select", "embedding", "copy_", "__setitem__"}  # take CPU tensors, as in PyTorch
_SHAPES = {"stride", "is_contiguous", "storage_offset", "dim_order", "is_floating_point", "is_complex", "is_signed",
           "is_same_size", "size", "dim", "numel", "is_tensor"}  # fmt: skip


def no_data() -> Refused:
    return Refused("Cannot copy out of meta tensor; no data!")


def _item_error() -> RuntimeError:
    return RuntimeError("Tensor.item() cannot be called on meta tensors")


def _without_kernel(name: str) -> Refused:
    return Refused(
        f"aten::{name}: attempted to run this operator with Meta tensors: its result depends on values, which they do "
        "not have"
    )


class undrawn:
    """A block that leaves the random stream where it was."""

    def __enter__(self) -> None:
        self.state = default_generator.get_state_bytes()

    def __exit__(self, *exc_info: Any) -> None:
        default_generator.set_state_bytes(self.state)


def wrap(blank: Blank, node: Any = None) -> MetaTensor:
    """A meta tensor at a place in the graph."""
    t = object.__new__(MetaTensor)
    t._a = blank
    if node is not None:
        t._node = node
    return t


def blank_like(t: Tensor) -> Any:
    """The meta tensor for a plain one, at its place in the graph; a leaf becomes a leaf of its own."""
    node = t._node
    if node is None or node[1] is not LEAF:
        return wrap(Blank.like(t._a), node)
    return wrap(Blank.like(t._a)).requires_grad_(True)


class _Run:
    """One call: meta tensors become plain ones on the way in, and the other way round on the way out."""

    def __init__(self, fill: str) -> None:
        self.fill = fill
        self.plain: dict[int, Tensor] = {}
        self.meta: dict[int, MetaTensor] = {}

    def enter(self, value: Any) -> Any:
        if isinstance(value, MetaTensor):
            if id(value) not in self.plain:
                t = object.__new__(Tensor)
                t._a, t._node = value._a.array(self.fill), value._node
                self.plain[id(value)] = t
                self.meta[id(t)] = value
            return self.plain[id(value)]
        if type(value) in (tuple, list):
            return type(value)([self.enter(v) for v in value])
        if type(value) is dict:
            return {k: self.enter(v) for k, v in value.items()}
        return value

    def leave(self, value: Any, name: str) -> Any:
        if isinstance(value, Tensor):
            found = self.meta.get(id(value))
            return blank_like(value) if found is None else found
        if type(value) in (tuple, list):
            return type(value)([self.leave(v, name) for v in value])
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*[self.leave(v, name) for v in value])
        if isinstance(value, tuple) and hasattr(type(value), "n_sequence_fields"):
            return type(value)([self.leave(v, name) for v in value])
        if isinstance(value, (bool, int, float, complex, np.ndarray, np.generic)) and name not in _SHAPES:
            raise _without_kernel(name)
        return value

    def store(self) -> None:
        """What the op changed in place: shape (resize_, t_) and place in the graph."""
        for t, value in zip(self.plain.values(), [self.meta[id(t)] for t in self.plain.values()]):
            if t._node is not value._node or t._a.shape != value._a.shape or t._a.strides != value._a.strides:
                value._a, value._node = Blank.like(t._a), t._node


def _thin(name: str, args: tuple) -> tuple:
    """Products of large matrices are taken over one term of their sums: the result is laid out the same."""
    if (
        name not in ("linear", "matmul", "mm", "bmm")
        or len(args) < 2
        or not all(isinstance(t, Tensor) for t in args[:2])
    ):
        return args
    a, b = args[0]._a, args[1]._a
    if min(a.ndim, b.ndim) < 2 or a.size + b.size < 2**20 or a.shape[-1] != b.shape[-1 if name == "linear" else -2]:
        return args
    thin = []
    for t, array in zip(args, (a[..., :1], b[..., :1] if name == "linear" else b[..., :1, :])):
        new = object.__new__(Tensor)
        new._a, new._node = array, t._node
        thin.append(new)
    return (*thin, *args[2:])


def _tensors(value: Any) -> Any:
    if isinstance(value, Tensor):
        yield value
    elif type(value) in (tuple, list):
        for v in value:
            yield from _tensors(v)


def _check(name: str, args: tuple, kwargs: dict) -> None:
    """Raise for ops that need values, and for CPU tensors among the arguments."""
    first = args[0] if args else None
    if name in _REFUSED or name == "where" and len(args) + len(kwargs) == 1:
        raise _without_kernel(name)
    if name == "allclose":
        raise _item_error()
    if name == "one_hot" and (args[1] if len(args) > 1 else kwargs.get("num_classes", -1)) == -1:
        raise _item_error()
    if name == "repeat_interleave" and kwargs.get("output_size") is None:
        repeats = args[1] if len(args) > 1 else kwargs.get("repeats", first)
        if isinstance(repeats, MetaTensor):
            raise _without_kernel(name)
    if name in ("__getitem__", "index") and any(
        t._a.dtype.kind == "b" or t._a.dtype == np.uint8 for t in _tensors(args[1:]) if isinstance(t, MetaTensor)
    ):
        raise _without_kernel("nonzero")
    tensors = [*_tensors(args), *_tensors(tuple(kwargs.values()))]
    plain = [t for t in tensors if not isinstance(t, MetaTensor)]
    if isinstance(first, Tensor) and not isinstance(first, MetaTensor) and name in ("copy_", "__setitem__"):
        raise no_data()
    in_place = name.endswith("_") and not name.startswith("_") and bool(plain) and plain[0] is first
    if name != "embedding" and (name not in _CPU_INDEX or not isinstance(first, MetaTensor)):
        wrong = next((t for t in plain if t._a.ndim), None)
        if in_place or wrong is not None:
            expected, found = ("meta", "cpu") if isinstance(tensors[0], MetaTensor) else ("cpu", "meta")
            raise RuntimeError(f"Tensor on device {found} is not on the expected device {expected}!")


class MetaTensor(Tensor):
    """A tensor without data: shape, dtype and strides; made with `device="meta"`.

    Its class is a subclass of Tensor (in PyTorch it is Tensor itself) and prints as Tensor.
    """

    _a: Blank  # type: ignore[assignment]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Nothing is replaced: the methods below serve subclasses too."""

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: tuple = (), kwargs: Any = None) -> Any:
        if any(not issubclass(t, MetaTensor) for t in types):
            return NotImplemented
        row = getattr(function, "op", None)
        name = function.__name__ if row is None or function.__name__.endswith("_") else row.name
        kwargs = dict(kwargs or {})
        place = kwargs.pop("device", None)
        place = META if place is None else device(place)
        _check(name, args, kwargs)
        if name in _FILLS:
            return _filled(name, *args, **kwargs)
        problem = None
        for fill in ("zeros", "ones", "unit"):
            run = _Run(fill)
            inside, named = _thin(name, run.enter(args)), run.enter(kwargs)
            if place is not META:
                named["device"] = place
            try:
                with undrawn(), np.errstate(all="ignore"):
                    result = function(*inside, **named)
            except Exception as error:
                problem = problem or error
                if not isinstance(error, (RuntimeError, ValueError)):
                    break
                continue
            run.store()
            return result if place is not META else run.leave(result, name)
        assert problem is not None
        raise problem

    # --- what it says of itself ----------------------------------------------------------------------------------

    device = property(lambda self: META)  # type: ignore[assignment]
    is_meta = property(lambda self: True)
    is_cpu = property(lambda self: False)

    def _shown(self) -> Tensor:
        return Tensor._wrap(self._a.array())

    def stride(self, dim: int | None = None) -> Any:
        return self._shown().stride(dim)

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return self._shown().is_contiguous(memory_format)

    def data_ptr(self) -> int:
        """0: there is no memory."""
        return 0

    def storage_offset(self) -> int:
        return 0

    def _resize(self, shape: tuple) -> None:
        self._a = Blank.contiguous(shape, self._a.dtype)

    def resize_(self, *size: Any, memory_format: Any = None) -> Any:
        if self._node is not None:
            raise RuntimeError("cannot resize variables that require grad")
        self._resize(tuple(int_list(size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size)))
        return self if memory_format is None else self.to(memory_format=memory_format)

    def set_(self, *args: Any, **kwargs: Any) -> Any:
        raise Refused("penlight's meta tensors have no storage to set")

    def untyped_storage(self) -> Any:
        raise Refused("penlight's meta tensors have no storage object; see docs/coverage.md")

    storage = _typed_storage = untyped_storage  # type: ignore[assignment]

    def share_memory_(self) -> Any:
        raise RuntimeError("_share_fd_: only available on CPU")

    def pin_memory(self, device: Any = None) -> Any:
        raise RuntimeError(f"cannot pin 'Meta{self.dtype.legacy}Type' only dense CPU tensors can be pinned")

    def _memory(self) -> Any:
        raise self.untyped_storage()

    # --- values, which are not there -----------------------------------------------------------------------------

    def item(self) -> Any:
        if self._a.size != 1:
            raise RuntimeError(f"a Tensor with {self._a.size} elements cannot be converted to Scalar")
        raise _item_error()

    def _number(self, kind: str = "") -> Any:
        return self.item()

    def __bool__(self) -> bool:
        if self._a.size != 1:
            which = "no values" if self._a.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {which} is ambiguous")
        raise _item_error()

    __index__ = _number

    def __contains__(self, element: Any) -> bool:
        raise _item_error()

    def tolist(self) -> Any:
        raise no_data()

    def numpy(self, *, force: bool = False) -> Any:
        if force:
            raise no_data()
        raise TypeError(
            "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
        )

    def __getitem__(self, index: Any) -> Any:
        return self.__torch_function__(Tensor.__getitem__, (type(self),), (self, index))

    def __setitem__(self, index: Any, value: Any) -> None:
        self.__torch_function__(Tensor.__setitem__, (type(self),), (self, index, value))

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        node = self._node
        inner = node is not None and node[1] is not LEAF
        text = format_tensor(
            self._a.array(), self.dtype.name, requires_grad=node is not None and not inner,
            grad_fn_name=dressed(node).name() if inner else None, default_dtype_name=defaults.float_dtype.name,
            default_complex_name=defaults.complex_dtype.name, device_suffix="meta",
        )  # fmt: skip
        return f"Parameter containing:\n{text}" if getattr(self, "_is_param", False) else text

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    # --- other forms ---------------------------------------------------------------------------------------------

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """This tensor in another dtype; NotImplementedError for another device."""
        place, args, kwargs = place_and_rest(args, kwargs)
        target, copy, memory_format = read_to(args, kwargs)
        if place is not None and place.type != "meta":
            raise no_data()
        if memory_format is not None and memory_format.name != "preserve_format":
            t = self if target is None else self._cast(target.np)
            return t.contiguous(memory_format=memory_format)
        if target is None or target.np is self._a.dtype:
            return self.clone() if copy else self
        return self._cast(target.np)

    def _cast(self, d: np.dtype) -> Any:
        if self._node is not None and mode.grad and d.kind in "fcV":
            return self.__torch_function__(Tensor._cast, (type(self),), (self, d))
        return wrap(self._a.astype(d))

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        return f"torch.meta.{self.dtype.legacy}Tensor" if dtype is None else self.to(read_type(dtype))

    def type_as(self, other: Any) -> Any:
        return self.to(other)

    def cpu(self, memory_format: Any = None) -> Any:
        raise no_data()

    # --- the graph -----------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:  # type: ignore[override]
        return wrap(self._a)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, MetaTensor):
            raise RuntimeError(
                "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type."
            )
        self._a = value._a

    def detach(self) -> Any:
        return wrap(self._a)

    def detach_(self) -> Any:
        self._node = None
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        self.requires_grad = requires_grad
        return self

    # --- copies --------------------------------------------------------------------------------------------------

    def _attributes(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k not in _INTERNAL}

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) in memo:
            return memo[id(self)]
        if not self.is_leaf:
            return Tensor.__deepcopy__(self, memo)  # raises
        new = memo[id(self)] = object.__new__(type(self))
        new._a = self._a
        new.__dict__.update(copy_module.deepcopy(self._attributes(), memo))
        if self._grad is not None:
            new._grad = copy_module.deepcopy(self._grad, memo)
        return new.requires_grad_(self._node is not None)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self.is_leaf:
            return Tensor.__reduce_ex__(self, protocol)  # raises
        a = self._a
        parts = (
            getattr(self, "_is_param", False),
            a.shape,
            self.dtype.name,
            a.strides,
            self._node is not None,
            self._attributes(),
        )
        return _rebuild, parts


for _name in ("size", "dim", "numel", "register_hook", "retain_grad", "backward"):  # these need no array
    setattr(MetaTensor, _name, getattr(Tensor, _name))
for _name in (
    "float",
    "double",
    "half",
    "short",
    "int",
    "long",
    "cfloat",
    "cdouble",
    "bool",
    "byte",
    "char",
    "bfloat16",
):
    setattr(MetaTensor, _name, getattr(Tensor, _name))  # these call `to`
MetaTensor.__name__ = MetaTensor.__qualname__ = "Tensor"
MetaTensor.__module__ = "torch"
ALWAYS.add(MetaTensor)


def _filled(name: str, t: Any, *args: Any, **kwargs: Any) -> Any:
    """The end of an op in place that only writes values."""
    plain = object.__new__(Tensor)
    plain._node = t._node
    check_in_place(plain)
    if name == "copy_":
        source = args[0] if args else kwargs["src"] if "src" in kwargs else kwargs["other"]
        if not fits(source._a, t._a):
            raise RuntimeError(
                f"The size of tensor a {tuple(t._a.shape)} must match the size of tensor b {tuple(source._a.shape)}: the "
                "source of copy_ must broadcast to it"
            )
    return t


def _rebuild(param: bool, shape: tuple, dtype: str, strides: tuple, requires_grad: bool, attributes: dict) -> Any:
    new = wrap(Blank(shape, DTYPES[dtype].np, strides))
    new = importlib.import_module("penlight.meta.parameter").parameter(new, requires_grad) if param else new
    new.__dict__.update(attributes)
    return new.requires_grad_(requires_grad)
