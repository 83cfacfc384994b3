"""Wrong calls fail as they do in PyTorch: the same exception, and a message that states the same facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import penlight

from . import cases_autograd, cases_dtypes, cases_nn, cases_shapes, cases_training
from .table import Case, Outcome, facts, run, shortcomings

EXPECTED = json.loads((Path(__file__).parent / "data" / "expected.json").read_text())["cases"]
PARTS = (cases_shapes, cases_autograd, cases_dtypes, cases_nn, cases_training)
CASES = [case for part in PARTS for case in part.CASES]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_fails_as_in_pytorch(case: Case):
    outcome = run(case, penlight)
    expected = EXPECTED[case.name]
    worse = shortcomings(case, outcome, expected)
    assert not worse, (
        f"{'; '.join(worse)}\n{case.source}\n"
        f"PyTorch:  {expected['exception']}: {expected['message']}\n"
        f"penlight: {outcome.exception}: {outcome.message}"
    )


def test_every_case_is_recorded_once():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert set(names) == set(EXPECTED)


def test_facts_are_numbers_and_dtypes_in_one_spelling():
    said = facts("mat1 and mat2 (2x3, 4x5) must match -5, got Long (position 1), torch.float32 at 0x7f3a, lr 1e-3")
    assert said == {"2", "3", "4", "5", "-5", "int64", "float32", "0.001"}


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome("returns"), "returns"),
        (Outcome("raises", "builtins", "TypeError", "sizes 3 and 4 size", ("TypeError",)), "TypeError instead of"),
        (Outcome("raises", "builtins", "RuntimeError", "wrong size", ("RuntimeError",)), "does not state 3"),
        (Outcome("raises", "builtins", "RuntimeError", "3, 4", ("RuntimeError",)), "does not say 'size'"),
        (Outcome("raises", "", "NotImplementedError", "add", ("NotImplementedError", "RuntimeError")), "missing here"),
    ],
)
def test_the_judgement_itself(outcome, text):
    case = next(case for case in CASES if case.name == "add_sizes")
    assert any(text in line for line in shortcomings(case, outcome, EXPECTED["add_sizes"]))
