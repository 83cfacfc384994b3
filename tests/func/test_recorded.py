"""Every recorded case of the function transforms prints what it prints in PyTorch, to the character."""

from __future__ import annotations

import json

import pytest

import penlight
from tests.autograd.cases import cases_of, run

from .record import EXPECTED, PARTS

RECORDED = json.loads(EXPECTED.read_text())["cases"]
CASES = {name: case for part in PARTS for name, case in cases_of(part).items()}


@pytest.mark.parametrize("name", CASES)
def test_prints_what_pytorch_prints(name):
    assert run(CASES[name], penlight).splitlines() == RECORDED[name]


def test_every_case_is_recorded():
    assert set(CASES) == set(RECORDED)
