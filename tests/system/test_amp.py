"""autocast and GradScaler, as PyTorch 2.13 does on a CPU."""

import pytest

import penlight as torch
from penlight.amp.state import get_autocast_dtype, is_autocast_enabled

pytest.importorskip("ml_dtypes")

# function, dtype of the result under autocast("cpu") for float32, bfloat16 and float64 arguments, as PyTorch gives them
TABLE = [
    ("torch.mm(m, m)", "bfloat16 bfloat16 float64"),
    ("m @ m", "bfloat16 bfloat16 float64"),
    ("torch.bmm(b, b)", "bfloat16 bfloat16 float64"),
    ("torch.addmm(m, m, m)", "bfloat16 bfloat16 float64"),
    ("torch.nn.functional.linear(m, m)", "bfloat16 bfloat16 float64"),
    ("torch.nn.functional.conv1d(s, w)", "bfloat16 bfloat16 float64"),
    ("torch.mv(m, m[0])", "float32 bfloat16 float64"),
    ("torch.dot(m[0], m[0])", "float32 bfloat16 float64"),
    ("m + m", "float32 bfloat16 float64"),
    ("torch.softmax(m, 0)", "float32 bfloat16 float64"),
    ("torch.prod(m)", "float32 float32 float64"),
    ("torch.nn.functional.mse_loss(m, m)", "float32 float32 float64"),
    ("torch.nn.functional.cross_entropy(m, target)", "float32 float32 float64"),
    ("torch.nn.functional.scaled_dot_product_attention(b, b, b)", "bfloat16 bfloat16 float64"),
    ("torch.nn.functional.local_response_norm(b, 2)", "float32 bfloat16 float64"),
    ("torch.nn.functional.local_response_norm(b[None], 2)", "float32 float32 float64"),
    ("torch.nn.functional.mse_loss(m, m, weight=m)", "float32 bfloat16 float64"),
    ("torch.inner(m[0], m[0])", "float32 bfloat16 float64"),
    ("torch.nn.functional.fractional_max_pool2d(b, 1, 2)", "float32 float32 float64"),
    ("torch.nn.functional.bilinear(b, b, b)", "float32 bfloat16 float64"),
]


@pytest.mark.parametrize("expression, expected", TABLE)
def test_result_dtypes(expression, expected):
    for name, wanted in zip(("float32", "bfloat16", "float64"), expected.split()):
        d = getattr(torch, name)
        names = {
            "torch": torch, "m": torch.ones(3, 3, dtype=d), "b": torch.ones(2, 3, 3, dtype=d),
            "s": torch.ones(1, 2, 8, dtype=d), "w": torch.ones(4, 2, 3, dtype=d), "target": torch.tensor([0, 1, 2]),
        }  # fmt: skip
        with torch.autocast("cpu"):
            found = eval(expression, names).dtype
        assert found is getattr(torch, wanted), (expression, name)
        assert eval(expression, names).dtype is d  # and nothing of it stays


def test_only_the_products_of_recurrent_cells_are_narrow():
    x, weights = torch.ones(1, 3).half(), [torch.ones(n, 3, requires_grad=True) for n in (9, 9, 12, 12)]
    with torch.autocast("cpu"):
        for state, wanted in ((torch.ones(1, 3), torch.float32), (torch.ones(1, 3).bfloat16(), torch.bfloat16)):
            h = torch.gru_cell(x, state, *weights[:2])
            out, cell = torch.lstm_cell(x, (state, state), *weights[2:])
            assert (h.dtype, out.dtype, cell.dtype) == (wanted,) * 3
        assert torch.linalg.pinv(torch.eye(2)).dtype is torch.bfloat16
    (h.sum() + out.sum()).backward()
    assert all(w.grad.dtype is torch.float32 for w in weights)


def test_gradients_arrive_in_the_parameters_dtype():
    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    with torch.autocast("cpu", dtype=torch.float16):
        y = weight @ weight
        assert y.dtype is torch.float16
        with torch.autocast("cpu", enabled=False):
            assert (weight @ weight).dtype is torch.float32
    y.float().sum().backward()
    assert weight.grad.dtype is torch.float32
    assert weight.grad.tolist() == [[7.0, 11.0], [9.0, 13.0]]


def test_a_cast_made_without_recording_hides_no_gradient():
    weight = torch.ones(2, 2, requires_grad=True)
    with torch.autocast("cpu"):
        with torch.no_grad():
            weight @ weight
        assert (weight @ weight).requires_grad


def test_states():
    with torch.autocast("cpu", dtype=torch.float16):
        assert is_autocast_enabled("cpu") and get_autocast_dtype("cpu") is torch.float16
    assert not is_autocast_enabled("cpu") and get_autocast_dtype("cpu") is torch.bfloat16


def test_cuda_autocast_warns_and_does_nothing():
    with pytest.warns(UserWarning, match="CUDA is not available or torch_xla is imported. Disabling autocast."):
        block = torch.autocast("cuda")
    with block:
        assert torch.mm(torch.ones(2, 2), torch.ones(2, 2)).dtype is torch.float32
    with pytest.warns(UserWarning, match="the target dtype is not supported"):
        torch.autocast("cpu", dtype=torch.float32)
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
        torch.autocast(torch.device("cpu"))


class _Optimizer:
    """Counts its steps."""

    def __init__(self, parameter):
        self.param_groups = [{"params": [parameter]}]
        self.steps = 0

    def step(self):
        self.steps += 1


def test_scaler_without_gpu_passes_through():
    with pytest.warns(UserWarning, match="CUDA is not available.  Disabling."):
        scaler = torch.amp.GradScaler()
    loss = torch.ones(1)
    optimizer = _Optimizer(loss)
    assert scaler.scale(loss) is loss and scaler.state_dict() == {} and scaler.get_scale() == 1.0
    assert not scaler.is_enabled()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert optimizer.steps == 1


def test_scaler_skips_overflow_and_adapts():
    x = torch.ones(2, requires_grad=True)
    optimizer = _Optimizer(x)
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    for factor, scale, steps in ((1.0, 8.0, 1), (1.0, 16.0, 2), (float("inf"), 8.0, 2), (1.0, 8.0, 3)):
        x.grad = None
        scaler.scale((x * factor).sum()).backward()
        scaler.unscale_(optimizer)
        if factor == 1.0:
            assert x.grad.tolist() == [1.0, 1.0]
        with pytest.raises(RuntimeError, match="already been called on this optimizer"):
            scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        assert (scaler.get_scale(), optimizer.steps) == (scale, steps)
    other = torch.amp.GradScaler("cpu")
    other.load_state_dict(scaler.state_dict())
    assert other.state_dict() == scaler.state_dict()


def test_scaler_divides_sparse_gradients():
    table = torch.nn.Embedding(3, 2, sparse=True)
    optimizer = torch.optim.SparseAdam(list(table.parameters()), lr=0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    scaler.scale(table(torch.tensor([0, 0, 1])).sum()).backward()
    scaler.unscale_(optimizer)
    assert table.weight.grad.is_sparse and table.weight.grad.to_dense().tolist() == [[2, 2], [1, 1], [0, 0]]
    before = table.weight.tolist()
    scaler.step(optimizer)
    assert [a != b for a, b in zip(before, table.weight.tolist())] == [True, True, False]
    scaler.update()
    assert tuple(scaler.scale(x for x in (torch.ones(1),)))[0].item() == 4.0


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoints_compute_again_under_the_same_autocast(reentrant):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3))
    x = torch.randn(2, 3, requires_grad=True)
    gradients = []
    for call in (net, lambda t: torch.utils.checkpoint.checkpoint(net, t, use_reentrant=reentrant)):
        with torch.autocast("cpu"):
            loss = call(x * 2).float().sum()
        loss.backward()
        gradients.append([t.grad.clone() for t in (x, *net.parameters())])
        net.zero_grad()
        x.grad = None
    assert all(map(torch.equal, *gradients))
