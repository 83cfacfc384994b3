"""Sparse tensors against results recorded from PyTorch (tests/record/sparse.py), and what no recording can show."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

import penlight as torch
from tests.sparse.cases import FOLDER, cases, same, shown

RECORDED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
PAIRS = list(zip(cases(), RECORDED["cases"]))


@pytest.mark.parametrize("start", range(0, len(PAIRS), 50))
def test_recorded(start):
    wrong = []
    for case, place in PAIRS[start : start + 50]:
        ours, theirs = shown(torch, case), RECORDED["texts"][place]
        if not same(ours, theirs):
            wrong.append(f"{case}\n  expected {theirs}\n  got      {ours}")
    assert not wrong, "\n".join(wrong)


def test_every_case_is_recorded():
    assert len(cases()) == len(RECORDED["cases"])


def sparse(dtype=torch.float64):
    return torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3), dtype=dtype)


GRADIENTS = {
    "to_dense": lambda s, d: s.to_dense() * d,
    "mm": lambda s, d: torch.sparse.mm(s, d.t()),
    "dense mm": lambda s, d: torch.sparse.mm(d, s.t()),
    "both sparse": lambda s, d: torch.sparse.mm(s, s.t()).to_dense(),
    "addmm": lambda s, d: torch.sparse.addmm(torch.ones(2, 2).double(), s, d.t(), beta=2, alpha=3),
    "mul": lambda s, d: (s * d).to_dense(),
    "sum": lambda s, d: torch.sparse.sum(s, 0).to_dense(),
    "softmax": lambda s, d: torch.sparse.softmax(s, 1).to_dense() * d,
    "log_softmax": lambda s, d: torch.sparse.log_softmax(s, 0).to_dense() * d,
    "transpose": lambda s, d: s.t().to_dense() * d.t(),
    "cat": lambda s, d: torch.cat([s, s * 2]).to_dense(),
    "index_select": lambda s, d: s.index_select(0, torch.tensor([1, 0, 1])).to_dense(),
    "sin": lambda s, d: s.sin().to_dense(),
    "square": lambda s, d: (s * s).to_dense(),
    "select": lambda s, d: s[1].to_dense(),
    "coalesce": lambda s, d: torch.sparse.sum((s + s.t().t()).coalesce()),
    "bmm": lambda s, d: torch.bmm(torch.stack([s, s]), torch.stack([d.t(), d.t()])),
    "sparse_mask": lambda s, d: d.sparse_mask(sparse()).to_dense() + s.to_dense(),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_of_two_orders_by_differences(name):
    check = torch.sparse.as_sparse_gradcheck(torch.autograd.gradcheck)
    second = torch.sparse.as_sparse_gradcheck(torch.autograd.gradgradcheck)
    inputs = (sparse().coalesce().requires_grad_(), torch.arange(6.0).double().reshape(2, 3).requires_grad_())
    assert check(GRADIENTS[name], inputs, masked=True)
    assert second(GRADIENTS[name], inputs)


def test_the_sparse_path_does_not_touch_dense_gradients():
    """`.grad` of a table with sparse=True is sparse, adds up over passes, and a dense gradient makes it dense."""
    table = torch.nn.Embedding(4, 2, sparse=True)
    for _ in range(2):
        table(torch.tensor([1, 3, 1])).sum().backward()
    assert table.weight.grad.is_sparse
    assert table.weight.grad.to_dense().tolist() == [[0, 0], [4, 4], [0, 0], [2, 2]]
    table.weight.sum().backward()
    assert not table.weight.grad.is_sparse
    assert table.weight.grad.tolist() == [[1, 1], [5, 5], [1, 1], [3, 3]]


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adagrad, torch.optim.SparseAdam])
def test_optimizers_leave_other_rows_alone(make):
    torch.manual_seed(0)
    tables = [torch.nn.Embedding(5, 2, sparse=True) for _ in range(2)]
    tables[1].load_state_dict(tables[0].state_dict())
    before = tables[0].weight.detach().clone()
    optimizer = make(tables[0].parameters(), lr=0.1)
    tables[0](torch.tensor([1, 3, 1])).pow(2).sum().backward()
    optimizer.step()
    changed = (tables[0].weight != before).any(1).tolist()
    assert changed == [False, True, False, True, False]


@pytest.mark.parametrize("name", ["plain", "legacy"])
def test_reads_files_of_pytorch(name):
    s, h, empty, parameter, layout = torch.load(FOLDER / f"{name}.pth", weights_only=True)
    assert s.to_dense().tolist() == [[0, 0, 3], [10, 0, 5]] and not s.is_coalesced()
    assert h.is_coalesced() and h.values().tolist() == [[3, 4], [5, 6]] and h.shape == (4, 2)
    assert empty._nnz() == 0 and empty.shape == (2, 3)
    assert isinstance(parameter, torch.nn.Parameter) and parameter.dtype is torch.float64 and parameter.requires_grad
    assert layout is torch.sparse_coo


@pytest.mark.parametrize("zipped", [True, False])
def test_saves_and_loads(zipped):
    file = io.BytesIO()
    s = sparse(torch.float32)
    torch.save({"a": s, "b": [s, s.coalesce()]}, file, _use_new_zipfile_serialization=zipped)
    file.seek(0)
    found = torch.load(file)
    assert found["a"] is found["b"][0]
    assert repr(found["b"][1]) == repr(s.coalesce()) and found["b"][1].is_coalesced()


def test_a_file_with_shapes_that_do_not_fit_is_refused():
    file = io.BytesIO()
    s = sparse()
    s._a.shape = (2, 3, 4)
    torch.save(s, file)
    file.seek(0)
    with pytest.raises(Exception, match="shapes that do not fit"):
        torch.load(file)


def test_indices_outside_never_read_another_place():
    s = torch.sparse_coo_tensor([[0, 0], [0, 5]], [1.0, 2.0], (2, 3))
    for use in (s.coalesce, s.to_dense, lambda: s @ torch.ones(3, 2), lambda: torch.ones(2, 3) + s):
        with pytest.raises(RuntimeError, match="for dim 1, size is 3 but found index 5"):
            use()


@pytest.mark.parametrize("name", ["exp", "cos", "cumsum", "sort", "softmax", "logsumexp", "median", "view", "reshape"])
def test_ops_without_a_sparse_form_say_so(name):
    args = {"cumsum": (0,), "softmax": (0,), "logsumexp": (0,), "view": (3, 2), "reshape": (3, 2)}.get(name, ())
    with pytest.raises(NotImplementedError, match=r"Sparse|sparse"):
        getattr(sparse(), name)(*args)


def test_numpy_never_gets_a_sparse_tensor_for_an_array():
    with pytest.raises(TypeError, match="to_dense"):
        np.asarray(sparse())
    with pytest.raises((TypeError, NotImplementedError)):
        np.sum(sparse()._a)


def test_the_class_is_a_tensor_and_shows_as_one():
    s = sparse()
    assert isinstance(s, torch.Tensor) and type(s).__name__ == "Tensor" and torch.is_tensor(s)
    assert not isinstance(s, torch.DoubleTensor) and isinstance(s, torch.sparse.DoubleTensor)
    assert s.is_sparse and s.layout is torch.sparse_coo and not torch.zeros(1).is_sparse
