"""Kullback-Leibler divergences between different families, of heavy-tailed ones, and of any one exponential family.

Each is the integral of p log(p / q): minus p's entropy, minus the mean under p of log q. It is infinite where p can give
what q cannot.
"""

from __future__ import annotations

import math
from typing import Any

from penlight.autograd import grad
from penlight.distributions.bernoulli import Bernoulli
from penlight.distributions.beta import Beta
from penlight.distributions.binomial import Binomial
from penlight.distributions.continuous_bernoulli import ContinuousBernoulli
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.exponential import Exponential
from penlight.distributions.gamma import Gamma
from penlight.distributions.gumbel import Gumbel
from penlight.distributions.kl import register_kl
from penlight.distributions.laplace import Laplace
from penlight.distributions.lowrank_multivariate_normal import (
    LowRankMultivariateNormal,
    low_rank_log_det,
    low_rank_mahalanobis,
)
from penlight.distributions.multivariate_normal import MultivariateNormal, _batch_mahalanobis
from penlight.distributions.normal import Normal
from penlight.distributions.pareto import Pareto
from penlight.distributions.poisson import Poisson
from penlight.distributions.uniform import Uniform
from penlight.distributions.utils import euler_constant, sum_rightmost
from penlight.tensor.create import full_like
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.tensor import Tensor

__all__: list[str] = []

_INFINITE = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gamma: (Beta, ContinuousBernoulli, Pareto, Uniform),
    Gumbel: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Laplace: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Normal: (Beta, ContinuousBernoulli, Exponential, Gamma, Pareto, Uniform),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}


def _infinite(p: Any, q: Any) -> Tensor:
    return full_like(p.mean, math.inf)


for _p, _qs in _INFINITE.items():
    for _q in _qs:
        register_kl(_p, _q)(_infinite)


def _unless(impossible: Tensor, value: Tensor) -> Tensor:
    return k.where(impossible, math.inf, value)


def _x_log_x(x: Tensor) -> Tensor:
    return k.xlogy(x, x)


def _normal_tail(second: Tensor, first: Tensor, q: Any) -> Tensor:
    """E[(x - loc)^2] / (2 scale^2) from E[x^2] and E[x]."""
    return (second - 2 * q.loc * first + q.loc.pow(2)) / (2 * q.scale.pow(2))


def _log_normal_constant(q: Any) -> Tensor:
    return 0.5 * math.log(2 * math.pi) + q.scale.log()


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_family(p: Any, q: Any) -> Tensor:
    """The Bregman divergence of the log normaliser. Source: Nielsen and Nock, 2010."""
    if type(p) is not type(q):
        raise NotImplementedError(
            "The cross KL-divergence between different exponential families cannot be computed using Bregman divergences"
        )
    of_p = [n.detach().requires_grad_() for n in p._natural_params]
    normaliser = p._log_normalizer(*of_p)
    slopes = grad(normaliser.sum(), of_p, create_graph=True)
    result = q._log_normalizer(*q._natural_params) - normaliser
    for mine, other, slope in zip(of_p, q._natural_params, slopes):
        result = result - sum_rightmost((other - mine) * slope, len(q.event_shape))
    return result


@register_kl(Bernoulli, Poisson)
def _bernoulli_poisson(p: Any, q: Any) -> Tensor:
    return -p.entropy() - (p.probs * q.rate.log() - q.rate)


# --- the continuous Bernoulli ----------------------------------------------------------------------------------------


def _cross_continuous_bernoulli(mean: Tensor, q: Any) -> Tensor:
    """-E[log q] for a p on [0, 1] of this mean."""
    return -mean * q.logits - k.log1p(-q.probs) - q._log_normaliser()


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli(p: Any, q: Any) -> Tensor:
    own = p._log_normaliser() + k.log1p(-p.probs)
    return p.mean * (p.logits - q.logits) + own - q._log_normaliser() - k.log1p(-q.probs)


@register_kl(Beta, ContinuousBernoulli)
def _beta_continuous_bernoulli(p: Any, q: Any) -> Tensor:
    return -p.entropy() + _cross_continuous_bernoulli(p.mean, q)


@register_kl(Uniform, ContinuousBernoulli)
def _uniform_continuous_bernoulli(p: Any, q: Any) -> Tensor:
    # as in PyTorch, infinite already where the edges meet
    outside = k.logical_or(p.high >= 1, p.low <= 0)
    return _unless(outside, -p.entropy() + _cross_continuous_bernoulli(p.mean, q))


@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Beta, Exponential)
def _unit_exponential(p: Any, q: Any) -> Tensor:
    return -p.entropy() - q.rate.log() + q.rate * p.mean


@register_kl(ContinuousBernoulli, Normal)
@register_kl(Beta, Normal)
def _unit_normal(p: Any, q: Any) -> Tensor:
    return -p.entropy() + _log_normal_constant(q) + _normal_tail(p.variance + p.mean.pow(2), p.mean, q)


@register_kl(Beta, Uniform)
def _beta_uniform(p: Any, q: Any) -> Tensor:
    return _unless(k.logical_or(q.low > 0, q.high < 1), -p.entropy() + (q.high - q.low).log())


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_uniform(p: Any, q: Any) -> Tensor:
    # as in PyTorch, infinite already where the edges meet
    return _unless(k.logical_or(q.low >= 0, q.high <= 1), -p.entropy() + (q.high - q.low).log())


@register_kl(Beta, Gamma)
def _beta_gamma(p: Any, q: Any) -> Tensor:
    total = p.concentration1 + p.concentration0
    mean_log = p.concentration1.digamma() - total.digamma()
    return (
        -p.entropy()
        + q.concentration.lgamma()
        - q.concentration * q.rate.log()
        - (q.concentration - 1) * mean_log
        + q.rate * p.mean
    )


# --- the Gumbel distribution -----------------------------------------------------------------------------------------


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Any, q: Any) -> Tensor:
    ratio, shift = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return -ratio.log() + shift + ratio * euler_constant + k.exp((1 + ratio).lgamma() - shift) - (1 + euler_constant)


@register_kl(Gumbel, Normal)
def _gumbel_normal(p: Any, q: Any) -> Tensor:
    return -p.entropy() + _log_normal_constant(q) + _normal_tail(p.variance + p.mean.pow(2), p.mean, q)


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p: Any, q: Any) -> Tensor:
    product, shift = p.rate * q.scale, q.loc / q.scale
    return product.log() - 1 - shift + shift.exp() * product / (product + 1) + product.reciprocal()


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p: Any, q: Any) -> Tensor:
    a, product, shift = p.concentration, p.rate * q.scale, q.loc / q.scale
    own = (a - 1) * a.digamma() - a.lgamma() - a
    return own + product.log() + a / product + shift.exp() * (1 + product.reciprocal()).pow(-a) - shift


@register_kl(Normal, Gumbel)
def _normal_gumbel(p: Any, q: Any) -> Tensor:
    shift, spread = (p.loc - q.loc) / q.scale, (p.scale / q.scale).pow(2)
    return -0.5 * spread.log() + shift + k.exp(-shift + 0.5 * spread) - 0.5 * (1 + math.log(2 * math.pi))


@register_kl(Uniform, Gumbel)
def _uniform_gumbel(p: Any, q: Any) -> Tensor:
    density = q.scale / (p.high - p.low)
    high, low = (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    return density.log() + 0.5 * (high + low) - density * (k.exp(-high) - k.exp(-low))


# --- into the normal, Laplace, gamma and beta distributions ----------------------------------------------------------


@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
@register_kl(Laplace, Normal)
@register_kl(Uniform, Normal)
def _into_normal(p: Any, q: Any) -> Tensor:
    return -p.entropy() + _log_normal_constant(q) + _normal_tail(p.variance + p.mean.pow(2), p.mean, q)


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Tensor:
    distance = p.loc - q.loc
    standard = distance / p.scale
    absolute = math.sqrt(2 / math.pi) * p.scale * k.exp(-0.5 * standard.pow(2)) + distance * k.erf(
        math.sqrt(0.5) * standard
    )
    return -(p.scale / q.scale).log() + absolute / q.scale - 0.5 * (1 + math.log(0.5 * math.pi))


@register_kl(Gamma, Exponential)
def _gamma_exponential(p: Any, q: Any) -> Tensor:
    return -p.entropy() - q.rate.log() + q.rate * p.concentration / p.rate


@register_kl(Uniform, Exponential)
def _uniform_exponential(p: Any, q: Any) -> Tensor:
    return _unless(p.low < 0, q.rate * (p.high + p.low) / 2 - ((p.high - p.low) * q.rate).log())


def _uniform_mean_log(p: Any) -> Tensor:
    """E[log x] of a uniform variable."""
    width = p.high - p.low
    return (_x_log_x(p.high) - _x_log_x(p.low) - width) / width


@register_kl(Uniform, Gamma)
def _uniform_gamma(p: Any, q: Any) -> Tensor:
    finite = (
        -(p.high - p.low).log()
        + q.concentration.lgamma()
        - q.concentration * q.rate.log()
        + (1 - q.concentration) * _uniform_mean_log(p)
        + q.rate * (p.high + p.low) / 2
    )
    return _unless(p.low < 0, finite)


@register_kl(Uniform, Beta)
def _uniform_beta(p: Any, q: Any) -> Tensor:
    width, a, b = p.high - p.low, q.concentration1, q.concentration0
    of_rest = (_x_log_x(1 - p.high) - _x_log_x(1 - p.low) + width) / width  # -E[log(1 - x)]
    finite = (b - 1) * of_rest + a.lgamma() + b.lgamma() - (a + b).lgamma() - width.log()
    finite = finite - (a - 1) * _uniform_mean_log(p)
    return _unless(k.logical_or(p.high > 1, p.low < 0), finite)


# --- the Pareto distribution -----------------------------------------------------------------------------------------


@register_kl(Pareto, Pareto)
def _pareto(p: Any, q: Any) -> Tensor:
    ratio = q.alpha / p.alpha
    return _unless(p.scale < q.scale, q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1)


@register_kl(Pareto, Exponential)
def _pareto_exponential(p: Any, q: Any) -> Tensor:
    product, a = p.scale * q.rate, p.alpha
    return _unless(a <= 1, (a / product).log() - a.reciprocal() + a * product / (a - 1) - 1)


@register_kl(Pareto, Gamma)
def _pareto_gamma(p: Any, q: Any) -> Tensor:
    a = p.alpha
    mean_log = p.scale.log() + a.reciprocal()
    finite = (
        a.log()
        - mean_log
        + q.concentration.lgamma()
        - q.concentration * q.rate.log()
        + (1 - q.concentration) * mean_log
        + q.rate * a * p.scale / (a - 1)
        - 1
    )
    return _unless(a <= 1, finite)


@register_kl(Pareto, Normal)
def _pareto_normal(p: Any, q: Any) -> Tensor:
    a = p.alpha
    unit = p.scale / (a - 1)
    spread = a * unit.pow(2) / (a - 2) + (a * unit - q.loc).pow(2)
    log_ratio = 0.5 * math.log(2 * math.pi) + (q.scale * a / p.scale).log()
    return _unless(a <= 2, log_ratio - a.reciprocal() + spread / (2 * q.scale.pow(2)) - 1)


@register_kl(Uniform, Pareto)
def _uniform_pareto(p: Any, q: Any) -> Tensor:
    constant = q.alpha.log() + q.alpha * q.scale.log() + (p.high - p.low).log()
    return _unless(p.low < q.scale, _uniform_mean_log(p) * (q.alpha + 1) - constant)


# --- multivariate normal distributions -------------------------------------------------------------------------------


def _expect_one_shape(p: Any, q: Any, what: str) -> None:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"KL-divergence between {what} with different event shapes cannot be computed: {p.event_shape}, "
            f"{q.event_shape}"
        )


@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
@register_kl(MultivariateNormal, LowRankMultivariateNormal)
def _into_low_rank(p: Any, q: Any) -> Tensor:
    _expect_one_shape(p, q, "two (Low Rank) Multivariate Normals")
    factor, diagonal, capacitance = q._unbroadcasted_cov_factor, q._unbroadcasted_cov_diag, q._capacitance_tril
    scaled = factor.mT / diagonal.unsqueeze(-2)
    half = k.linalg_solve_triangular(capacitance, scaled, upper=False)  # q's inverse is D^-1 - half^T half
    if isinstance(p, LowRankMultivariateNormal):
        own_log_det = low_rank_log_det(p._unbroadcasted_cov_diag, p._capacitance_tril)
        root, rest = p._unbroadcasted_cov_factor, p._unbroadcasted_cov_diag
        trace = (rest / diagonal).sum(-1) - (half * rest.sqrt().unsqueeze(-2)).pow(2).sum((-2, -1))
    else:
        root = p._unbroadcasted_scale_tril
        own_log_det = 2 * root.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        trace = 0.0
    trace = trace + (root / diagonal.sqrt().unsqueeze(-1)).pow(2).sum((-2, -1))
    trace = trace - k.matmul(half, root).pow(2).sum((-2, -1))
    distance = low_rank_mahalanobis(factor, diagonal, q.loc - p.loc, capacitance)
    return 0.5 * (low_rank_log_det(diagonal, capacitance) - own_log_det + trace + distance - p.event_shape[0])


@register_kl(LowRankMultivariateNormal, MultivariateNormal)
def _low_rank_multivariate(p: Any, q: Any) -> Tensor:
    _expect_one_shape(p, q, "two (Low Rank) Multivariate Normals")
    n, target = p.event_shape[0], q._unbroadcasted_scale_tril
    shape = k.broadcast_shapes(target.shape[:-2], p._unbroadcasted_cov_factor.shape[:-2])
    target = target.expand((*shape, n, n))
    trace: Any = 0.0
    for root in (p._unbroadcasted_cov_factor, k.diag_embed(p._unbroadcasted_cov_diag.sqrt())):
        solved = k.linalg_solve_triangular(target, root.expand((*shape, n, root.size(-1))), upper=False)
        trace = trace + solved.pow(2).sum((-2, -1))
    log_det = 2 * q._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    own = low_rank_log_det(p._unbroadcasted_cov_diag, p._capacitance_tril)
    return 0.5 * (log_det - own + trace + _batch_mahalanobis(q._unbroadcasted_scale_tril, q.loc - p.loc) - n)
