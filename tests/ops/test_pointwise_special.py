"""Special functions against Python's math module, closed forms, inverses and published values."""

import math

import numpy as np
import pytest

import penlight as torch

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
special = torch.special
ULP = 2.220446049250313e-16


def double(values):
    return torch.tensor(np.asarray(values, dtype=np.float64).tolist(), dtype=torch.float64)


def close(got, want, ulps):
    np.testing.assert_allclose(got.numpy(), np.asarray(want), rtol=ulps * ULP, atol=0)


POINTS = np.concatenate([np.linspace(-6, 6, 241), np.geomspace(1e-12, 1, 40)])


def test_erf_and_erfc_against_the_c_library():
    close(torch.erf(double(POINTS)), [math.erf(v) for v in POINTS], 4)
    wide = np.concatenate([POINTS, np.linspace(6, 26, 81)])
    close(torch.erfc(double(wide)), [math.erfc(v) for v in wide], 8)


def test_error_functions_at_the_ends():
    ends = double([math.inf, -math.inf, 0.0])
    assert torch.erf(ends).tolist() == [1.0, -1.0, 0.0]
    assert torch.erfc(ends).tolist() == [0.0, 2.0, 1.0]
    assert torch.erfinv(double([1.0, -1.0])).tolist() == [math.inf, -math.inf]
    assert torch.erfinv(double([1.5, math.nan])).isnan().all()
    assert special.ndtri(double([0.0, 1.0])).tolist() == [-math.inf, math.inf]
    assert special.entr(double([0.0, -1.0])).tolist() == [0.0, -math.inf]


def test_inverses():
    y = np.concatenate([np.linspace(-0.999, 0.999, 199), 1 - np.geomspace(1e-15, 1e-3, 30)])
    close(torch.erf(torch.erfinv(double(y))), y, 4)
    tails = np.geomspace(1e-300, 1e-3, 60)
    # Phi(x) = erfc(-x / sqrt(2)) / 2; an error in x of one unit is x^2 units in Phi
    x = special.ndtri(double(tails)).numpy()
    got = [0.5 * math.erfc(-v / math.sqrt(2)) for v in x]
    np.testing.assert_allclose(got, tails, rtol=4000 * ULP)


def test_log_ndtr_far_out():
    # Mills' ratio: log(Phi(-x)) = -x^2/2 - log(x sqrt(2 pi)) + log(1 - 1/x^2 + 3/x^4 - ...)
    x = 1e4
    want = -x * x / 2 - math.log(x * math.sqrt(2 * math.pi)) - 1 / (x * x)
    close(special.log_ndtr(double([-x])), [want], 2)
    close(special.log_ndtr(double([0.0])), [math.log(0.5)], 2)


def test_erfcx():
    x = np.linspace(-3, 3, 61)
    close(special.erfcx(double(x)), [math.exp(v * v) * math.erfc(v) for v in x], 40)
    close(special.erfcx(double([1e8])), [1 / (1e8 * math.sqrt(math.pi))], 2)


def test_lgamma_against_the_c_library():
    x = np.concatenate([np.linspace(0.01, 30, 400), np.geomspace(1e-300, 1e300, 60), np.linspace(-9.7, -0.2, 60)])
    got = torch.lgamma(double(x)).numpy()
    np.testing.assert_allclose(got, [math.lgamma(v) for v in x], rtol=8 * ULP, atol=8 * ULP)
    assert torch.lgamma(double([0.0, -1.0, math.inf, -math.inf])).tolist() == [math.inf] * 4


def test_lgamma_near_its_zeros_is_relatively_exact():
    step = 2.0**-30  # lgamma(1 + e) = -gamma e + pi^2/12 e^2 - ...
    euler = 0.5772156649015328606
    close(
        torch.lgamma(double([1 + step, 1 - step])),
        [-euler * step + math.pi**2 / 12 * step**2, euler * step + math.pi**2 / 12 * step**2],
        6,
    )


def test_digamma_and_polygamma():
    euler = 0.5772156649015328606
    close(torch.digamma(double([1.0, 0.5, 2.0])), [-euler, -euler - 2 * math.log(2), 1 - euler], 6)
    assert torch.digamma(double([0.0, -0.0])).tolist() == [-math.inf, math.inf]
    assert torch.digamma(double([-1.0])).isnan().all()
    close(torch.polygamma(1, double([1.0, 0.5])), [math.pi**2 / 6, math.pi**2 / 2], 4)
    close(torch.polygamma(3, double([1.0])), [math.pi**4 / 15], 4)
    close(double([2.5]).polygamma(1), [math.pi**2 / 2 - 4 - 4 / 9], 8)  # psi'(x + 1) = psi'(x) - 1 / x^2
    with pytest.raises(RuntimeError, match="negative n"):
        torch.polygamma(-1, double([1.0]))


def test_zeta():
    close(special.zeta(double([2.0, 4.0]), 1), [math.pi**2 / 6, math.pi**4 / 90], 4)
    close(special.zeta(3.0, double([1.0])), [1.2020569031595942854], 4)
    assert special.zeta(double([1.0, 0.5]), 2)[0].item() == math.inf
    assert special.zeta(double([0.5]), 2).isnan().all()
    # the terms with k < 3 split off: zeta(s, -2.5) = zeta(s, 0.5) + the sum over -2.5, -1.5, -0.5
    close(special.zeta(double([2.0]), -2.5), [math.pi**2 / 2 + 1 / 6.25 + 1 / 2.25 + 4], 4)
    with pytest.raises(NotImplementedError):
        special.zeta(double([2.0]).requires_grad_(), 1).sum().backward()


def test_mvlgamma():
    x = 3.7
    want = 0.5 * math.log(math.pi) + math.lgamma(x) + math.lgamma(x - 0.5)
    close(torch.mvlgamma(double([x]), 2), [want], 8)


def test_bessel_functions_against_their_series():
    def series(order, x):
        return math.fsum(
            (x / 2) ** (2 * k + order) / (math.factorial(k) * math.factorial(k + order)) for k in range(80)
        )

    x = np.linspace(-20, 20, 81)
    close(torch.i0(double(x)), [series(0, v) for v in x], 8)
    nonzero = x[x != 0]
    close(special.i1(double(nonzero)), [series(1, v) for v in nonzero], 8)
    close(special.i0e(double(x)), [series(0, v) * math.exp(-abs(v)) for v in x], 12)
    close(special.i1e(double(nonzero)), [series(1, v) * math.exp(-abs(v)) for v in nonzero], 12)
    assert special.i1(double([0.0])).item() == 0.0


def test_logit_and_sinc():
    close(torch.logit(double([0.25])), [-math.log(3)], 4)
    close(torch.logit(double([0.0]), eps=0.25), [-math.log(3)], 4)
    assert torch.sinc(double([0.0])).item() == 1.0
    close(torch.sinc(double([0.5])), [2 / math.pi], 4)


def test_xlogy_at_zero():
    assert torch.xlogy(double([0.0]), double([0.0])).item() == 0.0
    assert torch.xlogy(double([0.0]), double([math.nan])).isnan().all()
    assert torch.xlogy(torch.tensor([0]), torch.tensor([0])).dtype is torch.float32
    assert special.xlog1py(double([0.0]), -1.0).item() == 0.0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_narrow_dtypes_are_the_rounded_doubles(dtype):
    x = torch.tensor([0.3, 1.7, 4.2], dtype=dtype)
    for function in (torch.erfc, torch.lgamma, torch.digamma):
        assert torch.equal(function(x), function(x.to(torch.float64)).to(dtype)), function.__name__


def test_erf_of_float32_is_off_by_less_than_two_units_in_the_last_place():
    x = torch.linspace(-4, 4, 20001)
    exact = torch.erf(x.double())
    unit = torch.tensor(np.spacing(exact.abs().float().numpy())).double()
    assert ((torch.erf(x).double() - exact).abs() / unit).max() < 2
    assert torch.erf(torch.tensor([0.0, math.inf, -math.inf])).tolist() == [0, 1, -1]
