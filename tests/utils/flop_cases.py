"""Programs whose floating point operations are counted, in PyTorch and in penlight; the tests and the recording run the same.

`python -m tests.utils.flop_cases`, run with a Python that has PyTorch, records the expectations.
"""

import importlib
import json
import pathlib

FILE = pathlib.Path(__file__).parent / "data" / "flops.json"


def trained(make, *shape, dtype="float32", **options):
    """Forward and backward of a module on ones (or on integers below 5, for the shapes of `tokens`)."""

    def program(torch):
        net = make(torch).to(getattr(torch, dtype))
        out = net(torch.ones(*shape, dtype=getattr(torch, dtype), **options))
        while isinstance(out, tuple):
            out = out[0]
        out.sum().backward()

    return program


def lenet(torch):
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(256, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip


def mlp(torch):
    nn = torch.nn
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16, bias=False), nn.ReLU(), nn.Linear(16, 3))


def encoder(torch):
    layer = torch.nn.TransformerEncoderLayer(16, 4, 32, dropout=0.5, batch_first=True)
    return torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


def residual(torch):
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.norm = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
            self.b = nn.Conv2d(4, 4, 3, padding="same", groups=2)

        def forward(self, x):
            return x + self.b(self.norm(self.a(x)).relu())

    return nn.Sequential(
        nn.Conv2d(3, 4, 7, 2, 3), Block(), nn.Sequential(Block(), nn.ConvTranspose2d(4, 6, 3, 2, groups=2))
    )


class Call:
    """`f(torch)(inputs)` and its backward, for inputs of these shapes that all need gradients."""

    def __init__(self, f, *shapes, backward=True):
        self.f, self.shapes, self.backward = f, shapes, backward

    def __call__(self, torch):
        inputs = [torch.ones(s).requires_grad_() for s in self.shapes]
        out = self.f(torch)(*inputs)
        if self.backward:
            out.sum().backward()


def twice(torch):
    x, w = torch.ones(3, 4, requires_grad=True), torch.ones(4, 5, requires_grad=True)
    g, _ = torch.autograd.grad((x @ w).pow(2).sum(), (x, w), create_graph=True)
    g.pow(2).sum().backward()


def shared(torch):
    net = torch.nn.Linear(3, 3)
    net(net(torch.ones(2, 3))).sum().backward()


def no_grad(torch):
    with torch.no_grad():
        mlp(torch)(torch.ones(2, 8))


def packed(torch):
    rnn = torch.nn.LSTM(5, 7).double()
    sequences = [torch.ones(n, 5, dtype=torch.float64) for n in (4, 2, 1)]
    rnn(torch.nn.utils.rnn.pack_sequence(sequences))[0].data.sum().backward()


CASES = {
    "LeNet": trained(lenet, 2, 1, 28, 28),
    "MLP": trained(mlp, 5, 8),
    "MLP, needing its input's gradient": trained(mlp, 5, 8, requires_grad=True),
    "residual": trained(residual, 2, 3, 9, 9),
    "encoder": trained(encoder, 2, 5, 16, requires_grad=True),
    "attention with weights": Call(lambda t: lambda x: t.nn.MultiheadAttention(16, 4)(x, x, x)[0], (5, 2, 16)),
    "attention, math": Call(lambda t: lambda q: t.nn.functional.scaled_dot_product_attention(q, q, q, dropout_p=0.5), (2, 4, 8, 16)),  # noqa: E501
    "attention, 3D": Call(lambda t: lambda q: t.nn.functional.scaled_dot_product_attention(q, q, q), (2, 8, 16)),
    "LSTM": trained(lambda t: t.nn.LSTM(5, 7, 2), 3, 2, 5, dtype="float64"),
    "LSTM, both ways, input gradient": trained(lambda t: t.nn.LSTM(5, 7, bidirectional=True), 3, 2, 5, dtype="float64", requires_grad=True),  # noqa: E501
    "LSTM with projections": trained(lambda t: t.nn.LSTM(5, 7, proj_size=3), 3, 2, 5, dtype="float64"),
    "LSTM, packed": packed,
    "GRU": trained(lambda t: t.nn.GRU(5, 7), 3, 2, 5),
    "RNN without bias": trained(lambda t: t.nn.RNN(5, 7, bias=False), 3, 2, 5),
    "LSTM cell": trained(lambda t: t.nn.LSTMCell(5, 7), 2, 5),
    "conv1d": Call(lambda t: t.conv1d, (2, 4, 9), (6, 4, 3)),
    "conv3d": Call(lambda t: lambda x, w: t.conv3d(x, w, stride=2, dilation=2), (2, 2, 7, 8, 9), (3, 2, 2, 2, 2)),
    "conv of one sample": Call(lambda t: t.conv2d, (4, 9, 9), (6, 4, 3, 3)),
    "conv_transpose1d": Call(lambda t: lambda x, w: t.conv_transpose1d(x, w, stride=2, output_padding=1), (2, 4, 9), (4, 6, 3)),
    "matmul 3x2": Call(lambda t: t.matmul, (2, 3, 4), (4, 5)),
    "matmul, broadcast": Call(lambda t: t.matmul, (2, 6, 3, 4), (6, 4, 5), backward=False),
    "matmul by a vector": Call(lambda t: t.matmul, (2, 3, 4), (4,)),
    "mv, dot, outer": lambda t: (t.ones(3, 4) @ t.ones(4), t.ones(3) @ t.ones(3), t.outer(t.ones(3), t.ones(4))),
    "addmm": Call(lambda t: t.addmm, (3,), (2, 4), (4, 3)),
    "baddbmm": Call(lambda t: t.baddbmm, (2, 3, 5), (2, 3, 4), (2, 4, 5)),
    "bmm": Call(lambda t: t.bmm, (2, 3, 4), (2, 4, 5)),
    "einsum": Call(lambda t: lambda a, b: t.einsum("bij,bjk->bik", a, b), (2, 3, 4), (2, 4, 5)),
    "tensordot": Call(lambda t: lambda a, b: t.tensordot(a, b, 1), (3, 4), (4, 5)),
    "chain_matmul": Call(lambda t: t.chain_matmul, (3, 4), (4, 5), (5, 2)),
    "matrix_power": Call(lambda t: lambda a: t.matrix_power(a, 5), (3, 3), backward=False),
    "linear of a vector": Call(lambda t: t.nn.functional.linear, (4,), (3, 4), (3,)),
    "linear of a transposed batch": Call(lambda t: lambda x, w, b: t.nn.functional.linear(x.transpose(0, 1), w, b), (2, 5, 4), (3, 4), (3,)),  # noqa: E501
    "linear, 4D": Call(lambda t: t.nn.functional.linear, (2, 5, 2, 4), (3, 4), (3,)),
    "linear, 3D, no bias": Call(lambda t: t.nn.functional.linear, (2, 5, 4), (3, 4)),
    "second gradient": twice,
    "shared": shared,
    "no_grad": no_grad,
}  # fmt: skip


def run(torch, name):
    """Counts by module and op. Of a module that is called twice PyTorch gives some to no module: only the sum is kept."""
    counter = importlib.import_module(torch.__name__ + ".utils.flop_counter")
    with counter.FlopCounterMode(display=False) as mode:
        CASES[name](torch)
    counts = {m: {str(op): n for op, n in c.items()} for m, c in mode.get_flop_counts().items() if c}
    if name == "shared":
        counts = counts["Global"]
    return {"total": mode.get_total_flops(), "counts": counts}


if __name__ == "__main__":
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    with FlopCounterMode(display=False) as counter:
        net(torch.ones(1, 3)).sum().backward()
    tables = {"table": counter.get_table(2)}
    with counter:
        pass
    tables["empty table"] = counter.get_table(2)
    FILE.write_text(json.dumps({**{name: run(torch, name) for name in CASES}, **tables}, indent=0) + "\n")
