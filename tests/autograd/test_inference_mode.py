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
        "x.add_(1)", "x[1:].add_(1)", "x.zero_()", "x.copy_(n)", "x.__setitem__(0, 1)", "x.uniform_()",
        "torch.add(n, n, out=x)", "torch.nn.init.zeros_(x)", "x.requires_grad_()", "torch.nn.Parameter(x)", "x._version",
    ],
)  # fmt: skip
@pytest.mark.parametrize("grad", [True, False])
def test_the_mark_forbids_changes_outside(call, grad):
    n = torch.ones(3)
    with torch.inference_mode():
        x = torch.ones(3)
    with torch.set_grad_enabled(grad), pytest.raises(RuntimeError, match="[Ii]nference"):
        eval(call, {"x": x, "n": n, "torch": torch})
    assert x.tolist() == [1.0, 1.0, 1.0] or call in ("x.zero_()", "x.uniform_()", "torch.nn.init.zeros_(x)")
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
