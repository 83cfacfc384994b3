"""The expressions of tests/rare_names against PyTorch itself."""

from __future__ import annotations

import pytest

real = pytest.importorskip("torch")

import penlight  # noqa: E402
from tests.rare_names.cases import Shower, cases  # noqa: E402


def test_expressions():
    ours, theirs = Shower(penlight), Shower(real)
    for case in cases():
        assert ours(case) == theirs(case), case
