"""Softmax regression on digits from raw tensors: model, loss and update are all written out.

The scripts of this folder then replace one piece after another by what torch.nn, optim and utils.data offer.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import math

import torch

from common.options import read_options
from common.record import Recorder
from mnist.digits import load, percent_correct

BATCH, LEARNING_RATE = 64, 0.5


def log_softmax(scores):
    """Logarithm of the class probabilities; the greatest score is taken out first, so that exp cannot overflow."""
    scores = scores - scores.max(dim=-1, keepdim=True).values
    return scores - scores.exp().sum(dim=-1, keepdim=True).log()


def negative_log_likelihood(log_probability, label):
    """Mean of -log p(label) over the batch."""
    return -log_probability[range(len(label)), label].mean()


def main():
    options = read_options(__doc__, epochs=5, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)

    weight = (torch.randn(784, 10) / math.sqrt(784)).to(device).requires_grad_()
    bias = torch.zeros(10, device=device, requires_grad=True)
    recorder.fingerprint("initial weights", weight, bias)

    def model(x):
        return log_softmax(x @ weight + bias)

    for epoch in range(1, options.epochs + 1):
        for first in range(0, len(x_train), BATCH):
            if recorder.finished:
                break
            x, y = x_train[first : first + BATCH], y_train[first : first + BATCH]
            recorder.batch(x, y)
            loss = negative_log_likelihood(model(x), y)
            recorder.step(loss.item())
            loss.backward()
            with torch.no_grad():
                for parameter in (weight, bias):
                    parameter -= LEARNING_RATE * parameter.grad
                    parameter.grad.zero_()
        recorder.show(epoch=epoch, test_accuracy=percent_correct(model, x_test, y_test))
        if recorder.finished:
            break

    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
