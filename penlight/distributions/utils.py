"""Helpers of the distributions: broadcasting of parameters, probabilities and logits, attributes made on first use."""

from __future__ import annotations

import functools
from collections.abc import Callable
from numbers import Number
from typing import Any, TypeVar

from penlight.autograd.grad_mode import enable_grad
from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.typeinfo import finfo
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import ones, tensor, zeros
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import normal
from penlight.tensor.ranges import arange
from penlight.tensor.tensor import Tensor

__all__ = [
    "broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits", "standard_normal",
    "tril_matrix_to_vec", "vec_to_tril_matrix",
]  # fmt: skip

T = TypeVar("T", contravariant=True)
R = TypeVar("R", covariant=True)
euler_constant = 0.57721566490153286060  # -digamma(1)


def is_tensor_like(value: Any) -> bool:
    """Whether a value is a Tensor or its class has `__torch_function__`."""
    return isinstance(value, Tensor) or hasattr(value, "__torch_function__")


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Tensors and numbers as tensors of one shape; numbers take the dtype of the first tensor.

    >>> from penlight.distributions.utils import broadcast_all
    >>> broadcast_all(1, 2)
    (tensor(1.), tensor(2.))
    """
    if not all(is_tensor_like(v) or isinstance(v, Number) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    if all(is_tensor_like(v) for v in values):
        return tuple(k.broadcast_tensors(*values))
    first = next((v for v in values if isinstance(v, Tensor)), None)
    d = defaults.float_dtype if first is None else first.dtype
    return tuple(k.broadcast_tensors(*[v if is_tensor_like(v) else tensor(v, dtype=d) for v in values]))


def standard_normal(shape: Any, dtype: Any) -> Tensor:
    """Standard normal numbers, drawn as PyTorch's distributions draw them."""
    return normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype))


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """sigmoid(logits), or softmax over the last dimension."""
    return k.sigmoid(logits) if is_binary else k.softmax(logits, dim=-1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept a rounding unit away from 0 and 1."""
    eps = finfo(probs.dtype).eps
    return k.clamp(probs, eps, 1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log(probs), or log(probs / (1 - probs)), of clamped probabilities."""
    clamped = clamp_probs(probs)
    return k.log(clamped) - k.log1p(-clamped) if is_binary else k.log(clamped)


class lazy_property:
    """A method that becomes an attribute when it is first read; gradients are recorded."""

    def __init__(self, wrapped: Callable) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return _LazyPropertyOfClass(self.wrapped)
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


class _LazyPropertyOfClass(lazy_property, property):
    """What a class answers: a property, for help and documentation, that is known as a lazy one."""

    def __init__(self, wrapped: Callable) -> None:
        property.__init__(self, wrapped)


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The entries on and below a diagonal, row by row. Shape: (..., N, N) -> (..., M)."""
    n = mat.shape[-1]
    if diag < -n or diag >= n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    rows = arange(n)
    return mat[..., rows < rows.view(-1, 1) + (diag + 1)]


class ChanceOrLogit:
    """What distributions share that are given by `probs` or `logits` of something that happens or not."""

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=True)


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """A lower triangular matrix from its entries, row by row. Shape: (..., M) -> (..., N, N)."""
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * vec.shape[-1] + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if round(n) - n > finfo(vec.dtype).eps:
        raise ValueError(
            f"The size of last dimension is {vec.shape[-1]} which cannot be expressed as the lower triangular "
            "part of a "
            "square D x D matrix."
        )
    n = round(n)
    rows = arange(n)
    matrix = zeros(tuple(vec.shape[:-1]) + (n, n), dtype=vec.dtype)
    matrix[..., rows < rows.view(-1, 1) + (diag + 1)] = vec
    return matrix


def sum_rightmost(value: Tensor, dim: int) -> Tensor:
    """The sum over the last `dim` dimensions."""
    return value if dim == 0 else value.reshape(tuple(value.shape[:-dim]) + (-1,)).sum(-1)


def is_floating(value: Any) -> bool:
    """Whether a tensor's dtype is a floating one."""
    return isinstance(value, Tensor) and value.dtype.category == dtypes.FLOAT


_sum_rightmost = sum_rightmost  # PyTorch's names, which libraries use


def _standard_normal(shape: Any, dtype: Any, device: Any) -> Tensor:
    return standard_normal(shape, dtype)


__getattr__ = module_getattr(__name__)
