"""Changes in place of memory that elements share, of parts of complex numbers, and of views that others read.

Every expectation is what PyTorch 2.13 prints for the same lines (`tests/live` is not needed to run them).
"""

from __future__ import annotations

import pytest

import penlight as torch

EXPANDED = {  # x: [1, 2, 3] three times, one under the other
    "x.triu_()": [0, 0, 3],
    "x.tril_()": [1, 0, 0],
    "x.tril_(-1)": [0, 0, 0],
    "x.masked_fill_(torch.eye(3).bool()[1:2], 7)": [1, 7, 3],
    "x.masked_fill_(torch.tensor([[False, True, False], [False] * 3, [False, False, True]]), 7)": [1, 7, 7],
    "x.index_fill_(0, torch.tensor([0]), 7)": [7, 7, 7],
    "x.index_fill_(1, torch.tensor([0]), 7)": [7, 2, 3],
    "x.index_put_((torch.tensor([0, 1]),), torch.tensor([[7.0], [8]]))": [8, 8, 8],
    "x.index_put_((torch.tensor([1, 0]),), torch.tensor([[7.0], [8]]), accumulate=True)": [16, 17, 18],
    "x.index_put_((torch.tensor([True, False, True]),), torch.tensor(7.0))": [7, 7, 7],
    "x.fill_(7)": [7, 7, 7],
    "x.fill_diagonal_(7)": [7, 7, 7],
    "x.conj_physical_()": [1, 2, 3],
    "x.apply_(lambda v: v + 1)": [4, 5, 6],
    "x.map_(x, lambda v, w: v + 1)": [4, 5, 6],
    "torch.threshold_(x, 1.5, 9.0)": [9, 2, 3],
}
REFUSED = """
x.add_(1)| x.copy_(torch.zeros(3, 3))| x.fill_(torch.tensor(7.0))| x.mul_(x)| x.normal_()| x.cumsum_(0)| x.nan_to_num_()
x.masked_scatter_(x > 1, torch.zeros(9))| x.scatter_(0, torch.zeros(1, 3, dtype=torch.int64), x)| x.addmm_(x, x)
x.__setitem__(slice(0, 2), 7)| x.__setitem__(..., 7)| x.round_()| torch.relu_(x)| x.bernoulli_(0.5)
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("line", EXPANDED)
def test_what_may_change_expanded_memory(line):
    x = torch.arange(1.0, 4).expand(3, 3)
    assert eval(line, {"torch": torch, "x": x}).tolist() == [EXPANDED[line]] * 3


@pytest.mark.parametrize("line", [line.strip() for line in REFUSED if line.strip()])
def test_what_may_not(line):
    x = torch.arange(1.0, 4).expand(3, 3)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        eval(line, {"torch": torch, "x": x})


def test_integers_and_a_second_place():
    assert torch.tensor([5]).expand(2).nan_to_num_().tolist() == [5, 5]
    x = torch.arange(1.0, 4).reshape(3, 1).expand(3, 3)
    x.index_put_((torch.tensor([1, 0]),), torch.tensor([[7.0, 9, 10], [8, 9, 10]]), accumulate=True)
    assert x[:, 0].tolist() == [28, 28, 3]
    with pytest.raises(RuntimeError, match="more than one element"):  # PyTorch copies these back, matrix by matrix
        torch.ones(2, 3, 2).permute(2, 1, 0).expand(2, 2, 3, 2)[:, :1].tril_()


@pytest.mark.parametrize("recorded", (False, True))
def test_the_gradient_of_what_was_written_into_expanded_memory(recorded):
    w = torch.arange(1.0, 10).reshape(3, 3).requires_grad_()
    weights = torch.arange(1.0, 10).reshape(3, 3)
    x = torch.arange(1.0, 4).expand(3, 3)
    x[torch.tensor([0, 1])] *= w[:2]
    (g,) = torch.autograd.grad(x, w, weights, create_graph=recorded)
    assert g.tolist() == [[12, 30, 54], [12, 30, 54], [0, 0, 0]]
    leaf = torch.arange(1.0, 4)[None].requires_grad_()
    x = (leaf * 1).expand(3, 3)
    x[0] = w[0]
    g = torch.autograd.grad(x, [leaf, w], weights, create_graph=recorded)
    assert [v.tolist() for v in g] == [[[0, 0, 0]], [[12, 15, 18], [0, 0, 0], [0, 0, 0]]]
    x = (leaf * 1).expand(3, 3).tril_()
    with pytest.raises(RuntimeError, match="more than one element"):  # as PyTorch, which writes the gradient there
        torch.autograd.grad(x, leaf, weights, create_graph=recorded)
    x = (leaf * 1).expand(3, 3)
    x[3:3] += w[3:3]
    assert torch.autograd.grad(x, leaf, weights, create_graph=recorded)[0].tolist() == [[12, 15, 18]]


COMPLEX = {  # what is done to b = z * 1: the gradients of z and w for the weights (1+1j, 2, 3-1j)
    "b.real.mul_(w)": ([2 + 1j, 6, 12 - 1j], [1, 6, 15]),
    "b.imag.mul_(w)": ([1 + 2j, 2, 3 - 4j], [2, 0, -6]),
    "b.imag[1:].mul_(w[1:])": ([1 + 1j, 2, 3 - 4j], [0, 0, -6]),
    "b.imag.__setitem__(0, w[1])": ([1, 2, 3 - 1j], [0, 1, 0]),
    "torch.view_as_real(b)[:, 0].mul_(w)": ([2 + 1j, 6, 12 - 1j], [1, 6, 15]),
}


@pytest.mark.parametrize("recorded", (False, True))
@pytest.mark.parametrize("line", COMPLEX)
def test_parts_of_complex_numbers_changed_in_place(line, recorded):
    z = torch.tensor([1 + 2j, 3 + 4j, 5 + 6j], requires_grad=True)
    w = torch.tensor([2.0, 3, 4], requires_grad=True)
    b = z * 1
    eval(line, {"torch": torch, "b": b, "w": w})
    g = torch.autograd.grad(b, [z, w], torch.tensor([1 + 1j, 2, 3 - 1j]), create_graph=recorded)
    assert tuple(v.tolist() for v in g) == COMPLEX[line]


def test_a_part_read_before_the_numbers_changed():
    z = torch.tensor([1 + 2j, 3 + 4j], requires_grad=True)
    b = z * 1
    part = b.imag
    b.mul_(3)
    assert torch.autograd.grad(part.sum(), z)[0].tolist() == [3j, 3j]
    x = torch.arange(4.0).reshape(2, 2).requires_grad_()
    y = x * 1
    numbers = torch.view_as_complex(y)
    y.mul_(3)
    assert torch.autograd.grad(numbers, x, torch.ones(2) + 0j)[0].tolist() == [[3, 0], [3, 0]]


STRIDED = {  # b: (3, 2), x.T * 1; the gradients of x (2, 3) and w
    "b[:, 1].mul_(w)": ([[1, 3, 5], [4, 12, 24]], [6, 16, 30]),
    "b[3:].mul_(2)": ([[1, 3, 5], [2, 4, 6]], None),
    "b.t()[0].neg_()": ([[-1, -3, -5], [2, 4, 6]], None),
}


@pytest.mark.parametrize("recorded", (False, True))
@pytest.mark.parametrize("line", STRIDED)
def test_a_base_that_lies_in_columns(line, recorded):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    w = torch.tensor([2.0, 3, 4], requires_grad=True)
    b = x.t() * 1
    eval(line, {"b": b, "w": w})
    g = torch.autograd.grad(b, [x, w], torch.arange(1.0, 7).reshape(3, 2), create_graph=recorded, allow_unused=True)
    assert tuple(v if v is None else v.tolist() for v in g) == STRIDED[line]


@pytest.mark.parametrize("recorded", (False, True))
def test_windows_of_what_changed_add_up(recorded):
    x = torch.arange(3.0).requires_grad_()
    b = x * 1
    windows, rows = b.unfold(0, 2, 1), b.expand(2, 3)
    b.mul_(3)
    assert torch.autograd.grad(windows.sum(), x, create_graph=recorded, retain_graph=True)[0].tolist() == [3, 6, 3]
    assert torch.autograd.grad(rows.sum(), x, create_graph=recorded)[0].tolist() == [6, 6, 6]


def test_views_of_windows_know_their_memory():
    x = torch.arange(4.0)
    assert x.unfold(0, 2, 1)[1:].as_strided([2], [1]).tolist() == [1, 2]
    assert x.as_strided([0], [3], 2).as_strided([2], [1]).tolist() == [2, 3]
    x.unfold(0, 2, 1).fill_diagonal_(9)
    assert x.tolist() == [9, 1, 9, 3]


def test_one_of_several_views_is_lost_when_its_base_changes():
    for again in (0, 1):
        x = torch.ones(4, requires_grad=True)
        y = x * 1
        v = y.split(2)[0]
        for _ in range(again + 1):
            y.mul_(2)
        with pytest.raises(RuntimeError, match="Output 0 of Split is a view and its base or another view"):
            v.sum().backward()


@pytest.mark.parametrize("function", ("leaky_relu", "elu", "celu"))
def test_activations_in_place_are_derived_from_their_result(function):
    f = getattr(torch.nn.functional, function)
    w = torch.tensor([-1.0, 2], requires_grad=True)
    with pytest.raises(RuntimeError, match="negative slope which is not supported"):
        f(w * 2, -0.5, inplace=True).sum().backward()
    y = f(w * 2, 0.5, inplace=True)
    y.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    torch.nn.functional.rrelu(w * 2, 0.5, 0.5, inplace=True).sum().backward()
    assert w.grad.tolist() == [1, 2]


OVERLAPPING = """
b[1:].add_(b[:-1])| b[1:].copy_(b[:-1])| b[1:].mul_(b[2:3])| b.__setitem__(slice(1, None), b[:-1])| m.add_(m.t())
m.addcmul_(m, m.t())| b.index_add_(0, i, b)| b[1:].index_copy_(0, i[:5], b[1:])| b.scatter_(0, i, b)| b.put_(i, b)
b.index_put_((i,), b)| b.__setitem__(i, b)| torch.add(b[1:], 1, out=b[:-1])| i.__setitem__(slice(1, None), i[:-1])
""".replace("\n", "|").split("|")
APART = """
b.add_(b)| b[1:].mul_(b[1:])| b[::2].add_(b[1::2])| b[::2].add_(b[:3])| b[1:].add_(b[1:2].expand(5))| b.copy_(b)
b.masked_fill_(b > 2, b[0])| m.addmm_(m.t(), m)| torch.add(b, 1, out=b)| m.__setitem__(0, m[0])| m.__setitem__((0, 1), m[0, 1])
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("line", [line.strip() for line in OVERLAPPING + APART if line.strip()])
def test_inputs_that_lie_on_what_is_written(line):
    names = {"b": torch.arange(1.0, 7), "m": torch.arange(9.0).reshape(3, 3), "i": torch.arange(6), "torch": torch}
    if line in [other.strip() for other in APART]:
        eval(line, names)
        return
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor"):
        eval(line, names)


def test_views_made_where_no_gradient_was_wanted():
    w = torch.tensor(2.0, requires_grad=True)
    y = torch.ones(4)
    v = y.split(2)[0]
    with torch.no_grad():
        u = y[:2]
    assert v.mul_(2).tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="created in no_grad mode and is being modified"):
        y.split(2)[0].mul_(w)
    y.mul_(w)
    for view in (u, v):
        with pytest.raises(RuntimeError, match="created in no_grad mode and its base"):
            view.sum().backward()


def test_what_a_conjugate_view_cannot_do_is_refused():
    x = torch.ones(2, 2, dtype=torch.complex64)
    y = x.conj()
    for call in (lambda: y.set_(x), lambda: y.resize_(1), lambda: y.as_strided_((1,), (1,)), lambda: y.share_memory_()):
        with pytest.raises(NotImplementedError, match="conjugate view"):
            call()
    with pytest.raises(NotImplementedError, match="conjugate view"):
        torch.optim.SGD([y.imag.detach().requires_grad_()])


def test_a_conjugate_view_is_shown_as_a_tensor():
    kind = type(torch.ones(2, dtype=torch.complex64).conj())
    assert (kind.__module__, kind.__name__, repr(kind)) == ("torch", "Tensor", "<class 'torch.Tensor'>")
    assert issubclass(kind, torch.Tensor)


def test_parameters_follow_a_conjugate_view_and_subclasses_take_a_copy_of_it():
    class Own(torch.Tensor):
        pass

    x = torch.tensor([1 + 1j])
    y = x.conj()
    module = torch.nn.Module()
    module.p = torch.nn.Parameter(y)
    assert isinstance(module.p, torch.nn.Parameter) and list(module.state_dict()) == ["p"] and module.p.is_conj()
    with torch.no_grad():
        module.p.mul_(2)
    assert (module.p.tolist(), x.tolist(), y.tolist()) == ([2 - 2j], [2 + 2j], [2 - 2j])
    torch.optim.SGD(module.parameters(), lr=1).step()
    with pytest.warns(UserWarning, match="take a copy"):
        own = y.as_subclass(Own)
    assert type(own) is Own and own.mul_(2).tolist() == [4 - 4j] and x.tolist() == [2 + 2j]
