"""`torch._higher_order_ops.associative_scan` against the cumulative functions, and what it refuses."""

import pytest

import penlight as torch
from penlight._higher_order_ops.associative_scan import associative_scan


def scan(function, xs, dim, **options):
    return associative_scan(function, xs, dim, combine_mode="generic", **options)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_sums_and_products_are_the_cumulative_ones(dim):
    x = torch.arange(1.0, 7).view(2, 3).requires_grad_()
    found = scan(lambda a, b: a * b, x, dim)
    assert found.tolist() == x.cumprod(dim).tolist()
    (gradient,) = torch.autograd.grad(found.sum(), x)
    assert torch.allclose(gradient, torch.autograd.grad(x.cumprod(dim).sum(), x)[0])
    assert scan(torch.add, x, dim, reverse=True).tolist() == x.flip(dim).cumsum(dim).flip(dim).tolist()


def test_a_linear_recurrence_over_a_tuple():
    gates, inputs = torch.tensor([0.5, 2.0, 3.0]), torch.tensor([1.0, 1.0, 2.0])
    _, states = scan(lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1]), (gates, inputs), 0)
    assert states.tolist() == [1.0, 3.0, 11.0]


def test_refused():
    x = torch.ones(2, 3)
    for arguments, kind in (
        ((3, x, 0), ValueError), ((torch.add, x, 5), IndexError), ((torch.add, [], 0), ValueError),
        ((torch.add, (x, x[:1]), 0), ValueError),
    ):  # fmt: skip
        with pytest.raises(kind):
            scan(*arguments)
    with pytest.raises(ValueError, match="CUDA or XPU"):  # the default is for accelerators
        associative_scan(torch.add, x, 0)
