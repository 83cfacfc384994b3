"""The half-Cauchy distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#halfcauchy
"""

from __future__ import annotations

import math
from typing import Any

from penlight.distributions import constraints
from penlight.distributions.cauchy import Cauchy
from penlight.distributions.transformed_distribution import TransformedDistribution
from penlight.distributions.transforms import AbsTransform
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import full, zeros_like
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["HalfCauchy"]


class HalfCauchy(TransformedDistribution):
    """|x| for x of Cauchy(0, scale)."""

    arg_constraints = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    base_dist: Cauchy

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return super().expand(batch_shape, _instance=self._get_checked_instance(HalfCauchy, _instance))

    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: full(self._extended_shape(), math.inf, dtype=self.scale.dtype))
    mode = property(lambda self: zeros_like(self.scale))
    variance = property(lambda self: self.base_dist.variance)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        log_prob = self.base_dist.log_prob(value) + math.log(2)
        return k.where(value >= 0, log_prob, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, prob: Tensor) -> Tensor:
        return self.base_dist.icdf((prob + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)


__getattr__ = module_getattr(__name__)
