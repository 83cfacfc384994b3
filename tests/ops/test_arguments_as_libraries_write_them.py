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
    assert torch.isclose(a, b, rtol=torch.tensor(1.0)).tolist() == [True, True]
    classes = torch.tensor([0, 2])
    assert F.one_hot(classes, classes.max() + 1).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert F.one_hot(classes, num_classes=torch.tensor(4)).shape == (2, 4)


def test_split_names_its_sizes_differently_as_a_method():
    t = torch.arange(6)
    assert [part.tolist() for part in t.split(split_size=[2, 4], dim=0)] == [[0, 1], [2, 3, 4, 5]]
    assert len(torch.split(t, split_size_or_sections=2)) == len(t.split(2)) == 3
    for wrong in (lambda: t.split(split_size_or_sections=2), lambda: torch.split(t, split_size=2)):
        with pytest.raises(TypeError, match="unexpected keyword"):
            wrong()
