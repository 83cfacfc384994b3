"""Recurrent layers, cells and padding against the installed PyTorch, over more combinations than are recorded."""

import itertools

import numpy as np
import pytest

import penlight

torch = pytest.importorskip("torch")

TOLERANCE = {"float64": 1e-10, "float32": 2e-5}  # some hundred roundings of values around 1
KINDS = {
    "tanh": ("RNN", {}), "relu": ("RNN", {"nonlinearity": "relu"}), "gru": ("GRU", {}), "lstm": ("LSTM", {}),
    "projected": ("LSTM", {"proj_size": 3}),
}  # fmt: skip
LENGTHS = {"even": [4] * 20, "falling": [7, 4, 4, 1], "any": [1 + 5 * i % 7 for i in range(20)], "one": [3]}


def assert_same(ours, theirs, dtype):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        a, b = a.detach().numpy(), b.detach().numpy()
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def observe(library, kind, layers, bias, both, batch_first, given, with_state, dtype, training):
    """Initial weights, outputs, final states, gradients, and the next random number."""
    rnn, real = library.nn.utils.rnn, getattr(library, dtype)
    library.manual_seed(3)
    name, more = KINDS[kind]
    net = getattr(library.nn, name)(5, 6, layers, bias=bias, bidirectional=both, batch_first=batch_first, dropout=0.3
                                    if layers > 1 else 0.0, dtype=real, **more)  # fmt: skip
    net.train(training)
    results = [p.clone() for p in net.parameters()]
    lengths = LENGTHS.get(given, [4] * 3)
    batch, longest = len(lengths), max(lengths)
    shape = (4, 5) if given == "single" else (batch, longest, 5) if batch_first else (longest, batch, 5)
    x = library.randn(shape, dtype=real).requires_grad_()
    count = layers * (2 if both else 1)
    middle = () if given == "single" else (batch,)
    widths = [net.proj_size or 6] + ([6] if name == "LSTM" else [])
    states = [library.randn((count, *middle, n), dtype=real).requires_grad_() for n in widths] if with_state else []
    fed = x
    if given in LENGTHS:
        fed = rnn.pack_padded_sequence(x, library.tensor(lengths), batch_first, enforce_sorted=given != "any")
    state = None if not states else tuple(states) if name == "LSTM" else states[0]
    out, last = net(fed) if state is None else net(fed, state)
    if given in LENGTHS:
        results += [t for t in out if t is not None]
        out, sizes = rnn.pad_packed_sequence(out, batch_first)
        results.append(sizes)
    last = last if name == "LSTM" else (last,)
    (out.sin().sum() + sum((s * s * s).sum() for s in last)).backward()
    results += [out, *last, x.grad, *(s.grad for s in states), *(p.grad for p in net.parameters())]
    return [*results, library.rand(1)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", ["padded", "single", *LENGTHS])
def test_layers(kind, given):
    for layers, bias, both, batch_first, with_state, dtype in itertools.product(
        (1, 2, 3), (True, False), (False, True), (False, True), (False, True), ("float32", "float64")
    ):
        case = kind, layers, bias, both, batch_first, given, with_state, dtype, layers < 3 or bias
        assert_same(observe(penlight, *case), observe(torch, *case), dtype)


def step(library, name, bias, batched, with_state, dtype):
    real = getattr(library, dtype)
    library.manual_seed(3)
    kind, _, nonlinearity = name.partition(" ")
    options = {"nonlinearity": nonlinearity} if nonlinearity else {}
    cell = getattr(library.nn, kind)(5, 6, bias=bias, dtype=real, **options)
    shape = (3,) if batched else ()
    x = library.randn((*shape, 5), dtype=real).requires_grad_()
    states = [library.randn((*shape, 6), dtype=real).requires_grad_() for _ in range(1 + (kind == "LSTMCell"))]
    given = () if not with_state else (tuple(states),) if kind == "LSTMCell" else (states[0],)
    last = cell(x, *given)
    last = last if isinstance(last, tuple) else (last,)
    sum(s.sin().sum() for s in last).backward()
    grads = [s.grad for s in states] if with_state else []
    return [*cell.parameters(), *last, x.grad, *grads, *(p.grad for p in cell.parameters())]


@pytest.mark.parametrize("name", ["RNNCell", "RNNCell relu", "GRUCell", "LSTMCell"])
def test_cells(name):
    for case in itertools.product((True, False), (True, False), (True, False), ("float32", "float64")):
        assert_same(step(penlight, name, *case), step(torch, name, *case), case[-1])


def padding(library):
    """What the functions of nn.utils.rnn make of sequences, and the gradients through them."""
    rnn = library.nn.utils.rnn
    library.manual_seed(0)
    lengths = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]
    sequences = [library.randn(n, 2).requires_grad_() for n in lengths]
    results = []
    for batch_first, side, value in itertools.product((False, True), ("left", "right"), (0.0, -1.5)):
        padded = rnn.pad_sequence(sequences, batch_first, value, side)
        results += [padded, *rnn.unpad_sequence(padded, library.tensor(lengths), batch_first)]
    packed = rnn.pack_sequence(sequences, enforce_sorted=False)
    again = rnn.pack_sequence(sorted(sequences, key=len, reverse=True))
    results += [*packed, again.data, again.batch_sizes, *rnn.unpack_sequence(packed), *rnn.unpack_sequence(again)]
    for batch_first, value, total in itertools.product((False, True), (0.0, 2.5), (None, 12)):
        results += rnn.pad_packed_sequence(packed, batch_first, value, total)
    results.append(rnn.invert_permutation(packed.sorted_indices))
    (packed.data.sin().sum() + padded.sin().sum()).backward()
    return [*results, *(s.grad for s in sequences)]


def test_padding():
    ours, theirs = padding(penlight), padding(torch)
    assert_same(ours, theirs, "float32")


@pytest.mark.parametrize("length", [2, 16, 17, 31, 64, 333, 2000])
def test_packing_sorts_equal_lengths_as_pytorch(length):
    for seed in range(5):
        numbers = np.random.default_rng(seed).integers(1, 2 + 5 * seed, length)
        order = [
            library.nn.utils.rnn.pack_padded_sequence(
                library.zeros(length, int(numbers.max()), 1), library.tensor(numbers), True, False
            ).sorted_indices.tolist()
            for library in (penlight, torch)
        ]
        assert order[0] == order[1]
