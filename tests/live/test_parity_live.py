"""PyTorch's operator database against the installed PyTorch: every operator in scope, forward, gradients, errors."""

from __future__ import annotations

import json

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # the database needs it

import penlight  # noqa: E402
from tests.parity import faults, opdb, status  # noqa: E402
from tests.parity.checks import CHECKS, OperatorCheck, Settings  # noqa: E402
from tests.parity.resolve import full_name  # noqa: E402

SETTINGS = Settings(dtypes=("float32", "float64", "int64", "bool", "complex64"), checks=CHECKS, samples=6)
OPERATORS = opdb.select_operators([], everything=True)


KNOWN = json.loads(status.RECORD.read_text())  # operators that do not pass yet, and in which checks


@pytest.mark.parametrize("operator", OPERATORS, ids=[full_name(op) for op in OPERATORS])
def test_operator(operator):
    torch.set_num_threads(1)
    report = OperatorCheck(operator, penlight, SETTINGS).run()
    word, *checks = KNOWN.get(full_name(operator), ["pass"])
    if word == "pass":
        assert opdb.status(report) in ("pass", "empty"), opdb.details([report])
        return
    worse = set(status.failing(report)) - set(checks)
    assert not worse, f"{sorted(worse)}: worse than recorded\n{opdb.details([report])}"
    if opdb.status(report) not in ("pass", "empty"):
        pytest.xfail(f"recorded as {word}: docs/parity.md")


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_the_runner_sees_a_planted_fault(fault):
    name, where, verdict, replaced = faults.FAULTS[fault]
    operator = opdb.select_operators([name], everything=False)[0]
    report = opdb.check_here(operator, faults.Faulty(**replaced), faults.SETTINGS)
    assert not report.get("crashed")
    assert report["checks"][where][verdict] > 0


@pytest.mark.parametrize("name", ["add", "nn.functional.conv2d", "linalg.qr", "cummax", "nn.functional.dropout"])
def test_the_runner_passes_pytorch_itself(name):
    for operator in opdb.select_operators([name], everything=False):
        report = opdb.check_here(operator, faults.Faulty(), faults.SETTINGS)
        assert opdb.status(report) == "pass", opdb.details([report])
