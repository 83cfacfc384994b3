"""Each optimizer against recorded runs of PyTorch, and what optimizers share."""

import copy
import json
import pickle

import numpy as np
import pytest

import penlight as torch
from tests.optim import cases

RECORDED = json.loads((cases.FOLDER / "optimizers.json").read_text())
# One unit in the last place of the largest element, doubled for the eight steps; PyTorch's half-precision kernels
# round differently in and after the last full vector, so half precision gets more.
TOLERANCE = {"float32": 2**-21, "float64": 2**-49, "bfloat16": 2**-5}


@pytest.mark.parametrize(("name", "options", "dtype"), cases.RUNS, ids=str)
def test_steps_equal_pytorch(name, options, dtype):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    actual = cases.optimize(torch, name, options, dtype)
    expected = RECORDED[cases.key(name, options, dtype)]
    if dtype == "float32" and name in cases.BITWISE:
        assert actual == expected
        return
    assert list(actual["state"]) == list(expected["state"])
    pairs = list(zip(actual["params"], expected["params"]))
    for entry, (kind, values) in expected["state"].items():
        assert actual["state"][entry][0] == kind
        pairs.append((actual["state"][entry][1], values))
    for a, b in pairs:
        # the lone element's moments may cancel to nearly nothing: they are as exact as the gradients they came from
        size = max(np.abs(b).max(), 0.05 if np.size(b) == 1 else 0)
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE[dtype] * size)


def quadratic(optimizer, p, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        (p * p).sum().backward()
        optimizer.step()


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad"])
def test_large_parameters_are_walked_in_blocks(name):
    start = np.random.RandomState(0).randn(3, 20000).astype("float32")
    whole = torch.tensor(start, requires_grad=True)
    rows = [torch.tensor(row, requires_grad=True) for row in start]
    for params in ([whole], rows):
        optimizer = getattr(torch.optim, name)(params, lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            sum((p * p).sum() for p in params).backward()
            optimizer.step()
    np.testing.assert_array_equal(whole.detach().numpy(), np.stack([r.detach().numpy() for r in rows]))


def test_transposed_parameters_and_gradients():
    a = np.random.RandomState(0).randn(4, 3).astype("float32")
    p, q = torch.tensor(a.T.copy()).t().requires_grad_(), torch.tensor(a, requires_grad=True)
    for t in (p, q):
        optimizer = torch.optim.Adam([t, torch.zeros(2, requires_grad=True)], lr=0.1)
        quadratic(optimizer, t, 3)
    np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())
    assert not p.is_contiguous()


def test_step_bumps_the_version():
    p = torch.ones(2, requires_grad=True)
    y = (p * p).sum()
    p.grad = torch.ones(2)
    torch.optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_state_dict_round_trip_continues_exactly():
    p, q = (torch.tensor([1.0, -2.0], requires_grad=True) for _ in range(2))
    first = torch.optim.Adam([("w", p)], lr=0.1, amsgrad=True)
    quadratic(first, p, 3)
    with torch.no_grad():
        q.copy_(p)
    second = torch.optim.Adam([("w", q)], lr=0.5, amsgrad=True)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    assert second.param_groups[0]["lr"] == 0.1 and second.param_groups[0]["param_names"] == ["w"]
    for optimizer, t in ((first, p), (second, q)):
        quadratic(optimizer, t, 3)
    assert torch.equal(p, q)
    assert second.state[q]["step"].item() == 6.0


def test_loaded_state_takes_the_parameters_dtype_but_not_step():
    p = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.Adam([p])
    quadratic(optimizer, p, 1)
    d = torch.ones(2, dtype=torch.float64, requires_grad=True)
    other = torch.optim.Adam([d])
    other.load_state_dict(optimizer.state_dict())
    assert other.state[d]["exp_avg"].dtype is torch.float64
    assert other.state[d]["step"].dtype is torch.float32


def test_pickle_and_deepcopy():
    p = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=0.9)
    quadratic(optimizer, p, 2)
    for twin in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        q = twin.param_groups[0]["params"][0]
        assert torch.equal(q, p) and q is not p
        quadratic(twin, q, 1)
        assert not torch.equal(q, p)
    assert repr(twin).startswith("SGD (\nParameter Group 0\n    dampening: 0\n")


def test_hooks_and_closure():
    p = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=0.1)
    seen = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append("before"))
    handle = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append("after"))
    optimizer.register_load_state_dict_pre_hook(lambda o, d: seen.append("load"))
    optimizer.register_state_dict_post_hook(lambda o, d: {**d, "more": 1})

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 1.0
    handle.remove()
    optimizer.step()
    assert seen == ["before", "after", "before"]
    saved = optimizer.state_dict()
    assert saved["more"] == 1
    optimizer.load_state_dict(saved)
    assert seen[-1] == "load"


def test_zero_grad():
    p = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([p])
    (p * p).sum().backward()
    kept = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is kept and kept.tolist() == [0, 0]
    optimizer.zero_grad()
    assert p.grad is None


@pytest.mark.parametrize(
    ("name", "options"), [("SGD", {"momentum": 0.9, "nesterov": True}), ("Adam", {}), ("RAdam", {})]
)
def test_differentiable_gives_pytorchs_gradient(name, options):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = getattr(torch.optim, name)([w.clone()], lr=0.1, differentiable=True, **options)
    p = optimizer.param_groups[0]["params"][0]
    for i in range(3):
        p.grad = w * (i + 1.0) + 0.5
        optimizer.step()
    (gradient,) = torch.autograd.grad((p * p).sum(), w)
    expected = {"SGD": [0.3639, 0.5572], "Adam": [1.4115, 3.4141], "RAdam": [0.4219, 1.0058]}[name]
    np.testing.assert_allclose(gradient.tolist(), expected, atol=1e-4)


def test_lbfgs_rosenbrock_in_as_many_evaluations_as_pytorch():
    x = torch.tensor([-1.5, 2.0], requires_grad=True, dtype=torch.float64)
    optimizer = torch.optim.LBFGS([x], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(4)]
    np.testing.assert_allclose(losses, [12.5, 1.3071, 0, 0], atol=5e-5)
    state = optimizer.state[x]
    assert (state["func_evals"], state["n_iter"]) == (54, 42)
    np.testing.assert_allclose(x.tolist(), [1, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda w: torch.optim.SGD(w), TypeError, "params argument given to the optimizer should be an iterable"),
        (lambda w: torch.optim.SGD([]), ValueError, "optimizer got an empty parameter list"),
        (lambda w: torch.optim.SGD([w * 1]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda w: torch.optim.SGD([3]), TypeError, "one of the params is int"),
        (lambda w: torch.optim.SGD([{"params": {w}}]), TypeError, "ordered collections"),
        (lambda w: torch.optim.SGD([{"params": [w]}, {"params": [w]}]), ValueError, "more than one parameter group"),
        (lambda w: torch.optim.SGD([w], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda w: torch.optim.SGD([w], nesterov=True), ValueError, "requires a momentum and zero dampening"),
        (lambda w: torch.optim.Adam([w], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (lambda w: torch.optim.Adam([w], fused=True, foreach=True), RuntimeError, "cannot be `True` together"),
        (
            lambda w: torch.optim.SGD([w]).load_state_dict({"state": {}, "param_groups": []}),
            ValueError,
            "different number",
        ),
        (lambda w: torch.optim.Muon([w]), ValueError, "only supports 2D parameters"),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make(torch.ones(2, requires_grad=True))


def test_capturable_and_sparse_raise_at_the_step():
    w = torch.ones(2, requires_grad=True)
    w.grad = torch.ones(2)
    with pytest.raises(AssertionError, match="capturable=True"):
        torch.optim.Adam([w], capturable=True).step()
    with pytest.raises(RuntimeError, match="does not support dense gradients"):
        torch.optim.SparseAdam([w]).step()
