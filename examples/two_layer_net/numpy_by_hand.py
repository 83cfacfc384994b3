"""A two-layer net in plain NumPy, its gradient written out by hand.

The net is y = relu(x W1) W2, the loss the sum of squared errors. Every other script of this folder computes the same
with more and more help from torch.
"""

# ruff: noqa: I001
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from common.options import read_options
from common.record import Recorder

BATCH, INPUTS, HIDDEN, OUTPUTS = 64, 1000, 100, 10
LEARNING_RATE = 5e-7


def main():
    options = read_options(__doc__, steps=1000)
    recorder = Recorder(options)
    generator = np.random.default_rng(options.seed)
    x = generator.standard_normal((BATCH, INPUTS))
    wanted = generator.standard_normal((BATCH, OUTPUTS))
    w1 = generator.standard_normal((INPUTS, HIDDEN))
    w2 = generator.standard_normal((HIDDEN, OUTPUTS))
    recorder.fingerprint("initial weights", w1, w2)

    while not recorder.finished:
        before = x @ w1  # (B, HIDDEN)
        hidden = np.maximum(before, 0)
        error = hidden @ w2 - wanted  # (B, OUTPUTS)
        recorder.step((error * error).sum())

        g_out = 2 * error
        g_w2 = hidden.T @ g_out
        g_before = (g_out @ w2.T) * (before > 0)
        g_w1 = x.T @ g_before
        w1 -= LEARNING_RATE * g_w1
        w2 -= LEARNING_RATE * g_w2

    recorder.result(final_loss=recorder.last_loss)


if __name__ == "__main__":
    main()
