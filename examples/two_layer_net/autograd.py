"""The two-layer net with autograd: only the forward pass is written, the gradient comes from backward().

With the same seed it prints the same losses as tensors.py, up to rounding.
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


def main():
    options = read_options(__doc__, steps=1000)
    device = start(options)
    recorder = Recorder(options)
    x, wanted = pairs(device)
    w1, w2 = (w.requires_grad_() for w in weights(device))
    recorder.fingerprint("initial weights", w1, w2)

    while not recorder.finished:
        loss = (x.mm(w1).clamp(min=0).mm(w2) - wanted).pow(2).sum()
        recorder.step(loss.item())
        loss.backward()
        with torch.no_grad():  # the update itself is not part of the function to differentiate
            for w in (w1, w2):
                w -= LEARNING_RATE * w.grad
                w.grad.zero_()  # backward() adds to .grad

    recorder.result(final_loss=recorder.last_loss)


if __name__ == "__main__":
    main()
