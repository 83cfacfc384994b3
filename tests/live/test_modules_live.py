"""PyTorch's module database against the installed PyTorch, and the recorded signatures."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # the database needs it

import penlight  # noqa: E402
from tests.parity import library_status, modules, signatures  # noqa: E402

MODULES = modules.select([])


@pytest.mark.parametrize("info", MODULES, ids=[info.name for info in MODULES])
def test_module(info):
    torch.set_num_threads(1)
    report = modules.ModuleCheck(info, penlight, samples=2).run()
    wrong = library_status.failing(report)
    assert report["missing"] is None
    assert not wrong, "\n".join(e for name in wrong for e in report["checks"][name]["examples"])


class _WithoutBias:
    """PyTorch with one fault planted: a Linear that forgets its bias."""

    def __getattr__(self, name):
        return getattr(torch, name)

    class nn:
        def __getattr__(self, name):
            return getattr(torch.nn, name)

        class Linear(torch.nn.Linear):
            def forward(self, input):
                return torch.nn.functional.linear(input, self.weight)

    nn = nn()


@pytest.mark.parametrize("name", ["nn.Linear", "nn.BatchNorm1d", "nn.GRUCell", "nn.Dropout"])
def test_the_runner_passes_pytorch_itself(name):
    for info in modules.select([name]):
        report = modules.ModuleCheck(info, torch, samples=2).run()
        assert library_status.failing(report) == []


def test_the_runner_sees_a_planted_fault():
    report = modules.ModuleCheck(modules.select(["nn.Linear"])[0], _WithoutBias(), ("forward", "grad"), 2).run()
    assert library_status.failing(report) == ["forward", "grad"]


def test_recorded_signatures_are_what_the_installed_pytorch_has():
    recorded = json.loads(signatures.RECORD.read_text())
    found = signatures.signatures(torch)
    added = {name for name in found if name not in recorded}
    assert all(name.endswith(".step") for name in added)  # PyTorch wraps an optimizer's `step` at its first instance
    assert {name: text for name, text in found.items() if name not in added} == recorded
