"""Totals of `penlight.summary` against torchinfo's recorded ones, and what it must leave alone."""

import json

import pytest

import penlight as torch
from penlight.nn.modules._registry import any_global_hook
from tests.utils import summary_cases

nn = torch.nn
RECORDED = json.loads(summary_cases.FILE.read_text())


@pytest.mark.parametrize("name", summary_cases.CASES)
def test_totals_equal_torchinfo(name):
    make, size = summary_cases.CASES[name]
    model = make(torch)
    found, expected = torch.summary(model, size, verbose=0), dict(RECORDED[name])
    # torchinfo multiplies all parameters by the places they are used at: biases and normalizations count as well
    extra = 0
    for row in found.layers:
        if not row.layers and row.params:
            conv = isinstance(row.module, nn.Conv2d)
            places = row.output_shape[0] * (row.output_shape[2] * row.output_shape[3] if conv else 1)
            added = [p.numel() for n, p in row.module.named_parameters() if n == "bias" or p.dim() == 1]
            extra += places * sum(added)
    assert found.total_mult_adds == expected.pop("mult_adds") - extra
    assert {key: getattr(found, key) for key in expected} == expected
    assert found.total_flops == 2 * found.total_mult_adds


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = self.a
        self.own = nn.Parameter(torch.ones(3))
        self.parts = nn.ModuleList([nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 2)), nn.Linear(3, 3)])
        self.unused = nn.Linear(2, 2)
        self.again = nn.Sequential(self.a, nn.Dropout())

    def forward(self, x, twice=True):
        x = self.again(self.b(self.a(x)))
        return {"out": self.parts[1](self.parts[0](x))}


def test_shared_repeated_and_unused_layers():
    found = torch.summary(Shared(), (5, 4), verbose=0)
    rows = {(row.depth, row.name): row for row in found.layers}
    assert found.total_params == 3 + 20 + 20 + 10 + 12 + 6 == sum(p.numel() for p in Shared().parameters())
    assert rows[1, "a"].calls == 2 and rows[1, "a"].mult_adds == 2 * 5 * 16 and not rows[1, "a"].shared
    assert rows[2, "0"].shared or rows[1, "again"].layers[0].shared
    assert rows[1, "parts.0"].output_shape == [5, 4] and rows[0, ""].output_shape == [5, 2]
    assert rows[1, "parts.2"].calls == rows[1, "unused"].calls == 0
    assert found.total_mult_adds == 5 * (3 * 16 + 16 + 8)
    assert "unused: Linear" in str(found) and "not called" in str(found) and "shared" in str(found)
    assert len(str(torch.summary(Shared(), (5, 4), depth=1, verbose=0)).split("\n")) == 3 + 1 + 6 + 3


def test_the_model_is_left_as_it_was():
    net = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, 2)).train()
    net[1].eval()
    calls = []
    net[2].register_forward_hook(lambda *args: calls.append(1))
    before = {k: v.clone() for k, v in net.state_dict().items()}
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    for mode in ("eval", "train", "same"):
        torch.summary(net, (8, 4), mode=mode, verbose=0)
        assert [m.training for m in net.modules()] == [True, True, False, True]
        assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    assert torch.equal(torch.rand(1), expected)
    assert calls == [1] * 3 and len(net[2]._forward_hooks) == 1 and not any_global_hook
    assert all(p.grad is None for p in net.parameters())
    with pytest.raises(RuntimeError):
        torch.summary(net, (8, 5), verbose=0)
    assert [m.training for m in net.modules()] == [True, True, False, True] and not any_global_hook


def test_lazy_layers_stay_lazy():
    net = nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2))
    assert torch.summary(net, (3, 8), verbose=0).total_params == 36 + 10
    assert nn.parameter.is_lazy(net[0].weight)
    assert torch.summary(net, verbose=0).total_params == 10


def test_inputs():
    lstm = nn.LSTM(5, 7, batch_first=True)
    assert torch.summary(lstm, (3, 5), batch_dim=0, verbose=0).root.input_shape == [1, 3, 5]
    assert torch.summary(lstm, (1, 3, 5), verbose=0).output[0].shape == (1, 3, 7)
    found = torch.summary(nn.Embedding(10, 3), (2, 4), dtypes=[torch.int64], verbose=0)
    assert found.root.output_shape == [2, 4, 3] and found.total_input == 64
    found = torch.summary(nn.Bilinear(2, 3, 4), [(5, 2), (5, 3)], verbose=0)
    assert found.root.output_shape == [5, 4]
    assert torch.summary(nn.Bilinear(2, 3, 4), input_data=(torch.ones(1, 2), torch.ones(1, 3)), verbose=0).ran
    assert torch.summary(Shared(), input_data={"x": torch.ones(1, 4)}, twice=False, verbose=0).ran
    assert torch.summary(nn.Linear(2, 3).double(), (1, 2), verbose=0).output.dtype == torch.float64


def test_arguments_are_not_used_up():
    class Sum(nn.Module):
        def forward(self, parts):
            return sum(parts)

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Sum()

        def forward(self, x):
            return self.inner(row for row in x)

    assert torch.equal(torch.summary(Outer(), input_data=torch.ones(3, 2), verbose=0).output, torch.full((2,), 3.0))


def test_it_prints(capsys):
    found = torch.summary(nn.Linear(2, 3))
    assert capsys.readouterr().out == str(found) + "\n"
    assert "Linear           9" in str(found) and not found.ran


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: torch.summary(3), TypeError, "expected a torch.nn.Module, got int"),
        (lambda: torch.summary(nn.ReLU(), (1,), torch.ones(1)), RuntimeError, "not both"),
        (lambda: torch.summary(nn.ReLU(), "ab"), TypeError, "expected a tuple of sizes"),
        (lambda: torch.summary(nn.ReLU(), [(1,), (2,)], dtypes=[torch.int64]), ValueError, "a dtype for each of the 2"),
        (lambda: torch.summary(nn.ReLU(), (1,), mode="x"), ValueError, "expected mode"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()
