"""`torch.distributions`: probability distributions with samples, densities, entropies and divergences.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from penlight.distributions import (
    bernoulli,
    beta,
    binomial,
    categorical,
    cauchy,
    chi2,
    constraint_registry,
    constraints,
    continuous_bernoulli,
    dirichlet,
    distribution,
    exp_family,
    exponential,
    fishersnedecor,
    gamma,
    generalized_pareto,
    geometric,
    gumbel,
    half_cauchy,
    half_normal,
    independent,
    inverse_gamma,
    kl,
    kl_pairs,
    kumaraswamy,
    laplace,
    lkj_cholesky,
    log_normal,
    logistic_normal,
    lowrank_multivariate_normal,
    mixture_same_family,
    multinomial,
    multivariate_normal,
    negative_binomial,
    normal,
    one_hot_categorical,
    pareto,
    poisson,
    relaxed_bernoulli,
    relaxed_categorical,
    studentT,
    transformed_distribution,
    transforms,
    uniform,
    utils,
    von_mises,
    weibull,
    wishart,
)
from penlight.distributions.bernoulli import Bernoulli
from penlight.distributions.beta import Beta
from penlight.distributions.binomial import Binomial
from penlight.distributions.categorical import Categorical
from penlight.distributions.cauchy import Cauchy
from penlight.distributions.chi2 import Chi2
from penlight.distributions.constraint_registry import biject_to, transform_to
from penlight.distributions.continuous_bernoulli import ContinuousBernoulli
from penlight.distributions.dirichlet import Dirichlet
from penlight.distributions.distribution import Distribution
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.exponential import Exponential
from penlight.distributions.fishersnedecor import FisherSnedecor
from penlight.distributions.gamma import Gamma
from penlight.distributions.generalized_pareto import GeneralizedPareto
from penlight.distributions.geometric import Geometric
from penlight.distributions.gumbel import Gumbel
from penlight.distributions.half_cauchy import HalfCauchy
from penlight.distributions.half_normal import HalfNormal
from penlight.distributions.independent import Independent
from penlight.distributions.inverse_gamma import InverseGamma
from penlight.distributions.kl import kl_divergence, register_kl
from penlight.distributions.kumaraswamy import Kumaraswamy
from penlight.distributions.laplace import Laplace
from penlight.distributions.lkj_cholesky import LKJCholesky
from penlight.distributions.log_normal import LogNormal
from penlight.distributions.logistic_normal import LogisticNormal
from penlight.distributions.lowrank_multivariate_normal import LowRankMultivariateNormal
from penlight.distributions.mixture_same_family import MixtureSameFamily
from penlight.distributions.multinomial import Multinomial
from penlight.distributions.multivariate_normal import MultivariateNormal
from penlight.distributions.negative_binomial import NegativeBinomial
from penlight.distributions.normal import Normal
from penlight.distributions.one_hot_categorical import OneHotCategorical, OneHotCategoricalStraightThrough
from penlight.distributions.pareto import Pareto
from penlight.distributions.poisson import Poisson
from penlight.distributions.relaxed_bernoulli import RelaxedBernoulli
from penlight.distributions.relaxed_categorical import RelaxedOneHotCategorical
from penlight.distributions.studentT import StudentT
from penlight.distributions.transformed_distribution import TransformedDistribution
from penlight.distributions.transforms import *  # noqa: F403
from penlight.distributions.transforms import __all__ as _transforms
from penlight.distributions.uniform import Uniform
from penlight.distributions.von_mises import VonMises
from penlight.distributions.weibull import Weibull
from penlight.distributions.wishart import Wishart
from penlight.ledger.missing import module_getattr

__all__ = [
    *_transforms, "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ContinuousBernoulli",
    "Dirichlet", "Distribution", "Exponential", "ExponentialFamily", "FisherSnedecor", "Gamma", "GeneralizedPareto",
    "Geometric", "Gumbel", "HalfCauchy", "HalfNormal", "Independent", "InverseGamma", "Kumaraswamy", "LKJCholesky",
    "Laplace", "LogNormal", "LogisticNormal", "LowRankMultivariateNormal", "MixtureSameFamily", "Multinomial",
    "MultivariateNormal", "NegativeBinomial", "Normal", "OneHotCategorical", "OneHotCategoricalStraightThrough",
    "Pareto", "Poisson", "RelaxedBernoulli", "RelaxedOneHotCategorical", "StudentT", "TransformedDistribution",
    "Uniform", "VonMises", "Weibull", "Wishart", "bernoulli", "beta", "biject_to", "binomial", "categorical",
    "cauchy", "chi2", "constraint_registry", "constraints", "continuous_bernoulli", "dirichlet", "distribution",
    "exp_family", "exponential", "fishersnedecor", "gamma", "generalized_pareto", "geometric", "gumbel",
    "half_cauchy", "half_normal", "independent", "inverse_gamma", "kl", "kl_divergence", "kumaraswamy", "laplace",
    "lkj_cholesky", "log_normal", "logistic_normal", "lowrank_multivariate_normal", "mixture_same_family",
    "multinomial", "multivariate_normal", "negative_binomial", "normal", "one_hot_categorical", "pareto", "poisson",
    "register_kl", "relaxed_bernoulli", "relaxed_categorical", "studentT", "transform_to",
    "transformed_distribution", "transforms", "uniform", "utils", "von_mises", "weibull", "wishart",
]  # fmt: skip
__getattr__ = module_getattr(__name__)
