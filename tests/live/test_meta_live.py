"""Meta tensors against PyTorch itself: the recorded expressions again."""

import warnings

import pytest

real = pytest.importorskip("torch")

import penlight  # noqa: E402
from tests.meta.cases import expressions, shown  # noqa: E402


def test_expressions():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for expression in expressions():
            assert shown(penlight, expression) == shown(real, expression), expression
