"""Tensors in shared memory: what a child process writes is seen here, whether it was forked, spawned or sent the tensor."""

import copy
import multiprocessing

import pytest

import penlight as torch
import penlight.multiprocessing as mp
from penlight import nn


def _train(model, total):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.ones(2, 3)).pow(2).mean().backward()
        optimizer.step()
    total.add_(1)


def _write(incoming, outgoing):
    received = incoming.get()
    outgoing.put((received.is_shared(), received.tolist()))
    received.mul_(10)
    outgoing.put("done")


METHODS = multiprocessing.get_all_start_methods()


def _run(method, target, args):
    process = mp.get_context(method).Process(target=target, args=args)
    process.start()
    process.join(60)
    assert process.exitcode == 0


@pytest.mark.skipif("fork" not in METHODS, reason="fork")
def test_a_child_trains_the_parents_model():
    model, total = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), torch.zeros(1)
    model.eval()[0].weight.sum().backward()
    assert not total.is_shared() and total.share_memory_() is total and model.share_memory() is model
    assert all(t.is_shared() for t in (total, model[0].weight.grad, *model.parameters(), *model.buffers()))
    assert total.untyped_storage().is_shared() and model[0].weight.data.is_shared() and model[0].weight[1:].is_shared()
    before = [p.tolist() for p in model.parameters()]
    _run("fork", _train, (model, total))
    assert total.item() == 1
    assert all(old != p.tolist() for old, p in zip(before, model.parameters()))


def test_a_spawned_child_is_handed_the_memory():
    layer = nn.Linear(2, 2).share_memory()
    _run("spawn", nn.init.constant_, (layer.weight, 7.0))
    assert layer.weight.tolist() == [[7, 7], [7, 7]]


@pytest.mark.skipif("fork" not in METHODS, reason="fork")
def test_a_queue_hands_over_the_memory_of_a_view():
    context = mp.get_context("fork")
    incoming, outgoing, values = context.Queue(), context.Queue(), torch.arange(4.0).share_memory_()
    process = context.Process(target=_write, args=(incoming, outgoing))
    process.start()
    incoming.put(values[1:])
    assert outgoing.get(timeout=60) == (True, [1.0, 2.0, 3.0]) and outgoing.get(timeout=60) == "done"
    process.join(60)
    assert values.tolist() == [0, 10, 20, 30]


def test_what_is_shared_and_what_may_not_be():
    t = torch.ones(2, 3, dtype=torch.float16).to(memory_format=torch.contiguous_format).share_memory_()
    assert not t.clone().is_shared() and not copy.deepcopy(t).is_shared() and t.T.is_shared()
    assert torch.rand(2, 3, 4, 5).contiguous(memory_format=torch.channels_last).share_memory_().stride() == (
        60,
        1,
        15,
        3,
    )
    assert torch.zeros(0, 3).share_memory_().is_shared() and torch.tensor(2.0).share_memory_().item() == 2
    w = torch.ones(3, requires_grad=True).share_memory_()
    (w * w).sum().backward()
    assert w.grad.tolist() == [2, 2, 2] and w.is_leaf
    whole = torch.ones(4)
    part = whole[1:]
    for tensor in (whole, part):
        with pytest.raises(NotImplementedError, match="share a clone"):
            tensor.share_memory_()
    part.zero_()
    assert whole.tolist() == [1, 0, 0, 0]  # nothing was moved
    adagrad = torch.optim.Adagrad([w])
    adagrad.share_memory()
    assert adagrad.state[w]["sum"].is_shared()
