"""Which kinds of values each argument takes, against what PyTorch recorded."""

import json

import pytest

import penlight as torch

from . import argument_cases

RECORDED = json.loads(argument_cases.DATA.read_text(encoding="utf-8"))
OURS = argument_cases.outcomes(torch)
ALLOWED = 61  # of 4,788: other exceptions where both refuse, and values that one of the two happens to let through


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


@pytest.mark.parametrize("call", ["torch.sum(a=x, axis=0)", "torch.softmax(x=x, axis=1)", "torch.cumsum(x1=x, dim=0)",
                                  "torch.hsplit(x, sections=3)[0]", "torch.tensor_split(x, indices=(1,), dim=1)[0]",
                                  "torch.cholesky_solve(input=torch.eye(2), input2=torch.eye(2))",
                                  "x.random_(**{'from': 1, 'to': 3})", "torch.sort(x, stable=None)[0]",
                                  "torch.masked.median(x, (1, 0))", "x[np.array([1.0])]"])  # fmt: skip
def test_other_spellings_are_read(call):
    import numpy as np

    assert eval(call, {"torch": torch, "np": np, "x": torch.ones(2, 3)}).numel()


@pytest.mark.parametrize("call", ["torch.sum()", "torch.sum(x, a=x)", "torch.prod(x, None)", "x.std(0, unbiased=None)",
                                  "x.permute()", "torch.zeros(2, size=(2,))", "torch.arange(1, 2, 3, 4)",
                                  "torch.meshgrid(tensors=[x[0]])",
                                  "x.new_zeros(2, nosuch=1)", "x.uniform_(nosuch=1)", "torch.scatter(x, 0, i, 1.0, reduce=None)",
                                  "torch.trapezoid(x, x, dx=1)", "torch.flip(x, dims=0)", "torch.einsum('ij', 1)"])  # fmt: skip
def test_absent_doubled_and_unknown_arguments_are_refused(call):
    with pytest.raises(TypeError, match="argument|takes|expected|unexpected"):
        eval(call, {"torch": torch, "x": torch.ones(2, 3), "i": torch.zeros(1, 1, dtype=torch.int64)})


def test_an_equal_tuple_of_other_numbers_is_read_anew():
    import numpy as np

    plane, kernel = torch.ones(1, 1, 3, 3), torch.ones(1, 1, 1, 1)
    torch.conv2d(plane, kernel, stride=(2, 2))
    with pytest.raises(TypeError, match="int"):
        torch.conv2d(plane, kernel, stride=(np.float32(2), 2))
