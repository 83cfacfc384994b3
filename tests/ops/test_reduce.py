"""Reductions: accuracy, spellings, special values, gradients at zeros and NaN."""

import numpy as np
import pytest

import penlight as torch

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "dim"),
    [
        ((1_000_000, 3), 0),
        ((20_000, 64), 0),
        ((5_000, 2), 0),
        ((64, 512, 28), 1),
        ((300, 1_000, 3), (0, 1)),
        ((2_000_003,), 0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_sums_of_many_rows_stay_accurate(shape, dim, turned):
    data = RNG.random(shape, dtype="float32")
    x = torch.from_numpy(np.asfortranarray(data) if turned else data)
    want = data.sum(axis=dim, dtype="float64")
    np.testing.assert_allclose(x.sum(dim).numpy(), want, rtol=1e-6)  # row after row would err by 3e-5
    np.testing.assert_allclose(x.mean(dim).numpy(), want * (want.size / data.size), rtol=1e-6)


def test_axis_and_keepdims_stand_for_dim_and_keepdim():
    x = torch.ones(2, 3)
    assert torch.sum(x, axis=0, keepdims=True).shape == (1, 3)
    assert x.mean(axis=1).tolist() == [1.0, 1.0]
    assert x.std(axis=0).shape == (3,)
    assert torch.unsqueeze(x, axis=0).shape == (1, 2, 3)
    for call in (
        lambda: x.sum(dim=0, axis=1),
        lambda: x.sum(foo=1),
        lambda: torch.norm(x, axis=0),
        lambda: torch.unsqueeze(x),
    ):
        with pytest.raises(TypeError):
            call()


def test_dtypes():
    assert torch.ones(3, dtype=torch.bool).sum().dtype is torch.int64
    assert torch.ones(3, dtype=torch.uint8).sum().item() == 3
    assert torch.sum(torch.ones(3, dtype=torch.bool), dtype=torch.bool).item() is True
    assert torch.sum(torch.ones(3), dtype=torch.int32).dtype is torch.int32
    assert torch.any(torch.ones(2, dtype=torch.uint8)).dtype is torch.uint8
    with pytest.raises(RuntimeError, match="could not infer output dtype"):
        torch.ones(3, dtype=torch.int64).mean()


def test_empty():
    assert np.isnan(torch.zeros(0).mean().item())
    assert torch.zeros(0).sum().item() == 0 and torch.zeros(0).prod().item() == 1
    assert torch.zeros(0).logsumexp(0).item() == -np.inf
    assert np.isnan(torch.zeros(0).median().item())


@pytest.mark.parametrize("data", [[2.0, 3.0, 4.0], [2.0, 0.0, 4.0], [0.0, 0.0, 4.0]])
def test_prod_gradient_with_zeros(data):
    x = torch.tensor(data, requires_grad=True)
    x.prod().backward()
    assert x.grad.tolist() == [float(np.prod(data[:i] + data[i + 1 :])) for i in range(3)]


def test_logsumexp_limits():
    inf = float("inf")
    assert torch.logsumexp(torch.tensor([1000.0, 1000.0]), 0).item() == pytest.approx(1000 + np.log(2))
    assert torch.logsumexp(torch.tensor([-inf, -inf]), 0).item() == -inf
    assert torch.logsumexp(torch.tensor([inf, 1.0]), 0).item() == inf


def test_variance_forms():
    x = torch.tensor([[1.0, 2.0, 4.0], [3.0, 5.0, 9.0]])
    a = x.numpy()
    np.testing.assert_allclose(x.var().item(), a.var(ddof=1), rtol=1e-6)
    np.testing.assert_allclose(x.var(0, False).numpy(), a.var(0), rtol=1e-6)
    np.testing.assert_allclose(x.std(1, correction=0, keepdim=True).numpy(), a.std(1, keepdims=True), rtol=1e-6)
    variance, mean = torch.var_mean(x, 1)
    np.testing.assert_allclose(mean.numpy(), a.mean(1), rtol=1e-6)
    np.testing.assert_allclose(variance.numpy(), a.var(1, ddof=1), rtol=1e-6)
    assert np.isnan(torch.tensor([1.0]).std().item())


def test_median_mode_and_quantile():
    nan = float("nan")
    values, indices = torch.tensor([3.0, 1.0, 2.0, 4.0]).median(0)
    assert (values.item(), indices.item()) == (2.0, 2)
    assert np.isnan(torch.tensor([1.0, nan, 2.0]).median().item())
    assert torch.tensor([1.0, nan, 2.0]).nanmedian().item() == 1.0
    values, indices = torch.tensor([3, 1, 1, 3, 2]).mode()
    assert (values.item(), indices.item()) == (1, 2)
    x = torch.tensor([1.0, 2.0, 4.0, 8.0])
    assert x.quantile(torch.tensor([0.0, 0.5, 1.0])).tolist() == [1.0, 3.0, 8.0]
    assert torch.nanquantile(torch.tensor([1.0, nan, 3.0]), 0.5).item() == 2.0


def test_norms():
    x = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
    assert x.norm().item() == 5.0 and torch.norm(x, 1).item() == 7.0
    assert x.norm(dim=1).tolist() == [5.0, 0.0]
    x.norm(dim=1).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [[0.6, 0.8], [0.0, 0.0]], rtol=1e-6)
    assert torch.linalg.norm(x, 2).item() == pytest.approx(5.0)
    with pytest.raises(RuntimeError, match="Order 3 not supported"):
        torch.linalg.norm(x, 3)
