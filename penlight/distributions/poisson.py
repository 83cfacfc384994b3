"""The Poisson distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#poisson
"""

from __future__ import annotations

from numbers import Number
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.utils import broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.random import poisson
from penlight.tensor.tensor import Tensor

__all__ = ["Poisson"]


class Poisson(ExponentialFamily):
    """rate^x exp(-rate) / x!."""

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(Size() if isinstance(rate, Number) else self.rate.size(), validate_args=validate_args)

    mean = property(lambda self: self.rate)
    mode = property(lambda self: self.rate.floor())
    variance = property(lambda self: self.rate)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(Poisson, batch_shape, _instance, "rate")

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()


__getattr__ = module_getattr(__name__)
