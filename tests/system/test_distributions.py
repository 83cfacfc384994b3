"""Distributions against recorded answers of PyTorch: parameters, samples, densities, divergences, errors."""

import json
import math
import os
import re

import numpy as np
import pytest

import penlight as torch
from penlight.distributions.gamma_sampling import dirichlet_slope, standard_gamma_slope
from tests.system.distribution_cases import EXPRESSIONS, evaluate

with open(os.path.join(os.path.dirname(__file__), "data", "distributions.json")) as _file:
    RECORDED = json.load(_file)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_matches_pytorch(expression):
    expected, found = RECORDED[expression], evaluate(torch, expression)
    if "error" in expected:
        kind, text = expected["error"]
        text = re.sub(" +", " ", text)  # one of PyTorch's messages has the source's indentation in it
        assert found["error"] == [kind, text.replace("torch.distributions", "penlight.distributions")]
    elif "text" in expected:
        assert found == expected
    else:
        assert (found["dtype"], found["shape"]) == (expected["dtype"], expected["shape"]), found
        # float32 through a few functions: other kernels round differently; entropies subtract values near 10
        np.testing.assert_allclose(found["values"], expected["values"], rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("alpha", [0.05, 0.3, 1.0, 4.0, 30.0, 300.0])
def test_gamma_slope_is_that_of_the_quantile(alpha):
    """dP(a, x(a)) = 0: P by numerical integration of the density in log space, at a and at neighbours."""
    x = alpha + 0.3 * np.sqrt(alpha)

    def distribution(a):
        u = np.linspace(np.log(x) - 60 / a - 5, np.log(x), 400001)  # x = exp(u)
        density = np.exp(a * u - np.exp(u) - math.lgamma(a))
        return np.sum((density[1:] + density[:-1]) / 2) * (u[1] - u[0])

    step = 1e-4 * alpha
    change = (distribution(alpha + step) - distribution(alpha - step)) / (2 * step)
    log_density = (alpha - 1) * np.log(x) - x - math.lgamma(alpha)
    expected = -change / np.exp(log_density)
    # the central difference and the trapezoid rule are right to about 1e-6
    np.testing.assert_allclose(standard_gamma_slope(np.array([alpha]), np.array([x])), expected, rtol=1e-4)


@pytest.mark.parametrize("a, b", [(0.3, 0.4), (0.6, 5.0), (1.0, 1.0), (4.0, 2.5), (30.0, 50.0), (300.0, 20.0)])
@pytest.mark.parametrize("place", [-1.5, -0.2, 0.4, 1.5])
def test_dirichlet_slope_is_that_of_the_quantile(a, b, place):
    """dI_x(a, b)/da by central differences of the density integrated over logits, at x some deviations off the mean."""
    mean, deviation = a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    x = mean + place * deviation * (mean if place < 0 else 1 - mean)

    def distribution(a):
        u = np.linspace(-60 / min(a, 1), math.log(x / (1 - x)), 400001)  # x = 1 / (1 + exp(-u))
        density = np.exp(-a * np.logaddexp(0, -u) - b * np.logaddexp(0, u))
        return (
            np.sum((density[1:] + density[:-1]) / 2)
            * (u[1] - u[0])
            * math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
        )

    step = 1e-4 * a
    change = (distribution(a + step) - distribution(a - step)) / (2 * step)
    log_density = (
        (a - 1) * math.log(x) + (b - 1) * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    )
    expected = -change / math.exp(log_density) / (1 - x)
    # the central difference and the trapezoid rule are right to about 1e-6
    np.testing.assert_allclose(dirichlet_slope(np.array([x]), np.array([a]), np.array([a + b])), expected, rtol=1e-4)


def test_gradients_of_dirichlet_and_beta_samples():
    """As PyTorch was recorded to give them, whose approximation is right to about 0.1 %."""
    torch.manual_seed(5)
    a = torch.tensor([[0.7, 2.0, 3.5], [20.0, 1.0, 6.0]], requires_grad=True)
    (torch.distributions.Dirichlet(a).rsample((4,)) * torch.tensor([1.0, -2.0, 5.0])).sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), RECORDED["gradient of Dirichlet"], rtol=3e-3)
    a, b = (torch.tensor(v, requires_grad=True) for v in (0.7, 4.0))
    torch.distributions.Beta(a, b).rsample((5,)).square().sum().backward()
    np.testing.assert_allclose([a.grad.item(), b.grad.item()], RECORDED["gradient of Beta"], rtol=3e-3)


@pytest.mark.parametrize("make", ["Gamma(a, 1.0)", "Beta(a, 1.0)"])
def test_second_gradients_of_samples_are_refused(make):
    a = torch.tensor(2.0, requires_grad=True)
    (g,) = torch.autograd.grad(eval("torch.distributions." + make).rsample() ** 2, a, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        g.backward()


def test_dirichlet_samples_of_half_precision_are_refused():
    with pytest.raises(NotImplementedError, match="float32 or float64"):
        torch.distributions.Beta(torch.ones(1).half(), 1.0).sample()


def test_cdf_of_transformed_distributions_takes_what_lies_outside_of_the_support():
    assert torch.distributions.LogNormal(0.0, 1.0).cdf(torch.tensor(0.0)).item() == 0
    squashed = torch.distributions.TransformedDistribution(
        torch.distributions.Normal(0.0, 1.0), [torch.distributions.SigmoidTransform()]
    )
    assert squashed.cdf(torch.tensor([-1.0, 2.0])).tolist() == [0, 1]
    with pytest.raises(ValueError, match="within the support"):  # the base distribution is asked
        torch.distributions.Kumaraswamy(1.0, 2.0).cdf(torch.tensor(-1.0))
