"""Student's t distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#studentt
"""

from __future__ import annotations

import math
from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.chi2 import Chi2
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import broadcast_all, standard_normal
from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["StudentT"]


class StudentT(Distribution):
    """loc + scale times Student's t with `df` degrees of freedom."""

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.size(), validate_args=validate_args)

    mode = property(lambda self: self.loc)

    @property
    def mean(self) -> Tensor:
        mean = self.loc.clone()
        mean[self.df <= 1] = math.nan
        return mean

    @property
    def variance(self) -> Tensor:
        variance = self.df.clone()
        finite = self.df > 2
        variance[finite] = self.scale[finite].pow(2) * self.df[finite] / (self.df[finite] - 2)
        variance[(self.df <= 2) & (self.df > 1)] = math.inf
        variance[self.df <= 1] = math.nan
        return variance

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(StudentT, batch_shape, _instance, "df loc scale")
        new._chi2 = self._chi2.expand(batch_shape)
        return new

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        x = standard_normal(self._extended_shape(sample_shape), self.df.dtype)
        z = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (x * k.rsqrt(z / self.df))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        normalizer = (
            self.scale.log()
            + 0.5 * self.df.log()
            + 0.5 * math.log(math.pi)
            + k.lgamma(0.5 * self.df)
            - k.lgamma(0.5 * (self.df + 1.0))
        )
        return -0.5 * (self.df + 1.0) * k.log1p(y**2.0 / self.df) - normalizer

    def entropy(self) -> Tensor:
        half, halves = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = k.lgamma(half) + math.lgamma(0.5) - k.lgamma(halves)
        return self.scale.log() + halves * (k.digamma(halves) - k.digamma(half)) + 0.5 * self.df.log() + log_beta


__getattr__ = module_getattr(__name__)
