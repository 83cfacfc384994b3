"""The small convolutional net as nn.Sequential, with a layer of our own that wraps any function."""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import TensorDataset

from common.options import read_options
from common.record import Recorder
from mnist.digits import as_image, load, percent_correct
from mnist.fit import fit, loaders

BATCH, LEARNING_RATE, MOMENTUM = 64, 0.1, 0.9


class Lambda(nn.Module):
    """A layer without parameters: calls the function it was given."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def small_cnn():
    """The layers of small_cnn.py in a row."""
    return nn.Sequential(
        Lambda(as_image),
        nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1), nn.GELU(),
        nn.AvgPool2d(4),
        Lambda(lambda x: x.view(x.size(0), -1)),
    )  # fmt: skip


def main():
    options = read_options(__doc__, epochs=16, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training, held_out = loaders(TensorDataset(x_train, y_train), TensorDataset(x_test, y_test), BATCH)
    model = small_cnn().to(device)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    recorder.weights(model)

    fit(options.epochs, model, F.cross_entropy, optimizer, training, held_out, recorder)
    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
