"""What the fuzzer found once stays as PyTorch has it."""

from __future__ import annotations

import json

import pytest

import penlight
from tests.fuzz.found import DATA, outcome

RECORDED = json.loads(DATA.read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", RECORDED)
def test_found(expression):
    assert outcome(penlight, expression) == RECORDED[expression]
