"""The geometric distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#geometric
"""

from __future__ import annotations

from numbers import Number
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.base.typeinfo import finfo
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import ChanceOrLogit, broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import empty, zeros_like
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["Geometric"]


class Geometric(ChanceOrLogit, Distribution):
    """(1 - probs)^x probs: failures before the first success."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given = logits if probs is None else probs
        (parameter,) = broadcast_all(given)
        setattr(self, "logits" if probs is None else "probs", parameter)
        super().__init__(Size() if isinstance(given, Number) else parameter.size(), validate_args=validate_args)
        if self._validate_args and probs is not None and not (parameter > 0).all():
            raise ValueError(
                f"Expected parameter probs ({type(parameter).__name__} of shape {tuple(parameter.shape)}) of "
                "distribution "
                f"{self!r} to be positive but found invalid values:\n{parameter[parameter <= 0]}"
            )

    mean = property(lambda self: 1.0 / self.probs - 1.0)
    mode = property(lambda self: zeros_like(self.probs))
    variance = property(lambda self: (1.0 / self.probs - 1.0) / self.probs)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(Geometric, batch_shape, _instance, "probs logits")

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        with no_grad():
            shape = self._extended_shape(sample_shape)
            u = empty(shape, dtype=self.probs.dtype).uniform_(finfo(self.probs.dtype).tiny, 1)
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        probs = k.where((probs == 1) & (value == 0), zeros_like(probs), probs)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return k.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs


__getattr__ = module_getattr(__name__)
