"""The notes' chapter on automatic differentiation: one test per block of code, results as PyTorch prints them."""

import pytest

import penlight as torch


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_results_know_their_function():
    x = torch.ones(2, 2, requires_grad=True)
    assert str(x) == ("tensor([[1., 1.],\n        [1., 1.]], requires_grad=True)")
    y = x + 2
    assert str(y) == ("tensor([[3., 3.],\n        [3., 3.]], grad_fn=<AddBackward0>)")
    assert str(y.grad_fn).startswith("<AddBackward0 object at 0x")
    z = y * y * 3
    out = z.mean()
    assert f"{z} {out}" == ("tensor([[27., 27.],\n        [27., 27.]], grad_fn=<MulBackward0>) 27.0")


def test_switch_recording_on():
    a = torch.randn(2, 2)
    a = (a * 3) / (a - 1)
    assert a.requires_grad is False
    a.requires_grad_(True)
    assert a.requires_grad is True
    b = (a * a).sum()
    assert str(b.grad_fn).startswith("<SumBackward0 object at 0x")


@pytest.mark.parametrize("given", [False, True], ids=["no gradient", "gradient 1"])
def test_backward_of_a_scalar(given):
    x = torch.ones(2, 2, requires_grad=True)
    out = ((x + 2) ** 2 * 3).mean()
    if given:
        out.backward(torch.tensor(1.0))
    else:
        out.backward()
    assert str(x.grad) == ("tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])")


def test_backward_of_a_vector():
    x = torch.randn(3, requires_grad=True)
    y = x * 2
    while y.data.norm() < 1000:
        y = y * 2
    assert str(y) == "tensor([  788.9900,  -150.2356, -1115.5402], grad_fn=<MulBackward0>)"
    v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
    y.backward(v)
    assert str(x.grad) == "tensor([5.1200e+01, 5.1200e+02, 5.1200e-02])"


def test_backward_of_a_vector_needs_a_gradient():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        (x * 2).backward()


def test_keep_out_of_the_graph():
    x = torch.randn(3, requires_grad=True)
    assert x.requires_grad is True
    assert (x**2).requires_grad is True
    with torch.no_grad():
        assert (x**2).requires_grad is False
    y = x.detach()
    assert y.requires_grad is False
    assert str(x.eq(y).all()) == "tensor(True)"
