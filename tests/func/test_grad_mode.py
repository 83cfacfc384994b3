"""Transforms under no_grad: what is given out hangs on no graph, as in PyTorch; inside, they differentiate."""

import pytest

import penlight as torch
from penlight.func import grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap

W, V, ROWS = torch.arange(3.0).requires_grad_(), torch.ones(3), torch.ones(2, 3)


def vector(w):
    return (w.sin() * w).cumsum(0)


def scalar(w):
    return vector(w).sum()


def closed_over(x):
    return (x * W).sin().sum()


CASES = {
    "vjp": lambda: vjp(vector, W)[1](V),
    "vjp value": lambda: vjp(vector, W)[0],
    "jvp": lambda: jvp(vector, (W,), (V,)),
    "grad": lambda: grad(scalar)(W),
    "grad and value": lambda: grad_and_value(scalar)(W),
    "closed over": lambda: grad(closed_over)(V),
    "jacrev": lambda: jacrev(vector)(W),
    "jacfwd": lambda: jacfwd(vector)(W),
    "hessian": lambda: hessian(scalar)(W),
    "linearize": lambda: linearize(vector, W)[1](V),
    "vmap of vjp": lambda: vmap(lambda x: vjp(vector, W)[1](x)[0])(ROWS),
    "vmap of grad": lambda: vmap(grad(closed_over))(ROWS),
}


@pytest.mark.parametrize("name", CASES)
def test_results_outside_the_graph(name):
    expected = CASES[name]()
    with torch.no_grad():
        found = CASES[name]()
    for a, b in zip(*[t if isinstance(t, tuple) else (t,) for t in (expected, found)]):
        assert a.requires_grad and not b.requires_grad and torch.equal(a, b)


def test_no_grad_inside_vmap():
    def inner(x):
        with torch.no_grad():
            return vjp(lambda w: w * x, W)[1](x)[0]

    out = vmap(inner)(ROWS)
    assert not out.requires_grad and out.tolist() == ROWS.tolist()


def test_nested_transforms_under_no_grad_differentiate_each_other():
    with torch.no_grad():
        assert grad(lambda x: grad(lambda y: y**3)(x) * x)(torch.tensor(2.0)).item() == 36.0
