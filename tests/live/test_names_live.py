"""The expressions of tests/names against PyTorch itself."""

from __future__ import annotations

import pytest

real = pytest.importorskip("torch")

import penlight  # noqa: E402
from tests.names.cases import Shower, cases  # noqa: E402


def test_expressions():
    ours, theirs = Shower(penlight), Shower(real)
    for case in cases():
        assert ours(case) == theirs(case), case
