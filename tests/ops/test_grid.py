"""Grid sampling, fold and unfold, membership, copies of views, incomplete gamma functions."""

import math

import pytest

import penlight as torch
import penlight.nn.functional as F
from penlight.autograd import gradcheck, gradgradcheck


def _pair():
    torch.manual_seed(0)
    x = torch.randn(2, 2, 4, 5, dtype=torch.float64, requires_grad=True)
    grid = (torch.rand(2, 3, 3, 2, dtype=torch.float64) * 2.6 - 1.3).requires_grad_()
    return x, grid


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_grid_sample_gradients(mode, padding):
    x, grid = _pair()
    assert gradcheck(lambda a, b: F.grid_sample(a, b, mode, padding, align_corners=False), (x, grid))


def test_grid_sample_second_gradients():
    assert gradgradcheck(lambda a, b: F.grid_sample(a, b, align_corners=True), _pair())


def test_identity_grid_gives_the_image_back():
    x = torch.arange(12.0).reshape(1, 1, 3, 4)
    grid = F.affine_grid(torch.eye(2, 3)[None], (1, 1, 3, 4), align_corners=False)
    torch.testing.assert_close(F.grid_sample(x, grid, align_corners=False), x)


def test_what_lies_outside_does_not_spread_infinities():
    x = torch.full((1, 1, 2, 2), math.inf)
    assert F.grid_sample(x, torch.full((1, 1, 1, 2), 9.0), align_corners=False).item() == 0


def test_fold_undoes_unfold_up_to_the_overlaps():
    x = torch.randn(2, 3, 5, 6)
    counts = F.fold(F.unfold(torch.ones_like(x), (2, 3), padding=1), (5, 6), (2, 3), padding=1)
    torch.testing.assert_close(F.fold(F.unfold(x, (2, 3), padding=1), (5, 6), (2, 3), padding=1) / counts, x)


def test_isin_keeps_nan_apart_and_inverts():
    nan = torch.tensor([math.nan, 1.0])
    assert torch.isin(nan, nan).tolist() == [False, True]
    assert torch.isin(torch.arange(6), torch.tensor([5, 1, 9, 7, 3]), invert=True).tolist() == [True, False] * 3


def test_view_copies_have_their_own_memory_and_name():
    x = torch.ones(2, 3, requires_grad=True)
    y = torch.expand_copy(x, (2, 2, 3))
    assert y.is_contiguous() and type(y.grad_fn).__name__ == "ExpandBackward0_copy"


@pytest.mark.parametrize("a", [0.3, 5.0, 40.0, 1e4])
def test_incomplete_gamma_functions_are_complements(a):
    a = torch.tensor(a, dtype=torch.float64)
    x = a * torch.tensor([0.5, 0.9, 1.0, 1.1, 2.0], dtype=torch.float64)
    torch.testing.assert_close(torch.igamma(a, x) + torch.igammac(a, x), torch.ones_like(x))
    assert torch.igamma(torch.tensor(1.0), torch.tensor(2.0)).item() == pytest.approx(1 - math.exp(-2), rel=1e-6)


def test_lists_of_one_element_tensors_become_numbers():
    assert torch.tensor([torch.ones(1), torch.tensor(2.0)]).shape == (2,)
    with pytest.raises(ValueError, match="only one element tensors"):
        torch.tensor([torch.ones(2), torch.ones(2)])


def test_out_of_another_dtype():
    with pytest.raises(RuntimeError, match="float32"):
        torch.abs(torch.ones(2), out=torch.empty(2, dtype=torch.float64))
    assert torch.add(torch.ones(2), 1, out=torch.empty(2, dtype=torch.float64)).tolist() == [2, 2]
