"""The generalised Pareto distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

from numbers import Number
from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import ones_like
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """Survival (1 + c (x - loc) / scale)^(-1 / c), c the concentration; exponential where c is 0."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        scalar = all(isinstance(v, Number) for v in (loc, scale, concentration))
        super().__init__(Size() if scalar else self.loc.size(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(GeneralizedPareto, batch_shape, _instance, "loc scale concentration")

    def _split(self) -> tuple[Tensor, Tensor]:
        """(whether c counts as 0, c with those replaced by 1)."""
        zero = k.isclose(self.concentration, self.concentration * 0)
        return zero, k.where(zero, ones_like(self.concentration), self.concentration)

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, c = self._split()
        return k.where(zero, -z, -(1 / c + ones_like(z)) * k.log1p(c * z)) - self.scale.log()

    def log_survival_function(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        zero, c = self._split()
        return k.where(zero, -z, -k.log1p(c * z) / c)

    def log_cdf(self, value: Tensor) -> Tensor:
        return k.log1p(-k.exp(self.log_survival_function(value)))

    def cdf(self, value: Tensor) -> Tensor:
        return k.exp(self.log_cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        log_rest = k.log1p(-value)
        zero, c = self._split()
        return k.where(zero, self.loc - self.scale * log_rest, self.loc + self.scale / c * k.expm1(-c * log_rest))

    @property
    def mean(self) -> Tensor:
        finite = self.concentration < 1
        c = k.where(finite, self.concentration, 0.5)
        return k.where(finite, self.loc + self.scale / (1 - c), float("inf"))

    mode = property(lambda self: self.loc)

    @property
    def variance(self) -> Tensor:
        finite = self.concentration < 0.5
        c = k.where(finite, self.concentration, 0.25)
        return k.where(finite, self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c)), float("inf"))

    def entropy(self) -> Tensor:
        return k.log(self.scale) + self.concentration + 1

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        upper = k.where(self.concentration < 0, self.loc - self.scale / self.concentration, float("inf"))
        return constraints.interval(self.loc, upper)


__getattr__ = module_getattr(__name__)
