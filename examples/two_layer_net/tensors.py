"""The two-layer net on tensors: NumPy's program, with the gradient still by hand.

What tensors add over arrays here: float32 by default, and --device cuda.
"""

# ruff: noqa: I001
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

from common.options import read_options
from common.record import Recorder
from two_layer_net.problem import pairs, weights

LEARNING_RATE = 5e-7


def main():
    options = read_options(__doc__, steps=1000)
    device = start(options)
    recorder = Recorder(options)
    x, wanted = pairs(device)
    w1, w2 = weights(device)
    recorder.fingerprint("initial weights", w1, w2)

    while not recorder.finished:
        before = x.mm(w1)
        hidden = before.clamp(min=0)
        error = hidden.mm(w2) - wanted
        recorder.step(error.pow(2).sum().item())

        g_out = 2 * error
        g_w2 = hidden.t().mm(g_out)
        g_before = g_out.mm(w2.t())
        g_before[before < 0] = 0
        g_w1 = x.t().mm(g_before)
        w1 -= LEARNING_RATE * g_w1
        w2 -= LEARNING_RATE * g_w2

    recorder.result(final_loss=recorder.last_loss)


if __name__ == "__main__":
    main()
