"""Samples of every distribution against its own density and cdf, and against laws of its marginals, by statistical tests.

All p-values of a run share a false-alarm rate of 1e-6 (Bonferroni: each is compared with 1e-6 / their number), and the
seed is fixed, so a failure is a bug. With 4000 draws a scale that is 10 % off is found (the last test).
"""

import math

import numpy as np
import pytest

import penlight as torch

D = torch.distributions
DRAWS = 4000
FALSE_ALARMS = 1e-6


def ks_tail(distance, n):
    """P(a Kolmogorov-Smirnov distance of n draws is larger): Kolmogorov's series with Stephens' finite-n argument."""
    x = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance
    if x < 0.3:
        return 1.0
    return min(1.0, 2 * sum((-1) ** (j - 1) * math.exp(-2 * (j * x) ** 2) for j in range(1, 60)))


def ks(sample, cdf):
    """The p-value of draws against a cdf. Shapes: (n,), and a function of sorted (n,)."""
    sample = np.sort(np.asarray(sample, np.float64))
    f, n = np.asarray(cdf(sample), np.float64), len(sample)
    assert np.all((f >= -1e-12) & (f <= 1 + 1e-6)) and np.all(np.diff(f) >= -1e-6), "no cdf"
    steps = np.arange(n + 1) / n
    return ks_tail(max(np.max(f - steps[:-1]), np.max(steps[1:] - f)), n)


def chi2_tail(statistic, degrees):
    """P(a chi-square number is larger), from the regularised upper incomplete gamma function."""
    half = torch.tensor([degrees / 2, statistic / 2], dtype=torch.float64)
    return torch.special.gammaincc(half[0], half[1]).item()


def chi_square(counts, chances):
    """The p-value of counts against chances; what is expected fewer than 10 times is put together."""
    expected = np.asarray(chances, np.float64) * np.sum(counts)
    rare = expected < 10
    counts = np.append(np.asarray(counts)[~rare], np.sum(np.asarray(counts)[rare]))
    expected = np.append(expected[~rare], np.sum(expected[rare]))
    if expected[-1] < 1e-3:
        assert counts[-1] == 0
        counts, expected = counts[:-1], expected[:-1]
    return chi2_tail(np.sum((counts - expected) ** 2 / expected), len(counts) - 1)


def density_pvalue(d, first, sample):
    """Counts between quantiles of other draws (`first`) against the integral of exp(log_prob) between them.

    The two outer stretches count as one: they have what is left of the mass, so no integral meets the support's edges.
    """
    edges = np.unique(np.quantile(np.asarray(first, np.float64), np.linspace(0.02, 0.98, 33)))
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    points = torch.tensor(middle + half * nodes, dtype=torch.float64)
    density = np.exp(d.log_prob(points).numpy().astype(np.float64))
    chances = (density * weights * half).sum(1)
    counts, _ = np.histogram(sample, edges)
    counts = np.append(counts, len(sample) - counts.sum())
    return chi_square(counts, np.append(chances, 1 - chances.sum()))


def table_pvalue(d, sample):
    """Counts of whole numbers against exp(log_prob)."""
    assert np.all(sample == np.round(sample))
    values = torch.arange(int(sample.min()), int(sample.max()) + 1, dtype=torch.float32)
    chances = np.exp(d.log_prob(values).numpy().astype(np.float64))
    assert chances.sum() < 1 + 1e-4
    counts = np.bincount((sample - sample.min()).astype(int), minlength=len(chances))
    return chi_square(np.append(counts, 0), np.append(chances, max(0.0, 1 - chances.sum())))


def t64(*values):
    return torch.tensor(values, dtype=torch.float64)


def normal_cdf(mean, variance):
    return lambda x: torch.special.ndtr(t64(*((x - mean) / math.sqrt(variance)))).numpy()


def beta_cdf(a, b):
    """By the trapezoid rule in the angle t, x = sin(t)^2: the density 2 sin^(2a-1) cos^(2b-1) / B is smooth for a, b > 1/2."""
    angle = np.linspace(0, math.pi / 2, 20001)
    with np.errstate(divide="ignore"):
        density = np.exp((2 * a - 1) * np.log(np.sin(angle)) + (2 * b - 1) * np.log(np.abs(np.cos(angle))))
    total = np.append(0, np.cumsum((density[1:] + density[:-1]) / 2))
    return lambda x: np.interp(np.arcsin(np.sqrt(np.clip(x, 0, 1))), angle, total / total[-1])


def chi2_cdf(degrees):
    return lambda x: torch.special.gammainc(t64(degrees / 2), t64(*x) / 2).numpy()


def logistic_cdf(mean, scale):
    return lambda x: 1 / (1 + np.exp(-(x - mean) / scale))


def correlated():
    return torch.tensor([[2.0, 0.5], [0.5, 1.0]])


# numbers: density by log_prob, and cdf where the class has one
CONTINUOUS = """\
Beta(.2, 1.) ; Beta(9., 3.) ; Cauchy(-2., .5) ; Chi2(3.) ; ContinuousBernoulli(.2) ; ContinuousBernoulli(.5)
Exponential(.5) ; FisherSnedecor(3., 5.) ; Gamma(.2, 2.) ; Gamma(9., 3.) ; GeneralizedPareto(1., 2., .3)
GeneralizedPareto(0., 1., 0.) ; Gumbel(1., .5) ; HalfCauchy(.5) ; HalfNormal(2.) ; InverseGamma(3., 2.)
Kumaraswamy(2., 3.) ; Laplace(1., 2.) ; LogNormal(1., .5) ; Normal(-2., .5) ; Pareto(2., 3.) ; RelaxedBernoulli(.7, .8)
RelaxedBernoulli(.7, logits=-.5) ; StudentT(3., 1., 2.) ; Uniform(-2., .5) ; VonMises(1., 4.) ; VonMises(0., .1)
Weibull(2., 3.) ; TransformedDistribution(D.Normal(0., 1.), [D.AffineTransform(1., -2.), D.SigmoidTransform()])
MixtureSameFamily(D.Categorical(torch.tensor([1., 3.])), D.Normal(torch.tensor([-1., 1.]), torch.tensor([.5, 1.])))"""
DISCRETE = """\
Bernoulli(.2) ; Bernoulli(logits=.9) ; Binomial(5, .2) ; Binomial(100, .5) ; Binomial(1000, .9) ; Geometric(.2)
Categorical(torch.tensor([.2, .5, .9])) ; NegativeBinomial(5, .6) ; Poisson(.2) ; Poisson(5.) ; Poisson(20.)"""


def cases(text):
    return [part.strip() for line in text.splitlines() for part in line.split(" ; ")]


def made(text):
    """The distribution, with its plain numbers as float32 tensors."""
    name, _, arguments = text.partition("(")
    call = eval(f"lambda f: f({arguments}", {"D": D, "torch": torch})
    number = lambda v: torch.tensor(v) if isinstance(v, float) else v
    return call(lambda *a, **b: getattr(D, name)(*map(number, a), **{key: number(v) for key, v in b.items()}))


# vectors and matrices: what is drawn -> (numbers, their cdf), or (counts, chances)
COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])
PROJECTIONS = {
    "MultivariateNormal": (
        lambda: D.MultivariateNormal(torch.tensor([1.0, 2.0]), correlated()),
        lambda x: [(x @ a, normal_cdf(a @ [1, 2], a @ COVARIANCE @ a)) for a in np.array([[1, 0], [0.5, -1], [1, 2]])],
    ),
    "MultivariateNormal of a precision": (
        lambda: D.MultivariateNormal(torch.zeros(2), precision_matrix=torch.linalg.inv(correlated())),
        lambda x: [(x @ a, normal_cdf(0, a @ COVARIANCE @ a)) for a in np.array([[1, 0], [0.5, -1]])],
    ),
    "LowRankMultivariateNormal": (
        lambda: D.LowRankMultivariateNormal(torch.ones(2), torch.tensor([[1.0], [0.5]]), torch.tensor([1.0, 0.75])),
        lambda x: [(x @ a, normal_cdf(a.sum(), a @ COVARIANCE @ a)) for a in np.array([[1, 0], [0.5, -1], [1, 2]])],
    ),
    "Independent": (
        lambda: D.Independent(D.Normal(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0])), 1),
        lambda x: [(x[:, 0], normal_cdf(0, 1)), (x[:, 1], normal_cdf(1, 4)), (x.sum(1), normal_cdf(1, 5))],
    ),
    "Dirichlet": (
        lambda: D.Dirichlet(torch.tensor([1.0, 2.0, 3.0])),
        lambda x: [
            *((x[:, i], beta_cdf(i + 1, 5 - i)) for i in range(3)),
            (x[:, 0] / (x[:, 0] + x[:, 1]), beta_cdf(1, 2)),
        ],
    ),
    "LogisticNormal": (
        lambda: D.LogisticNormal(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.5])),
        # the logits of stick breaking, less the shift that makes zeros the uniform vector, are the normal numbers
        lambda x: [
            (np.log(x[:, 0] / (1 - x[:, 0])) + math.log(2), normal_cdf(0, 1)),
            (np.log(x[:, 1] / x[:, 2]), normal_cdf(1, 0.25)),
        ],
    ),
    "RelaxedOneHotCategorical": (
        lambda: D.RelaxedOneHotCategorical(torch.tensor(0.7), torch.tensor([0.2, 0.5, 0.3])),
        lambda x: [
            (np.log(x[:, 0] / x[:, 1]), logistic_cdf(math.log(0.4) / 0.7, 1 / 0.7)),
            (np.bincount(x.argmax(1), minlength=3), [0.2, 0.5, 0.3]),
        ],
    ),
    "OneHotCategorical": (
        lambda: D.OneHotCategorical(torch.tensor([0.2, 0.5, 0.3])),
        lambda x: [(x.sum(0), [0.2, 0.5, 0.3])],
    ),
    "OneHotCategoricalStraightThrough": (
        lambda: D.OneHotCategoricalStraightThrough(torch.tensor([0.2, 0.5, 0.3])),
        lambda x: [(x.sum(0), [0.2, 0.5, 0.3])],
    ),
    "Multinomial": (
        lambda: D.Multinomial(5, torch.tensor([0.2, 0.5, 0.3])),
        lambda x: [
            (np.bincount(x[:, i].astype(int), minlength=6), [math.comb(5, j) * p**j * (1 - p) ** (5 - j) for j in range(6)])
            for i, p in enumerate([0.2, 0.5, 0.3])
        ],
    ),
    "LKJCholesky of 2": (
        lambda: D.LKJCholesky(2, 1.5),
        # a correlation r of a d x d matrix: (r + 1) / 2 is Beta(eta - 1 + d / 2, the same)
        lambda x: [((x[:, 1, 0] + 1) / 2, beta_cdf(1.5, 1.5))],
    ),
    "LKJCholesky of 3": (
        lambda: D.LKJCholesky(3, 1.5),
        # the last row is drawn as PyTorch draws it: its squared length is Beta(3/2, 3/2), by the paper Beta(1, 3/2)
        lambda x: [
            ((x[:, 1, 0] + 1) / 2, beta_cdf(2, 2)),
            (x[:, 2, 0] ** 2 + x[:, 2, 1] ** 2, beta_cdf(1.5, 1.5)),
        ],
    ),
    "Wishart": (
        lambda: D.Wishart(torch.tensor(4.0), correlated()),
        # a quadratic form, divided by that of the scale, is chi-square
        lambda x: [
            (np.einsum("nij,i,j->n", x, a, a) / (a @ COVARIANCE @ a), chi2_cdf(4))
            for a in np.array([[1, 0], [0, 1], [0.5, -1], [1, 2]])
        ],
    ),
}  # fmt: skip

TESTS = 2 * len(cases(CONTINUOUS)) + len(cases(DISCRETE)) + 4 * len(PROJECTIONS)
LEAST = FALSE_ALARMS / TESTS


def draw(d, shape=(DRAWS,)):
    torch.manual_seed(20240229)
    return d.sample(shape).numpy().astype(np.float64)


@pytest.mark.parametrize("text", cases(CONTINUOUS))
def test_draws_follow_density_and_cdf(text):
    d = made(text)
    first, sample = draw(d, (2, DRAWS))
    assert density_pvalue(d, first, sample) > LEAST
    try:
        d.cdf(torch.tensor(first[0], dtype=torch.float32))
    except NotImplementedError:
        return
    assert ks(sample, lambda x: d.cdf(torch.tensor(x, dtype=torch.float32)).numpy()) > LEAST


@pytest.mark.parametrize("text", cases(DISCRETE))
def test_draws_follow_probabilities(text):
    assert table_pvalue(made(text), draw(made(text))) > LEAST


@pytest.mark.parametrize("name", PROJECTIONS)
def test_draws_of_vectors_follow_laws_of_their_projections(name):
    make, projections = PROJECTIONS[name]
    for numbers, law in projections(draw(make())):
        assert (ks(numbers, law) if callable(law) else chi_square(numbers, law)) > LEAST


def test_every_class_that_draws_is_tested():
    tested = {c.partition("(")[0] for c in cases(CONTINUOUS) + cases(DISCRETE)} | {n.split()[0] for n in PROJECTIONS}
    classes = [getattr(D, n) for n in D.__all__]
    concrete = {c.__name__ for c in classes if isinstance(c, type) and issubclass(c, D.Distribution)}
    assert concrete - {"Distribution", "ExponentialFamily"} == tested


def test_tails_are_those_of_the_tables():
    """The published 5 % points: 1.3581 of Kolmogorov's limit; 3.841 and 18.307 of chi-square with 1 and 10 degrees."""
    assert ks_tail(1.3581 / math.sqrt(1e8), 1e8) == pytest.approx(0.05, abs=1e-4)
    assert chi2_tail(3.841, 1) == pytest.approx(0.05, abs=1e-4)
    assert chi2_tail(18.307, 10) == pytest.approx(0.05, abs=1e-4)


def test_a_wrong_scale_is_found():
    wrong = draw(D.Normal(0.0, 1.1), (2, DRAWS * 2))
    right = D.Normal(0.0, 1.0)
    assert density_pvalue(right, *wrong) < LEAST
    assert table_pvalue(D.Poisson(5.0), draw(D.Poisson(5.5))) < LEAST
