"""The two-layer net from nn layers, updated by an optimiser: --form sequential (with Adam) or --form module (with SGD).

Layers bring sensible initial weights, so that the learning rate can be a hundred times that of the other scripts, or
more. GELU is smooth at 0: Adam divides by the size of the gradient, and would magnify it when rounding turns a ReLU on.
"""

# ruff: noqa: I001
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn

from common.options import option_parser
from common.record import Recorder
from two_layer_net.problem import HIDDEN, INPUTS, OUTPUTS, pairs

ADAM_LEARNING_RATE, SGD_LEARNING_RATE = 5e-5, 1e-4


class TwoLayerNet(nn.Module):
    """The same as the Sequential below, as a class with a forward of its own."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(INPUTS, HIDDEN)
        self.output = nn.Linear(HIDDEN, OUTPUTS)

    def forward(self, x):
        return self.output(F.gelu(self.hidden(x)))


def main():
    parser = option_parser(__doc__, steps=500)
    parser.add_argument("--form", choices=("sequential", "module"), default="sequential", help="how to write the net")
    options = parser.parse_args()
    device = start(options)
    recorder = Recorder(options)
    x, wanted = pairs(device)
    if options.form == "sequential":
        net = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, OUTPUTS)).to(device)
        optimizer = torch.optim.Adam(net.parameters(), lr=ADAM_LEARNING_RATE)
    else:
        net = TwoLayerNet().to(device)
        optimizer = torch.optim.SGD(net.parameters(), lr=SGD_LEARNING_RATE)
    squared_error = nn.MSELoss(reduction="sum")
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
