"""Training steps of small models, penlight against PyTorch.

    python benchmarks/training_steps.py                    # needs PyTorch in the same interpreter's environment
    python benchmarks/training_steps.py --threads 1 2 --workloads mlp lenet4 --rounds 7

Each measurement is a process of its own; the two libraries take turns, and the figure is the median of the rounds'
ratios (above 1: penlight is faster). Peak memory is the whole process's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path


def mlp(torch):
    nn = torch.nn
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))
    loss_of, optimizer = nn.MSELoss(reduction="sum"), torch.optim.SGD(model.parameters(), lr=1e-6)

    def step():
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return step


def lenet(torch, batch):
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    x, y = torch.randn(batch, 3, 32, 32), torch.randint(0, 10, (batch,))
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)

    def step():
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()

    return step


def mnist_cnn(torch):
    nn, functional = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
            self.conv2 = nn.Conv2d(16, 16, 3, stride=2, padding=1)
            self.conv3 = nn.Conv2d(16, 10, 3, stride=2, padding=1)

        def forward(self, x):
            x = x.view(-1, 1, 28, 28)
            for conv in (self.conv1, self.conv2, self.conv3):
                x = functional.relu(conv(x))
            return functional.avg_pool2d(x, 4).view(-1, 10)

    model, x, y = Net(), torch.randn(64, 784), torch.randint(0, 10, (64,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def step():
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        optimizer.zero_grad()

    return step


def char_rnn(torch):
    nn = torch.nn

    class RNN(nn.Module):
        def __init__(self, size, hidden, classes):
            super().__init__()
            self.hidden = hidden
            self.i2h = nn.Linear(size + hidden, hidden)
            self.i2o = nn.Linear(size + hidden, classes)
            self.softmax = nn.LogSoftmax(dim=1)

        def forward(self, letter, hidden):
            both = torch.cat((letter, hidden), 1)
            return self.softmax(self.i2o(both)), self.i2h(both)

    model, loss_of = RNN(57, 128, 18), nn.NLLLoss()
    name = torch.zeros(8, 1, 57)
    for i in range(8):
        name[i, 0, (7 * i) % 57] = 1
    label = torch.tensor([3])

    def step():
        hidden = torch.zeros(1, 128)
        model.zero_grad()
        for letter in name:
            output, hidden = model(letter, hidden)
        loss_of(output, label).backward()
        for p in model.parameters():
            p.data.add_(p.grad.data, alpha=-0.005)

    return step


def rnn_layer(torch):
    nn = torch.nn
    rnn, read_out = nn.RNN(57, 128), nn.Linear(128, 18)
    parameters = [*rnn.parameters(), *read_out.parameters()]
    optimizer, loss_of = torch.optim.SGD(parameters, lr=0.005), nn.CrossEntropyLoss()
    name = torch.zeros(8, 1, 57)
    for i in range(8):
        name[i, 0, (7 * i) % 57] = 1
    label = torch.tensor([3])

    def step():
        optimizer.zero_grad()
        _, hidden = rnn(name)
        loss_of(read_out(hidden[0]), label).backward()
        optimizer.step()

    return step


def transformer(torch):
    """Two blocks of an encoder with a causal mask over 16 sequences of 64 letters; AdamW, gradients clipped."""
    nn, size = torch.nn, 64
    layer = nn.TransformerEncoderLayer(size, 4, 4 * size, 0.0, "gelu", batch_first=True, norm_first=True)
    letters, places, read_out = nn.Embedding(65, size), nn.Embedding(size, size), nn.Linear(size, 65)
    blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    parameters = [p for m in (letters, places, blocks, read_out) for p in m.parameters()]
    optimizer, loss_of = torch.optim.AdamW(parameters, lr=1e-3), nn.CrossEntropyLoss()
    text, mask = torch.randint(0, 65, (16, size + 1)), nn.Transformer.generate_square_subsequent_mask(size)

    def step():
        optimizer.zero_grad()
        x = letters(text[:, :-1]) + places(torch.arange(size))
        loss_of(read_out(blocks(x, mask=mask, is_causal=True)).flatten(0, 1), text[:, 1:].flatten()).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    return step


def resnet(torch):
    """Three residual blocks with batch norm, the later two of stride 2, on 16 images; SGD with momentum and decay."""
    nn, functional = torch.nn, torch.nn.functional

    def convolution(channels, outputs, kernel, stride):
        conv = nn.Conv2d(channels, outputs, kernel, stride, kernel // 2, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(outputs))

    class Block(nn.Module):
        def __init__(self, channels, outputs, stride):
            super().__init__()
            self.one, self.two = convolution(channels, outputs, 3, stride), convolution(outputs, outputs, 3, 1)
            self.aside = convolution(channels, outputs, 1, stride) if stride > 1 else nn.Identity()

        def forward(self, x):
            return functional.relu(self.two(functional.relu(self.one(x))) + self.aside(x))

    model = nn.Sequential(
        convolution(3, 16, 3, 1), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip
    x, y = torch.randn(16, 3, 32, 32), torch.randint(0, 10, (16,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)

    def step():
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


WORKLOADS = {
    "mlp": (mlp, ()),
    "lenet4": (lenet, (4,)),
    "lenet64": (lenet, (64,)),
    "mnist_cnn": (mnist_cnn, ()),
    "char_rnn": (char_rnn, ()),
    "rnn_layer": (rnn_layer, ()),
    "transformer": (transformer, ()),
    "resnet": (resnet, ()),
}


def measure(library: str, workload: str, threads: int, seconds: float) -> dict:
    """Seconds per step in this process: the best third of many short batches of steps."""
    if library == "torch":
        import torch
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        import penlight as torch
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    build, arguments = WORKLOADS[workload]
    step = build(torch, *arguments)
    for _ in range(5):
        step()
    start = time.perf_counter()
    step()
    count = max(1, int(0.05 / (time.perf_counter() - start)))
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(count):
            step()
        times.append((time.perf_counter() - start) / count)
    times.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": statistics.median(times[: max(1, len(times) // 3)]), "peak_mb": peak}


def run(library: str, workload: str, threads: int, seconds: float) -> dict:
    environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
    command = [sys.executable, __file__, "--one", library, workload, str(threads), str(seconds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="measuring time per process")
    parser.add_argument("--one", nargs=4, metavar=("LIBRARY", "WORKLOAD", "THREADS", "SECONDS"))
    options = parser.parse_args()
    if options.one:
        library, workload, threads, seconds = options.one
        print(json.dumps(measure(library, workload, int(threads), float(seconds))))
        return
    print(f"{'workload':11} threads   torch us  penlight us  ratio (min..max)      peak MB torch penlight")
    for threads in options.threads:
        for workload in options.workloads:
            rounds = [
                {lib: run(lib, workload, threads, options.seconds) for lib in ("torch", "penlight")}
                for _ in range(options.rounds)
            ]
            ratios = sorted(r["torch"]["seconds"] / r["penlight"]["seconds"] for r in rounds)
            middle = {lib: statistics.median(r[lib]["seconds"] for r in rounds) * 1e6 for lib in ("torch", "penlight")}
            peaks = {lib: max(r[lib]["peak_mb"] for r in rounds) for lib in ("torch", "penlight")}
            print(
                f"{workload:11} {threads:7} {middle['torch']:10.0f} {middle['penlight']:12.0f}"
                f"  {statistics.median(ratios):5.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})"
                f"      {peaks['torch']:8.0f} {peaks['penlight']:8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
