"""Exact values, dtypes, strides and errors against those recorded from PyTorch (tests/record/values.py)."""

from __future__ import annotations

import json

import pytest

import penlight
from tests.values.cases import FOLDER, Shower, cases

RECORDED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def show():
    pytest.importorskip("ml_dtypes")
    return Shower(penlight)


@pytest.mark.parametrize("start", range(0, len(cases()), 20))
def test_recorded(start, show):
    assert len(cases()) == len(RECORDED)
    wrong = []
    for case, expected in list(zip(cases(), RECORDED))[start : start + 20]:
        if (got := show(case)) != expected:
            wrong.append(f"{case}: got {got}, want {expected}")
    assert not wrong, "\n".join(wrong)
