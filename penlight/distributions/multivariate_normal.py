"""The multivariate normal distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#multivariatenormal
"""

from __future__ import annotations

import math
from typing import Any

from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import lazy_property, standard_normal
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import eye
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["MultivariateNormal"]


def _batch_mv(matrix: Tensor, vector: Tensor) -> Tensor:
    """Matrix times vector. Shape: (..., N, N), (..., N) -> (..., N)."""
    return k.matmul(matrix, vector.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(factor: Tensor, difference: Tensor) -> Tensor:
    """d^T (L L^T)^-1 d = |L^-1 d|^2. Shape: (..., N, N), (..., N) -> (...)."""
    solved = k.linalg_solve_triangular(factor, difference.unsqueeze(-1), upper=False)
    return solved.pow(2).sum((-2, -1))


def _precision_to_scale_tril(precision: Tensor) -> Tensor:
    """L with L L^T = P^-1, by P reversed = C C^T, L = inverse of C reversed and transposed."""
    factor = k.linalg_cholesky(k.flip(precision, (-2, -1)))
    inverse_transposed = k.flip(factor, (-2, -1)).mT
    identity = eye(precision.shape[-1], dtype=precision.dtype)
    return k.linalg_solve_triangular(inverse_transposed, identity, upper=False)


class CholeskyGiven:
    """The three forms of a matrix of which the Cholesky factor is held, expanded over the batch."""

    _batch_shape: Size
    _event_shape: Size
    _unbroadcasted_scale_tril: Tensor

    def _over_batch(self, matrix: Tensor) -> Tensor:
        n = self._event_shape[-1]
        return matrix.expand((*self._batch_shape, n, n))

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._over_batch(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        factor = self._unbroadcasted_scale_tril
        return self._over_batch(k.matmul(factor, factor.mT))

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return self._over_batch(k.cholesky_inverse(self._unbroadcasted_scale_tril))


class MultivariateNormal(CholeskyGiven, Distribution):
    """exp(-(x - loc)^T S^-1 (x - loc) / 2) / sqrt((2 pi)^N det S), S given as covariance, precision or Cholesky factor.

    Shape: loc (..., N), matrices (..., N, N).
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril}
        given = {name: value for name, value in given.items() if value is not None}
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        batch_shape = Size(k.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]))
        matrix = matrix.expand((*batch_shape, *matrix.shape[-2:]))
        setattr(self, name, matrix)
        self.loc = loc.expand((*batch_shape, loc.shape[-1]))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        if name == "scale_tril":
            self._unbroadcasted_scale_tril = scale_tril
        elif name == "covariance_matrix":
            self._unbroadcasted_scale_tril = k.linalg_cholesky(covariance_matrix)
        else:
            self._unbroadcasted_scale_tril = _precision_to_scale_tril(precision_matrix)

    mean = property(lambda self: self.loc)
    mode = property(lambda self: self.loc)

    @property
    def variance(self) -> Tensor:
        return self._unbroadcasted_scale_tril.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(MultivariateNormal, batch_shape, _instance, "")
        new.loc = self.loc.expand((*new._batch_shape, *self._event_shape))
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        for name in ("covariance_matrix", "scale_tril", "precision_matrix"):
            if name in self.__dict__:
                setattr(new, name, new._over_batch(self.__dict__[name]))
        return new

    def rsample(self, sample_shape: Any = Size()) -> Tensor:
        drawn = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, drawn)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        distance = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        half_log_det = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - half_log_det

    def entropy(self) -> Tensor:
        half_log_det = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        entropy = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + half_log_det
        return entropy if len(self._batch_shape) == 0 else entropy.expand(self._batch_shape)


__getattr__ = module_getattr(__name__)
