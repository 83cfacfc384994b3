"""The gamma distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#gamma
"""

from __future__ import annotations

from numbers import Number
from typing import Any

from penlight.base.size import Size
from penlight.base.typeinfo import finfo
from penlight.distributions import constraints
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.gamma_sampling import standard_gamma
from penlight.distributions.utils import broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import tensor
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["Gamma"]


class Gamma(ExponentialFamily):
    """rate^a x^(a - 1) exp(-rate x) / Gamma(a), where a is the concentration."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        scalar = isinstance(concentration, Number) and isinstance(rate, Number)
        super().__init__(Size() if scalar else self.concentration.size(), validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: ((self.concentration - 1) / self.rate).clamp(min=0))
    variance = property(lambda self: self.concentration / self.rate.pow(2))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(Gamma, batch_shape, _instance, "concentration rate")

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        value = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=finfo(value.dtype).tiny)  # kept from 0 without a trace in the graph
        return value

    def log_prob(self, value: Tensor) -> Tensor:
        value = tensor(value, dtype=self.rate.dtype) if isinstance(value, Number) else value
        if self._validate_args:
            self._validate_sample(value)
        return (
            k.xlogy(self.concentration, self.rate)
            + k.xlogy(self.concentration - 1, value)
            - self.rate * value
            - k.lgamma(self.concentration)
        )

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        igamma = getattr(k, "igamma", None)
        if igamma is None:
            raise NotImplementedError(
                "penlight does not have torch.igamma yet, which the cdf of a gamma distribution is"
            )
        return igamma(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - k.log(self.rate) + k.lgamma(a) + (1.0 - a) * k.digamma(a)


__getattr__ = module_getattr(__name__)
