"""Time common operators, penlight beside PyTorch, one thread each, the two in turn in one process.

    PYTHONPATH=. python benchmarks/operators.py [--sizes small large] [--only softmax sort] [--below 0.5]

Needs PyTorch. Each line: microseconds of processor time of PyTorch and of penlight, and their ratio (> 1: penlight is
faster). A figure is the lower quartile over rounds. The last line is the geometric mean of the ratios of each size.
"""

from __future__ import annotations

import argparse
import math
import os
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

# ruff: noqa: E402 (threads are set before NumPy loads)
import numpy as np
import torch

import penlight

SIZES = {"small": (32, 64), "large": (1024, 1024)}
SECONDS = 0.05  # for each of the two

# name -> an expression over t (the library), F, and the inputs: x, y float32; p positive; i int64 below the width;
# b bool; v a vector; w a weight; n a batch of images. A name that ends in "+" is timed with its backward pass.
OPERATORS = {
    "add": "x + y", "add number": "x + 1", "mul": "x * y", "div": "x / y", "pow 2": "x ** 2", "pow 0.5": "p ** 0.5",
    "neg": "-x", "abs": "x.abs()", "exp": "x.exp()", "log": "p.log()", "sqrt": "p.sqrt()", "rsqrt": "p.rsqrt()",
    "sin": "x.sin()", "tanh": "x.tanh()", "sigmoid": "x.sigmoid()", "erf": "x.erf()", "floor": "x.floor()",
    "round": "x.round()", "clamp": "x.clamp(-1, 1)", "lerp": "t.lerp(x, y, 0.3)", "addcmul": "t.addcmul(x, x, y)",
    "relu": "F.relu(x)", "gelu": "F.gelu(x)", "silu": "F.silu(x)", "leaky_relu": "F.leaky_relu(x)",
    "elu": "F.elu(x)", "softplus": "F.softplus(x)", "hardswish": "F.hardswish(x)", "dropout": "F.dropout(x)",
    "softmax": "x.softmax(-1)", "softmax dim 0": "x.softmax(0)", "log_softmax": "x.log_softmax(-1)",
    "logsumexp": "x.logsumexp(-1)", "layer_norm": "F.layer_norm(x, x.shape[-1:])",
    "sum": "x.sum()", "sum dim 0": "x.sum(0)", "sum dim 1": "x.sum(1)", "mean": "x.mean()", "var": "x.var()",
    "std dim 1": "x.std(1)", "norm": "x.norm()", "max": "x.max()", "max dim 1": "x.max(1)", "argmax": "x.argmax(1)",
    "amax dim 0": "x.amax(0)", "any": "b.any()", "all dim 1": "b.all(1)", "prod dim 1": "x.prod(1)",
    "cumsum": "x.cumsum(1)", "cumsum dim 0": "x.cumsum(0)", "cumprod": "x.cumprod(1)", "logcumsumexp": "x.logcumsumexp(1)",
    "sort": "x.sort(1)", "argsort": "x.argsort(1)", "topk": "x.topk(5, 1)", "median": "x.median(1)",
    "kthvalue": "x.kthvalue(3, 1)", "unique": "i.unique()", "bincount": "i.flatten().bincount()",
    "searchsorted": "t.searchsorted(s, x)", "histc": "t.histc(x, 50)", "nonzero": "b.nonzero()",
    "eq": "x == y", "lt": "x < 0", "logical_and": "b & b", "where": "t.where(b, x, y)", "isnan": "x.isnan()",
    "masked_fill": "x.masked_fill(b, 0.0)", "masked_select": "x[b]", "index rows": "x[v]", "gather": "x.gather(1, i)",
    "scatter": "x.scatter(1, i, y)", "scatter_add": "x.scatter_add(1, i, y)", "index_select": "x.index_select(0, v)",
    "index_add": "x.index_add(0, v, y)", "take_along_dim": "t.take_along_dim(x, i, 1)", "embedding": "F.embedding(v, x)",
    "one_hot": "F.one_hot(v)", "cat": "t.cat((x, y), 1)", "stack": "t.stack((x, y))", "transpose copy": "x.t().contiguous()",
    "flip": "x.flip(1)", "roll": "x.roll(3, 1)", "repeat": "x.repeat(2, 1)", "tril": "x.tril()",
    "repeat_interleave": "x.repeat_interleave(2, 1)", "pad": "F.pad(x, (1, 1))", "to double": "x.double()",
    "to half": "x.half()", "to bfloat16": "x.bfloat16()", "to int": "x.long()", "clone": "x.clone()",
    "zeros": "t.zeros(x.shape)", "arange": "t.arange(x.numel())", "rand": "t.rand(x.shape)", "randn": "t.randn(x.shape)",
    "randint": "t.randint(10, x.shape)", "randperm": "t.randperm(x.numel())", "bernoulli": "t.bernoulli(u)",
    "matmul": "x @ w", "linear": "F.linear(x, w)", "bmm": "q @ q.transpose(1, 2)", "einsum": "t.einsum('bij,bkj->bik', q, q)",
    "attention": "F.scaled_dot_product_attention(q, q, q)", "outer": "t.outer(x[0], y[0])", "cdist": "t.cdist(x[:64], y[:64])",
    "conv2d 3x3": "F.conv2d(n, k, padding=1)", "max_pool2d": "F.max_pool2d(n, 2)", "avg_pool2d": "F.avg_pool2d(n, 2)",
    "max_pool2d 3x3": "F.max_pool2d(n, 3, 2, 1)", "interpolate": "F.interpolate(n, scale_factor=2, mode='bilinear')",
    "upsample nearest": "F.interpolate(n, scale_factor=2)", "batch_norm": "F.batch_norm(n, None, None, training=True)",
    "group_norm": "F.group_norm(n, 2)", "grid_sample": "F.grid_sample(n, g, align_corners=False)", "unfold": "F.unfold(n, 3)",
    "cross_entropy": "F.cross_entropy(x, v)", "mse_loss": "F.mse_loss(x, y)", "smooth_l1": "F.smooth_l1_loss(x, y)",
    "bce logits": "F.binary_cross_entropy_with_logits(x, u)", "inverse": "t.linalg.inv(m)", "svd": "t.linalg.svd(m)",
    "eigh": "t.linalg.eigh(m)", "cholesky": "t.linalg.cholesky(m)", "solve": "t.linalg.solve(m, m)", "fft": "t.fft.rfft(x)",
    "add_": "z.add_(y)", "mul_": "z.mul_(1.0)", "complex mul": "c * c", "bfloat16 add": "h + h", "bfloat16 matmul": "h @ h.t()",
    "relu+": "F.relu(X)", "gelu+": "F.gelu(X)", "softmax+": "X.softmax(-1)", "layer_norm+": "F.layer_norm(X, X.shape[-1:])",
    "sum dim 1+": "X.sum(1)", "mul+": "X * y", "max dim 1+": "X.amax(1)", "gather+": "X.gather(1, i)", "index rows+": "X[v]",
    "matmul+": "X @ w", "cat+": "t.cat((X, y), 1)", "where+": "t.where(b, X, y)", "embedding+": "F.embedding(v, X)",
    "conv2d 3x3+": "F.conv2d(N, k, padding=1)", "max_pool2d+": "F.max_pool2d(N, 2)",
    "batch_norm+": "F.batch_norm(N, None, None, training=True)",
    "interpolate+": "F.interpolate(N, scale_factor=2, mode='bilinear')", "cross_entropy+": "F.cross_entropy(X, v)",
    "attention+": "F.scaled_dot_product_attention(Q, q, q)", "tanh+": "X.tanh()", "std dim 1+": "X.std(1)",
    "cumsum+": "X.cumsum(1)",
}  # fmt: skip


def inputs(library, rows: int, columns: int) -> dict:
    """The same values for either library."""
    draw = np.random.default_rng(0)
    x, y, w = (
        draw.standard_normal(shape, dtype=np.float32)
        for shape in ((rows, columns), (rows, columns), (columns, columns))
    )
    width = 16 if rows < 100 else 64
    n = draw.standard_normal((4, 8, width, width), dtype=np.float32)
    m = (w[:rows, :rows] @ w[:rows, :rows].T)[:256, :256] + 100 * np.eye(min(rows, 256), dtype=np.float32)
    arrays = {
        "x": x, "y": y, "p": np.abs(x) + 0.1, "u": draw.random((rows, columns), dtype=np.float32), "b": x > 0, "w": w,
        "i": draw.integers(0, columns, (rows, columns)), "v": draw.integers(0, min(rows, columns), rows), "n": n,
        "k": draw.standard_normal((8, 8, 3, 3), dtype=np.float32), "q": x.reshape(8, -1, min(columns, 64)), "m": m,
        "g": draw.random((4, width, width, 2), dtype=np.float32) * 2 - 1, "s": np.sort(x[0]), "c": x + 1j * y, "z": x.copy(),
    }  # fmt: skip
    names = {name: library.tensor(a) for name, a in arrays.items()}
    names["h"] = names["x"].bfloat16()
    names.update({name.upper(): names[name].clone().requires_grad_() for name in "xnq"})
    return {**names, "t": library, "F": library.nn.functional}


def timed(library, name: str, expression: str, values: dict):
    """A function that runs the operator once, with its backward pass if the name says so."""
    function = eval("lambda: " + expression, values)
    if not name.endswith("+"):
        return function
    ones = library.ones_like(function())

    def both():
        function().backward(ones)
        for leaf in "XNQ":
            values[leaf].grad = None

    return both


def quartiles(functions) -> list[float]:
    """Microseconds of each function, run in turn."""
    counts = []
    for run in functions:
        run()
        start = time.process_time()
        run()
        counts.append(max(1, int(0.002 / max(time.process_time() - start, 1e-6))))
    records: list[list[float]] = [[] for _ in functions]
    end = time.process_time() + SECONDS * len(functions)
    while time.process_time() < end or len(records[0]) < 5:
        for run, count, record in zip(functions, counts, records):
            start = time.process_time()
            for _ in range(count):
                run()
            record.append((time.process_time() - start) / count * 1e6)
    return [sorted(record)[len(record) // 4] for record in records]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--only", nargs="+", default=list(OPERATORS), help="names of operators")
    parser.add_argument("--below", type=float, default=math.inf, help="show only ratios below this")
    options = parser.parse_args()
    for library in (torch, penlight):
        library.set_num_threads(1)
    for size in options.sizes:
        shape = SIZES[size]
        values = {library: inputs(library, *shape) for library in (torch, penlight)}
        ratios = []
        for name in options.only:
            theirs, ours = quartiles([timed(lib, name, OPERATORS[name], values[lib]) for lib in (torch, penlight)])
            ratios.append(theirs / ours)
            if ratios[-1] < options.below:
                print(f"{size} {name:20} {theirs:10.1f} {ours:10.1f} {ratios[-1]:7.2f}", flush=True)
        print(
            f"{size} {shape}: geometric mean of {len(ratios)} ratios {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}"
        )


if __name__ == "__main__":
    main()
