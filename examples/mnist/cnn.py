"""Train a convolutional net on real handwritten digits in well under a minute and print its test accuracy.

Two convolutions with pooling, dropout, one linear layer; Adam with a falling learning rate. GELU and average pooling
are smooth: rounding decides no branch as with ReLU and the maximum, so training repeats closely on other hardware.
Writes the weights to --out/mnist_cnn.pth.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from common.options import read_options
from common.progress import progress
from common.record import Recorder
from mnist.digits import as_image, load, percent_correct

BATCH, LEARNING_RATE = 64, 6e-3


class DigitNet(nn.Module):
    """Scores of the ten digits, (B, 784) -> (B, 10)."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 8, kernel_size=5, padding=2)
        self.second = nn.Conv2d(8, 16, kernel_size=5, padding=2)
        self.dropout = nn.Dropout(0.25)
        self.scores = nn.Linear(16 * 7 * 7, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.gelu(self.first(as_image(x))), 2)  # (B, 8, 14, 14)
        x = F.avg_pool2d(F.gelu(self.second(x)), 2)  # (B, 16, 7, 7)
        return self.scores(self.dropout(x.flatten(1)))


def main():
    options = read_options(__doc__, epochs=6, data="mnist")
    device = start(options)
    recorder = Recorder(options)
    x_train, y_train, x_test, y_test = load(options.data, device)
    training = DataLoader(TensorDataset(x_train, y_train), batch_size=BATCH, shuffle=True)
    net = DigitNet().to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs * len(training))
    recorder.weights(net)
    recorder.watch_dropout(net.dropout)

    for epoch in range(1, options.epochs + 1):
        net.train()
        for x, y in progress(training, f"epoch {epoch}"):
            if recorder.finished:
                break
            recorder.batch(x, y)
            loss = F.cross_entropy(net(x), y)
            recorder.step(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        accuracy = percent_correct(net, x_test, y_test)
        recorder.show(epoch=epoch, test_accuracy=accuracy)
        if recorder.finished:
            break

    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), options.out / "mnist_cnn.pth")
    recorder.result(test_accuracy=accuracy)


if __name__ == "__main__":
    main()
