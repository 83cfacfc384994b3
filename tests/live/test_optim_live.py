"""Optimizer state against the installed PyTorch: each loads the other's state dict and continues alike."""

import numpy as np
import pytest

import penlight

torch = pytest.importorskip("torch")


def run(library, name, steps, start=None, state=None):
    p = library.tensor(np.array([1.0, -2.0, 3.0], np.float32) if start is None else start, requires_grad=True)
    optimizer = getattr(library.optim, name)([p], lr=0.1)
    if state is not None:
        optimizer.load_state_dict(state)
    for _ in range(steps):
        optimizer.zero_grad()
        (p * p).sum().backward()
        optimizer.step()
    return p.detach().numpy(), optimizer.state_dict()


def convert(state, library):
    """A state dict with the other library's tensors."""
    change = lambda v: library.tensor(v.numpy()) if hasattr(v, "numpy") else v
    return {**state, "state": {i: {k: change(v) for k, v in s.items()} for i, s in state["state"].items()}}


@pytest.mark.parametrize(
    "name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"]
)
@pytest.mark.parametrize("first, second", [(torch, penlight), (penlight, torch)], ids=["to penlight", "to torch"])
def test_state_crosses(name, first, second):
    half, state = run(first, name, 3)
    continued, _ = run(second, name, 3, half, convert(state, second))
    expected, _ = run(torch, name, 6)
    np.testing.assert_allclose(continued, expected, rtol=1e-6, atol=1e-6)  # a few units in the last place of 1 to 3
