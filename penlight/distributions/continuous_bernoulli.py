"""The continuous Bernoulli distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.utils import ChanceOrLogit, broadcast_all, clamp_probs, lazy_property, logits_to_probs
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import ones_like
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(ChanceOrLogit, ExponentialFamily):
    """C(p) p^x (1 - p)^(1 - x) on [0, 1]. Source: Loaiza-Ganem and Cunningham, 2019.

    Args: lims: between these probabilities, where the formulas lose all digits, Taylor series at 1/2 are used.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    _mean_carrier_measure = 0
    has_rsample = True

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        scalar = isinstance(probs if logits is None else logits, Number)
        if probs is not None:
            (self.probs,) = broadcast_all(probs)
            if validate_args is not None and not self.arg_constraints["probs"].check(self.probs).all():
                raise ValueError("The parameter probs has invalid values")
            self.probs = clamp_probs(self.probs)
        else:
            (self.logits,) = broadcast_all(logits)
        self._param = self.probs if logits is None else self.logits
        self._lims = lims
        super().__init__(Size() if scalar else self._param.size(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(ContinuousBernoulli, batch_shape, _instance, "probs logits")
        new._lims = self._lims
        new._param = new.__dict__["probs" if "probs" in new.__dict__ else "logits"]
        return new

    def _stable(self) -> Tensor:
        return k.logical_or(self.probs <= self._lims[0], self.probs > self._lims[1])

    def _cut_probs(self) -> Tensor:
        """The probabilities, moved to an edge of the unstable region where they are inside."""
        return k.where(self._stable(), self.probs, self._lims[0] * ones_like(self.probs))

    def _log_normaliser(self) -> Tensor:
        cut = self._cut_probs()
        below = k.where(cut <= 0.5, cut, cut * 0)
        above = k.where(cut >= 0.5, cut, ones_like(cut))
        exact = k.log(k.abs(k.log1p(-cut) - k.log(cut))) - k.where(
            cut <= 0.5, k.log1p(-2.0 * below), k.log(2.0 * above - 1.0)
        )
        x = k.pow(self.probs - 0.5, 2)
        series = math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x
        return k.where(self._stable(), exact, series)

    @property
    def mean(self) -> Tensor:
        cut = self._cut_probs()
        exact = cut / (2.0 * cut - 1.0) + 1.0 / (k.log1p(-cut) - k.log(cut))
        x = self.probs - 0.5
        return k.where(self._stable(), exact, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * k.pow(x, 2)) * x)

    stddev = property(lambda self: k.sqrt(self.variance))

    @property
    def variance(self) -> Tensor:
        cut = self._cut_probs()
        exact = cut * (cut - 1.0) / k.pow(1.0 - 2.0 * cut, 2) + 1.0 / k.pow(k.log1p(-cut) - k.log(cut), 2)
        x = k.pow(self.probs - 0.5, 2)
        return k.where(self._stable(), exact, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    @lazy_property
    def probs(self) -> Tensor:
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    @property
    def param_shape(self) -> Size:
        return self._param.size()

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -k.softplus(logits) + value * logits + self._log_normaliser()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        cut = self._cut_probs()
        exact = (k.pow(cut, value) * k.pow(1.0 - cut, 1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        inside = k.where(self._stable(), exact, value)
        return k.where(value <= 0.0, inside * 0, k.where(value >= 1.0, ones_like(inside), inside))

    def icdf(self, value: Tensor) -> Tensor:
        cut = self._cut_probs()
        exact = (k.log1p(-cut + value * (2.0 * cut - 1.0)) - k.log1p(-cut)) / (k.log(cut) - k.log1p(-cut))
        return k.where(self._stable(), exact, value)

    def entropy(self) -> Tensor:
        log0, log1 = k.log1p(-self.probs), k.log(self.probs)
        return self.mean * (log0 - log1) - self._log_normaliser() - log0

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, x: Tensor) -> Tensor:
        low, high = self._lims[0] - 0.5, self._lims[1] - 0.5
        stable = k.logical_or(x <= low, x > high)
        cut = k.where(stable, x, low * ones_like(x))
        exact = k.log(k.abs(k.expm1(cut))) - k.log(k.abs(cut))
        return k.where(stable, exact, 0.5 * x + k.pow(x, 2) / 24.0 - k.pow(x, 4) / 2880.0)


__getattr__ = module_getattr(__name__)
