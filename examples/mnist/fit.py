"""The training loop as functions: loaders(), batch_loss() and fit() serve this model and all that follow.

From here on a program only says which model, which data, which optimiser.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from common.options import read_options
from common.progress import progress
from common.record import Recorder
from mnist.digits import load, percent_correct

BATCH, LEARNING_RATE = 64, 0.5


def loaders(training_set, held_out_set, batch_size):
    """A shuffling loader of the training set, and one with batches twice as large of the held-out set."""
    return (
        DataLoader(training_set, batch_size=batch_size, shuffle=True),
        DataLoader(held_out_set, batch_size=2 * batch_size),
    )


def batch_loss(model, loss_function, x, y, optimizer=None):
    """(loss, number of samples) of one batch; with an optimiser, the model is updated as well."""
    loss = loss_function(model(x), y)
    if optimizer is not None:
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return loss.item(), len(x)


def fit(epochs, model, loss_function, optimizer, training, held_out, recorder):
    """Train for some epochs; print the mean held-out loss, weighted by batch size, after each."""
    for epoch in range(1, epochs + 1):
        model.train()
        for x, y in progress(training, f"epoch {epoch}"):
            if recorder.finished:
                break
            recorder.batch(x, y)
            loss, _ = batch_loss(model, loss_function, x, y, optimizer)
            recorder.step(loss)

        model.eval()
        with torch.no_grad():
            losses, sizes = zip(*[batch_loss(model, loss_function, x, y) for x, y in held_out])
        recorder.show(epoch=epoch, test_loss=float(np.average(losses, weights=sizes)))
        if recorder.finished:
            break


def main():
    options = read_options(__doc__, epochs=5, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training, held_out = loaders(TensorDataset(x_train, y_train), TensorDataset(x_test, y_test), BATCH)
    model = nn.Linear(784, 10).to(device)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE)
    recorder.weights(model)

    fit(options.epochs, model, F.cross_entropy, optimizer, training, held_out, recorder)
    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
