"""Matrix products: ranks, shapes, dtypes, gradients, names in the graph, errors."""

import numpy as np
import pytest

import penlight as torch
from penlight.tensor import tensor_ops


def values(*shape, dtype="float64", seed=0):
    rng = np.random.default_rng(seed + sum(shape))
    return torch.from_numpy(rng.standard_normal(shape).astype(dtype))


@pytest.mark.parametrize(
    ("a", "b"),
    [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)),
     ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)),
     ((5, 2, 0), (0, 4)), ((0, 2, 3), (3, 4)), ((2, 1), (1, 300))],
)  # fmt: skip
def test_matmul_of_all_ranks(a, b):
    x, y = values(*a).requires_grad_(), values(*b, seed=1).requires_grad_()
    result = x @ y
    np.testing.assert_allclose(result.detach().numpy(), np.matmul(x.detach().numpy(), y.detach().numpy()), rtol=1e-12)
    g = values(*result.shape, seed=2)
    result.backward(g)
    # the directional derivative is exact for a bilinear function
    dx, dy = values(*a, seed=3), values(*b, seed=4)
    forward = (dx @ y.detach() + x.detach() @ dy).mul(g).sum()
    np.testing.assert_allclose(
        ((x.grad * dx).sum() + (y.grad * dy).sum()).item(), forward.item(), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize(
    ("shape", "bias", "name"),
    [((3, 4), True, "AddmmBackward0"), ((3, 4), False, "MmBackward0"), ((2, 3, 4), True, "ViewBackward0"),
     ((2, 3, 4), False, "UnsafeViewBackward0"), ((4,), True, "ViewBackward0"), ((4,), False, "SqueezeBackward4")],
)  # fmt: skip
def test_linear(shape, bias, name):
    x, w = values(*shape).requires_grad_(), values(5, 4).requires_grad_()
    b = values(5).requires_grad_() if bias else None
    y = tensor_ops.linear(x, w, b)
    assert y.grad_fn.name() == name
    want = x.detach().numpy() @ w.detach().numpy().T + (b.detach().numpy() if bias else 0)
    np.testing.assert_allclose(y.detach().numpy(), want, rtol=1e-12)
    g = values(*y.shape, seed=2)
    y.backward(g)
    rows, columns = g.numpy().reshape(-1, 5), x.detach().numpy().reshape(-1, 4)
    np.testing.assert_allclose(x.grad.numpy(), g.numpy() @ w.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(w.grad.numpy(), rows.T @ columns, rtol=1e-12)
    if bias:
        np.testing.assert_allclose(b.grad.numpy(), rows.sum(0), rtol=1e-12)


def test_half_precision_rounds_once():
    x, w, b = (values(*s, dtype="float16") for s in ((3, 4), (5, 4), (5,)))
    want = (x.numpy().astype("f") @ w.numpy().astype("f").T + b.numpy().astype("f")).astype("float16")
    got = tensor_ops.linear(x, w, b)
    assert got.dtype is torch.float16
    np.testing.assert_array_equal(got.numpy(), want)


def test_integers_wrap_and_booleans_are_refused():
    x = torch.full((2, 2), 100, dtype=torch.int8)
    assert (x @ x).tolist() == [[32, 32], [32, 32]]  # 20000 mod 256
    with pytest.raises(NotImplementedError, match="addmm_impl_cpu_"):
        torch.ones(2, 2, dtype=torch.bool) @ torch.ones(2, 2, dtype=torch.bool)


@pytest.mark.parametrize(
    ("call", "text"),
    [(lambda: torch.ones(3, 4) @ torch.ones(3, 4), r"cannot be multiplied \(3x4 and 3x4\)"),
     (lambda: torch.ones(2, 3, 4) @ torch.ones(3, 4), r"cannot be multiplied \(6x4 and 3x4\)"),
     (lambda: torch.ones(3, 4) @ torch.ones(4, 2).double(), "same dtype, but got: float != double"),
     (lambda: torch.ones(3, 4) @ torch.ones(3), "size mismatch"),
     (lambda: torch.tensor(1.0) @ torch.ones(3), "at least 1D"),
     (lambda: torch.einsum("ij,jk->ik", torch.ones(3, 4), torch.ones(3, 4)), "does not broadcast"),
     (lambda: torch.einsum("ij->ijk", torch.ones(3, 4)), "does not appear"),
     (lambda: torch.addmm(torch.ones(7), torch.ones(3, 4), torch.ones(4, 3)), "must match the existing size")],
)  # fmt: skip
def test_errors(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [("ij,jk->ik", [(2, 3), (3, 4)]), ("bij,bjk", [(2, 3, 4), (2, 4, 5)]), ("ii", [(3, 3)]), ("ii->i", [(3, 3)]),
     ("i,j->ij", [(2,), (3,)]), ("...ij,jk->...ik", [(5, 2, 3), (3, 4)]), ("ij->", [(2, 3)]), ("ij->ji", [(2, 3)]),
     ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]), ("i,ij,j", [(2,), (2, 3), (3,)]), ("...,...->...", [(3,), (2, 3)])],
)  # fmt: skip
def test_einsum(equation, shapes):
    operands = [values(*s, seed=i).requires_grad_() for i, s in enumerate(shapes)]
    result = torch.einsum(equation, *operands)
    np.testing.assert_allclose(
        result.detach().numpy(), np.einsum(equation, *[o.detach().numpy() for o in operands]), rtol=1e-12
    )
    result.sum().backward()
    assert all(o.grad.shape == o.shape for o in operands)


def test_einsum_with_lists():
    a, b = values(2, 3), values(3, 4)
    assert torch.equal(torch.einsum(a, [0, 1], b, [1, 2], [0, 2]), a @ b)


def test_addmm_ignores_the_input_at_beta_zero():
    nan = torch.full((2, 2), float("nan"))
    assert torch.equal(torch.addmm(nan, torch.eye(2), torch.eye(2), beta=0), torch.eye(2))
