"""One-hot categories relaxed to the simplex, differentiable in their parameters.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.categorical import Categorical
from penlight.distributions.distribution import Distribution
from penlight.distributions.transformed_distribution import TransformedDistribution
from penlight.distributions.transforms import ExpTransform
from penlight.distributions.utils import broadcast_all, clamp_probs
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import full_like
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]

_CONSTRAINTS = {"probs": constraints.simplex, "logits": constraints.real_vector}


class ExpRelaxedCategorical(Distribution):
    """The logarithm of a relaxed one-hot vector: log softmax((logits + Gumbel noise) / temperature).

    Source: Maddison et al., 2017; Jang et al., 2017.
    """

    arg_constraints = _CONSTRAINTS
    support = constraints.real_vector  # in truth the logarithms of a simplex
    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits)
        self.temperature = temperature
        parameter = self._categorical.param_shape
        super().__init__(self._categorical.batch_shape, parameter[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(ExpRelaxedCategorical, batch_shape, _instance, "")
        new.temperature = self.temperature
        new._categorical = self._categorical.expand(batch_shape)
        return new

    param_shape = property(lambda self: self._categorical.param_shape)
    logits = property(lambda self: self._categorical.logits)
    probs = property(lambda self: self._categorical.probs)

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        u = clamp_probs(rand(shape, dtype=self.logits.dtype))
        gumbel = -((-(u.log())).log())
        scores = (self.logits + gumbel) / self.temperature
        return scores - scores.logsumexp(dim=-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        classes = self._categorical._num_events
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        scale = full_like(self.temperature, float(classes)).lgamma() - self.temperature.log().mul(-(classes - 1))
        score = logits - value.mul(self.temperature)
        return (score - score.logsumexp(dim=-1, keepdim=True)).sum(-1) + scale


class RelaxedOneHotCategorical(TransformedDistribution):
    """A point of the simplex, near a corner for a small temperature."""

    arg_constraints = _CONSTRAINTS
    support = constraints.simplex
    has_rsample = True
    base_dist: ExpRelaxedCategorical

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return super().expand(batch_shape, _instance=self._get_checked_instance(RelaxedOneHotCategorical, _instance))

    temperature = property(lambda self: self.base_dist.temperature)
    logits = property(lambda self: self.base_dist.logits)
    probs = property(lambda self: self.base_dist.probs)


__getattr__ = module_getattr(__name__)
