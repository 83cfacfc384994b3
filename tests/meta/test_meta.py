"""Tensors on the meta device: what PyTorch gave for the recorded expressions, and what needs more than one."""

import warnings

import pytest

import penlight as torch
from tests.meta.cases import expressions, recorded, shown


def test_recorded_expressions():
    expected = recorded()
    assert list(expected) == expressions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert {e: shown(torch, e) for e in expected} == expected


def test_printing():
    t = torch.empty(2, 3, device="meta", dtype=torch.half)
    assert repr(t) == "tensor(..., device='meta', size=(2, 3), dtype=torch.float16)"
    assert f"{(t.float().requires_grad_() * 2)}" == "tensor(..., device='meta', size=(2, 3), grad_fn=<MulBackward0>)"
    weight = torch.nn.Linear(2, 3, device="meta").weight
    assert repr(weight) == "Parameter containing:\ntensor(..., device='meta', size=(3, 2), requires_grad=True)"
    assert repr(type(weight)) == "<class 'torch.nn.parameter.Parameter'>"


def test_nothing_is_drawn():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    with torch.device("meta"):
        layer = torch.nn.TransformerEncoderLayer(8, 2)
        layer(torch.randn(3, 2, 8))
        torch.nn.init.orthogonal_(layer.linear1.weight)
        torch.randint(5, (3,)), torch.randperm(4), torch.bernoulli(torch.rand(3)), torch.rand_like(torch.rand(2))
    assert torch.equal(torch.get_rng_state(), before)


def test_nothing_is_computed_for_large_layers():
    layer = torch.nn.Linear(10**6, 10**6, device="meta")  # 4 TB
    assert layer.half().weight.nbytes == 2 * 10**12
    assert layer.weight.t().detach().shape == (10**6, 10**6)
    torch.nn.init.xavier_uniform_(layer.weight)
    assert sum(p.numel() for p in layer.parameters()) == 10**12 + 10**6


def test_loading_into_meta():
    real, meta = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3, device="meta")
    with pytest.warns(
        UserWarning, match="for (weight|bias): copying from a non-meta parameter in the checkpoint to a meta"
    ):
        meta.load_state_dict(real.state_dict())
    assert meta.weight.is_meta
    meta.load_state_dict(real.state_dict(), assign=True)
    assert not meta.weight.is_meta and torch.equal(meta.weight, real.weight) and meta.weight.requires_grad
    with pytest.raises(RuntimeError, match="Cannot copy out of meta tensor; no data!"):
        real.load_state_dict(torch.nn.Linear(2, 3, device="meta").state_dict())


def test_moving_modules():
    layer = torch.nn.BatchNorm1d(3).to("meta")
    assert {t.device.type for t in layer.state_dict().values()} == {"meta"}
    with pytest.raises(NotImplementedError, match="use torch.nn.Module.to_empty"):
        layer.to("cpu")
    layer.to_empty(device="cpu")
    assert type(layer.weight) is torch.nn.Parameter and not layer.running_mean.is_meta


def test_lazy_modules():
    with torch.device("meta"):
        layer = torch.nn.LazyBatchNorm1d(affine=True)
    assert layer.weight.is_meta and torch.nn.LazyLinear(4, device="meta").weight.device.type == "meta"
    assert layer(torch.empty(2, 3, device="meta")).shape == (2, 3)
    assert (
        isinstance(layer.weight, torch.nn.Parameter) and layer.running_mean.shape == (3,) and layer.running_mean.is_meta
    )
    assert layer.state_dict()["weight"].is_meta


def test_default_device():
    torch.set_default_device("meta")
    try:
        assert torch.ones(2).is_meta and torch.get_default_device() == torch.device("meta")
        with torch.device("cpu"):
            assert not torch.ones(2).is_meta
        assert torch.nn.Linear(2, 2).bias.is_meta
        with pytest.raises(NotImplementedError, match="makes no tensors on the meta device"):
            torch.fft.fftfreq(3)
    finally:
        torch.set_default_device(None)
    assert not torch.ones(2).is_meta and torch.get_default_device() == torch.device("cpu")


def test_backward_is_refused():
    t = torch.empty(2, device="meta", requires_grad=True)
    for run in ((t * 2).sum().backward, lambda: torch.autograd.grad((t * 2).sum(), t)):
        with pytest.raises(NotImplementedError, match="no backward pass over meta tensors"):
            run()
    with pytest.raises(NotImplementedError, match="no storage object"):
        t.untyped_storage()


def test_files_are_pytorchs():
    import io
    import zipfile

    file = io.BytesIO()
    torch.save(torch.empty(2, 3, device="meta", requires_grad=True), file)
    archive = zipfile.ZipFile(file)
    content = archive.read(next(n for n in archive.namelist() if n.endswith("data.pkl")))
    start = b"\x80\x02ctorch._utils\n_rebuild_meta_tensor_no_storage\nq\x00(ctorch\nfloat32\nq\x01K\x02K\x03\x86q\x02"
    assert content == start + b"K\x03K\x01\x86q\x03\x88tq\x04Rq\x05."
