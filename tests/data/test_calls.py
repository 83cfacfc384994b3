"""Datasets, samplers, collation and the loader against PyTorch's recorded answers, warnings and draws."""

import json
import multiprocessing

import pytest

import penlight as torch
from tests.data import data_cases

RECORDED = json.loads(data_cases.FILE.read_text())
FORKS = "fork" in multiprocessing.get_all_start_methods()


@pytest.fixture(scope="module")
def found():
    return data_cases.run(torch)


@pytest.mark.skipif(not FORKS, reason="this system starts processes by spawning only")
@pytest.mark.parametrize("expression", RECORDED)
def test_equals_pytorch(expression, found):
    assert found[expression] == RECORDED[expression]
