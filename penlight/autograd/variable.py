"""`Variable`, which has been a name for Tensor since PyTorch 0.4."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.tensor.early import VOLATILE
from penlight.tensor.tensor import Tensor, TensorMeta

__all__ = ["Variable", "variable"]


class _VariableMeta(TensorMeta):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)

    def __call__(cls, data: Any = None, requires_grad: bool = False, volatile: Any = None) -> Any:
        if data is None:
            data = Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        if volatile:
            warnings.warn(VOLATILE, UserWarning, stacklevel=2)
        result = data.detach()
        if requires_grad:
            result.requires_grad_()
        return result


class Variable(Tensor, metaclass=_VariableMeta):
    """`Variable(t, requires_grad=False)`: the tensor's memory as a new leaf (or constant)."""


def variable(*args: Any, **kwargs: Any) -> Any:
    """Raises RuntimeError, as PyTorch's: deprecated in favour of `torch.tensor`."""
    raise RuntimeError("torch.autograd.variable(...) is deprecated, use torch.tensor(...) instead")
