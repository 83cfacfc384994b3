"""What the engine must not do: share memory between gradients, keep graphs alive, run slower for features unused."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

import penlight as torch
from penlight.engine import engine
from penlight.engine.node import new_leaf
from penlight.tensor.backward import RawValues


class _Rule:
    """An op made of a function from the gradient to the results."""

    saves = False
    grad_name = "Rule"

    def __init__(self, function):
        self.function = function

    def backward(self, node, g):
        return self.function(g)


def _run(rule, count):
    leaves = [torch.zeros(2, 2, requires_grad=True) for _ in range(count)]
    root = [-1, _Rule(rule), tuple(t._node for t in leaves), (), None]
    engine.run([(root, np.ones((2, 2), np.float32))], RawValues, retain=False)
    return leaves


def _two_views(g):
    d = g * 2
    return d, d.T


def _view_first(g):
    d = g * 2
    return d.T, d


def _same_twice(g):
    d = g * 2
    return d, d


def _third_is_a_view(g):
    d = g * 2
    return d, g * 3, d.reshape(2, 2)


@pytest.mark.parametrize("rule", [_two_views, _view_first, _same_twice, _third_is_a_view, lambda g: (g, g)])
def test_gradients_of_different_leaves_share_no_memory(rule):
    leaves = _run(rule, len(rule(np.ones((2, 2)))))
    for i, t in enumerate(leaves):
        for other in leaves[i + 1 :]:
            assert not np.shares_memory(t.grad._a, other.grad._a)


def test_an_unshared_gradient_is_not_copied():
    made = []

    def rule(g):
        made.append(g * 2)
        return (made[0],)

    (leaf,) = _run(rule, 1)
    assert leaf.grad._a is made[0]


def test_the_caller_keeps_the_gradient_it_gave():
    x = torch.ones(3, requires_grad=True)
    g = torch.ones(3)
    (result,) = torch.autograd.grad(x + 0, x, g)
    result.add_(1)
    assert g.tolist() == [1, 1, 1]
    a, b = torch.autograd.grad((x + 0) + (x * 1), [x, x], g)
    a.add_(1)
    assert b.tolist() == [2, 2, 2]


def test_an_output_saved_by_its_own_node_adds_to_the_gradient_that_arrives():
    """y = svd's singular values: the recorded backward uses saved outputs of a node with several outputs."""
    x = torch.tensor([[2.0, 0.3], [0.1, 1.0]], dtype=torch.float64, requires_grad=True)

    def f(a):
        values, vectors = torch.linalg.eigh(a @ a.mT)
        return values * 2 + vectors.abs().sum(0) * values

    assert torch.autograd.gradgradcheck(f, (x,))


def test_a_custom_function_forms_no_cycle():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    gc.collect()
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        kept = x * 1
        alive = weakref.ref(kept)
        y = Double.apply(kept)
        assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"
        del kept, y
        assert alive() is None
    finally:
        gc.enable()


def test_looking_at_the_graph_forms_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        kept = x * 1
        alive = weakref.ref(kept)
        y = kept * kept
        assert y.grad_fn.next_functions[0][0] is kept.grad_fn
        del kept, y
        assert alive() is None
    finally:
        gc.enable()


def test_a_leaf_that_is_gone_is_left_out():
    w = torch.ones(2, requires_grad=True)
    y = (w * 3).sum() + (torch.ones(2, requires_grad=True) * 2).sum()
    y.backward()
    assert w.grad.tolist() == [3, 3]
    assert new_leaf(None)[3] is None


def test_threads_accumulate_into_their_own_graphs():
    shared = torch.ones(4)
    failures = []

    def work(factor):
        try:
            for _ in range(50):
                w = torch.full((4,), float(factor), requires_grad=True)
                with torch.no_grad():
                    assert not torch.is_grad_enabled()
                (w * w * shared).sum().backward()
                assert w.grad.tolist() == [2.0 * factor] * 4
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(1, 5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures


def test_changed_gradients_are_noticed_where_they_were_saved():
    x = torch.ones(2, requires_grad=True)
    w = torch.ones(2, requires_grad=True)
    x.sum().backward()
    y = (w * x.grad).sum()
    x.sum().backward()  # adds into x.grad in place
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_outputs_of_several_are_watched():
    x = torch.tensor([[2.0, 0.3], [0.1, 1.0]], requires_grad=True)
    u, s, vh = torch.linalg.svd(x)
    u.mul_(2)
    with pytest.raises(RuntimeError, match="is at version 1; expected version 0"):
        s.sum().backward()
