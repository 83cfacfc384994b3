"""Counted operations against PyTorch's recorded ones, for each module and op; what the counter must leave alone."""

import json
import sys

import pytest

import penlight as torch
from penlight.nn.modules._registry import any_global_hook
from penlight.utils import flop_counter
from penlight.utils.flop_counter import FlopCounterMode, register_flop_formula
from tests.utils import flop_cases

RECORDED = json.loads(flop_cases.FILE.read_text())


@pytest.mark.parametrize("name", flop_cases.CASES)
def test_counts_equal_pytorch(name):
    assert flop_cases.run(torch, name) == RECORDED[name]


def test_the_fused_attention_of_pytorchs_formula_needs_one_product_more_in_backward():
    q = (2, 4, 8, 16)
    assert flop_counter.sdpa_flop_count(q, q, q) == 2 * 2 * (2 * 4 * 8 * 8 * 16)
    assert flop_counter.sdpa_backward_flop_count(q, q, q, q) == 5 * 2 * (2 * 4 * 8 * 8 * 16)


def test_formulas_on_shapes():
    x, w, out = (2, 4, 9, 9), (6, 2, 3, 3), (2, 6, 5, 5)
    forward = flop_counter.conv_flop_count(x, w, out)
    assert forward == 10800  # as PyTorch counts it
    back = flop_counter.conv_backward_flop(out, x, w, None, 2, 1, 1, False, 0, 2, (True, True, False), None)
    assert back == 32400
    with pytest.raises(AssertionError, match="inner dimensions"):
        flop_counter.mm_flop((2, 3), (4, 5))


def test_backward_belongs_to_the_modules_that_recorded_it():
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    x = torch.ones(5, 3, requires_grad=True)
    outside = net(x)
    with FlopCounterMode(display=False) as counter:
        outside.sum().backward()
        again = net(x)
        torch.nn.Linear(2, 2)(again.detach())
        again.sum().backward()
    counts = {name: sum(c.values()) for name, c in counter.get_flop_counts().items()}
    one, two = 2 * 5 * 3 * 4, 2 * 5 * 4 * 2
    other = 2 * 5 * 2 * 2
    assert counts == {
        "Global": 5 * (one + two) + other,
        "Sequential": 3 * (one + two),
        "Sequential.0": 3 * one,
        "Sequential.1": 3 * two,
        "Linear": other,
    }


def test_own_formulas():
    doubled = {"aten.relu": lambda shape, out_shape: 2 * out_shape.numel(), torch.mm: lambda a, b, out_shape: 1}
    with FlopCounterMode(display=False, custom_mapping=doubled) as counter:
        torch.ones(2, 3).relu() @ torch.ones(3, 4)
    assert counter.get_flop_counts()["Global"] == {"aten.relu": 12, "aten.mm": 1}
    with pytest.raises(ValueError, match="expected each target"):
        register_flop_formula(3)(lambda: 0)

    @register_flop_formula("aten.tanh", get_raw=True)
    def of_values(input, out_val=None):
        return int(input.sum())

    try:
        with FlopCounterMode(display=False) as counter:
            torch.full((2,), 4.0).tanh()
        assert counter.get_total_flops() == 8
        with pytest.raises(RuntimeError, match="duplicate registrations for aten.tanh"):
            register_flop_formula(torch.tanh)(of_values)
    finally:
        del flop_counter.flop_registry["aten.tanh"]


def test_vmap_counts_what_is_computed():
    with FlopCounterMode(display=False) as counter:
        torch.func.vmap(lambda a, b: a @ b)(torch.ones(2, 3, 4), torch.ones(2, 4, 5))
    assert counter.get_total_flops() == 2 * 2 * 3 * 4 * 5


def test_nothing_stays_behind_and_profiles_go_on():
    before = sys.getprofile()
    net = torch.nn.Linear(3, 3)
    with pytest.raises(KeyError), FlopCounterMode():
        net(torch.ones(1, 3))
        raise KeyError
    assert sys.getprofile() is before and not any_global_hook
    with (
        FlopCounterMode(display=False) as outer,
        torch.profiler.profile() as prof,
        FlopCounterMode(display=False) as inner,
    ):
        net(torch.ones(1, 3))
    assert outer.get_total_flops() == inner.get_total_flops() == 18
    assert "aten::linear" in {e.key for e in prof.key_averages()}


def test_table_as_pytorch_prints_it(capsys):
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    with pytest.warns(UserWarning, match="mods argument is not needed"), FlopCounterMode(net) as counter:
        net(torch.ones(1, 3)).sum().backward()
    assert capsys.readouterr().out == RECORDED["table"] + "\n"
    assert counter.get_table(1) == "\n".join(RECORDED["table"].split("\n")[:5])
    with counter:
        pass
    assert capsys.readouterr().out == RECORDED["empty table"] + "\n"
    numbers = (0, 999, 1000, 123456, 1234567, 10**9, 10**12, 10**15)
    assert [flop_counter.get_suffix_str(n) for n in numbers] == ["", "", "", "K", "K", "M", "B", "T"]
    assert flop_counter.convert_num_with_suffix(1234567, "M") == "1.235M"
    assert flop_counter.convert_to_percent_str(1, 0) == "0%"
