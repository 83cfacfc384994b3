"""Numbers that come as tensors, and argument names that differ between a function and its method."""

import pytest

import penlight as torch
from penlight.nn import functional as F


def test_numbers_may_come_as_tensors_without_dimensions():
    a, b, t = torch.ones(2), torch.full((2,), 3.0), torch.tensor(-0.5)
    assert a.clone().add_(b, alpha=t).tolist() == [-0.5, -0.5] and a.clone().sub_(b, alpha=t).tolist() == [2.5, 2.5]
    x = a.clone().requires_grad_()
    (x * 1).add_(b, alpha=t).sum().backward()
    assert x.grad.tolist() == [1, 1]
    assert torch.arange(4).clamp(1, torch.tensor(2)).tolist() == [1, 1, 2, 2]
    assert torch.arange(4.0).clamp(torch.tensor(1.0), max=2).tolist() == [1, 1, 2, 2]
    for limit in (b, torch.tensor(2.0, requires_grad=True)):
        with pytest.raises(TypeError, match="min and max must both be numbers"):
            a.clamp(1, limit)
    assert torch.isclose(a, b, rtol=torch.tensor(1.0)).tolist() == [True, True]
    classes = torch.tensor([0, 2])
    assert F.one_hot(classes, classes.max() + 1).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert F.one_hot(classes, num_classes=torch.tensor(4)).shape == (2, 4)


def test_split_names_its_sizes_differently_as_a_method():
    t = torch.arange(6)
    assert [part.tolist() for part in t.split(split_size=[2, 4], dim=0)] == [[0, 1], [2, 3, 4, 5]]
    assert len(torch.split(t, split_size_or_sections=2)) == len(t.split(2)) == 3
    assert torch.Tensor.split.__name__ == "split" and torch.Tensor.where.__qualname__ == "Tensor.where"
    for wrong in (lambda: t.split(split_size_or_sections=2), lambda: torch.split(t, split_size=2)):
        with pytest.raises(TypeError, match="unexpected keyword"):
            wrong()


def test_results_lie_in_memory_as_pytorch_lays_them():
    """`view` may be called on them: strides recorded from PyTorch 2.13."""
    a, i, j = torch.arange(24).reshape(2, 3, 4), torch.tensor([0, 1, 0]), torch.tensor([1, 0, 1])
    t, p = a.transpose(0, 2), a.permute(2, 0, 1)
    mask = torch.tensor([True, False, True])
    for result, strides in (
        (a[:, i], (12, 4, 1)), (a[..., i], (9, 3, 1)), (a[:, i, :2], (6, 2, 1)), (a[i % 2, :, j], (3, 1)),
        (a[:, i, j], (3, 1)), (a[:, mask], (8, 4, 1)), (a[:, i[:, None], j], (9, 3, 1)), (a[:, i, None], (12, 4, 4, 1)),
        (t[:, i], (1, 4, 12)), (p[:, i % 2], (1, 4, 12)),
        (a.mT[:, :, i], (12, 3, 1)), (a.mT.cumsum(1), (12, 3, 1)), (a.mT.cumprod(1), (12, 3, 1)),
        (a.mT.roll(1, 0), (12, 3, 1)), (torch.cat([a.mT, a.mT], 1), (24, 3, 1)), (a.mT.sum(0), (3, 1)),
        (a.mT.masked_fill(a.mT > 1, 0), (12, 3, 1)), (p.sum(1), (3, 1)), (a.mT.double().log_softmax(1), (12, 3, 1)),
        (a.mT.gather(0, a.mT % 2), (12, 3, 1)),
    ):  # fmt: skip
        assert result.stride() == strides
    assert a[:, i].view(-1).tolist() == [v for row in a.tolist() for k in (0, 1, 0) for v in row[k]]
