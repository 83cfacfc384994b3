"""The multinomial distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#multinomial
"""

from __future__ import annotations

from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.binomial import Binomial
from penlight.distributions.categorical import Categorical
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import ones, tensor, zeros
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["Multinomial"]


class Multinomial(Distribution):
    """How often each class comes in `total_count` draws. Shape: (..., C)."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    total_count: int

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self._categorical.probs)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    probs = property(lambda self: self._categorical.probs)
    logits = property(lambda self: self._categorical.logits)
    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    param_shape = property(lambda self: self._categorical.param_shape)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        return constraints.multinomial(self.total_count)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        batch_shape = Size(batch_shape)
        new = self._expanded(Multinomial, batch_shape, _instance, "")
        new.total_count = self.total_count
        new._categorical = self._categorical.expand(batch_shape)
        new._binomial = self._binomial.expand((*batch_shape, *self.event_shape))
        return new

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        sample_shape = Size(sample_shape)
        drawn = self._categorical.sample((self.total_count, *sample_shape))
        drawn = drawn.permute([*range(1, drawn.dim()), 0])  # the draws last
        counts = zeros(self._extended_shape(sample_shape), dtype=self.probs.dtype)
        counts.scatter_add_(-1, drawn, ones(drawn.shape, dtype=counts.dtype))
        return counts

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = logits.clone()
        factorial_n = k.lgamma(value.sum(-1) + 1)
        factorials = k.lgamma(value + 1).sum(-1)
        logits[(value == 0) & (logits == -float("inf"))] = 0
        return factorial_n - factorials + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        n = tensor(self.total_count)
        support = self._binomial.enumerate_support(expand=False)[1:]
        probabilities = k.exp(self._binomial.log_prob(support))
        weighted = (probabilities * k.lgamma(support + 1)).sum((0, -1))
        return n * self._categorical.entropy() - k.lgamma(n + 1) + weighted


__getattr__ = module_getattr(__name__)
