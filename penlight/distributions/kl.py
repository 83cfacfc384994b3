"""`kl_divergence`: KL(p || q) = E_p[log p - log q], by the pair of classes.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from penlight.distributions.bernoulli import Bernoulli
from penlight.distributions.beta import Beta
from penlight.distributions.binomial import Binomial
from penlight.distributions.categorical import Categorical
from penlight.distributions.cauchy import Cauchy
from penlight.distributions.dirichlet import Dirichlet
from penlight.distributions.distribution import Distribution
from penlight.distributions.exponential import Exponential
from penlight.distributions.gamma import Gamma
from penlight.distributions.geometric import Geometric
from penlight.distributions.half_cauchy import HalfCauchy
from penlight.distributions.half_normal import HalfNormal
from penlight.distributions.independent import Independent
from penlight.distributions.laplace import Laplace
from penlight.distributions.log_normal import LogNormal
from penlight.distributions.multivariate_normal import MultivariateNormal, _batch_mahalanobis
from penlight.distributions.normal import Normal
from penlight.distributions.one_hot_categorical import OneHotCategorical
from penlight.distributions.poisson import Poisson
from penlight.distributions.transformed_distribution import TransformedDistribution
from penlight.distributions.uniform import Uniform
from penlight.distributions.utils import euler_constant, sum_rightmost
from penlight.ledger.missing import module_getattr
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__ = ["kl_divergence", "register_kl"]

_REGISTRY: dict[tuple[type, type], Callable] = {}
_found: dict[tuple[type, type], Callable] = {}


def register_kl(type_p: type, type_q: type) -> Callable:
    """Decorate a function of (p, q) that computes the divergence of two classes and their subclasses.

    As in PyTorch, the classes need not derive from Distribution: other families can be registered too.
    """
    for name, cls in (("type_p", type_p), ("type_q", type_q)):
        if not isinstance(cls, type):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {cls}")

    def decorator(function: Callable) -> Callable:
        _REGISTRY[type_p, type_q] = function
        _found.clear()
        return function

    return decorator


def _distance(cls: type, base: type) -> int:
    """How far above `cls` a class stands; one that only says it does comes last."""
    return cls.__mro__.index(base) if base in cls.__mro__ else len(cls.__mro__)


def _dispatch(type_p: type, type_q: type) -> Callable | None:
    """The function of the nearest pair of classes: the distance along p's bases counts first."""
    best, best_rank = None, (math.inf, math.inf)
    for (p, q), function in _REGISTRY.items():
        if issubclass(type_p, p) and issubclass(type_q, q):
            rank = (_distance(type_p, p), _distance(type_q, q))
            if rank < best_rank:
                best, best_rank = function, rank
    return best


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p || q). Shape: the batch shape.

    Raises: NotImplementedError for a pair of classes without a formula.

    >>> import penlight as torch
    >>> N = torch.distributions.Normal
    >>> torch.distributions.kl_divergence(N(0.0, 1.0), N(1.0, 1.0))
    tensor(0.5000)
    """
    pair = type(p), type(q)
    function = _found.get(pair)
    if function is None:
        function = _dispatch(*pair)
        if function is None:
            raise NotImplementedError(
                f"No KL(p || q) is implemented for p type {p.__class__.__name__} and q type {q.__class__.__name__}"
            )
        _found[pair] = function
    return function(p, q)


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Any, q: Any) -> Tensor:
    t1 = p.probs * (k.softplus(-q.logits) - k.softplus(-p.logits))
    t1 = k.where(q.probs == 0, math.inf, t1)
    t1 = k.where(p.probs == 0, 0.0, t1)
    t2 = (1 - p.probs) * (k.softplus(q.logits) - k.softplus(p.logits))
    t2 = k.where(q.probs == 1, math.inf, t2)
    return t1 + k.where(p.probs == 1, 0.0, t2)


@register_kl(Binomial, Binomial)
def _binomial(p: Any, q: Any) -> Tensor:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    divergence = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    return k.where(p.total_count > q.total_count, math.inf, divergence)


@register_kl(Categorical, Categorical)
def _categorical(p: Any, q: Any) -> Tensor:
    t = p.probs * (p.logits - q.logits)
    t = k.where((q.probs == 0).expand_as(t), math.inf, t)
    return k.where((p.probs == 0).expand_as(t), 0.0, t).sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: Any, q: Any) -> Tensor:
    return _categorical(p._categorical, q._categorical)


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale).pow(2)
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - ratio.log())


@register_kl(LogNormal, LogNormal)
@register_kl(HalfNormal, HalfNormal)
def _through_base(p: Any, q: Any) -> Tensor:
    return _normal(p.base_dist, q.base_dist)


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Any, q: Any) -> Tensor:
    # Source: F. Chyzak, F. Nielsen, A closed-form formula for the KL divergence between Cauchy distributions, 2019.
    t1 = ((p.scale + q.scale).pow(2) + (p.loc - q.loc).pow(2)).log()
    return t1 - (4 * p.scale * q.scale).log()


@register_kl(HalfCauchy, HalfCauchy)
def _half_cauchy(p: Any, q: Any) -> Tensor:
    return _cauchy(p.base_dist, q.base_dist)


@register_kl(Geometric, Geometric)
def _geometric(p: Any, q: Any) -> Tensor:
    return -p.entropy() - k.log1p(-q.probs) / p.probs - q.logits


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Tensor:
    result = ((q.high - q.low) / (p.high - p.low)).log()
    return k.where((q.low > p.low) | (q.high < p.high), math.inf, result)


@register_kl(Exponential, Exponential)
def _exponential(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    return -ratio.log() + ratio - 1


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Tensor:
    ratio, distance = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + distance / q.scale + ratio * k.exp(-distance / p.scale) - 1


@register_kl(Poisson, Poisson)
def _poisson(p: Any, q: Any) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Gamma, Gamma)
def _gamma(p: Any, q: Any) -> Tensor:
    return (
        q.concentration * (p.rate / q.rate).log()
        + k.lgamma(q.concentration)
        - k.lgamma(p.concentration)
        + (p.concentration - q.concentration) * k.digamma(p.concentration)
        + (q.rate - p.rate) * (p.concentration / p.rate)
    )


@register_kl(Exponential, Gamma)
def _exponential_gamma(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    t = -q.concentration * k.log(ratio)
    return t + ratio + q.concentration.lgamma() + q.concentration * euler_constant - (1 + euler_constant)


@register_kl(Beta, Beta)
def _beta(p: Any, q: Any) -> Tensor:
    p_sum, q_sum = p.concentration1 + p.concentration0, q.concentration1 + q.concentration0
    t1 = q.concentration1.lgamma() + q.concentration0.lgamma() + p_sum.lgamma()
    t2 = p.concentration1.lgamma() + p.concentration0.lgamma() + q_sum.lgamma()
    t3 = (p.concentration1 - q.concentration1) * k.digamma(p.concentration1)
    t4 = (p.concentration0 - q.concentration0) * k.digamma(p.concentration0)
    return t1 - t2 + t3 + t4 + (q_sum - p_sum) * k.digamma(p_sum)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Any, q: Any) -> Tensor:
    p_sum, q_sum = p.concentration.sum(-1), q.concentration.sum(-1)
    t1 = p_sum.lgamma() - q_sum.lgamma()
    t2 = (p.concentration.lgamma() - q.concentration.lgamma()).sum(-1)
    t3 = p.concentration - q.concentration
    t4 = p.concentration.digamma() - p_sum.digamma().unsqueeze(-1)
    return t1 - t2 + (t3 * t4).sum(-1)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        )
    p_factor, q_factor = p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril
    half_log = q_factor.diagonal(dim1=-2, dim2=-1).log().sum(-1) - p_factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    shape = k.broadcast_shapes(p_factor.shape[:-2], q_factor.shape[:-2])
    n = p.event_shape[0]
    # tr(Sq^-1 Sp) = |Lq^-1 Lp|^2
    solved = k.linalg_solve_triangular(q_factor.expand((*shape, n, n)), p_factor.expand((*shape, n, n)), upper=False)
    return half_log + 0.5 * (solved.pow(2).sum((-2, -1)) + _batch_mahalanobis(q_factor, q.loc - p.loc) - n)


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: Any, q: Any) -> Tensor:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError
    return kl_divergence(p.base_dist, q.base_dist)


__getattr__ = module_getattr(__name__)
