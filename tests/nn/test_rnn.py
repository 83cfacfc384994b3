"""Recurrent layers against what PyTorch recorded, and what is particular to them."""

import copy
import json
import pickle
import warnings

import pytest

import penlight as torch
from penlight import nn
from penlight.nn.utils import rnn

from . import rnn_cases

RECORDED = json.loads(rnn_cases.DATA.read_text(encoding="utf-8"))
# sums of up to about 200 elements: a few hundred roundings of the dtype
TOLERANCE = {"float64": 1e-10, "float32": 1e-4}


@pytest.mark.parametrize(("case", "expected"), list(zip(rnn_cases.CASES, RECORDED["layers"])), ids=str)
def test_layer_is_as_recorded(case, expected):
    seen = rnn_cases.observe(torch, *case)
    assert seen == pytest.approx(expected, rel=TOLERANCE[case[3]], abs=TOLERANCE[case[3]])


@pytest.mark.parametrize(("source", "expected"), list(zip(rnn_cases.ERRORS, RECORDED["errors"])), ids=str)
def test_error_is_as_recorded(source, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert expected[0] and rnn_cases.error(torch, source) == expected


def _layer(kind, **options):
    torch.manual_seed(0)
    layer = getattr(nn, kind)(2, 2, dtype=torch.float64, **options)
    count = layer.num_layers * (2 if layer.bidirectional else 1)
    states = [torch.randn(count, 2, layer.proj_size or 2, dtype=torch.float64, requires_grad=True)]
    if kind == "LSTM":
        states.append(torch.randn(count, 2, 2, dtype=torch.float64, requires_grad=True))
    return layer, states


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("RNN", {}), ("RNN", {"nonlinearity": "relu"}), ("GRU", {}), ("GRU", {"bias": False, "bidirectional": True}),
        ("LSTM", {"num_layers": 2}), ("LSTM", {"bidirectional": True}), ("LSTM", {"proj_size": 1}),
    ],
)  # fmt: skip
def test_first_and_second_derivatives(kind, options, packed):
    layer, states = _layer(kind, **options)
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    function = getattr(torch, layer.mode.lower())
    settings = layer.bias, layer.num_layers, 0.0, True, layer.bidirectional

    def run(x, *others):
        given, weights = others[: len(states)], others[len(states) :]
        given = given if kind == "LSTM" else given[0]
        if packed:
            sequence = rnn.pack_padded_sequence(x, [3, 2])
            return tuple(function(sequence.data, sequence.batch_sizes, given, weights, *settings))
        return tuple(function(x, given, weights, *settings, False))

    inputs = (x, *states, *layer.parameters())
    assert torch.autograd.gradcheck(run, inputs)
    assert torch.autograd.gradgradcheck(run, inputs)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_complex_layer_is_the_real_one_on_real_numbers(kind):
    layer, _ = _layer(kind, bidirectional=True, num_layers=2)
    x = torch.randn(4, 2, 2, dtype=torch.float64)
    twin = copy.deepcopy(layer).to(torch.complex128)
    assert torch.allclose(twin(x.to(torch.complex128))[0].real, layer(x)[0], atol=1e-12)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_output_may_be_changed_in_place(kind):
    layer, _ = _layer(kind)
    x = torch.randn(4, 2, 2, dtype=torch.float64)
    expected = torch.autograd.grad(layer(x)[0].relu().sum(), list(layer.parameters()))
    found = torch.autograd.grad(layer(x)[0].relu_().sum(), list(layer.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(found, expected))


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_backward_twice_gives_the_same(kind):
    layer, _ = _layer(kind)
    loss = layer(torch.randn(4, 2, 2, dtype=torch.float64))[0].sum()
    first = torch.autograd.grad(loss, list(layer.parameters()), retain_graph=True)
    second = torch.autograd.grad(loss, list(layer.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(first, second))


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_float32(kind, dtype):
    if dtype is torch.bfloat16:
        pytest.importorskip("ml_dtypes")
    layer, _ = _layer(kind)
    layer, x = layer.to(dtype), torch.randn(4, 2, 2).to(dtype)
    out = layer(x)[0]
    out.sum().backward()
    wide = copy.deepcopy(layer).float()
    assert out.dtype is layer.weight_hh_l0.grad.dtype is dtype
    assert torch.equal(out, wide(x.float())[0].to(dtype))


@pytest.mark.parametrize("cell", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_cells_step_as_their_layer_does(cell):
    torch.manual_seed(0)
    step, layer = cell(3, 4), getattr(nn, cell.__name__[:-4])(3, 4)
    layer.load_state_dict({f"{name}_l0": value for name, value in step.state_dict().items()})
    x, state = torch.randn(5, 2, 3), None
    for row, wanted in zip(x, layer(x)[0]):
        state = step(row, state)
        assert torch.allclose(state[0] if cell is nn.LSTMCell else state, wanted, atol=1e-6)


def test_weights_of_a_layer_are_followed_when_replaced():
    layer = nn.LSTM(2, 3)
    assert [w is p for w, p in zip(layer._flat_weights, layer.parameters())] == [True] * 4
    x = torch.ones(1, 1, 2)
    layer.weight_ih_l0 = nn.Parameter(torch.zeros(12, 2))
    assert layer._flat_weights[0] is layer.weight_ih_l0
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), copy.deepcopy(layer).double().float()):
        assert [w is p for w, p in zip(twin._flat_weights, twin.parameters())] == [True] * 4
        assert torch.equal(twin(x)[0], layer(x)[0])
        nn.init.zeros_(twin.bias_ih_l0)
        assert not torch.equal(twin(x)[0], layer(x)[0])
    del layer.bias_ih_l0
    with pytest.raises(TypeError, match="expected Tensor as element 2 in argument 2, but got NoneType"):
        layer(x)


def test_what_belongs_together_is_checked():
    with pytest.raises(RuntimeError, match="same dtype, but got Double and Float"):
        nn.GRU(3, 4)(torch.ones(5, 2, 3), torch.ones(1, 2, 4, dtype=torch.float64))
    with pytest.raises(RuntimeError, match="add up to 4 rows"):
        nn.GRU(3, 4)(rnn.PackedSequence(torch.ones(4, 3), torch.tensor([2, 1])))
    with pytest.raises(TypeError, match="invalid combination of arguments"):
        torch.lstm(torch.ones(5, 2, 3), torch.ones(1, 2, 4), [], True, 1, 0.0, True, False, False)
    with pytest.raises(RuntimeError, match="at most the padded length 3"):
        rnn.pack_padded_sequence(torch.ones(3, 2), [4, 2])


def test_packed_sequence_changes_its_data_only():
    packed = rnn.pack_sequence([torch.ones(1), torch.ones(2)], enforce_sorted=False)
    assert packed.float() is packed.cpu() is packed.to(torch.float32) is packed and not packed.is_cuda
    for name, dtype in (("double", torch.float64), ("half", torch.float16), ("long", torch.int64), ("int", torch.int32),
                        ("short", torch.int16), ("char", torch.int8), ("byte", torch.uint8)):  # fmt: skip
        other = getattr(packed, name)()
        assert other.data.dtype is dtype and other.unsorted_indices is packed.unsorted_indices
    data, sizes, order, back = packed
    assert sizes.tolist() == [2, 1] and order.tolist() == back.tolist() == [1, 0] and len(data) == 3


def test_equal_lengths_are_sorted_as_by_pytorch():
    """PyTorch's sort is not stable above 16 elements; masks of dropout on packed data are drawn in its order."""
    lengths = torch.tensor([1 + 5 * i % 7 for i in range(40)])
    packed = rnn.pack_padded_sequence(torch.zeros(40, 7, 1), lengths, batch_first=True, enforce_sorted=False)
    assert packed.sorted_indices.tolist() == [
        39, 32, 4, 25, 18, 11, 1, 36, 29, 22, 15, 8, 12, 19, 33, 5, 26, 37, 2, 9, 16, 30, 23, 6, 34, 27, 20, 13, 10,
        24, 31, 3, 17, 38, 28, 7, 21, 35, 14, 0,
    ]  # fmt: skip


def test_padding_and_its_inverses():
    sequences = [torch.tensor([1, 2]), torch.tensor([3.5])]
    padded = rnn.pad_sequence(sequences, padding_value=9, padding_side="left")
    assert padded.tolist() == [[1, 9], [2, 3]] and padded.dtype is torch.int64  # the first sequence's dtype
    pieces = rnn.unpad_sequence(padded, torch.tensor([2, 1]))
    pieces[0].zero_()
    assert padded.tolist() == [[1, 2], [9, 3]]  # pieces are copies; the batch is transposed, as PyTorch leaves it
    unpacked = rnn.unpack_sequence(rnn.pack_sequence([torch.ones(1), torch.zeros(3)], enforce_sorted=False))
    assert [s.tolist() for s in unpacked] == [[1.0], [0.0, 0.0, 0.0]]
    assert rnn.invert_permutation(torch.tensor([2, 0, 1])).tolist() == [1, 2, 0]


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_a_parametrized_weight_is_used_and_trained(kind):
    """The weight is computed anew in each call: after a change of what it is computed from, the outputs change."""

    class Doubled(torch.nn.Module):
        def forward(self, weight):
            return weight * 2

        def right_inverse(self, weight):
            return weight / 2

    plain = getattr(torch.nn, kind)(3, 4, 2)
    layer = copy.deepcopy(plain)
    for name in ("weight_hh_l0", "weight_ih_l1"):
        torch.nn.utils.parametrize.register_parametrization(layer, name, Doubled())
    x = torch.randn(5, 2, 3)
    for _ in range(2):
        want, got = plain(x)[0], layer(x)[0]
        assert torch.equal(got, want)
        plain.zero_grad(), layer.zero_grad()
        want.sum().backward(), got.sum().backward()
        original = layer.parametrizations.weight_hh_l0.original
        torch.testing.assert_close(original.grad, 2 * plain.weight_hh_l0.grad)
        with torch.no_grad():
            original -= 0.25
            plain.weight_hh_l0 -= 0.5
    torch.nn.utils.parametrize.remove_parametrizations(layer, "weight_hh_l0")
    assert torch.equal(layer(x)[0], plain(x)[0])
