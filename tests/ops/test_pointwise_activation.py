"""Activation functions by their formulas, on both sides of every kink; the namespace here is that of the op table."""

import math

import numpy as np
import pytest

import penlight as torch
from penlight.tensor.install import tensor_ops as k

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
POINTS = np.array([-7.0, -3.5, -1.2, -0.3, 0.4, 0.7, 2.9, 6.5, 25.0])


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def tanh_gelu(v):
    return 0.5 * v * (1 + math.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3)))


CASES = {
    "relu": ((), lambda v: max(v, 0.0)),
    "leaky_relu": ((0.2,), lambda v: v if v > 0 else 0.2 * v),
    "elu": ((1.5,), lambda v: v if v > 0 else 1.5 * math.expm1(v)),
    "celu": ((1.5,), lambda v: v if v > 0 else 1.5 * math.expm1(v / 1.5)),
    "selu": ((), lambda v: 1.0507009873554805 * (v if v > 0 else 1.6732632423543772 * math.expm1(v))),
    "gelu": ((), lambda v: v * 0.5 * math.erfc(-v / math.sqrt(2))),
    "silu": ((), lambda v: v * sigmoid(v)),
    "mish": ((), lambda v: v * math.tanh(math.log1p(math.exp(v)))),
    "softplus": ((2, 20), lambda v: v if 2 * v > 20 else math.log1p(math.exp(2 * v)) / 2),
    "sigmoid": ((), sigmoid),
    "logsigmoid": ((), lambda v: min(0.0, v) - math.log1p(math.exp(-abs(v)))),
    "hardtanh": ((-2.0, 1.0), lambda v: min(max(v, -2.0), 1.0)),
    "hardsigmoid": ((), lambda v: min(max(v + 3, 0.0), 6.0) / 6),
    "hardswish": ((), lambda v: v * min(max(v + 3, 0.0), 6.0) / 6),
    "threshold": ((0.5, -9.0), lambda v: v if v > 0.5 else -9.0),
    "softsign": ((), lambda v: v / (1 + abs(v))),
    "tanhshrink": ((), lambda v: v - math.tanh(v)),
    "softshrink": ((0.5,), lambda v: math.copysign(max(abs(v) - 0.5, 0.0), v)),
    "hardshrink": ((0.5,), lambda v: v if abs(v) > 0.5 else 0.0),
}


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(name):
    arguments, formula = CASES[name]
    x = torch.tensor(POINTS.tolist(), dtype=torch.float64, requires_grad=True)
    y = getattr(k, name)(x, *arguments)
    np.testing.assert_allclose(y.detach().numpy(), [formula(v) for v in POINTS], rtol=1e-13, atol=1e-15)
    y.sum().backward()
    step = 1e-6
    want = [(formula(v + step) - formula(v - step)) / (2 * step) for v in POINTS]
    np.testing.assert_allclose(x.grad.numpy(), want, rtol=1e-6, atol=1e-8)


def test_gelu_tanh_form():
    x = torch.tensor(POINTS.tolist(), dtype=torch.float64, requires_grad=True)
    y = k.gelu(x, approximate="tanh")
    np.testing.assert_allclose(y.detach().numpy(), [tanh_gelu(v) for v in POINTS], rtol=1e-12, atol=1e-15)
    y.sum().backward()
    want = [(tanh_gelu(v + 1e-6) - tanh_gelu(v - 1e-6)) / 2e-6 for v in POINTS]
    np.testing.assert_allclose(x.grad.numpy(), want, rtol=1e-6, atol=1e-8)
    with pytest.raises(RuntimeError, match="none or tanh"):
        k.gelu(x, approximate="sigmoid")


@pytest.mark.parametrize("size", [1000, 100_000])  # in one piece, and by blocks
def test_gelu_in_float32(size):
    x = np.linspace(-9, 9, size).astype(np.float32)
    t = torch.from_numpy(x.copy()).requires_grad_()
    y = k.gelu(t)
    y.sum().backward()
    phi = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x.astype(np.float64)])
    slope = phi + x * np.exp(-0.5 * x.astype(np.float64) ** 2) / math.sqrt(2 * math.pi)
    assert np.abs(y.detach().numpy() - x * phi).max() < 3e-7
    assert np.abs(t.grad.numpy() - slope).max() < 3e-7


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "gelu", "silu", "elu", "hardtanh", "softplus", "mish"])
def test_second_gradient(name):
    x = torch.tensor([-1.2, 0.4, 2.0], dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(getattr(k, name)(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    step = 1e-5
    ends = []
    for sign in (1, -1):
        moved = (x.detach() + sign * step).requires_grad_()
        getattr(k, name)(moved).sum().backward()
        ends.append(moved.grad.numpy())
    np.testing.assert_allclose(second.numpy(), (ends[0] - ends[1]) / (2 * step), rtol=1e-5, atol=1e-8)


def test_prelu():
    x = torch.tensor([[-1.0, 2.0], [-3.0, -4.0]], requires_grad=True)
    weight = torch.tensor([0.5, 0.25], requires_grad=True)
    y = torch.prelu(x, weight)
    assert y.tolist() == [[-0.5, 2.0], [-1.5, -1.0]]
    y.sum().backward()
    assert weight.grad.tolist() == [-4.0, -4.0]
    assert x.grad.tolist() == [[0.5, 1.0], [0.5, 0.25]]
    with pytest.raises(RuntimeError, match="Mismatch of parameter numbers"):
        torch.prelu(x, torch.tensor([1.0, 2.0, 3.0]))


def test_glu():
    x = torch.tensor([[1.0, 2.0, 0.0, 1.0]], requires_grad=True)
    y = k.glu(x)
    np.testing.assert_allclose(y.tolist(), [[0.5, 2 * sigmoid(1.0)]], rtol=1e-6)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), [[0.5, sigmoid(1), 0.25, 2 * sigmoid(1) * sigmoid(-1)]], rtol=1e-6)
    with pytest.raises(RuntimeError, match="Halving dimension must be even"):
        k.glu(torch.ones(3))


def test_in_place_forms_keep_the_graph():
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    y = x * 1
    assert torch.relu_(y) is y
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("name", ["gelu", "silu", "elu", "leaky_relu", "softplus", "mish", "hardswish"])
def test_integers_are_refused(name):
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        getattr(k, name)(torch.tensor([1]))
