"""Details of optimizers that the comparison with PyTorch's optimizer database found."""

import numpy as np
import pytest

import penlight as torch


def quartic(optimizer, p):
    def closure():
        optimizer.zero_grad()
        loss = ((p - 1).abs() ** 4).sum()
        loss.backward()
        return loss

    return closure


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_on_complex_parameters_is_lbfgs_on_their_parts(search):
    start = np.random.RandomState(0).randn(3, 2)
    p = torch.tensor(start[:, 0] + 1j * start[:, 1], requires_grad=True)
    q = torch.tensor(start, requires_grad=True)
    one, other = (torch.optim.LBFGS([t], max_iter=3, line_search_fn=search) for t in (p, q))
    for _ in range(4):
        one.step(quartic(one, p))

        def closure():
            other.zero_grad()
            loss = (((q - torch.tensor([1.0, 0.0])) ** 2).sum(1) ** 2).sum()
            loss.backward()
            return loss

        other.step(closure)
    assert torch.allclose(torch.view_as_real(p.detach()), q.detach(), rtol=1e-9)


def test_lbfgs_keeps_the_weights_of_its_first_loop():
    p = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([p], max_iter=3, history_size=4)
    optimizer.step(quartic(optimizer, p))
    state = optimizer.state_dict()["state"][0]
    assert list(state)[:3] == ["func_evals", "n_iter", "al"]
    assert len(state["al"]) == 4 and state["al"][0].dtype is torch.float32 and state["al"][3] is None


@pytest.mark.parametrize("name", ["Adam", "Adadelta", "RMSprop", "NAdam", "Adagrad", "Adamax", "ASGD", "Rprop"])
def test_differentiable_steps_of_complex_parameters(name):
    start = np.random.RandomState(0).randn(4, 2)
    results = []
    for differentiable in (False, True):
        leaf = torch.tensor(start[:, 0] + 1j * start[:, 1], requires_grad=True)
        p = leaf.clone()
        p.retain_grad()
        optimizer = getattr(torch.optim, name)([p], differentiable=differentiable)
        for factor in (1.0, 0.5, -0.2):
            p.grad = leaf.detach() * factor
            optimizer.step()
        results.append(p.detach())
    assert torch.allclose(*results, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "tensors"),
    [
        ("SGD", ("lr", "weight_decay")),
        ("SGD", ("lr", "momentum")),
        ("Adam", ("lr", "weight_decay")),
        ("AdamW", ("lr", "beta1", "beta2")),
        ("RAdam", ("lr",)),
    ],
)
def test_derivatives_with_respect_to_options(name, tensors):
    values = {"lr": 0.1, "weight_decay": 0.1, "momentum": 0.5, "beta1": 0.9, "beta2": 0.99}

    def loss(**given):
        options = {key: given[key] for key in given if not key.startswith("beta")}
        if "beta1" in given:
            options["betas"] = (given["beta1"], given["beta2"])
        p = torch.tensor([0.5, -1.5], dtype=torch.float64)
        optimizer = getattr(torch.optim, name)([p], differentiable=True, **options)
        for factor in (1.0, 0.7, 1.2):
            p.grad = torch.tensor([0.5, -0.3], dtype=torch.float64) * factor
            optimizer.step()
        return (p * p).sum()

    given = {key: torch.tensor(values[key], dtype=torch.float64, requires_grad=True) for key in tensors}
    slopes = torch.autograd.grad(loss(**given), list(given.values()))
    for key, slope in zip(tensors, slopes):
        ends = [
            loss(**{k: torch.tensor(values[k] + (s if k == key else 0), dtype=torch.float64) for k in tensors}).item()
            for s in (1e-6, -1e-6)
        ]
        assert slope.item() == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4)


def test_fused_steps_take_real_parameters_only():
    p = torch.ones(2, dtype=torch.complex64, requires_grad=True)
    with pytest.raises(RuntimeError, match="floating point Tensors of supported devices.*torch.complex64 and cpu"):
        torch.optim.Adam([p], fused=True)
    q = torch.ones(2, requires_grad=True)
    q.grad = torch.ones(2)
    torch.optim.Adam([q], fused=True, capturable=True).step()  # PyTorch's fused path does not ask for a GPU


def test_asgd_rounds_its_step_size_to_the_default_dtype():
    p = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.ASGD([p], lr=0.1)
    p.grad = torch.ones(1, dtype=torch.float64)
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())  # the state becomes float64
    optimizer.step()
    eta = optimizer.state[p]["eta"].item()
    assert eta == float(np.float32(eta)) != 0.1
