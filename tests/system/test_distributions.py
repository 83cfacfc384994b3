"""Distributions against recorded answers of PyTorch: parameters, samples, densities, divergences, errors."""

import json
import math
import os
import re

import numpy as np
import pytest

import penlight as torch
from penlight.distributions.gamma_sampling import standard_gamma_slope
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


def test_dirichlet_samples_refuse_gradients():
    with pytest.raises(NotImplementedError, match="Dirichlet"):
        torch.distributions.Beta(torch.tensor(1.0, requires_grad=True), torch.tensor(1.0)).rsample()
