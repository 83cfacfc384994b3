"""The negative binomial distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.gamma import Gamma
from penlight.distributions.utils import ChanceOrLogit, broadcast_all, lazy_property
from penlight.ledger.missing import module_getattr
from penlight.nn.functional import logsigmoid
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import poisson
from penlight.tensor.tensor import Tensor

__all__ = ["NegativeBinomial"]


class NegativeBinomial(ChanceOrLogit, Distribution):
    """How many successes of chance `probs` come before `total_count` failures."""

    arg_constraints = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        if probs is not None:
            self.total_count, self.probs = broadcast_all(total_count, probs)
            given = self.probs
        else:
            self.total_count, self.logits = broadcast_all(total_count, logits)
            given = self.logits
        self.total_count = self.total_count.type_as(given)
        self._param = given
        super().__init__(given.size(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(NegativeBinomial, batch_shape, _instance, "total_count probs logits")
        new._param = new.__dict__["probs" if "probs" in new.__dict__ else "logits"]
        return new

    def _new(self, *args: Any, **kwargs: Any) -> Tensor:
        return self._param.new(*args, **kwargs)

    mean = property(lambda self: self.total_count * k.exp(self.logits))
    mode = property(lambda self: ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0))
    variance = property(lambda self: self.mean / k.sigmoid(-self.logits))

    @property
    def param_shape(self) -> Size:
        return self._param.size()

    @lazy_property
    def _gamma(self) -> Gamma:
        return Gamma(concentration=self.total_count, rate=k.exp(-self.logits), validate_args=False)

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        with no_grad():
            return poisson(self._gamma.sample(sample_shape=sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        unnormalised = self.total_count * logsigmoid(-self.logits) + value * logsigmoid(self.logits)
        total = self.total_count + value
        normaliser = -k.lgamma(total) + k.lgamma(1.0 + value) + k.lgamma(self.total_count)
        normaliser = normaliser.masked_fill(total == 0.0, 0.0)  # no failure asked for: 0 for sure
        return unnormalised - normaliser


__getattr__ = module_getattr(__name__)
