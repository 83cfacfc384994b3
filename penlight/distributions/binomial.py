"""The binomial distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#binomial
"""

from __future__ import annotations

from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import ChanceOrLogit, broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import binomial
from penlight.tensor.ranges import arange
from penlight.tensor.tensor import Tensor

__all__ = ["Binomial"]


def _clamp_by_zero(x: Tensor) -> Tensor:
    """max(x, 0), with gradient 1/2 at 0."""
    return (x.clamp(min=0) + x - x.clamp(max=0)) / 2


class Binomial(ChanceOrLogit, Distribution):
    """Successes among `total_count` trials."""

    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        self.total_count, self._param = broadcast_all(total_count, logits if probs is None else probs)
        self.total_count = self.total_count.type_as(self._param)
        setattr(self, "logits" if probs is None else "probs", self._param)
        super().__init__(self._param.size(), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self.total_count)

    mean = property(lambda self: self.total_count * self.probs)
    mode = property(lambda self: ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count))
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    param_shape = property(lambda self: self._param.size())

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(Binomial, batch_shape, _instance, "total_count probs logits")
        new._param = new.probs if "probs" in new.__dict__ else new.logits
        return new

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        # log(n! / (x! (n - x)!)) + x logits - n log(1 + exp(logits)), the last without overflow
        n = self.total_count
        normalizer = n * _clamp_by_zero(self.logits) + n * k.log1p(k.exp(-k.abs(self.logits))) - k.lgamma(n + 1)
        return value * self.logits - k.lgamma(value + 1) - k.lgamma(n - value + 1) - normalizer

    def entropy(self) -> Tensor:
        total_count = int(self.total_count.max())
        if not self.total_count.min() == total_count:
            raise NotImplementedError("Inhomogeneous total count not supported by `entropy`.")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(k.exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        total_count = int(self.total_count.max())
        if not self.total_count.min() == total_count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        values = arange(1 + total_count, dtype=self._param.dtype).view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


__getattr__ = module_getattr(__name__)
