"""Which kinds of values each argument takes, against what PyTorch recorded."""

import json

import pytest

import penlight as torch

from . import argument_cases

RECORDED = json.loads(argument_cases.DATA.read_text(encoding="utf-8"))
OURS = argument_cases.outcomes(torch)
ALLOWED = 35  # of 3,300: other exceptions where both refuse, and values that one of the two happens to let through


def _differences(call):
    pairs = zip(argument_cases.VALUES, RECORDED[call], OURS[call])
    return [f"{value}: {wanted} became {found}" for value, wanted, found in pairs if wanted != found]


def test_few_kinds_are_judged_otherwise():
    found = [f"{call} {d}" for call in argument_cases.CALLS for d in _differences(call)]
    assert len(found) <= ALLOWED, "\n".join(found)


@pytest.mark.parametrize("call", ["x.cumsum(v)", "x.sum([v])", "x.sum((0, v))", "torch.narrow(x, 1, v, 1)", "torch.zeros(v)",
                                  "torch.sum(x, 1, v)", "x.quantile(v)", "torch.addmm(ones, ones, row, beta=v)"])  # fmt: skip
def test_each_kind_is_read_by_its_rule(call):
    assert not _differences(call)


def test_a_refusal_says_what_was_expected_and_what_came():
    with pytest.raises(TypeError, match=r"cumsum.*argument 'dim'.*must be int, not float|argument 'dim' must be int, not float"):
        torch.ones(2).cumsum(0.5)
    with pytest.raises(TypeError, match=r"triu\(\): argument 'diagonal' \(position 2\) must be int, not bool"):
        torch.ones(2, 2).triu(True)
    with pytest.raises(TypeError, match="must be tuple of ints, but found element of type float at pos 1"):
        torch.ones(4).reshape(2, 2.0)


def test_numpy_bools_are_floats_as_in_pytorch():
    import numpy as np

    assert (torch.ones(2).bool() * np.bool_(True)).dtype is torch.full((1,), np.bool_(True)).dtype is torch.float32
