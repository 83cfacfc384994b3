"""Shuffled batches from a DataLoader, and the loss on held-out digits after every epoch.

train() and eval() change nothing for a linear model, but belong there: dropout and batch norm depend on them.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from common.options import read_options
from common.record import Recorder
from mnist.digits import load, percent_correct

BATCH, LEARNING_RATE = 64, 0.5


def main():
    options = read_options(__doc__, epochs=5, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training = DataLoader(TensorDataset(x_train, y_train), batch_size=BATCH, shuffle=True)
    held_out = DataLoader(TensorDataset(x_test, y_test), batch_size=2 * BATCH)  # no backward pass: room for more
    model = nn.Linear(784, 10).to(device)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE)
    recorder.weights(model)

    for epoch in range(1, options.epochs + 1):
        model.train()
        for x, y in training:
            if recorder.finished:
                break
            recorder.batch(x, y)
            loss = F.cross_entropy(model(x), y)
            recorder.step(loss.item())
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()

        model.eval()
        with torch.no_grad():
            total = sum(F.cross_entropy(model(x), y, reduction="sum") for x, y in held_out)
        recorder.show(epoch=epoch, test_loss=total.item() / len(x_test))
        if recorder.finished:
            break

    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
