"""The two-layer net with a ReLU of our own: an autograd Function with forward and backward.

With the same seed it prints the same losses as autograd.py, up to rounding.
"""

# ruff: noqa: I001
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch

from common.options import read_options
from common.record import Recorder
from two_layer_net.problem import pairs, weights

LEARNING_RATE = 5e-7


class Rectify(torch.autograd.Function):
    """max(x, 0), with gradient 0 wherever x < 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g.clone()  # what arrives belongs to the engine
        g[x < 0] = 0
        return g


def main():
    options = read_options(__doc__, steps=1000)
    device = start(options)
    recorder = Recorder(options)
    x, wanted = pairs(device)
    w1, w2 = (w.requires_grad_() for w in weights(device))
    recorder.fingerprint("initial weights", w1, w2)

    while not recorder.finished:
        loss = (Rectify.apply(x.mm(w1)).mm(w2) - wanted).pow(2).sum()
        recorder.step(loss.item())
        loss.backward()
        with torch.no_grad():
            for w in (w1, w2):
                w -= LEARNING_RATE * w.grad
                w.grad.zero_()

    recorder.result(final_loss=recorder.last_loss)


if __name__ == "__main__":
    main()
