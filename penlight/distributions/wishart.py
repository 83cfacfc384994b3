"""The Wishart distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
import warnings
from numbers import Number
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.size import Size
from penlight.base.typeinfo import finfo
from penlight.distributions import constraints
from penlight.distributions.chi2 import Chi2
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.multivariate_normal import CholeskyGiven, _precision_to_scale_tril
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import tensor
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import randn
from penlight.tensor.ranges import arange
from penlight.tensor.tensor import Tensor

__all__ = ["Wishart"]

_MATRICES = ("covariance_matrix", "precision_matrix", "scale_tril")


def _mvdigamma(x: Tensor, p: int) -> Tensor:
    return k.digamma(x.unsqueeze(-1) - arange(p, dtype=x.dtype).div(2)).sum(-1)


class Wishart(CholeskyGiven, ExponentialFamily):
    """The sum of df outer products of normal vectors with the given covariance (or its inverse, or Cholesky factor).

    Sampling is Bartlett's decomposition (Sawyer, 2007). Shape: df (...), matrices (..., N, N).
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(
        self,
        df: Any,
        covariance_matrix: Any = None,
        precision_matrix: Any = None,
        scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:
        given = dict(zip(_MATRICES, (covariance_matrix, precision_matrix, scale_tril)))
        if sum(m is not None for m in given.values()) != 1:
            raise AssertionError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        name, matrix = next((n, m) for n, m in given.items() if m is not None)
        if matrix.dim() < 2:
            raise ValueError("scale_tril must be at least two-dimensional, with optional leading batch dimensions")
        if isinstance(df, Number):
            batch_shape = Size(matrix.shape[:-2])
            self.df = tensor(df, dtype=matrix.dtype)
        else:
            batch_shape = k.broadcast_shapes(matrix.shape[:-2], df.shape)
            self.df = df.expand(batch_shape)
        event_shape = matrix.shape[-2:]
        if self.df.le(event_shape[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event_shape[-1] - 1}.")
        setattr(self, name, matrix.expand((*batch_shape, -1, -1)))
        super().__init__(batch_shape, event_shape, validate_args=validate_args)
        if self.df.lt(event_shape[-1]).any():
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        if name == "scale_tril":
            self._unbroadcasted_scale_tril = scale_tril
        elif name == "covariance_matrix":
            self._unbroadcasted_scale_tril = k.linalg_cholesky(covariance_matrix)
        else:
            self._unbroadcasted_scale_tril = _precision_to_scale_tril(precision_matrix)
        self._dist_chi2 = self._chi2(batch_shape)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self._event_shape[-1] - 1),
        }

    def _chi2(self, batch_shape: Any) -> Chi2:
        n = self._event_shape[-1]
        steps = arange(n, dtype=self._unbroadcasted_scale_tril.dtype).expand((*batch_shape, n))
        return Chi2(df=self.df.unsqueeze(-1) - steps)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._get_checked_instance(Wishart, _instance)
        shape = Size(batch_shape)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        new.df = self.df.expand(shape)
        for name in _MATRICES:
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand((*shape, *self.event_shape)))
        ExponentialFamily.__init__(new, shape, self.event_shape, validate_args=False)
        new._dist_chi2 = new._chi2(shape)
        new._validate_args = self._validate_args
        return new

    @property
    def mean(self) -> Tensor:
        return self.df.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self.covariance_matrix.shape[-1] - 1
        factor = factor.masked_fill(factor <= 0, float("nan"))
        return factor.view((*self._batch_shape, 1, 1)) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        return self.df.view((*self._batch_shape, 1, 1)) * (v.pow(2) + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def _bartlett(self, sample_shape: Size) -> Tensor:
        p = self._event_shape[-1]
        noise = self._dist_chi2.rsample(sample_shape).clamp_min(finfo(self.df.dtype).tiny).sqrt().diag_embed()
        i, j = k.tril_indices(p, p, -1)
        noise[..., i, j] = randn((*sample_shape, *self._batch_shape, p * (p - 1) // 2), dtype=noise.dtype)
        factor = k.matmul(self._unbroadcasted_scale_tril, noise)
        return k.matmul(factor, factor.mT)

    def rsample(self, sample_shape: Any = Size(), max_try_correction: int | None = None) -> Tensor:
        tries = (3 if len(self._batch_shape) > 0 else 10) if max_try_correction is None else max_try_correction
        shape = Size(sample_shape)
        drawn = self._bartlett(shape)
        # PyTorch's first check is the wrong way round: it draws every valid sample once more. So the same numbers are
        # reached by the same draws.
        again = ~self._singular(drawn)
        for _ in range(tries):
            if not again.any():
                break
            fresh = self._bartlett(again[again].shape)
            drawn = drawn.clone()
            drawn[again] = fresh
            still = again.clone()
            still[again] = self._singular(fresh)
            again = still
        if again.any():
            warnings.warn("Singular sample detected.", stacklevel=2)
        return drawn

    def _singular(self, drawn: Tensor) -> Tensor:
        """Whether a sample is not positive definite anywhere in the batch. Shape: the sample shape."""
        with no_grad():
            bad = ~constraints.positive_definite.check(drawn)
            batch = len(self._batch_shape)
            return bad.flatten(bad.dim() - batch).any(-1) if batch else bad

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        nu, p = self.df, self._event_shape[-1]
        half_log_det = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        trace = k.cholesky_solve(value, self._unbroadcasted_scale_tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (
            -nu * (p * math.log(2) / 2 + half_log_det)
            - k.mvlgamma(nu / 2, p)
            + (nu - p - 1) / 2 * k.linalg_slogdet(value)[1]
            - trace / 2
        )

    def entropy(self) -> Tensor:
        nu, p = self.df, self._event_shape[-1]
        half_log_det = self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return (
            (p + 1) * (p * math.log(2) / 2 + half_log_det)
            + k.mvlgamma(nu / 2, p)
            - (nu - p - 1) / 2 * _mvdigamma(nu / 2, p)
            + nu * p / 2
        )

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x: Tensor, y: Tensor) -> Tensor:
        p = self._event_shape[-1]
        half_df = y + (p + 1) / 2
        return half_df * (p * math.log(2) - k.linalg_slogdet(-2 * x)[1]) + k.mvlgamma(half_df, p)


__getattr__ = module_getattr(__name__)
