"""Elementwise ops: special values, dtypes, gradients. Expectations are PyTorch 2.13's or exact mathematics."""

import math

import numpy as np
import pytest

import penlight as torch

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
nan, inf = math.nan, math.inf


def values(t):
    return t.detach().numpy().tolist()


def same(got, want):
    assert np.array_equal(np.asarray(values(got)), np.asarray(want), equal_nan=True), f"{values(got)} != {want}"


def gradient(function, *inputs):
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in inputs]
    function(*leaves).sum().backward()
    return [values(leaf.grad) for leaf in leaves]


def check_gradient(function, *inputs, step=1e-6):
    """Compare with central differences."""
    arrays = [np.asarray(v, dtype=np.float64) for v in inputs]
    got = gradient(function, *[a.tolist() for a in arrays])
    for i, a in enumerate(arrays):
        want = np.zeros_like(a)
        for j in range(a.size):
            ends = []
            for sign in (1, -1):
                moved = [b.copy() for b in arrays]
                moved[i].flat[j] += sign * step
                ends.append(function(*[torch.tensor(m.tolist(), dtype=torch.float64) for m in moved]).sum().item())
            want.flat[j] = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(got[i], want, rtol=1e-5, atol=1e-7)


UNARY = {
    "exp": [-1.0, 0.5], "log": [0.3, 2.0], "sqrt": [0.3, 2.0], "rsqrt": [0.3, 2.0], "exp2": [-1.0, 0.5],
    "expm1": [-1.0, 0.5], "log2": [0.3, 2.0], "log10": [0.3, 2.0], "log1p": [-0.3, 2.0], "reciprocal": [-0.7, 2.0],
    "square": [-0.7, 2.0], "abs": [-0.7, 2.0], "sin": [-0.7, 2.0], "cos": [-0.7, 2.0], "tan": [-0.7, 2.0],
    "sinh": [-0.7, 2.0], "cosh": [-0.7, 2.0], "tanh": [-0.7, 2.0], "asin": [-0.7, 0.2], "acos": [-0.7, 0.2],
    "atan": [-0.7, 2.0], "asinh": [-0.7, 2.0], "acosh": [1.3, 2.0], "atanh": [-0.7, 0.2], "sigmoid": [-0.7, 2.0],
    "relu": [-0.7, 2.0], "erf": [-0.7, 2.0], "erfc": [-0.7, 2.0], "erfinv": [-0.7, 0.2], "lgamma": [0.3, 2.5],
    "digamma": [0.3, 2.5], "i0": [-0.7, 2.0], "logit": [0.3, 0.6], "sinc": [-0.7, 0.2], "frac": [-0.7, 2.2],
    "deg2rad": [-0.7, 2.0], "rad2deg": [-0.7, 2.0], "nan_to_num": [-0.7, 2.0], "selu": [-0.7, 2.0], "celu": [-0.7, 2.0],
}  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_unary_gradient(name):
    check_gradient(getattr(torch, name), UNARY[name])


SPECIAL = {
    "erfcx": [-0.7, 2.0], "ndtr": [-0.7, 2.0], "ndtri": [0.2, 0.7], "log_ndtr": [-3.0, 0.7], "i0e": [-0.7, 2.0],
    "i1": [-0.7, 2.0], "i1e": [-0.7, 2.0], "entr": [0.3, 2.0], "expit": [-0.7, 2.0], "psi": [0.3, 2.0],
}  # fmt: skip


@pytest.mark.parametrize("name", SPECIAL)
def test_special_gradient(name):
    check_gradient(getattr(torch.special, name), SPECIAL[name])


BINARY = "maximum minimum fmax fmin atan2 hypot logaddexp logaddexp2 xlogy fmod remainder copysign ldexp".split()


@pytest.mark.parametrize("name", BINARY)
def test_binary_gradient(name):
    check_gradient(getattr(torch, name), [[0.7, 2.3]], [[1.1], [0.4]])


def test_ternary_gradients():
    check_gradient(torch.lerp, [0.7, 2.3], [1.1, 0.4], [0.2, 0.9])
    check_gradient(lambda a, b, c: torch.addcmul(a, b, c, value=0.5), [0.7, 2.3], [1.1, 0.4], [0.2, 0.9])
    check_gradient(lambda a, b, c: torch.addcdiv(a, b, c, value=0.5), [0.7, 2.3], [1.1, 0.4], [0.2, 0.9])
    check_gradient(torch.clamp, [0.7, 2.3, -1.0], [0.0, 0.1, 0.2], [1.0, 1.1, 1.2])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_polygamma_gradient(n):
    check_gradient(lambda x: torch.polygamma(n, x), [0.8, 2.5])


def test_relu_keeps_nan_and_blocks_infinite_gradients():
    x = torch.tensor([-1.0, 0.0, 2.0, nan], requires_grad=True)
    y = torch.relu(x)
    same(y, [0.0, 0.0, 2.0, nan])
    y.backward(torch.tensor([inf, nan, 3.0, 4.0]))
    same(x.grad, [0.0, 0.0, 3.0, 4.0])  # a product with the mask would give nan
    with pytest.raises(RuntimeError, match="Boolean inputs not supported for relu"):
        torch.relu(torch.tensor([True]))


def test_grad_fn_names():
    x = torch.tensor([0.5], requires_grad=True)
    for result, name in [
        (torch.clamp(x, 0, 1), "ClampBackward1"),
        (torch.clamp(x, x, x), "ClampBackward0"),
        (x.clamp_min(0), "ClampMinBackward0"),
        (torch.where(x > 0, x, 0.0), "WhereBackward0"),
        (x.masked_fill(x > 0, 1.0), "MaskedFillBackward0"),
        (x % 2, "RemainderBackward0"),
        (x % x, "RemainderBackward1"),
        (torch.round(x, decimals=1), "RoundBackward1"),
        (torch.square(x), "PowBackward0"),
        (torch.log1p(x), "Log1PBackward0"),
    ]:
        assert result.grad_fn.name() == name


def test_clamp():
    same(torch.clamp(torch.tensor([nan, -1.0, 5.0]), 0, 2), [nan, 0.0, 2.0])
    same(torch.clamp(torch.tensor([1.0, 2.0]), 3, 0), [0.0, 0.0])  # the upper limit wins
    assert torch.clamp(torch.tensor([1, 2]), 0.5).dtype is torch.float32
    same(torch.clamp(torch.tensor([1, 2]), min=torch.tensor([1.5])), [1.5, 2.0])
    assert gradient(lambda x: x.clamp(0, 1), [-1.0, 0.0, 1.0, 2.0, nan]) == [[0.0, 1.0, 1.0, 0.0, 0.0]]
    with pytest.raises(RuntimeError, match="At least one of 'min' or 'max' must not be None"):
        torch.clamp(torch.tensor([1.0]))
    with pytest.raises(TypeError):
        torch.clamp(torch.tensor([1.0]), 0, torch.tensor([1.0]))
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.clamp(torch.tensor([1], dtype=torch.uint8), -300)
    with pytest.raises(RuntimeError, match="can't be cast"):
        torch.tensor([1, 2]).clamp_(0.5)


def test_where():
    condition = torch.tensor([True, False])
    same(torch.where(condition, torch.tensor([1.0, 2.0]), 0), [1.0, 0.0])
    assert torch.where(condition, 1, 2).dtype is torch.int64
    assert torch.where(condition, 1, 2.0).dtype is torch.float32
    same(torch.tensor([True, True]).where(condition, torch.tensor([False, False])), [True, False])
    (index,) = torch.where(torch.tensor([0, 3, 4]))
    same(index, [1, 2])
    with pytest.raises(RuntimeError, match="boolean tensor"):
        torch.where(torch.tensor([1, 0]), 1, 2)
    with pytest.raises(TypeError):
        torch.where(condition, 1)


def test_where_on_long_arrays_copies_every_bit():
    rng = np.random.default_rng(0)
    a, b, mask = rng.normal(size=5000), rng.normal(size=5000), rng.random(5000) < 0.5
    a[0], b[1], mask[:2] = nan, inf, True
    for dtype in (np.float32, np.float64, np.int64):
        with np.errstate(invalid="ignore"):
            x, y = a.astype(dtype), b.astype(dtype)
        got = torch.where(torch.from_numpy(mask), torch.from_numpy(x), torch.from_numpy(y))
        assert got.numpy().tobytes() == np.where(mask, x, y).tobytes()


def test_masked_fill():
    x = torch.tensor([1.0, 2.0])
    same(x.masked_fill(torch.tensor([[True], [False]]), -inf), [[-inf, -inf], [1.0, 2.0]])
    same(torch.tensor([1, 2]).masked_fill(torch.tensor([True, False]), 7.9), [7, 2])
    same(x.masked_fill_(torch.tensor([True, False]), 5), [5.0, 2.0])
    with pytest.raises(RuntimeError, match="boolean masks"):
        x.masked_fill(torch.tensor([1, 0]), 1)
    with pytest.raises(RuntimeError, match="0-dimensional"):
        x.masked_fill(torch.tensor([True, False]), torch.tensor([1.0]))
    with pytest.raises(RuntimeError, match="without overflow"):
        x.masked_fill(torch.tensor([True, False]), 1j)
    check_gradient(lambda a, v: a.masked_fill(torch.tensor([True, False]), v), [0.5, 2.0], 3.0)


def test_maximum_shares_the_gradient_of_ties():
    assert gradient(torch.maximum, [1.0, 2.0, 3.0], [1.0, 5.0, 0.0]) == [[0.5, 0.0, 1.0], [0.5, 1.0, 0.0]]
    same(torch.maximum(torch.tensor([nan]), torch.tensor([1.0])), [nan])
    same(torch.fmax(torch.tensor([nan]), torch.tensor([1.0])), [1.0])


def test_sign_of_nan_is_zero():
    same(torch.sign(torch.tensor([nan, -0.0, -3.0])), [0.0, 0.0, -1.0])
    assert abs(torch.sgn(torch.tensor([3 + 4j])).item() - (0.6 + 0.8j)) < 1e-6


def test_rounding():
    same(torch.round(torch.tensor([0.5, 1.5, -2.5])), [0.0, 2.0, -2.0])
    same(torch.round(torch.tensor([123.456]), decimals=-1), [120.0])
    assert torch.floor(torch.tensor([1, 2])).dtype is torch.int64
    for name in ("floor", "ceil", "round", "trunc"):
        with pytest.raises(NotImplementedError, match="not implemented for 'Bool'"):
            getattr(torch, name)(torch.tensor([True]))


def test_remainder():
    same(torch.remainder(torch.tensor([-1, 5, -7]), 3), [2, 2, 2])
    same(torch.fmod(torch.tensor([-7]), 3), [-1])
    same(torch.remainder(torch.tensor([5.0, -5.0]), inf), [5.0, inf])
    assert math.copysign(1, torch.remainder(torch.tensor([-4.0]), 2).item()) == -1  # a zero keeps the dividend's sign
    same(5 % torch.tensor([3]), [2])
    for function in (torch.remainder, torch.fmod):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            function(torch.tensor([1]), 0)


def test_comparisons():
    same(torch.tensor([1, 2]) > 1.5, [False, True])
    same(torch.tensor([255], dtype=torch.uint8) == -1, [True])  # the number wraps, as in PyTorch
    same(torch.tensor([0.1], dtype=torch.float16) == 0.1, [True])
    assert (torch.tensor([1.0]) == None) is False  # noqa: E711
    with pytest.raises(NotImplementedError):
        torch.tensor([1j]) < torch.tensor([1j])  # noqa: B015
    with pytest.raises(TypeError):
        torch.eq(1, torch.tensor([1]))


def test_isclose_allclose_equal():
    same(torch.isclose(torch.tensor([inf, nan, 1.0]), torch.tensor([inf, nan, 1.0 + 1e-6])), [True, False, True])
    assert torch.allclose(torch.tensor([nan]), torch.tensor([nan]), equal_nan=True) is True
    assert torch.equal(torch.tensor([1.0]), torch.tensor([[1.0]])) is False
    with pytest.raises(RuntimeError, match="Float did not match Long"):
        torch.allclose(torch.tensor([1.0]), torch.tensor([1]))
    with pytest.raises(RuntimeError, match="rtol must be greater"):
        torch.isclose(torch.tensor([1.0]), torch.tensor([1.0]), rtol=-1)


def test_predicates():
    same(torch.isnan(torch.tensor([1, 2])), [False, False])
    same(torch.isfinite(torch.tensor([inf, nan, 1.0])), [False, False, True])
    same(torch.isinf(torch.tensor([complex(1, inf)])), [True])
    with pytest.raises(RuntimeError, match="ambiguous"):
        torch.is_nonzero(torch.tensor([1.0, 2.0]))
    assert torch.result_type(torch.tensor([1, 2]), 1.0) is torch.float32
    assert torch.result_type(torch.tensor([1], dtype=torch.uint8), torch.tensor(-1)) is torch.uint8


def test_bitwise():
    same(torch.tensor([1, 0, 1]).bool() & torch.tensor([1, 1, 0]).bool(), [True, False, False])
    same(~torch.tensor([5]), [-6])
    same(torch.tensor([1, -8]) << 70, [0, 0])
    same(torch.tensor([8, -8]) >> 70, [0, -1])
    same(torch.gcd(torch.tensor([12, -4, 0]), torch.tensor([-8, 6, 0])), [4, 2, 0])
    with pytest.raises(NotImplementedError, match="bitwise_and_cpu"):
        torch.bitwise_and(torch.tensor([1.0]), torch.tensor([1.0]))
    with pytest.raises(TypeError):
        torch.bitwise_and(1, 2)


def test_old_argument_order_of_addcmul_and_addcdiv():
    a, b, c = (torch.tensor([v]) for v in (1.0, 2.0, 4.0))
    same(torch.addcmul(a, 2, b, c), [17.0])
    same(a.clone().addcdiv_(-0.5, b, c), [0.75])
    with pytest.raises(RuntimeError, match="Integer division"):
        torch.addcdiv(torch.tensor([1]), torch.tensor([2]), torch.tensor([3]))


def test_nan_to_num():
    largest = float(np.finfo(np.float32).max)
    same(torch.nan_to_num(torch.tensor([nan, inf, -inf])), [0.0, largest, -largest])
    same(torch.nan_to_num(torch.tensor([nan, inf, -inf]), nan=1, posinf=2, neginf=3), [1.0, 2.0, 3.0])


def test_complex():
    z = torch.complex(torch.tensor([3.0, -1.0]), torch.tensor([4.0, 0.0]))
    assert z.dtype is torch.complex64
    same(torch.abs(z), [5.0, 1.0])
    same(torch.angle(torch.tensor([-1.0, 1.0, nan])), [np.float32(math.pi), 0.0, nan])
    z.real = torch.tensor([9.0, 8.0])  # a view of the same memory
    same(torch.view_as_real(z), [[9.0, 4.0], [8.0, 0.0]])
    same(torch.view_as_complex(torch.tensor([1.0, 2.0])), 1 + 2j)
    with pytest.raises(RuntimeError, match="non-complex"):
        torch.imag(torch.tensor([1.0]))
    with pytest.raises(RuntimeError, match="Float but got scalar type Double"):
        torch.complex(torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64))
    check_gradient(lambda a, b: torch.abs(torch.complex(a, b)), [0.3, -2.0], [[1.0], [0.5]])
    check_gradient(lambda a, b: torch.angle(torch.polar(a, b)), [0.3, 2.0], [1.0, 0.5])


def test_integers_become_float_and_halves_stay():
    assert torch.exp(torch.tensor([1])).dtype is torch.float32
    assert torch.sigmoid(torch.tensor([1], dtype=torch.float16)).dtype is torch.float16
    with pytest.raises(TypeError, match="must be Tensor, not float"):
        torch.exp(1.0)


def test_frexp():
    mantissa, exponent = torch.frexp(torch.tensor([8.0, 0.0, inf]))
    same(mantissa, [0.5, 0.0, inf])
    same(exponent, [4, 0, 0])
    assert exponent.dtype is torch.int32
