"""Details of optimizers that the comparison with PyTorch's optimizer database found."""

import copy
import math

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

    def tensors_of(**moved):
        start = {key: values[key] + moved.get(key, 0.0) for key in tensors}
        return {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in start.items()}

    given = tensors_of()
    slopes = torch.autograd.grad(loss(**given), list(given.values()))
    for key, slope in zip(tensors, slopes):
        up, down = (loss(**tensors_of(**{key: step})).item() for step in (1e-6, -1e-6))
        assert slope.item() == pytest.approx((up - down) / 2e-6, rel=1e-4)


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


def test_other_parameters_and_state_for_a_while():
    p, q = (torch.ones(2, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.Adam([p], lr=0.1)
    swap = torch.optim.swap_in_optimizer_params_and_state
    with (
        pytest.raises(RuntimeError, match="initialized optimizer state"),
        swap(optimizer, {"w": q}, optimizer.state_dict()),
    ):
        pass
    p.grad = q.grad = torch.ones(2)
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    state["param_groups"][0]["lr"] = 0.5
    with swap(optimizer, {"w": q}, state):
        optimizer.step()
        optimizer.param_groups[0]["lr"] = 7.0
    assert optimizer.param_groups[0]["lr"] == 0.1 and optimizer.param_groups[0]["params"][0] is p
    assert p.tolist() == pytest.approx([0.9, 0.9]) and q.tolist() == pytest.approx([0.5, 0.5])
    assert state["state"][0]["step"].item() == 2 and optimizer.state[p]["step"].item() == 1
    for parameters, other, text in (
        ({}, state, "param_groups ordering"),
        ({"w": q}, {"param_groups": []}, "different number"),
    ):
        with pytest.raises(RuntimeError, match=text), swap(optimizer, parameters, other):
            pass


def test_a_step_may_be_wrapped_by_hand():
    class Still(torch.optim.Optimizer):
        @torch.optim.Optimizer.profile_hook_step
        def step(self):
            return 3

    optimizer = Still([torch.ones(1)], {})
    seen = []
    optimizer.register_step_post_hook(lambda *_: seen.append(1))
    assert optimizer.step() == 3 and seen == [1]


def test_chained_groups_of_schedules_can_be_taken_back():
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    s = torch.optim.lr_scheduler
    inner = s.SequentialLR(optimizer, [s.ConstantLR(optimizer, 0.1, 2), s.ExponentialLR(optimizer, 0.9)], [2])
    epochs = [one.last_epoch for one in inner._schedulers]
    inner.recursive_undo()
    assert [one.last_epoch for one in inner._schedulers] == [e - 1 for e in epochs]


def test_sparse_adam_refuses_complex_parameters():
    p, q = torch.zeros(2), torch.zeros(2, dtype=torch.complex64)
    with pytest.raises(ValueError, match=r"Complex params at indices \[\[0, 1\]\]"):
        torch.optim.SparseAdam([p, q])


def test_averages_by_default_are_exact_and_by_lists_in_float32():
    swa = torch.optim.swa_utils
    exact, rounded = [], []
    for kind, into in ((None, exact), (swa.get_swa_multi_avg_fn(), rounded)):
        net = torch.nn.Linear(1, 1, bias=False).double()
        averaged = swa.AveragedModel(net, multi_avg_fn=kind)
        for value in (0.0, 0.0, 1.0):
            with torch.no_grad():
                net.weight.fill_(value)
            averaged.update_parameters(net)
        into.append(averaged.module.weight.item())
    assert exact == [1 / 3] and rounded == [float(np.float32(1 / 3))]  # there PyTorch's count is a float32 tensor

def test_fused_steps_in_half_precision_are_computed_in_float32():
    """The second moment underflows to 0, and eps does in float16: the loop divides by 0, PyTorch's fused kernel does not."""
    moved = {}
    for fused in (True, False):
        p = torch.tensor([1.5], dtype=torch.float16, requires_grad=True)
        p.grad = torch.tensor([5e-4], dtype=torch.float16)
        torch.optim.Adam([p], lr=1e-3, fused=fused).step()
        moved[fused] = p.item()
    assert moved == {True: 1.4990234375, False: -math.inf}


def test_differentiable_foreach_steps_are_refused_where_pytorch_refuses_them():
    def step(name):
        p = torch.ones(2, requires_grad=True).clone()
        p.grad = torch.ones(2)
        getattr(torch.optim, name)([p], foreach=True, differentiable=True).step()

    for name in ("Adam", "RMSprop", "Adadelta", "Rprop", "ASGD"):
        with pytest.raises(AssertionError, match="_foreach ops don't support autograd"):
            step(name)
    step("SGD")


def test_a_recorded_step_in_half_precision_divides_eps_by_the_step_size():
    for differentiable, moved in ((True, [1.0, 1.999]), (False, [math.nan, 1.999])):
        p = torch.tensor([1.0, 2.0], dtype=torch.float16, requires_grad=True)
        p = p.clone() if differentiable else p
        p.grad = torch.tensor([0.0, 1.0], dtype=torch.float16)
        torch.optim.Adam([p], differentiable=differentiable).step()
        assert p.tolist() == pytest.approx(moved, abs=1e-3, nan_ok=True)


def test_options_may_be_arrays_and_tensors_without_dimensions():
    def moved(name, **options):
        p = torch.tensor([1.0, 2.0], requires_grad=True)
        p.grad = torch.tensor([0.5, -1.0])
        getattr(torch.optim, name)([p], **options).step()
        return p.tolist()

    for name in ("SGD", "Adam", "Adadelta", "Adagrad", "RMSprop"):
        wanted = moved(name, lr=0.25, weight_decay=0.5)
        assert moved(name, lr=np.array(0.25), weight_decay=np.float32(0.5)) == wanted
        assert moved(name, lr=torch.tensor(0.25), weight_decay=torch.tensor(0.5)) == wanted
    with pytest.raises(ValueError, match="both floats or both Tensors"):
        moved("Adam", betas=(0, 0.5))
