"""The same model as an nn.Module with nn.Parameters; F.cross_entropy is log-softmax and the loss in one.

parameters() lists what to update, zero_grad() clears all the gradients. --layer linear takes nn.Linear instead.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import math

import torch
import torch.nn.functional as F
from torch import nn

from common.options import option_parser
from common.record import Recorder
from mnist.digits import load, percent_correct

BATCH, LEARNING_RATE = 64, 0.5


class Regression(nn.Module):
    """Scores of the ten digits, (B, 784) -> (B, 10), from a weight and a bias of its own."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(784, 10) / math.sqrt(784))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        return x @ self.weight + self.bias


def main():
    parser = option_parser(__doc__, epochs=5, data="mnist")
    parser.add_argument("--layer", choices=("own", "linear"), default="own", help="own parameters or nn.Linear")
    options = parser.parse_args()
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    model = (Regression() if options.layer == "own" else nn.Linear(784, 10)).to(device)
    recorder.weights(model)

    for epoch in range(1, options.epochs + 1):
        for first in range(0, len(x_train), BATCH):
            if recorder.finished:
                break
            x, y = x_train[first : first + BATCH], y_train[first : first + BATCH]
            recorder.batch(x, y)
            loss = F.cross_entropy(model(x), y)
            recorder.step(loss.item())
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= LEARNING_RATE * parameter.grad
                model.zero_grad()
        recorder.show(epoch=epoch, test_accuracy=percent_correct(model, x_test, y_test))
        if recorder.finished:
            break

    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
