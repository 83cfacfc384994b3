"""Which tensors inference mode marks, and what the mark forbids, as PyTorch 2.13 answers."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest

import penlight as torch


def test_results_and_new_tensors_are_marked_and_views_are_as_their_base():
    n, w = torch.ones(3), torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        x = torch.ones(3)
        marked = [x, w * 2, x[1:], n.clone(), torch.tensor([1.0]), torch.nn.Parameter(torch.ones(2)), x.detach(), x.data]
        marked += [torch.from_numpy(np.ones(2)), torch.ones(2, requires_grad=True), n[[0, 2]], torch.nn.Linear(2, 2).weight]
        plain = [n[1:], n.detach(), n.data, n.reshape(3), n.contiguous(), n.expand(2, 3), n.add_(1), n.chunk(3)[0], w[1:]]
        assert x.add_(1).is_inference()
    assert [t.is_inference() for t in marked] == [True] * len(marked)
    assert [t.is_inference() for t in plain] == [False] * len(plain)
    assert [t.is_inference() for t in (x[1:], x.detach(), x.data)] == [True] * 3
    assert [t.is_inference() for t in (x * 2, x.clone(), copy.deepcopy(x), torch.ones(1))] == [False] * 4


@pytest.mark.parametrize(
    "call",
    [
        "x.add_(1)", "x[1:].add_(1)", "x.zero_()", "x.copy_(n)", "x.__setitem__(0, 1)", "x.uniform_()", "x.fill_(2)",
        "torch.add(n, n, out=x)", "x.index_fill_(0, n.long(), 5)", "x.masked_fill_(n > 0, 5)", "x.bernoulli_()",
        "torch.nn.init.zeros_(x)", "x.requires_grad_()", "torch.nn.Parameter(x)", "x._version",
    ],
)  # fmt: skip
@pytest.mark.parametrize("grad", [True, False])
def test_the_mark_forbids_changes_outside(call, grad):
    n = torch.ones(3)
    with torch.inference_mode():
        x = torch.ones(3)
    with torch.set_grad_enabled(grad), pytest.raises(RuntimeError, match="[Ii]nference"):
        eval(call, {"x": x, "n": n, "torch": torch})
    assert x.tolist() == [1.0, 1.0, 1.0]
    with torch.inference_mode():
        assert x.add_(1).is_inference()


def test_marks_end_with_the_block_and_belong_to_the_thread():
    with torch.inference_mode():
        with torch.inference_mode(False):
            assert not torch.ones(1).is_inference()
        seen = []
        thread = threading.Thread(target=lambda: seen.append((torch.ones(1) * 2).is_inference()))
        thread.start()
        thread.join()
        assert seen == [False]
        assert (torch.ones(1) * 2).is_inference()
    assert not (torch.ones(1) * 2).is_inference()

    @torch.inference_mode()
    def f():
        return torch.ones(1) + 1

    assert f().is_inference() and not torch.ones(1).is_inference()


def test_a_marked_tensor_takes_part_in_recorded_sums():
    w = torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        x = torch.ones(3)
    (x + w).sum().backward()
    assert w.grad.tolist() == [1.0, 1.0, 1.0]


SAVED = (
    "x * w", "w / x", "x.mm(w)", "F.linear(x, w, v)", "F.linear(w, x, v)", "w[i]", "w.index_select(0, i)", "w.masked_fill(b, 0)",
    "torch.where(b, w, n)", "w.clone().mul_(x)", "F.embedding(i, w)", "F.cross_entropy(w, i)", "F.mse_loss(w, x)", "w * x[0]",
    "F.layer_norm(x, (2,), v, v)", "torch.nn.LSTM(2, 2)(x[None])", "torch.autograd.grad(w * w, w, x, create_graph=True)",
    "(w * 1).__setitem__(i, 1.0)", "(w * 1).index_put_((i,), n)",
    "Product.apply(w, x)",
)  # fmt: skip
NOT_SAVED = (
    "x + w", "n.mm(w)", "F.linear(x, n, v)", "torch.cat([x, w])", "w.clone().copy_(x)", "torch.addmm(v, x, n)", "w * x.clone()",
    "torch.lerp(w, x, 0.5)", "torch.add(w, x, alpha=2)", "(w * 2).backward(x)", "torch.func.grad(lambda a: (a * x).sum())(n)",
    "w.sum() * x.sum()", "w.index_add(0, n.argmax(0), x)",
)  # fmt: skip


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(b)
        return a * b

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0], None


@pytest.mark.parametrize("call", [*SAVED, *NOT_SAVED])
def test_what_is_saved_for_backward_has_no_mark(call):
    with torch.inference_mode():
        x, i, b = torch.ones(2, 2), torch.tensor([0, 1]), torch.ones(2) > 0
    w, v, n = torch.ones(2, 2, requires_grad=True), torch.ones(2, requires_grad=True), torch.ones(2, 2)
    names = {**globals(), **locals(), "F": torch.nn.functional}
    if call in NOT_SAVED:
        return eval(call, names)
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
        eval(call, names)
