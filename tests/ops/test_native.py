"""Names of `torch` one level below `nn.functional`, lists of tensors, factorisations in LAPACK's form, small additions."""

import numpy as np
import pytest

import penlight as torch

F = torch.nn.functional
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def normal(*shape, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def test_norms_under_their_other_names():
    x, w, b = normal(2, 3, 4), normal(3), normal(3)
    running = (torch.zeros(3, dtype=x.dtype), torch.ones(3, dtype=x.dtype))
    args = (w, b, *running, False, 0.1, 1e-5)
    assert torch.equal(torch.batch_norm(x, *args, True), F.batch_norm(x, *running, w, b, False, 0.1, 1e-5))
    assert torch.equal(torch.layer_norm(x, [4]), F.layer_norm(x, [4]))
    out, mean, inverse = torch.native_layer_norm(x, (4,), None, None, 1e-5)
    np.testing.assert_allclose(((x - mean) * inverse).numpy(), out.numpy(), atol=1e-14)
    out, mean, inverse = torch.native_group_norm(x, None, None, 2, 3, 4, 3, 1e-5)
    np.testing.assert_allclose(((x - mean[..., None]) * inverse[..., None]).numpy(), out.numpy(), atol=1e-14)


def test_dropout_draws_as_the_functional_one():
    x = torch.ones(1000)
    for name, arguments in (("dropout", ()), ("alpha_dropout", ())):
        torch.manual_seed(3)
        want = getattr(F, name)(x, 0.5, True, *arguments)
        torch.manual_seed(3)
        assert torch.equal(getattr(torch, name)(x, 0.5, True), want)
    out, kept = torch.native_dropout(x, 0.25, True)
    assert torch.equal(out != 0, kept) and out.max().item() == pytest.approx(4 / 3)
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        torch.dropout(x, 1.5, True)


def test_foreach():
    a, b = [torch.tensor([1.0, 2.0]), torch.tensor([3.0])], [torch.tensor([4.0, 5.0]), torch.tensor([6.0])]
    assert [t.tolist() for t in torch._foreach_add(a, b, alpha=2)] == [[9.0, 12.0], [15.0]]
    assert [t.tolist() for t in torch._foreach_mul(a, [2.0, 3.0])] == [[2.0, 4.0], [9.0]]
    assert [t.tolist() for t in torch._foreach_addcdiv(a, b, b, value=2)] == [[3.0, 4.0], [5.0]]
    assert [t.item() for t in torch._foreach_norm(a)] == pytest.approx([5**0.5, 3.0])
    torch._foreach_lerp_(a, b, 0.5)
    torch._foreach_clamp_min_(a, 3)
    assert [t.tolist() for t in a] == [[3.0, 3.5], [4.5]]
    with pytest.raises(RuntimeError, match="got 2 and 1"):
        torch._foreach_add(a, b[:1])
    with pytest.raises(AttributeError):
        torch._foreach_no_such_op


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_ldl_and_householder_rebuild_the_matrix(dtype):
    A = normal(3, 6, 6, dtype=dtype)
    A = A + A.mT
    A[0].diagonal().zero_()  # needs 2x2 pivots
    LD, pivots = torch.linalg.ldl_factor(A)
    assert (pivots < 0).any()
    np.testing.assert_allclose(torch.linalg.ldl_solve(LD, pivots, A).numpy(), np.tile(np.eye(6), (3, 1, 1)), atol=1e-12)
    a, tau = torch.geqrf(A)
    np.testing.assert_allclose(torch.ormqr(a, tau, a.triu()).numpy(), A.numpy(), atol=1e-12)
    back = torch.ormqr(a, tau, A, transpose=True)
    np.testing.assert_allclose(back.numpy(), a.triu().numpy(), atol=1e-12)


def test_dilated_windows_that_overlap_add_their_gradients():
    x = torch.arange(5.0, requires_grad=True)
    # windows of 2 at distance 2, moved by 2: elements 2 and 4 are the maxima; 2 is in both windows
    y = torch.tensor([0.0, 0.0, 9.0, 0.0, 1.0], requires_grad=True)
    F.max_pool1d(y.reshape(1, 1, 5), 2, 2, dilation=2).sum().backward()
    assert y.grad.tolist() == [0.0, 0.0, 2.0, 0.0, 0.0]
    F.max_pool1d(x.reshape(1, 1, 5), 2, 2, dilation=2).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0, 0.0, 1.0]


def test_second_gradients_of_constant_first_ones_are_zero():
    x = normal(1, 2, 6, 6).requires_grad_()
    for call in (
        lambda t: F.pad(t, (1, 2, 1, 1), "reflect"),
        lambda t: F.max_pool2d(t, 2),
        lambda t: F.fractional_max_pool2d(t, 2, 3),
        lambda t: F.rrelu(t, training=True),
    ):
        (first,) = torch.autograd.grad(call(x).sum(), x, create_graph=True)
        assert first.requires_grad
        (second,) = torch.autograd.grad(first.sum(), x)
        assert not second.any()


def test_apply_and_map():
    assert torch.tensor([1, 2]).apply_(lambda v: v * 3).tolist() == [3, 6]
    x = torch.tensor([1.0, 2.0])
    assert x.map_(torch.tensor([3.0, 4.0]), lambda a, b: a * b) is x and x.tolist() == [3.0, 8.0]
    with pytest.raises(TypeError, match="expected"):
        x.map_(torch.tensor([3, 4]), lambda a, b: a)


def test_masked_reductions():
    x = torch.tensor([[-3.0, -2.0, -1.0], [0.0, 1.0, 2.0]])
    mask = torch.tensor([[True, False, True], [False, False, False]])
    assert torch.masked.sum(x, 1, mask=mask).tolist() == [-4.0, 0.0]
    assert torch.masked.amax(x, 1, mask=mask).tolist() == [-1.0, -float("inf")]
    assert torch.masked.mean(x, 1, mask=mask)[0].item() == -2.0
    assert torch.masked.softmax(x, 1, mask=mask)[0, 1].item() == 0.0
    with pytest.raises(NotImplementedError, match="MaskedTensor"):
        torch.masked.MaskedTensor(x, mask)


def test_low_rank_finds_the_singular_values():
    A = normal(8, 3) @ normal(3, 6)
    U, S, V = torch.svd_lowrank(A, q=3)
    np.testing.assert_allclose(((U * S) @ V.mT).numpy(), A.numpy(), atol=1e-12)
    assert torch.pca_lowrank(A, q=2)[0].shape == (8, 2)
    with pytest.raises(ValueError, match="not greater than"):
        torch.pca_lowrank(A, q=7)


def test_which_of_equal_elements_is_found():
    """Recorded from PyTorch: its selections are not stable, and these are its places."""
    x = torch.tensor([2, 0, 1, 2, 0, 1, 1, 2, 0, 2, 1, 0, 0, 2, 1, 1, 2, 0, 1, 2, 2, 0, 1, 0])
    assert torch.topk(x, 6).indices.tolist() == [0, 13, 7, 19, 9, 20]
    assert torch.kthvalue(x, 5).indices.item() == 11
    assert torch.mode(x).indices.item() == 4
