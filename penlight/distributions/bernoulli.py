"""The Bernoulli distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#bernoulli
"""

from __future__ import annotations

from numbers import Number
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.utils import ChanceOrLogit, broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import bernoulli
from penlight.tensor.ranges import arange
from penlight.tensor.tensor import Tensor

__all__ = ["Bernoulli"]


class Bernoulli(ChanceOrLogit, ExponentialFamily):
    """1 with probability `probs`, else 0; given as `probs` or as `logits`.

    >>> import penlight as torch
    >>> torch.distributions.Bernoulli(torch.tensor([0.2])).logits
    tensor([-1.3863])
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given = logits if probs is None else probs
        (self._param,) = broadcast_all(given)
        setattr(self, "logits" if probs is None else "probs", self._param)
        super().__init__(Size() if isinstance(given, Number) else self._param.size(), validate_args=validate_args)

    mean = property(lambda self: self.probs)
    variance = property(lambda self: self.probs * (1 - self.probs))
    param_shape = property(lambda self: self._param.size())

    @property
    def mode(self) -> Tensor:
        mode = (self.probs >= 0.5).to(self.probs.dtype)
        mode[self.probs == 0.5] = float("nan")
        return mode

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(Bernoulli, batch_shape, _instance, "probs logits")
        new._param = new.probs if "probs" in new.__dict__ else new.logits
        return new

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -k.binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return k.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(2, dtype=self._param.dtype).view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


__getattr__ = module_getattr(__name__)
