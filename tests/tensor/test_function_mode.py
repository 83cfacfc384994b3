"""`TorchFunctionMode`: which functions ask, in which order, and that nothing is left behind."""

from __future__ import annotations

import inspect
import threading

import pytest

import penlight as torch
import penlight.nn.functional as F
from penlight.overrides import BaseTorchFunctionMode, TorchFunctionMode, redispatch_function
from penlight.tensor.install import tensor_ops


class Names(TorchFunctionMode):
    def __init__(self):
        self.seen = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.seen.append((func.__name__, len(args), sorted(kwargs or {})))
        return func(*args, **(kwargs or {}))


x = torch.arange(6.0).reshape(2, 3)
# What PyTorch's mode sees of the same calls
SEEN = {
    "x + 1": [("add", 2, [])],
    "1 + x": [("add", 2, [])],
    "torch.add(x, x, alpha=2)": [("add", 2, ["alpha"])],
    "x.clone().add_(1)": [("clone", 1, []), ("add_", 2, [])],
    "torch.zeros(2)": [("zeros", 1, [])],
    "torch.rand(2)": [("rand", 1, [])],
    "torch.tensor([1.0])": [("tensor", 1, [])],
    "torch.arange(3)": [("arange", 1, [])],
    "torch.ones_like(x)": [("ones_like", 1, [])],
    "torch.full((2,), 1)": [("full", 2, [])],
    "F.linear(x, x)": [("linear", 2, [])],
    "x[0]": [("__getitem__", 2, [])],
    "x.clone().__setitem__(0, 1)": [("clone", 1, []), ("__setitem__", 3, [])],
    "x.size()": [("size", 1, [])],
    "x.to(torch.float64)": [("to", 2, [])],
    "x.float()": [("float", 1, [])],
    "x.sum().item()": [("sum", 1, []), ("item", 1, [])],
    "torch.cat([x, x])": [("cat", 1, [])],
    "x.new_zeros(2)": [("new_zeros", 2, [])],
    "torch.stack([x])": [("stack", 1, [])],
    "torch.linalg.norm(x)": [("linalg_norm", 1, [])],
    "torch.fft.fft(x)": [("fft_fft", 1, [])],
    "x.detach()": [("detach", 1, [])],
    "x.numpy()": [("numpy", 1, [])],
    "x.clone().normal_()": [("clone", 1, []), ("normal_", 1, [])],
    "x.is_floating_point()": [("is_floating_point", 1, [])],
    "len(x)": [("__len__", 1, [])],
    "torch.manual_seed(0)": [],
}


@pytest.mark.parametrize("call", SEEN)
def test_sees_what_pytorch_shows(call):
    with Names() as names:
        eval(call)
    assert names.seen == SEEN[call]


def test_everything_is_as_before_afterwards():
    before = {f: f.__code__ for f in (torch.add, torch.zeros, torch.rand, F.dropout, torch.Tensor.to)}
    with pytest.raises(ZeroDivisionError), Names(), Names():
        assert torch.add.__code__ is not before[torch.add]
        raise ZeroDivisionError
    assert all(f.__code__ is code for f, code in before.items())
    assert str(inspect.signature(torch.zeros)).startswith("(*size")


class Ten(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        return result * 10 if func is torch.add else result


def test_modes_nest_and_are_not_asked_by_their_own_calls():
    one = torch.ones(1)
    with Ten():
        assert (one + 1).tolist() == [20]
        with Ten(), BaseTorchFunctionMode():
            assert torch.add(one, 1).tolist() == [200]
    assert (one + 1).tolist() == [2]


def test_gradients_and_numpy_spellings_go_through():
    w = torch.ones(2, 2, requires_grad=True)
    with Names():
        (w * 3).sum(axis=0, keepdims=True).sum().backward()
    assert w.grad.tolist() == [[3, 3], [3, 3]]


def test_ops_compiled_while_a_mode_is_open_ask_it():
    vars(tensor_ops).pop("digamma", None)
    with Names() as names:
        tensor_ops.digamma(x + 1)
    assert names.seen == [("add", 2, []), ("digamma", 1, [])]


def test_other_threads_do_not_ask():
    results = []
    with Names() as names:
        thread = threading.Thread(target=lambda: results.append((x + 1).sum().item()))
        thread.start()
        thread.join()
    assert results == [21] and names.seen == []


def test_subclasses_are_asked_after_modes():
    class Sub(torch.Tensor):
        asked = 0

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            cls.asked += 1
            return redispatch_function(func, types, args, kwargs)

    t = x.as_subclass(Sub)
    with Names() as names:
        t + 1
    assert Sub.asked == 1 and names.seen == [("add", 2, [])]


def test_disabling_and_refusing():
    with Names() as names:
        with torch.DisableTorchFunction():
            x + 1
        with torch.DisableTorchFunctionSubclass():
            x * 2
    assert names.seen == [("mul", 2, [])]

    class Refusing(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return NotImplemented

    with pytest.raises(TypeError, match="returned NotImplemented"), Refusing():
        torch.add(x, 1)
    with pytest.raises(NotImplementedError), TorchFunctionMode():
        torch.add(x, 1)
