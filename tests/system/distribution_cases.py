"""Expressions over `torch` whose values are recorded from real PyTorch; evaluated with seed 0 each."""

MADE = """\
D.Normal(torch.tensor([0., 1., -2.]), torch.tensor([1., 2., .5]))
D.Uniform(torch.tensor([0., 1., -2.]), torch.tensor([1., 2., .5]))
D.Exponential(torch.tensor([1., 2., .5]))
D.Laplace(torch.tensor([0., 1., -2.]), torch.tensor([1., 2., .5]))
D.Cauchy(torch.tensor([0., 1., -2.]), torch.tensor([1., 2., .5]))
D.Bernoulli(torch.tensor([.2, .5, .9]))
D.Bernoulli(logits=torch.tensor([.2, .5, .9]))
D.Geometric(torch.tensor([.2, .5, .9]))
D.Categorical(torch.tensor([[.2, .5, .9], [1., 2., 3.]]))
D.Categorical(logits=torch.tensor([[.2, .5, .9], [1., 2., 3.]]))
D.OneHotCategorical(torch.tensor([[.2, .5, .9], [1., 2., 3.]]))
D.Multinomial(5, torch.tensor([[.2, .5, .9], [1., 2., 3.]]))
D.Binomial(5, torch.tensor([.2, .5, .9]))
D.Poisson(torch.tensor([.2, 5., 20.]))
D.Gamma(torch.tensor([.2, 1., 9.]), torch.tensor([1., 2., 3.]))
D.StudentT(torch.tensor([1.5, 2., 3.]))
D.Dirichlet(torch.tensor([[.2, .5, .9], [1., 2., 3.]]))
D.Beta(torch.tensor([.2, 1., 9.]), torch.tensor([1., 2., 3.]))
D.MultivariateNormal(torch.tensor([1., 2.]), torch.tensor([[2., .5], [.5, 1.]]))
D.MultivariateNormal(torch.zeros(2), precision_matrix=torch.tensor([[2., .5], [.5, 1.]]))
D.LogNormal(torch.tensor([0., 1.]), torch.tensor([1., .5]))
D.HalfNormal(torch.tensor([1., .5]))
D.HalfCauchy(torch.tensor([1., .5]))
D.Independent(D.Normal(torch.zeros(2, 3), torch.ones(2, 3)), 1)
D.TransformedDistribution(D.Normal(torch.zeros(3), torch.ones(3)), [D.AffineTransform(1., -2.), D.SigmoidTransform()])
D.TransformedDistribution(D.Normal(torch.zeros(3), torch.ones(3)), [D.StickBreakingTransform()])
D.MixtureSameFamily(D.Categorical(torch.tensor([1., 3.])), D.Normal(torch.tensor([-1., 1.]), torch.tensor([.5, 1.])))
""".splitlines()

MADE += """\
D.Gumbel(torch.tensor([0., 1.]), torch.tensor([1., .5]))
D.Gumbel(0., 2.)
D.Pareto(torch.tensor([1., 2.]), torch.tensor([1.5, 3.]))
D.Weibull(torch.tensor([1., 2.]), torch.tensor([1.5, 3.]))
D.Kumaraswamy(torch.tensor([1., 2.]), torch.tensor([1.5, 3.]))
D.InverseGamma(torch.tensor([1., 3.]), torch.tensor([1.5, 3.]))
D.FisherSnedecor(torch.tensor([3., 5.]), torch.tensor([5., 7.]))
D.NegativeBinomial(torch.tensor([3., 5.]), torch.tensor([.4, .6]))
D.NegativeBinomial(5, logits=torch.tensor([.4, -.6]))
D.LogisticNormal(torch.tensor([0., 1.]), torch.tensor([1., .5]))
D.RelaxedBernoulli(torch.tensor(.7), torch.tensor([.2, .8]))
D.RelaxedBernoulli(torch.tensor(.7), logits=torch.tensor([.2, .8]))
D.RelaxedOneHotCategorical(torch.tensor(.7), torch.tensor([.2, .5, .3]))
D.RelaxedOneHotCategorical(torch.tensor(.7), logits=torch.tensor([[.2, .5, .3], [1., 2., 3.]]))
D.ContinuousBernoulli(torch.tensor([.2, .5, .9]))
D.ContinuousBernoulli(logits=torch.tensor([.9, 0., -1.]))
D.VonMises(torch.tensor([0., 1.]), torch.tensor([1., 4.]))
D.LowRankMultivariateNormal(torch.zeros(3), torch.tensor([[1.], [0.], [.5]]), torch.tensor([1., 2., .5]))
D.LKJCholesky(3, .5)
D.LKJCholesky(2, torch.tensor([1., 2.]))
D.Wishart(torch.tensor(3.), torch.eye(2))
D.Wishart(torch.tensor([4., 5.]), scale_tril=torch.tensor([[1., 0.], [.5, 2.]]))
D.GeneralizedPareto(torch.tensor([0., 1.]), torch.tensor([1., 2.]), torch.tensor([0., .3]))
""".splitlines()

ASKED = (
    ".mean", ".variance", ".mode", ".sample()", ".sample((3, 7))", ".rsample((2,))", ".entropy()",
    ".enumerate_support()",
    ".support", ".batch_shape", ".event_shape",
)  # fmt: skip

OTHER = """\
D.kl_divergence(D.Normal(torch.tensor([0., 1.]), torch.tensor([1., 2.])), D.Normal(1., .5))
D.kl_divergence(D.Categorical(torch.tensor([1., 2., 3.])), D.Categorical(torch.tensor([3., 0., 3.])))
D.kl_divergence(D.Bernoulli(.3), D.Bernoulli(.6))
D.kl_divergence(D.Gamma(2., 3.), D.Gamma(1.5, 1.))
D.kl_divergence(D.Beta(2., 3.), D.Beta(1.5, 1.))
D.kl_divergence(D.Dirichlet(torch.tensor([1., 2., 3.])), D.Dirichlet(torch.tensor([3., 1., 3.])))
D.kl_divergence(D.Laplace(0., 1.), D.Laplace(1., 2.))
D.kl_divergence(D.Cauchy(0., 1.), D.Cauchy(1., 2.))
D.kl_divergence(D.Geometric(torch.tensor(.3)), D.Geometric(torch.tensor(.6)))
D.kl_divergence(D.Uniform(0., 1.), D.Uniform(.5, 2.))
D.kl_divergence(D.Exponential(1.), D.Gamma(2., 3.))
D.kl_divergence(D.Normal(0., 1.), D.Categorical(torch.ones(2)))
D.Normal(0., -1.)
D.Normal('a', 1)
D.Normal(0., 1.).log_prob(3)
D.Normal(torch.zeros(2), torch.ones(2)).log_prob(torch.zeros(3))
D.Categorical(probs=torch.tensor([-.5, .5]))
D.Categorical()
D.Categorical(torch.ones(3)).log_prob(torch.tensor(3))
D.Uniform(1., 0.)
D.MultivariateNormal(torch.zeros(2))
D.Independent(D.Normal(torch.zeros(3), 1.), 2)
D.biject_to(D.constraints.lower_cholesky)
D.transform_to(D.constraints.simplex)(torch.tensor([.3, .6]))
D.biject_to(D.constraints.positive)(torch.tensor([.3, .6]))
(lambda t, x: t.log_abs_det_jacobian(x, t(x)))(D.StickBreakingTransform(), torch.tensor([.3, .6]))
""".splitlines()

OTHER += """\
D.CorrCholeskyTransform()(torch.tensor([.3, .6, -.2]))
(lambda t, x: t.inv(t(x)))(D.CorrCholeskyTransform(), torch.tensor([.3, .6, -.2]))
(lambda t, x: t.log_abs_det_jacobian(x, t(x)))(D.CorrCholeskyTransform(), torch.tensor([.3, .6, -.2]))
D.CorrCholeskyTransform().forward_shape((2, 3))
D.CorrCholeskyTransform().forward_shape((2, 4))
D.CorrCholeskyTransform().inverse_shape((2, 3, 3))
D.transforms.PositiveDefiniteTransform()(torch.tensor([[.3, .6], [-.2, .1]]))
D.transforms.PositiveDefiniteTransform().inv(torch.tensor([[2., .6], [.6, 1.]]))
D.CatTransform([D.ExpTransform(), D.TanhTransform()], dim=1, lengths=[1, 2])(torch.tensor([[.3, .6, .1]]))
(lambda t, x: t.log_abs_det_jacobian(x, x))(D.CatTransform([D.ExpTransform(), D.TanhTransform()], 1, [1, 2]), torch.ones(1, 3))
D.CatTransform([D.ExpTransform(), D.identity_transform], dim=0).inv(torch.tensor([.3, .6]))
D.StackTransform([D.ExpTransform(), D.TanhTransform()], dim=0)(torch.tensor([.3, .6]))
(lambda t, x: t.log_abs_det_jacobian(x, x))(D.StackTransform([D.ExpTransform(), D.TanhTransform()]), torch.tensor([.3, .6]))
D.CumulativeDistributionTransform(D.Normal(0., 1.))(torch.tensor([.3, -.6]))
D.CumulativeDistributionTransform(D.Normal(0., 1.)).inv(torch.tensor([.3, .6]))
D.biject_to(D.constraints.corr_cholesky)
D.transform_to(D.constraints.positive_definite)
D.biject_to(D.constraints.positive_semidefinite)
D.LKJCholesky(1)
D.Wishart(torch.tensor(1.), torch.eye(3))
D.NegativeBinomial(3)
D.RelaxedBernoulli(torch.tensor(.5))
D.ContinuousBernoulli(probs=1.5)
D.LowRankMultivariateNormal(torch.zeros(3), torch.zeros(2, 1), torch.ones(3))
D.Gumbel(0., -1.)
D.VonMises(0., 1.).log_prob(torch.tensor(.5))
""".splitlines()

# a distribution of each family whose divergences PyTorch knows, and a second one beside it
FAMILIES = {
    "Bernoulli": ("torch.tensor([.3, .6])", "torch.tensor([.5, .2])"),
    "Beta": ("torch.tensor([1.5, 2.]), torch.tensor([3., 2.])", "torch.tensor([.5, 2.5]), torch.tensor([1., 2.])"),
    "Binomial": ("5, torch.tensor([.3, .6])", "5, torch.tensor([.5, .2])"),
    "ContinuousBernoulli": ("torch.tensor([.2, .7])", "torch.tensor([.5, .4])"),
    "Exponential": ("torch.tensor([1.5, .7])", "torch.tensor([.5, 1.7])"),
    "Gamma": ("torch.tensor([1.5, .7]), torch.tensor([1.2, 2.])", "torch.tensor([2.5, 1.7]), torch.tensor([.2, 1.])"),
    "Gumbel": ("torch.tensor([.5, -1.]), torch.tensor([1.2, .8])", "torch.tensor([.1, -.5]), torch.tensor([2., 1.8])"),
    "Laplace": ("torch.tensor([.5, -1.]), torch.tensor([1.2, .8])", "torch.tensor([.1, -.5]), torch.tensor([2., 1.8])"),
    "LowRankMultivariateNormal": (
        "torch.ones(3), torch.tensor([[1.], [0.], [.5]]), torch.tensor([1., 2., .5])",
        "torch.zeros(3), torch.tensor([[.3, 1.], [.2, 1.], [.5, 0.]]), torch.tensor([1., .7, .5])",
    ),
    "MultivariateNormal": ("torch.zeros(3), torch.tensor([[2., .5, 0.], [.5, 1., .2], [0., .2, 1.]])",) * 2,
    "Normal": ("torch.tensor([.5, -1.]), torch.tensor([1.2, .8])", "torch.tensor([.1, -.5]), torch.tensor([2., 1.8])"),
    "Pareto": ("torch.tensor([.5, 1.]), torch.tensor([2.5, 3.])", "torch.tensor([.4, .5]), torch.tensor([1.5, .9])"),
    "Poisson": ("torch.tensor([1., 2.])", "torch.tensor([2., .5])"),
    "Uniform": ("torch.tensor([.2, .6]), torch.tensor([.7, 1.5])", "torch.tensor([0., -.5]), torch.tensor([1., 1.5])"),
}
OTHER += [
    f"D.kl_divergence(D.{p}({of_p[0]}), D.{q}({of_q[1]}))"
    for p, of_p in FAMILIES.items()
    for q, of_q in FAMILIES.items()
]

EXPRESSIONS = (
    [made + asked for made in MADE for asked in ASKED]
    + [f"(lambda d: d.log_prob(d.sample((3,))))({made})" for made in MADE]
    + OTHER
)


def evaluate(torch, expression):
    """Return a value that JSON can hold: a tensor's numbers, a text, or the error."""
    torch.manual_seed(0)
    try:
        value = eval(expression, {"torch": torch, "D": torch.distributions})
    except Exception as error:
        return {"error": [type(error).__name__, str(error)]}
    if isinstance(value, torch.Tensor):
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": value.double().reshape(-1).tolist()}
    return {"text": repr(value)}
