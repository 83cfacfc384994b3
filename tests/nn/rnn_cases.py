"""Recurrent layers in many configurations, observed through one number for each result.

`python -m tests.nn.rnn_cases` records what PyTorch gives, where torch can be imported.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "rnn.json"
MODES = {
    "tanh": ("RNN", {}), "relu": ("RNN", {"nonlinearity": "relu"}), "gru": ("GRU", {}), "lstm": ("LSTM", {}),
    "projected": ("LSTM", {"proj_size": 2}),
}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {}, "no bias": {"bias": False}, "both ways": {"bidirectional": True, "batch_first": True},
    "dropout": {"num_layers": 3, "bidirectional": True, "dropout": 0.4},
}  # fmt: skip
INPUTS = ("padded", "single", "packed", "sorted here")
CASES = list(itertools.product(MODES, OPTIONS, INPUTS, ("float32", "float64")))

LAYERS = ("RNN(3, 4, 2, bidirectional=True)", "GRU(3, 4, 2, bidirectional=True)", "LSTM(3, 4, 2, bidirectional=True)")
PAIR = {"RNN": "{}", "GRU": "{}", "LSTM": "({0}, {0})"}
ERRORS = [
    *(
        f"nn.{layer}({given})"
        for layer in LAYERS
        for given in ("z(3)", "z(1, 1, 1, 3)", "z(5, 2, 7)", "z(5, 7)", "z(0, 2, 3)")
    ),
    *(f"nn.{layer}(z(5, 2, 3).double())" for layer in LAYERS),
    *(
        f"nn.{layer}({given}, {PAIR[layer[: layer.index('(')]].format(state)})"
        for layer in LAYERS
        for given, state in (
            ("z(5, 2, 3)", "z(4, 3, 4)"), ("z(5, 2, 3)", "z(2, 2, 4)"), ("z(5, 2, 3)", "z(4, 4)"),
            ("z(5, 3)", "z(4, 1, 4)"), ("z(5, 3)", "z(4, 5)"),
        )
    ),
    "nn.LSTM(3, 4, proj_size=2)(z(5, 2, 3), (z(1, 2, 2), z(1, 2, 2)))",
    *(f"nn.{c}(3, 4)({x})" for c in ("RNNCell", "GRUCell", "LSTMCell") for x in ("z(1, 1, 3)", "z(2, 5)", "z(5)")),
    *(
        f"nn.{c}(3, 4)(z(2, 3), {h})"
        for c in ("RNNCell", "GRUCell")
        for h in ("z(3, 4)", "z(2, 5)", "z(1, 2, 4)", "z(4)")
    ),
    *(f"nn.{c}(3, 4)(z(3), z(1, 4))" for c in ("RNNCell", "GRUCell")),
    "nn.LSTMCell(3, 4)(z(2, 3), z(2, 4))", "nn.LSTMCell(3, 4)(z(2, 3), (z(2, 4), z(2, 5)))",
    "nn.RNNCell(3, 4, nonlinearity='x')(z(2, 3))", "nn.LSTM(3, 4, 2, dropout=1.5)", "nn.LSTM(3, 4, 2, dropout=True)",
    "nn.LSTM(3, 4, 2, dropout='a')", "nn.LSTM(3, 4, proj_size=-1)", "nn.LSTM(3, 4, proj_size=4)", "nn.LSTM(3, 4.0)",
    "nn.LSTM(3, 0)", "nn.LSTM(0, 4)", "nn.LSTM(3, 4, 0)", "nn.GRU(3, 4, proj_size=2)", "nn.RNN(3, 4, nonlinearity='x')",
    "nn.RNNBase('XX', 3, 4)", "rnn.pack_padded_sequence(z(3, 2, 2), [2, 3])",
    "rnn.pack_padded_sequence(z(3, 2, 2), [3, 0])",
    "rnn.pack_padded_sequence(z(3, 2, 2), [3, 2, 1])", "rnn.pack_padded_sequence(z(3, 0, 2), [])",
    "rnn.pack_padded_sequence(z(3, 2, 2), [[3, 2]])",
    "rnn.pad_packed_sequence(rnn.pack_padded_sequence(z(3, 2, 2), [2, 1]), total_length=1)", "rnn.pad_sequence([])",
    "rnn.pad_sequence(3)", "rnn.pad_sequence([1, 2])", "rnn.pad_sequence([z(2), z(3)], padding_side='x')",
    "rnn.pack_sequence([z(1), z(2)])", "rnn.PackedSequence(z(3, 2))",
    "torch.lstm(z(5, 2, 3), [z(1, 2, 4)], [z(16, 3), z(16, 4)], False, 1, 0.0, True, False, False)",
    "torch.rnn_tanh(z(5, 2, 3), z(1, 2, 4), [z(4, 3), z(4, 4), z(4)], True, 1, 0.0, True, False, False)",
    "torch.rnn_tanh(z(5, 2, 7), z(1, 2, 4), [z(4, 3), z(4, 4)], False, 1, 0.0, True, False, False)",
    "torch.lstm_cell(z(2, 3), [z(2, 4)], z(16, 3), z(16, 4))",
]  # fmt: skip


def _number(torch: Any, t: Any) -> float:
    """The sum against uneven weights, which tells places apart."""
    flat = t.detach().double().reshape(-1)
    total = float((flat * torch.arange(1, len(flat) + 1, dtype=torch.float64).sin()).sum())
    return float(f"{total:.12g}")


def observe(torch: Any, mode: str, options: str, given: str, dtype: str) -> list[float]:
    """Initial weights, outputs, final states and all gradients of one layer, one number each."""
    rnn = torch.nn.utils.rnn
    torch.manual_seed(7)
    name, more = MODES[mode]
    layer = getattr(torch.nn, name)(3, 4, dtype=getattr(torch, dtype), **more, **OPTIONS[options])
    parameters = list(layer.parameters())
    results = [p.clone() for p in parameters]
    batch_first = layer.batch_first
    shape = (6, 3) if given == "single" else (3, 6, 3) if batch_first else (6, 3, 3)
    x = torch.randn(shape, dtype=torch.float64).to(getattr(torch, dtype)).requires_grad_()
    count = layer.num_layers * (2 if layer.bidirectional else 1)
    batch = () if given == "single" else (3,)
    widths = [layer.proj_size or 4] + ([4] if name == "LSTM" else [])
    states = [torch.randn((count, *batch, n), dtype=torch.float64).to(x.dtype).requires_grad_() for n in widths]
    wrapped = x
    if given == "packed":
        wrapped = rnn.pack_padded_sequence(x, [6, 4, 1], batch_first)
    elif given == "sorted here":
        wrapped = rnn.pack_padded_sequence(x, torch.tensor([2, 6, 5]), batch_first, enforce_sorted=False)
    out, last = layer(wrapped, tuple(states) if name == "LSTM" else states[0])
    if given in ("packed", "sorted here"):
        out, _ = rnn.pad_packed_sequence(out, batch_first, padding_value=0.5, total_length=7)
    last = last if name == "LSTM" else (last,)
    ((out * out).sum() + sum((s * s * s).sum() for s in last)).backward()
    results += [out, *last, x.grad, *(s.grad for s in states), *(p.grad for p in parameters)]
    return [_number(torch, r) for r in results]


def error(torch: Any, source: str) -> list[str]:
    """The type and the text of what an expression raises."""
    try:
        eval(source, {"torch": torch, "nn": torch.nn, "rnn": torch.nn.utils.rnn, "z": torch.zeros})
    except Exception as raised:
        return [type(raised).__name__, str(raised)]
    return ["", ""]


def main() -> None:
    import torch

    torch.set_num_threads(1)
    recorded = {"torch": torch.__version__, "layers": [observe(torch, *c) for c in CASES],
                "errors": [error(torch, s) for s in ERRORS]}  # fmt: skip
    DATA.write_text(json.dumps(recorded, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
