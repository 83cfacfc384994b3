"""What layers refuse, what they no longer refuse, and a few things that the comparison with PyTorch's modules found."""

import io
import pickle
import warnings

import pytest

import penlight as torch
from penlight import nn
from penlight.io.names import penlight_modules, torch_home


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda: nn.RNN(3, 5, bias=1), TypeError, "bias should be of type bool, got: int"),
        (lambda: nn.LSTM(3, 5, batch_first="False"), TypeError, "batch_first should be of type bool, got: str"),
        (lambda: nn.HuberLoss(delta=1j), TypeError, "delta must be a float or int"),
        (lambda: nn.BatchNorm1d(2, eps=0.0)(torch.ones(3, 2)), ValueError, "must be positive during training"),
        (lambda: nn.BatchNorm1d(2, eps=-1.0).eval()(torch.ones(3, 2)), ValueError, "must be non-negative"),
        (
            lambda: nn.CrossEntropyLoss(ignore_index=1)(torch.ones(2, 3), torch.ones(2, 3)),
            RuntimeError,
            "ignore_index is not supported for floating point target",
        ),
        (
            lambda: nn.MaxUnpool2d(2)(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2)),
            RuntimeError,
            "should be type int64 but got: Float",
        ),
        (lambda: nn.SyncBatchNorm(3)(torch.ones(3)), ValueError, "at least 2D input"),
        (lambda: nn.LinearCrossEntropyLoss(3, 2, weight=torch.ones(3)), RuntimeError, "expected weight shape to be"),
        (lambda: nn.LinearCrossEntropyLoss(3, 2, label_smoothing=2.0), RuntimeError, "range \\[0, 1\\], got 2.0"),
        (lambda: nn.LinearCrossEntropyOptions(chunking_method="aspect_ratio:0"), ValueError, "invalid chunking_method"),
        (lambda: nn.LinearCrossEntropyOptions(acc_dtype=torch.int64), ValueError, "acc_dtype must be one of"),
        (lambda: nn.Container(nn.ReLU()), TypeError, "by keyword"),
        (lambda: nn.Conv2d(4, 6, 3)(torch.ones(2, 5, 5)), RuntimeError, r"expected input\[1, 2, 5, 5\] to have 4 channels"),
        (lambda: nn.ConvTranspose1d(2, 3, 3)(torch.ones(2, 0)), RuntimeError, r"Only zero batch .* \[1, 2, 0\]"),
        (lambda: nn.AvgPool2d(2)(torch.ones(4, 4)), IndexError, "3D or 4D"),
        (lambda: nn.Unfold(2)(torch.ones(4, 4)), IndexError, "3D or 4D"),
        (lambda: nn.FractionalMaxPool2d(2, 2)(torch.ones(4, 4)), IndexError, "3D or 4D"),
        (lambda: nn.FractionalMaxPool2d(2, 2)(torch.ones(2, 0, 4, 4)), RuntimeError, "dimension 1 being empty"),
        (lambda: nn.FractionalMaxPool3d(2, 2)(torch.ones(2, 3, 8, 8)), RuntimeError, "too large"),
        (lambda: nn.MaxUnpool1d(2)(torch.ones(2, 0), torch.ones(2, 0).long()), RuntimeError, "dimension 1 being empty"),
        (lambda: nn.AdaptiveAvgPool3d(2)(torch.ones(2, 0, 4, 4, 4)), RuntimeError, "dimension 1 being empty"),
        (lambda: nn.AdaptiveMaxPool2d(2)(torch.ones(2, 0, 4, 4)), RuntimeError, "dimension 1 being empty"),
        (lambda: nn.Upsample(scale_factor=2)(torch.ones(2, 0, 4, 4)), RuntimeError, "Non-empty 4D"),
        (lambda: nn.AdaptiveAvgPool2d(None)(torch.ones(1, 4, 4)), TypeError, "output_size must be an int or a tuple"),
        (lambda: nn.AdaptiveMaxPool1d(2.0)(torch.ones(1, 4)), TypeError, "output_size"),
        (lambda: nn.Upsample(size=4.5)(torch.ones(1, 1, 4, 4)), TypeError, "size"),
        (lambda: nn.Unfold((2,))(torch.ones(1, 1, 4, 4)), RuntimeError, "kernel_size equals to 2"),
        (lambda: nn.Dropout(float("nan"))(torch.ones(4)), RuntimeError, "between 0 and 1"),
        (
            lambda: nn.MultiheadAttention(4, 2, kdim=3)(*[torch.ones(3, 2, 4)] * 3),
            AssertionError,
            r"expecting key weights shape of \(4, 4\), but got torch.Size\(\[4, 3\]\)",
        ),
        (lambda: nn.ReflectionPad2d(1)(torch.ones(4)), RuntimeError, "two times the input dimension"),
        (lambda: nn.ReflectionPad2d(1)(torch.ones(2, 0, 4, 4)), RuntimeError, "other non-zero dimensions"),
    ],
)
def test_refused(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_allowed_as_in_pytorch():
    assert repr(nn.Unflatten("a", (2,))) == "Unflatten(dim=a, unflattened_size=(2,))"
    assert nn.SyncBatchNorm(3)(torch.ones(2, 3)).shape == (2, 3)  # one process: ordinary batch normalisation
    assert nn.RMSNorm(2)(x=torch.ones(1, 2)).shape == (1, 2)
    assert nn.InstanceNorm1d(2, eps=-1.0)(torch.ones(3, 2, 4)).isnan().all()
    assert nn.AdaptiveAvgPool2d(2)(torch.ones(2, 0, 4, 4)).shape == (2, 0, 2, 2)
    assert nn.AdaptiveAvgPool1d(1)(torch.ones(2, 0)).isnan().all()  # the mean of nothing
    assert nn.AdaptiveMaxPool1d(2)(torch.ones(0, 4)).shape == (0, 2)
    x = torch.tensor([[-3.0, 1.0, 0.5, -2.0]])
    assert nn.LPPool1d(float("inf"), 2)(x).tolist() == [[3.0, 2.0]]  # the limit: the largest |x|
    assert nn.LPPool1d(-float("inf"), 2)(x).tolist() == [[1.0, 0.5]]
    assert nn.CircularPad2d(0)(torch.ones(2, 0, 4)).shape == (2, 0, 4)


def test_an_empty_batch_leaves_the_statistics():
    layer = nn.BatchNorm1d(3)
    assert layer(torch.ones(0, 3, 2)).shape == (0, 3, 2)
    assert layer.running_mean.tolist() == [0, 0, 0] and layer.num_batches_tracked.item() == 1


def test_the_old_names_warn():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loss = nn.NLLLoss2d(reduction="sum")
    assert loss.reduction == "sum" and issubclass(caught[0].category, FutureWarning)


def test_gradients_of_a_relu_step_all_require_grad():
    cell = nn.RNNCell(2, 3, nonlinearity="relu")
    grads = torch.autograd.grad(cell(torch.ones(1, 2)).sum(), list(cell.parameters()), create_graph=True)
    assert all(g.requires_grad for g in grads)


def test_whole_modules_name_pytorchs_places():
    schedule = torch.optim.lr_scheduler.StepLR
    for thing, home in [
        (nn.MultiheadAttention, "torch.nn.modules.activation"),
        (nn.ParameterList, "torch.nn.modules.container"),
        (schedule, "torch.optim.lr_scheduler"),
        (torch.optim.AdamW, "torch.optim.adamw"),
        (torch.optim.Muon, "torch.optim"),
        (torch.distributions.StackTransform, "torch.distributions.transforms"),
    ]:
        assert torch_home(thing, thing.__module__, thing.__name__) == (home, thing.__name__)
    stream = io.BytesIO()
    torch.save(nn.MultiheadAttention(4, 2), stream)
    assert b"torch.nn.modules.activation" in stream.getvalue()


def test_linear_cross_entropy():
    torch.manual_seed(0)
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=2)
    loss = nn.LinearCrossEntropyLoss(5, 4, out_features=(3,), bias=True, options=options)
    x, target = torch.randn(2, 5), torch.tensor([[0, 1, 2], [3, 3, 0]])
    logits = loss.linear(x).reshape(2, 4, 3)
    assert torch.allclose(loss(x, target), nn.functional.cross_entropy(logits, target))
    assert pickle.loads(pickle.dumps(loss)).options == options
    assert str(loss).splitlines()[1].endswith("options=" + str(options))


def test_functions_of_nn_functional_are_pickled_by_pytorchs_names():
    F = nn.functional
    for function in (F.relu, F.gelu, F.softplus, F.linear):
        assert pickle.loads(pickle.dumps(function)) is function
        stream = io.BytesIO()
        torch.save(function, stream)
        assert b"torch.nn.functional" in stream.getvalue()
        stream.seek(0)
        assert torch.load(stream, weights_only=False) is function
    assert penlight_modules("torch._C._nn") == ["penlight.nn.functional"]  # where PyTorch's own gelu comes from


def test_a_variance_may_be_shared_along_one_dimension():
    x = torch.randn(2, 3, 4)
    for shape in ((2, 1, 4), (2, 3), (1, 3, 4)):
        var = torch.rand(shape) + 0.5
        whole = var.unsqueeze(-1) if len(shape) == 2 else var
        loss = nn.functional.gaussian_nll_loss(x, x * 0, var)
        assert torch.allclose(loss, nn.functional.gaussian_nll_loss(x, x * 0, whole.expand(2, 3, 4)))
    for shape in ((1, 3, 1), (3, 4), (1,)):
        with pytest.raises(ValueError, match="var is of incorrect size"):
            nn.functional.gaussian_nll_loss(x, x, torch.ones(shape))
