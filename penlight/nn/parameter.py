"""Parameters, buffers, and the ones whose shape is not yet known."""

from __future__ import annotations

import importlib
from collections import OrderedDict
from inspect import Parameter as Argument
from inspect import Signature
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import CPU, META, current, on_meta
from penlight.base.dims import refused
from penlight.tensor.memory import memory_of
from penlight.tensor.override import PLAIN, disabled_torch_function
from penlight.tensor.protocol import _INTERNAL
from penlight.tensor.subclass import convert_result
from penlight.tensor.tensor import Tensor, TensorMeta

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "UninitializedTensorMixin",
    "is_lazy",
]


class _ParameterMeta(TensorMeta):
    """Counts tensors of other classes as parameters when they are marked so."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return cls is Parameter and isinstance(instance, Tensor) and getattr(instance, "_is_param", False)


def _share(cls: type, data: Tensor, requires_grad: bool) -> Any:
    new = object.__new__(cls)
    new._a = data._a
    new._v = memory_of(data)
    if requires_grad:
        if data._a.dtype.kind not in "fcV":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        new.requires_grad = True
    return new


_SHOWN = {"cls": Argument.empty, "data": None, "requires_grad": True}


class Parameter(Tensor, metaclass=_ParameterMeta):
    """A tensor that a Module lists among its parameters when it is assigned to an attribute.

    It shares the memory of `data` and is a leaf of the graph. The class takes part in ops like a plain tensor: results
    are plain tensors.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html

    >>> import penlight as torch
    >>> torch.nn.Parameter(torch.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    _is_param = True
    _is_parameter = True  # printed as one
    __torch_function__ = disabled_torch_function  # results of subclasses, too, are plain tensors

    def __new__(cls, data: Any = None, requires_grad: bool = True, **state: Any) -> Any:
        if state and not _INTERNAL.issuperset(state):  # `type(p)(p.to(…), **p.__dict__)`: in PyTorch that is empty
            raise TypeError(f"Parameter() got an unexpected keyword argument '{(set(state) - _INTERNAL).pop()}'")
        if requires_grad is not True and requires_grad is not False:
            raise refused(requires_grad, "requires_grad", "bool", "Parameter", 2)
        if data is None:
            data = Tensor._wrap(np.empty((0,), defaults.float_dtype.np))
        if isinstance(data, Tensor) and data.is_meta:
            return importlib.import_module("penlight.meta.parameter").parameter(data, requires_grad)
        if type(data) is Tensor or isinstance(data, Parameter) and type(data) in PLAIN:
            return _share(cls, data, requires_grad)
        new = data.detach().requires_grad_(requires_grad)
        if type(new) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() "
                "returns an "
                f"instance of the same type, but return type {type(new).__name__} was found instead. To use the "
                "type as a "
                "Parameter, please correct the detach() semantics defined by its __torch_dispatch__() implementation."
            )
        new._is_param = True
        return new

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            array = np.empty_like(self._a) if 0 not in self._a.strides else np.empty(self._a.shape, self._a.dtype)
            np.copyto(array, self._a)
            memo[id(self)] = type(self)(Tensor._wrap(array), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        state = {k: v for k, v in self.__dict__.items() if k not in _INTERNAL}
        arguments = (self.data, self.requires_grad, OrderedDict())
        return (_rebuild_parameter, (*arguments, state) if state else arguments)


def _rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any, state: dict | None = None) -> Parameter:
    new = Parameter(data, requires_grad)
    new.__dict__.update(state or {})
    return new


class _BufferMeta(TensorMeta):
    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is Buffer:
            return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)
        return type.__instancecheck__(cls, instance)


class Buffer(Tensor, metaclass=_BufferMeta):
    """Marks a tensor so that a Module it is assigned to registers it as a buffer; the result is a plain tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
    """

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        if data is None:
            data = Tensor._wrap(np.empty((0,), defaults.float_dtype.np))
        new = data.detach().requires_grad_(data.requires_grad)
        new.persistent = persistent
        new._is_buffer = True
        return new


def _no_shape(self: Any) -> Any:
    raise RuntimeError(
        "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
        "`load_state_dict` "
        "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
        "parameters before accessing their attributes."
    )


_ALLOWED = {"cast", "copy_", "half", "float", "double", "to", "cpu", "cuda", "detach", "clone"}


# As PyTorch's is shown: what else it takes is no part of it.
Parameter.__new__.__signature__ = Signature(  # type: ignore[attr-defined]
    [Argument(name, Argument.POSITIONAL_OR_KEYWORD, default=value) for name, value in _SHOWN.items()]
)


class UninitializedTensorMixin:
    """What parameters and buffers without a shape share."""

    shape = property(_no_shape)
    _on_meta = False
    device = property(lambda self: META if self._on_meta else CPU)
    is_meta = property(lambda self: self._on_meta)

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give the tensor its shape (uninitialised memory) and its final class."""
        d = self.dtype if dtype is None else dtypes.of(dtype)
        if self._on_meta if device is None else on_meta(device):
            self.__dict__.pop("_on_meta", None)
            importlib.import_module("penlight.meta.parameter").become(self, tuple(shape), d.np)
            return
        self.__dict__.pop("_on_meta", None)
        self.data = Tensor._wrap(np.empty(tuple(shape), d.np))
        self.__class__ = self.cls_to_become

    def share_memory_(self) -> Any:
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters "
            "before calling `module.share_memory()`."
        )

    def __repr__(self, **kwargs: Any) -> str:
        return f"<{type(self).__name__}>"

    def __len__(self) -> int:
        raise _unusable("Tensor.__len__")

    @classmethod
    def __torch_function__(cls, func: Any, types: tuple, args: tuple = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", str(func))
        if name not in _ALLOWED:
            raise _unusable(name)
        plain = [Tensor._wrap(a._a) if isinstance(a, UninitializedTensorMixin) else a for a in args]
        return convert_result(func(*plain, **(kwargs or {})), Tensor)


def _unusable(name: str) -> ValueError:
    return ValueError(
        f"Attempted to use an uninitialized parameter in {name}. This error happens when you are using a "
        "`LazyModule` or "
        "explicitly manipulating `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call "
        "`forward` with a dummy batch to initialize the parameters before calling torch functions"
    )


def _unshaped(cls: type, requires_grad: bool, dtype: Any, device: Any) -> Any:
    meta = on_meta(current() if device is None else device)
    d = defaults.float_dtype if dtype is None else dtypes.of(dtype)
    new = _share(cls, Tensor._wrap(np.empty((0,), d.np)), requires_grad)
    if meta:
        new._on_meta = True
    return new


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is found at the first forward (lazy modules); ops on it raise ValueError."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return _unshaped(cls, requires_grad, dtype, device)

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.device, self.dtype)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (UninitializedParameter, (self.requires_grad,))


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer whose shape is found at the first forward (lazy modules)."""

    cls_to_become = Tensor
    persistent = True
    _is_buffer = True

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> Any:
        new = _unshaped(cls, requires_grad, dtype, device)
        if not persistent:
            new.persistent = False
        return new

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.device, self.dtype, self.persistent)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (UninitializedBuffer, (self.requires_grad,))


def is_lazy(param: Any) -> bool:
    """Whether the parameter or buffer still waits for its shape."""
    return isinstance(param, UninitializedTensorMixin)


PLAIN.add(Parameter)
