"""Tensor methods of early PyTorch, and small ones that programs rarely call."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np

from penlight.base import dtypes
from penlight.engine.node import LEAF
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = ["VOLATILE", "install_early", "is_distributed", "slice_inverse"]

VOLATILE = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."


def is_distributed(input: Tensor) -> bool:
    """False, as PyTorch's for every tensor of its own."""
    return False


def slice_inverse(
    input: Tensor, src: Tensor, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> Tensor:
    """The tensor that `input` is a slice of: `input`'s memory in the size and strides of `src`.

    Raises RuntimeError where the memory is too small.
    """
    return input.as_strided(src.size(), src.stride(), src.storage_offset())


def _resized(self: Tensor, sizes: tuple) -> Tensor:
    count = int(np.prod(sizes, dtype=np.int64)) if all(isinstance(n, int) for n in sizes) else -1
    if count != self._a.size:
        shape, own = "x".join(map(str, sizes)), "x".join(map(str, self._a.shape))
        raise RuntimeError(
            f"requested resize to {shape} ({count} elements in total), but the given tensor has a size of {own} "
            f"({self._a.size} elements). autograd's resize can only change the shape of a given tensor, while "
            "preserving the number of elements."
        )
    return ops.reshape(self.contiguous(), sizes)


def resize(self: Tensor, *sizes: Any) -> Tensor:
    """The elements in another shape with as many of them: `reshape` (deprecated)."""
    warnings.warn("non-inplace resize is deprecated", UserWarning, stacklevel=2)
    return _resized(self, sizes)


def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """The elements in the shape of another tensor with as many of them (deprecated)."""
    warnings.warn("non-inplace resize_as is deprecated", UserWarning, stacklevel=2)
    return _resized(self, tuple(tensor.size()))


def _removed(name: str) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module("penlight.nn.native"), name)(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"Raises RuntimeError, as PyTorch's: torch.{name} was removed."
    return method


def reinforce(self: Tensor, reward: Any) -> None:
    """Raises RuntimeError: removed from PyTorch."""
    raise RuntimeError("reinforce() was removed. Use torch.distributions: loss = -m.log_prob(action) * reward")


def storage_type(self: Tensor) -> Any:
    """The class of the tensor's typed storage."""
    return importlib.import_module("penlight.storage").CLASSES[f"{self.dtype.legacy}Storage"]


def record_stream(self: Tensor, stream: Any) -> None:
    """Raises NotImplementedError, as PyTorch's for a tensor on the CPU."""
    if not hasattr(stream, "stream_id"):
        raise RuntimeError(f"record_stream(): argument 'stream' must be torch.Stream, not {type(stream).__name__}")
    raise NotImplementedError("Could not run 'aten::record_stream' with arguments from the 'CPU' backend")


def to_padded_tensor(self: Tensor, padding: float, output_size: Any = None) -> Tensor:
    """Raises NotImplementedError, as PyTorch's for a tensor that is not nested; penlight has no nested ones."""
    raise NotImplementedError(
        "Could not run 'aten::to_padded_tensor' with arguments from the 'CPU' backend: the tensor is not nested"
    )


def module_load(self: Tensor, other: Tensor, assign: bool = False) -> Tensor:
    """What `Module.load_state_dict` puts in this tensor's place: `other`, or this tensor with its values."""
    return other.detach() if assign else self.copy_(other).detach()


def const_data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    return self.data_ptr()


def _delitem(self: Tensor, index: Any) -> None:
    raise TypeError("Tensor does not support deleting items")


def _setstate(self: Tensor, state: Any) -> None:
    raise NotImplementedError(
        "penlight's tensors are not unpickled through __setstate__; files of torch.save are read by torch.load"
    )


def _grad_dtype(self: Tensor) -> Any:
    return self.dtype


def _set_grad_dtype(self: Tensor, value: Any) -> None:
    if self._node is not None and self._node[1] is not LEAF:
        raise RuntimeError("grad_dtype can only be set on leaf tensors")
    if value is not None and dtypes.of(value) is not self.dtype:
        raise NotImplementedError(
            f"penlight's gradients have the dtype of their tensor: grad_dtype must be {self.dtype!r}, got {value!r}"
        )


def _volatile(self: Tensor) -> bool:
    warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
    return False


def _set_volatile(self: Tensor, value: Any) -> None:
    warnings.warn(VOLATILE, UserWarning, stacklevel=2)


def install_early() -> None:
    """Give Tensor the methods of this file."""
    for function in (
        resize, resize_as, reinforce, storage_type, record_stream, to_padded_tensor, module_load, const_data_ptr,
        is_distributed, slice_inverse, *map(_removed, ("eig", "lstsq", "solve", "symeig")),
    ):  # fmt: skip
        setattr(Tensor, function.__name__, function)
    Tensor.__delitem__ = _delitem  # type: ignore[attr-defined]
    Tensor.__setstate__ = _setstate  # type: ignore[attr-defined]
    Tensor.__nonzero__ = lambda self: bool(self)  # type: ignore[attr-defined]
    Tensor.__long__ = lambda self: int(self)  # type: ignore[attr-defined]
    Tensor.volatile = property(_volatile, _set_volatile)  # type: ignore[attr-defined]
    Tensor.grad_dtype = property(_grad_dtype, _set_grad_dtype)  # type: ignore[attr-defined]
