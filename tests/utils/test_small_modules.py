"""`torch.utils.weak`, `module_tracker`, `hooks`: what PyTorch 2.13 was seen to answer."""

import gc
import weakref

import pytest

import penlight as torch
from penlight.utils.module_tracker import ModuleTracker
from penlight.utils.weak import TensorWeakRef, WeakIdKeyDictionary, WeakIdRef, WeakTensorKeyDictionary

nn = torch.nn


def test_weak_keys_are_told_apart_by_identity():
    a, b = torch.ones(2), torch.ones(2)
    held = WeakTensorKeyDictionary({a: 1})
    held[b] = 2
    assert (held[a], held[b], len(held), 3 in held) == (1, 2, 2, False)
    assert held.get(torch.ones(2)) is None and [k is a for k in held] == [True, False]
    with pytest.raises(KeyError):
        held[torch.ones(2)]
    other = held.copy()
    assert isinstance(held | {torch.zeros(1): 3}, WeakIdKeyDictionary)
    del b
    gc.collect()
    assert list(held.values()) == [1] == list(other.values()) and len(held.keyrefs()) == 1
    assert held.pop(a) == 1 and not held


def test_weak_references():
    t = torch.ones(1)
    one, two, of_t = WeakIdRef(t), WeakIdRef(t), TensorWeakRef(t)
    assert one == two and hash(one) == id(t) and one() is t is of_t() and isinstance(one, weakref.ref)
    assert of_t != TensorWeakRef(t)
    del t
    gc.collect()
    assert one() is None is of_t() and one != two and one == one
    with pytest.raises(AssertionError, match="expected torch.Tensor"):
        TensorWeakRef(3)


class Mark(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, name, log, tracker):
        ctx.given = name, log, tracker
        log.append((name, sorted(tracker.parents), tracker.is_bw))
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        name, log, tracker = ctx.given
        log.append((name, sorted(tracker.parents), tracker.is_bw))
        return g, None, None, None


class Part(nn.Module):
    def __init__(self, mark):
        super().__init__()
        self.mark = mark

    def forward(self, x):
        return self.mark(x)


class Whole(nn.Module):
    def __init__(self, mark):
        super().__init__()
        self.mark = mark
        self.a = Part(lambda x: mark(x, "a"))
        self.parts = nn.ModuleList([Part(lambda x: mark(x, "0")), nn.Sequential(Part(lambda x: mark(x, "1")))])

    def forward(self, x):
        return self.mark(self.parts[1](self.parts[0](self.a(x))), "whole")


def test_running_modules_in_forward_and_backward():
    log = []
    tracker = ModuleTracker()
    x = torch.ones(1, requires_grad=True)
    expected = [
        ("a", ["Global", "Whole", "Whole.a"]),
        ("0", ["Global", "Whole", "Whole.parts.0"]),
        ("1", ["Global", "Whole", "Whole.parts.1", "Whole.parts.1.0"]),
        ("whole", ["Global", "Whole"]),
        ("outside", ["Global"]),
    ]
    with tracker:
        for _ in range(2):
            log.clear()
            y = Whole(lambda x, name: Mark.apply(x, name, log, tracker))(x * 1)
            Mark.apply(y, "outside", log, tracker).sum().backward()
            assert log == [(*e, False) for e in expected] + [(*e, True) for e in reversed(expected)]
            assert tracker.parents == {"Global"} and not tracker.is_bw
    log.clear()
    Whole(lambda x, name: Mark.apply(x, name, log, tracker))(x)
    assert {tuple(parents) for _, parents, _ in log} == {("Global",)}


def test_hooks_that_are_not_saved():
    t = torch.ones(1, requires_grad=True)
    t.register_hook(torch.utils.hooks.unserializable_hook(lambda g: g))
    torch.utils.hooks.warn_if_has_hooks(t)  # without a word
    t.register_hook(lambda g: g)
    with pytest.warns(UserWarning, match="will not be serialized"):
        torch.utils.hooks.warn_if_has_hooks(t)


def test_set_module():
    def f():
        pass

    torch.utils.set_module(f, "abc")
    assert f.__module__ == "abc"
    with pytest.raises(TypeError, match="The mod argument should be a string"):
        torch.utils.set_module(f, 3)


def test_the_loaders_former_worker_function_says_that_it_is_not_needed():
    from penlight.utils.data.backward_compatibility import worker_init_fn

    with pytest.warns(FutureWarning, match="automatically applies sharding"):
        worker_init_fn(0)
