"""`ExponentialFamily`: p(x) = exp(<t(x), eta> - F(eta) + k(x))."""

from penlight.distributions.distribution import Distribution

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """The distributions with a density of the form exp(<t(x), eta> - F(eta) + k(x)).

    Source: https://docs.pytorch.org/docs/stable/distributions.html#exponentialfamily
    """
