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
    dirichlet,
    distribution,
    exp_family,
    exponential,
    gamma,
    geometric,
    half_cauchy,
    half_normal,
    independent,
    kl,
    laplace,
    log_normal,
    mixture_same_family,
    multinomial,
    multivariate_normal,
    normal,
    one_hot_categorical,
    poisson,
    studentT,
    transformed_distribution,
    transforms,
    uniform,
    utils,
)
from penlight.distributions.bernoulli import Bernoulli
from penlight.distributions.beta import Beta
from penlight.distributions.binomial import Binomial
from penlight.distributions.categorical import Categorical
from penlight.distributions.cauchy import Cauchy
from penlight.distributions.chi2 import Chi2
from penlight.distributions.constraint_registry import biject_to, transform_to
from penlight.distributions.dirichlet import Dirichlet
from penlight.distributions.distribution import Distribution
from penlight.distributions.exp_family import ExponentialFamily
from penlight.distributions.exponential import Exponential
from penlight.distributions.gamma import Gamma
from penlight.distributions.geometric import Geometric
from penlight.distributions.half_cauchy import HalfCauchy
from penlight.distributions.half_normal import HalfNormal
from penlight.distributions.independent import Independent
from penlight.distributions.kl import kl_divergence, register_kl
from penlight.distributions.laplace import Laplace
from penlight.distributions.log_normal import LogNormal
from penlight.distributions.mixture_same_family import MixtureSameFamily
from penlight.distributions.multinomial import Multinomial
from penlight.distributions.multivariate_normal import MultivariateNormal
from penlight.distributions.normal import Normal
from penlight.distributions.one_hot_categorical import OneHotCategorical, OneHotCategoricalStraightThrough
from penlight.distributions.poisson import Poisson
from penlight.distributions.studentT import StudentT
from penlight.distributions.transformed_distribution import TransformedDistribution
from penlight.distributions.transforms import *  # noqa: F403
from penlight.distributions.transforms import __all__ as _transforms
from penlight.distributions.uniform import Uniform
from penlight.ledger.missing import module_getattr

__all__ = [
    "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "Dirichlet", "Distribution", "Exponential",
    "ExponentialFamily", "Gamma", "Geometric", "HalfCauchy", "HalfNormal", "Independent", "Laplace", "LogNormal",
    "MixtureSameFamily", "Multinomial", "MultivariateNormal", "Normal", "OneHotCategorical",
    "OneHotCategoricalStraightThrough", "Poisson", "StudentT", "TransformedDistribution", "Uniform",
    "bernoulli", "beta",
    "biject_to", "binomial", "categorical", "cauchy", "chi2", "constraint_registry", "constraints", "dirichlet",
    "distribution", "exp_family", "exponential", "gamma", "geometric", "half_cauchy", "half_normal",
    "independent", "kl",
    "kl_divergence", "laplace", "log_normal", "mixture_same_family", "multinomial", "multivariate_normal", "normal",
    "one_hot_categorical", "poisson", "register_kl", "studentT", "transform_to", "transformed_distribution",
    "transforms",
    "uniform", "utils", *_transforms,
]  # fmt: skip
__getattr__ = module_getattr(__name__)
