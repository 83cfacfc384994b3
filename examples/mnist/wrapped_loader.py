"""A wrapper around the loaders shapes each batch and moves it to the device; the net then takes images of any size.

With adaptive pooling instead of AvgPool2d(4) nothing in the net depends on 28x28. Try --device auto.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import TensorDataset

from common.options import read_options
from common.record import Recorder
from mnist.digits import as_image, load
from mnist.fit import fit, loaders

BATCH, LEARNING_RATE, MOMENTUM = 64, 0.1, 0.9


class Prepared:
    """A loader whose batches pass through a function first."""

    def __init__(self, loader, prepare):
        self.loader = loader
        self.prepare = prepare

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        for batch in self.loader:
            yield self.prepare(*batch)


def main():
    options = read_options(__doc__, epochs=16, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data)  # stays in main memory; batches move one by one

    def prepare(x, y):
        return as_image(x).to(device), y.to(device)

    training, held_out = loaders(TensorDataset(x_train, y_train), TensorDataset(x_test, y_test), BATCH)
    training, held_out = Prepared(training, prepare), Prepared(held_out, prepare)
    model = nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    ).to(device)  # fmt: skip
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    recorder.weights(model)

    fit(options.epochs, model, F.cross_entropy, optimizer, training, held_out, recorder)
    with torch.no_grad():
        correct = sum((model(x).argmax(dim=1) == y).sum().item() for x, y in held_out)
    recorder.result(test_accuracy=100 * correct / len(x_test))


if __name__ == "__main__":
    main()
