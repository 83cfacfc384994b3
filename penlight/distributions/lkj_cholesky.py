"""Cholesky factors of random correlation matrices.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

from penlight.base.size import Size
from penlight.base.typeinfo import finfo
from penlight.distributions import constraints
from penlight.distributions.beta import Beta
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import broadcast_all
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import zeros
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import randn
from penlight.tensor.ranges import arange
from penlight.tensor.tensor import Tensor

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """L of a correlation matrix M = L L^T whose density is proportional to det(M)^(concentration - 1).

    Sampling is the onion method of Lewandowski, Kurowicka and Joe (2009), section 3.2. Shape: events (dim, dim).
    With the same numbers as PyTorch come PyTorch's odds: for dim > 2 it draws the squared length of row i (from 0) as
    Beta(i - 1/2, b) where the paper has Beta(i/2, b), so later rows come out too long; `log_prob` is the paper's.
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        super().__init__(self.concentration.size(), Size((dim, dim)), validate_args)
        # the squared length of row i's part off the diagonal
        marginal = self.concentration + 0.5 * (dim - 2)
        offset = arange(dim - 1, dtype=self.concentration.dtype)
        offset = k.cat([zeros(1, dtype=offset.dtype), offset])
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(LKJCholesky, batch_shape, _instance, "concentration")
        new.dim = self.dim
        new._beta = self._beta.expand((*Size(batch_shape), self.dim))
        return new

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        squared = self._beta.sample(sample_shape).unsqueeze(-1)
        normal = randn(self._extended_shape(sample_shape), dtype=squared.dtype).tril(-1)
        direction = normal / normal.norm(dim=-1, keepdim=True)
        direction[..., 0, :].fill_(0.0)  # the first row has nothing off the diagonal
        w = k.sqrt(squared) * direction
        diagonal = k.clamp(1 - k.sum(w**2, dim=-1), min=finfo(w.dtype).tiny).sqrt()
        w += k.diag_embed(diagonal)
        return w

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        order = arange(2, self.dim + 1)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - order
        unnormalised = k.sum(order * diagonal.log(), dim=-1)
        n = self.dim - 1
        alpha = self.concentration + 0.5 * n
        normaliser = 0.5 * n * math.log(math.pi) + k.mvlgamma(alpha - 0.5, n) - k.lgamma(alpha) * n
        return unnormalised - normaliser


__getattr__ = module_getattr(__name__)
