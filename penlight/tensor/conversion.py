"""Leaving and changing the tensor's form: dtype, NumPy, Python numbers, copies."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.base.coo import Coo
from penlight.base.defaults import defaults
from penlight.base.device import MetaWanted, read_device, require_cpu
from penlight.base.device import device as device_class
from penlight.base.dims import refused
from penlight.base.dtypes import ALIASES, DTYPES, dtype
from penlight.base.formats import memory_format as format_class
from penlight.base.mode import mode
from penlight.base.warning import warn_once
from penlight.tensor.memory import memory_of

__all__ = ["Conversion", "array_of"]


class Conversion:
    """Mixed into Tensor."""

    _a: np.ndarray

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """This tensor with another dtype and/or on another device; itself when nothing changes.

        `to(dtype)`, `to(device, dtype)`, `to(other)`, each with `non_blocking`, `copy`, `memory_format`.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.to.html

        >>> import penlight as torch
        >>> torch.tensor([1, 2]).to(torch.float32)
        tensor([1., 2.])
        """
        try:
            target, copy, memory_format = read_to(args, kwargs)
        except MetaWanted:
            return importlib.import_module("penlight.meta.create").moved(self, args, kwargs)
        if memory_format is not None:
            if not isinstance(memory_format, format_class):
                raise refused(memory_format, "memory_format", "torch.memory_format", "to")
            if memory_format.name == "preserve_format":
                memory_format = None
        if target is None or target.np is self._a.dtype:
            if memory_format is not None and not self.is_contiguous(memory_format):
                return self.contiguous(memory_format=memory_format)
            return self.clone() if copy else self
        if self._a.dtype.kind == "c" and target.np.kind not in "bc":
            warn_once("Casting complex values to real discards the imaginary part")
        if self._node is not None and not (target.is_floating_point or target.is_complex):
            result = self.detach()._cast(target.np)  # integers have no gradient
        else:
            result = self._cast(target.np)
        return result if memory_format is None else result.contiguous(memory_format=memory_format)

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """Without an argument the type's name (`'torch.FloatTensor'`); with one, the tensor cast to it."""
        if dtype is None:
            return f"torch.{self.dtype.legacy}Tensor"
        return self.to(read_type(dtype))

    def type_as(self, other: Any) -> Any:
        """This tensor in the dtype of `other`."""
        if not hasattr(other, "_a"):
            raise TypeError(f"type_as(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
        if isinstance(other._a, Coo):
            raise RuntimeError(
                "to(options) doesn't support converting to a different layout, but got self.layout being Strided and "
                "options.layout set as Sparse; use to_sparse()"
            )
        return self.to(other.dtype)

    def cpu(self, memory_format: Any = None) -> Any:
        """Itself: penlight's tensors live on the CPU."""
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
        """Raises as PyTorch does where no GPU is."""
        return self.to(
            "cuda" if device is None else device_class("cuda", device) if isinstance(device, int) else device
        )

    def xpu(self, device: Any = None, non_blocking: bool = False) -> Any:
        """Raises as PyTorch does where no such device is."""
        return self.to("xpu")

    def to_dense(self, dtype: Any = None, *, masked_grad: bool = True) -> Any:
        """Itself: penlight's tensors are dense."""
        return self if dtype is None else self.to(dtype)

    def pin_memory(self, device: Any = None) -> Any:
        """Raises as PyTorch does where there is no accelerator."""
        raise RuntimeError("Cannot access accelerator device when none is available.")

    def item(self) -> Any:
        """The only element as a Python number."""
        if self._a.size != 1:
            raise RuntimeError(f"a Tensor with {self._a.size} elements cannot be converted to Scalar")
        value = self._a.item()
        return value if isinstance(value, (int, float, complex)) else float(value)

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        a = self._a
        return a.astype(np.float32).tolist() if a.dtype.kind == "V" else a.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """An ndarray on the same memory. With `force`, a detached one whatever the tensor is.

        >>> import penlight as torch
        >>> t = torch.zeros(2); n = t.numpy(); n[0] = 5; t
        tensor([5., 0.])
        """
        if not force and mode.grad and self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self._a.dtype.kind == "V":
            raise TypeError(f"Got unsupported ScalarType {self.dtype.legacy}")
        return self._a

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        return self._wrap(np.asarray(array, np.uint8 if array.dtype.kind == "b" else None))

    def untyped_storage(self) -> Any:
        return _storage_class(memory_of(self).root, None)

    def storage(self) -> Any:
        return _storage_class(memory_of(self).root, self.dtype)

    def _typed_storage(self) -> Any:
        return self.storage()

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
    ) -> Any:
        if self._node is not None:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        if stream not in (None, -1):
            raise AssertionError(f"stream should be None on cpu, but got {stream}")
        options = {"max_version": max_version, "dl_device": dl_device, "copy": copy}
        try:
            return self._a.__dlpack__(**options)
        except TypeError:  # NumPy 2.0 knows none of them
            return self._a.__dlpack__()

    def __dlpack_device__(self) -> tuple:
        return self._a.__dlpack_device__()

    __array_priority__ = 1000  # NumPy's operators leave `array op tensor` to the tensor


def _cast_method(name: str, target: dtype) -> Any:
    def method(self: Any, memory_format: Any = None) -> Any:
        return self.to(target, memory_format=memory_format)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"This tensor as {target!r}."
    return method


for _name in ("float", "double", "half", "short", "int", "long", "cfloat", "cdouble", "chalf"):
    setattr(Conversion, _name, _cast_method(_name, DTYPES[ALIASES[_name]]))
for _name, _target in (("bool", "bool"), ("byte", "uint8"), ("char", "int8"), ("bfloat16", "bfloat16")):
    setattr(Conversion, _name, _cast_method(_name, DTYPES[_target]))

_LEGACY = {f"torch.{d.legacy}Tensor": d for d in DTYPES.values()}


def read_type(value: Any) -> dtype:
    """A dtype from what `Tensor.type` takes: dtype, 'torch.FloatTensor', or a legacy tensor class."""
    if value == "torch.Tensor" or isinstance(value, type) and value.__name__ == "Tensor" and issubclass(value, Conversion):
        return defaults.float_dtype
    if isinstance(value, str):
        if value.startswith("torch.cuda."):
            raise RuntimeError(f"type {value} not available. Torch not compiled with CUDA enabled.")
        if value not in _LEGACY:
            raise ValueError(f"invalid type: '{value}'")
        return _LEGACY[value]
    legacy = getattr(value, "legacy_dtype", None)
    return legacy if legacy is not None else dtypes.of(value)


def read_to(args: tuple, kwargs: dict) -> tuple:
    """The (dtype or None, copy, memory_format) of a `to(...)` call."""
    target, copy = None, kwargs.get("copy", False)
    unknown = set(kwargs) - {"dtype", "device", "non_blocking", "copy", "memory_format", "other"}
    if unknown:
        raise TypeError(f"to() received an invalid combination of arguments: unexpected keyword '{sorted(unknown)[0]}'")
    rest = list(args)
    if "other" in kwargs:
        rest.insert(0, kwargs["other"])
    if rest and hasattr(rest[0], "_a"):
        if rest[0].is_meta:
            read_device(rest[0].device)
        target = rest.pop(0).dtype
    elif rest and (isinstance(rest[0], dtype) or rest[0] in (float, int, bool, complex)):
        target = dtypes.of(rest.pop(0))
    elif rest:
        first = rest.pop(0)
        if first is not None and not isinstance(first, (str, bytes, device_class, int)):
            raise TypeError(
                "to() received an invalid combination of arguments - got "
                f"({type(first).__name__}), but expected one of: (torch.device device, torch.dtype dtype, …), "
                "(torch.dtype dtype, …), (Tensor other, …)"
            )
        if first is not None:
            read_device(first)
        if rest and (rest[0] is None or isinstance(rest[0], dtype)):
            target = rest.pop(0)
    flags = [*rest, kwargs.get("non_blocking", False), copy]  # (non_blocking, copy)
    if len(rest) > 1:
        copy = rest[1]
    for flag in flags:
        if flag is not False and flag is not True:
            raise refused(flag, "non_blocking or copy", "bool", "to")
    if kwargs.get("device") is not None:
        read_device(kwargs["device"])
    if kwargs.get("dtype") is not None:
        target = dtypes.of(kwargs["dtype"])
    return target, copy, kwargs.get("memory_format")


def place_and_rest(args: tuple, kwargs: dict) -> tuple:
    """(device or None, arguments without it) of a `to(...)` call."""
    place, kwargs, rest = None, dict(kwargs), list(args)
    if kwargs.get("device") is not None:
        place = device_class(kwargs.pop("device"))
    other = kwargs.pop("other", None) if rest == [] else rest[0]
    if hasattr(other, "_a"):
        place, rest[:1] = other.device, [other.dtype]
    elif isinstance(other, (str, device_class)):
        place, rest[0] = device_class(other), None
    if place is not None and place.type != "meta":
        require_cpu(place)
    return place, tuple(rest), kwargs


def array_of(value: Any) -> Any:
    """The array of a tensor, or the value itself."""
    return getattr(value, "_a", value)


def _storage_class(root: Any, dtype: Any) -> Any:
    importlib.import_module("penlight.storage")  # which puts its own function in this one's place
    return _storage_class(root, dtype)


def set_storage_class(function: Any) -> None:
    global _storage_class
    _storage_class = function
