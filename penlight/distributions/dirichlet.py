"""The Dirichlet distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#dirichlet
"""

from __future__ import annotations

from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.gamma_sampling import sample_dirichlet
from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["Dirichlet"]


class Dirichlet(ExponentialFamily):
    """prod x_i^(a_i - 1) / B(a) over vectors that sum to 1. Shape: (..., C).

    The gradient of `rsample` is exact; PyTorch's is right to about 0.1 %.
    """

    arg_constraints = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    mean = property(lambda self: self.concentration / self.concentration.sum(-1, True))

    @property
    def mode(self) -> Tensor:
        above = (self.concentration - 1).clamp(min=0.0)
        mode = above / above.sum(-1, True)
        flat = (self.concentration < 1).all(dim=-1)
        largest = mode[flat].argmax(dim=-1)
        rows = mode[flat] * 0
        rows = rows.nan_to_num().scatter(-1, largest.unsqueeze(-1), 1.0)
        mode[flat] = rows
        return mode

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(Dirichlet, batch_shape, _instance, "concentration", tail=1)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return sample_dirichlet(self.concentration.expand(self._extended_shape(Size(sample_shape))))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return k.xlogy(a - 1.0, value).sum(-1) + k.lgamma(a.sum(-1)) - k.lgamma(a).sum(-1)

    def entropy(self) -> Tensor:
        a = self.concentration
        n, total = a.size(-1), a.sum(-1)
        return (
            k.lgamma(a).sum(-1) - k.lgamma(total) - (n - total) * k.digamma(total) - ((a - 1.0) * k.digamma(a)).sum(-1)
        )


__getattr__ = module_getattr(__name__)
