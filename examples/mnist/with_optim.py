"""Updates by torch.optim, and batches as slices of a TensorDataset, which keeps images and labels together."""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import TensorDataset

from common.options import read_options
from common.record import Recorder
from mnist.digits import load, percent_correct

BATCH, LEARNING_RATE = 64, 0.5


def main():
    options = read_options(__doc__, epochs=5, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training_set = TensorDataset(x_train, y_train)
    model = nn.Linear(784, 10).to(device)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE)
    recorder.weights(model)

    for epoch in range(1, options.epochs + 1):
        for first in range(0, len(training_set), BATCH):
            if recorder.finished:
                break
            x, y = training_set[first : first + BATCH]
            recorder.batch(x, y)
            loss = F.cross_entropy(model(x), y)
            recorder.step(loss.item())
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        recorder.show(epoch=epoch, test_accuracy=percent_correct(model, x_test, y_test))
        if recorder.finished:
            break

    recorder.result(test_accuracy=percent_correct(model, x_test, y_test))


if __name__ == "__main__":
    main()
