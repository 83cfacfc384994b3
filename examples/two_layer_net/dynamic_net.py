"""A net that decides by chance, in each forward pass, how many times to apply its middle layer.

The graph is recorded anew each time: plain Python control flow, and one layer used several times, just work.
"""

# ruff: noqa: I001
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import random

import torch
from torch import nn

from common.options import read_options
from common.record import Recorder
from two_layer_net.problem import HIDDEN, INPUTS, OUTPUTS, pairs


class DynamicNet(nn.Module):
    """Input layer, 0 to 3 passes through one shared middle layer, output layer."""

    def __init__(self):
        super().__init__()
        self.input = nn.Linear(INPUTS, HIDDEN)
        self.middle = nn.Linear(HIDDEN, HIDDEN)
        self.output = nn.Linear(HIDDEN, OUTPUTS)

    def forward(self, x):
        x = self.input(x).relu()
        for _ in range(random.randint(0, 3)):
            x = self.middle(x).relu()
        return self.output(x)


def main():
    options = read_options(__doc__, steps=500)
    device = start(options)
    recorder = Recorder(options)
    x, wanted = pairs(device)
    net = DynamicNet().to(device)
    squared_error = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)  # without momentum it hardly learns
    recorder.weights(net)

    while not recorder.finished:
        loss = squared_error(net(x), wanted)
        recorder.step(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    recorder.result(final_loss=recorder.last_loss)


if __name__ == "__main__":
    main()
