"""Three strided convolutions instead of a linear model, trained by the same fit().

The last layer has ten channels, one a digit; averaging over their 4x4 places gives the scores.
GELU is smooth at 0: rounding decides no branch, so training repeats closely on other hardware.
"""
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


class SmallCNN(nn.Module):
    """Scores of the ten digits, (B, 784) -> (B, 10)."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1)
        self.second = nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1)
        self.third = nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1)

    def forward(self, x):
        x = F.gelu(self.first(as_image(x)))  # (B, 16, 14, 14)
        x = F.gelu(self.second(x))  # (B, 16, 7, 7)
        x = F.gelu(self.third(x))  # (B, 10, 4, 4)
        return F.avg_pool2d(x, 4).view(-1, 10)


def main():
    options = read_options(__doc__, epochs=16, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training, held_out = loaders(TensorDataset(x_train, y_train), TensorDataset(x_test, y_test), BATCH)
    model = SmallCNN().to(device)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    recorder.weights(model)

    fit(options.epochs, model, F.cross_entropy, optimizer, training, held_out, recorder)
    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
