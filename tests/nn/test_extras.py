"""Small names around the layers: convolutions' gradients, Sequentials of fused layers, factory arguments."""

import inspect
import io

import pytest

import penlight as torch
from penlight import nn


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_gradients_of_convolutions(dims):
    torch.manual_seed(0)
    conv = getattr(nn.functional, f"conv{dims}d")
    x = torch.randn(2, 4, *[6] * dims, dtype=torch.float64, requires_grad=True)
    w = torch.randn(6, 2, *[3] * dims, dtype=torch.float64, requires_grad=True)
    options = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
    out = conv(x, w, **options)
    g = torch.randn_like(out)
    wanted = torch.autograd.grad(out, (x, w), g)
    for_input = getattr(nn.grad, f"conv{dims}d_input")(x.shape, w, g, **options)
    for_weight = getattr(nn.grad, f"conv{dims}d_weight")(x, w.shape, g, **options)
    assert torch.equal(for_input, wanted[0]) and torch.equal(for_weight, wanted[1])
    plain = getattr(nn.grad, f"conv{dims}d_input")(x.shape, w.detach(), g, **options)
    assert for_input.requires_grad and not plain.requires_grad
    again = torch.autograd.grad(for_weight.sum(), x)[0]
    assert torch.allclose(again, torch.autograd.grad(conv(x, torch.ones_like(w), **options), x, g)[0])
    with pytest.raises(RuntimeError, match="Expected grad_output of shape"):
        nn.grad.conv1d_weight(torch.ones(1, 1, 5), (1, 1, 3), torch.ones(1, 1, 4))


def test_fused_sequentials():
    layer = nn.intrinsic.ConvBnReLU1d(nn.Conv1d(1, 2, 3), nn.BatchNorm1d(2), relu=nn.ReLU())
    x = torch.randn(2, 1, 5)
    assert torch.equal(layer(x), torch.relu(layer[1].eval()(layer[0](x)))) or layer.training
    assert isinstance(layer, nn.Sequential) and str(inspect.signature(type(layer))) == "(conv, bn, relu)"
    with pytest.raises(AssertionError, match="Incorrect types for input modules: ReLU and Conv2d"):
        nn.intrinsic.ConvReLU2d(nn.ReLU(), nn.Conv2d(1, 2, 3))
    with pytest.raises(TypeError, match="missing a required argument: 'bn'"):
        nn.intrinsic.LinearBn1d(nn.Linear(1, 1))
    stream = io.BytesIO()
    torch.save(layer, stream)
    stream.seek(0)
    assert str(torch.load(stream, weights_only=False)) == str(layer)


def test_factory_kwargs():
    assert nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"dtype": 1}}) == {"device": "cpu", "dtype": 1}
    for bad, text in (
        ({"x": 1}, "unexpected kwargs"),
        ({"dtype": 1, "factory_kwargs": {"dtype": 2}}, "dtype specified twice"),
    ):
        with pytest.raises(TypeError, match=text):
            nn.factory_kwargs(bad)


def test_devices_that_are_not_there():
    assert nn.ReLU().xpu().mtia().ipu().training
    for name, kind in (("ipu", RuntimeError), ("mtia", AssertionError), ("xpu", AssertionError)):
        with pytest.raises(kind):
            getattr(nn.Linear(1, 1), name)()


def test_bind():
    assert nn.utils.rnn.bind(None, abs) is None and nn.utils.rnn.bind(-3, abs) == 3


def test_lazy_buffers_stay_lazy_when_converted():
    layer = torch.nn.LazyBatchNorm1d().double()
    layer(torch.randn(4, 3, dtype=torch.float64))
    assert layer.running_mean.dtype is torch.float64 and layer.running_mean.shape == (3,)
    assert type(layer.running_mean) is torch.Tensor


def test_logits_loss_of_two_dtypes():
    """In the target's dtype, not rounded to the input's."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    x, t = torch.tensor([0.3, -1.7, 2.5]), torch.tensor([0.1, 0.7, 0.4])
    wide = loss(x, t.double(), reduction="none")
    assert wide.dtype is torch.float64 and wide[0].item() == pytest.approx(0.8243552501394463, abs=3e-8)
    assert wide[0].item() != wide[0].float().item()
    assert loss(x.double(), t, weight=t.double()).dtype is torch.float32


def test_inner_names_that_libraries_build_on():
    layer = torch.nn.Linear(3, 2)
    torch.nn.init._no_grad_fill_(layer.weight, 2.0)
    torch.nn.init._no_grad_zero_(layer.bias)
    assert layer.weight.tolist() == [[2.0] * 3] * 2 and layer.bias.tolist() == [0.0, 0.0]
    clipped = torch.distributions.transforms._clipped_sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
    assert clipped.tolist() == [torch.finfo(torch.float32).tiny, 0.5, 1 - torch.finfo(torch.float32).eps]
    with pytest.raises(RuntimeError, match="CUDA"), torch.cuda.nvtx.range("part"):
        pass
    with pytest.raises(NotImplementedError, match="TorchScript"):
        torch.jit._get_trace_graph(layer, (torch.ones(3),))
    assert not isinstance(torch.device("cpu"), torch.DeviceObjType)
