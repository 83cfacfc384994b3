"""Bessel and Airy functions against values computed with 30 digits (mpmath) and against their Wronskians."""

import math

import numpy as np
import pytest

import penlight as torch

special = torch.special
X = (0.5, 2.5, 7.5, 60.0)
VALUES = {
    "bessel_j0": (0.9384698072408129, -0.048383776468197996, 0.2663396578803784, -0.09147180408906187),
    "bessel_j1": (0.24226845767487389, 0.49709410246427404, 0.13524842757970551, 0.046598383758166318),
    "bessel_y0": (-0.44451873350670656, 0.49807035961523189, 0.11731328614820863, 0.047358952209449399),
    "bessel_y1": (-1.4714723926702431, 0.1459181379667858, -0.25912851048611625, 0.091869609369866895),
    "modified_bessel_k0": (0.92441907122766586, 0.062347553200366186, 0.00024917761635611439, 1.4138978405591078e-27),
    "modified_bessel_k1": (1.6564411200033009, 0.073890816347747064, 0.00026529739012528953, 1.4256320265171043e-27),
    "airy_ai": (0.23169360648083349, 0.01572592338047049, 1.9172560675134308e-7, 2.7831487094969355e-136),
}


def double(values):
    return torch.tensor(list(values), dtype=torch.float64)


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    got = getattr(special, name)(double(X)).numpy()
    # exp(-zeta) of the Airy function at 60 loses what its argument, 310, has in rounding
    np.testing.assert_allclose(got, VALUES[name], rtol=2e-13 if name == "airy_ai" else 3e-15)
    assert getattr(special, name)(torch.tensor(X)).dtype is torch.float32


def test_airy_left_of_zero():
    got = special.airy_ai(double([-1.0, -2.5, -12.0])).numpy()
    np.testing.assert_allclose(got, [0.53556088329235212, -0.11232506769296609, -0.066555175054373129], rtol=2e-14)


def test_wronskians():
    x = double(np.concatenate([np.geomspace(1e-6, 1, 40), np.linspace(1, 50, 99)]))
    oscillating = special.bessel_j1(x) * special.bessel_y0(x) - special.bessel_j0(x) * special.bessel_y1(x)
    np.testing.assert_allclose((oscillating * x).numpy(), 2 / math.pi, rtol=4e-15)
    growing = special.modified_bessel_i0(x) * special.modified_bessel_k1(x)
    growing = growing + special.modified_bessel_i1(x) * special.modified_bessel_k0(x)
    np.testing.assert_allclose((growing * x).numpy(), 1, rtol=6e-15)


def test_scaled_far_out_and_at_zero():
    far = double([800.0])
    assert special.modified_bessel_k0(far).item() == 0.0
    # K0(x) exp(x) ~ sqrt(pi / (2 x)) (1 - 1 / (8 x) + 9 / (128 x^2) - 225 / (3072 x^3))
    series = math.sqrt(math.pi / 1600) * (1 - 1 / 6400 + 9 / (128 * 800**2) - 225 / (3072 * 800**3))
    assert special.scaled_modified_bessel_k0(far).item() == pytest.approx(series, rel=1e-12)
    assert special.bessel_y0(double([0.0, -1.0])).tolist()[0] == -math.inf
    assert special.bessel_y0(double([-1.0])).isnan().all() and special.modified_bessel_k1(double([-1.0])).isnan().all()
    assert special.bessel_j1(double([-2.5])).item() == pytest.approx(-VALUES["bessel_j1"][1], rel=1e-15)
    assert special.spherical_bessel_j0(double([0.0, math.inf])).tolist() == [1.0, 0.0]


def test_what_pytorch_refuses():
    for dtype in (torch.float16, torch.bfloat16, torch.complex64):
        with pytest.raises(NotImplementedError, match="not implemented for"):
            special.bessel_j0(torch.ones(2, dtype=dtype))
    assert not special.bessel_j0(torch.ones(2, requires_grad=True)).requires_grad
