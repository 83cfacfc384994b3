"""Train, save, load and judge an image classifier on 32x32 photo crops.

Reads any folder in CIFAR-10's Python layout: --data path/to/cifar-10-batches-py takes the real one. Writes to --out:
the weights (classifier.pth) and a grid of test images (test_images.png), framed green where the guess is
right and red where it is wrong.
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
from torch.utils.data import DataLoader, Dataset

from common.datasets import cifar_layout
from common.images import enlarge, framed, grid, write_png
from common.options import read_options
from common.progress import progress
from common.record import Recorder

BATCH, LEARNING_RATE = 20, 1e-3
SHOWN = 40  # test images in the PNG file
GREEN, RED = (40, 200, 80), (230, 40, 40)


class Photos(Dataset):
    """Images as float32 in [-1, 1], with their labels; the conversion happens when an item is asked for."""

    def __init__(self, folder, train):
        self.images, self.labels, self.label_names = cifar_layout(folder, train)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index]).to(torch.float32) / 255
        return (image - 0.5) / 0.5, int(self.labels[index])


class Net(nn.Module):
    """LeNet for colour images, (B, 3, 32, 32) -> (B, 10).

    GELU and average pooling are smooth: rounding decides no branch as with ReLU and the maximum.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool = nn.AvgPool2d(2, 2)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.gelu(self.conv1(x)))  # (B, 6, 14, 14)
        x = self.pool(F.gelu(self.conv2(x)))  # (B, 16, 5, 5)
        x = torch.flatten(x, 1)
        x = F.gelu(self.fc1(x))
        x = F.gelu(self.fc2(x))
        return self.fc3(x)


def train(net, loader, options, device, recorder):
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(net.parameters(), lr=LEARNING_RATE)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs * len(loader))
    for epoch in range(1, options.epochs + 1):
        for images, labels in progress(loader, f"epoch {epoch}"):
            if recorder.finished:
                return
            recorder.batch(images, labels)
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(net(images), labels)
            loss.backward()
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())


def guess(net, images):
    """The likeliest label of each image, as a list of numbers."""
    with torch.no_grad():
        _, labels = torch.max(net(images), 1)
    return labels.tolist()


def judge(net, loader, device, label_names):
    """Print each class's accuracy; return the overall one in percent."""
    correct, total = [0] * len(label_names), [0] * len(label_names)
    for images, labels in loader:
        for guessed, label in zip(guess(net, images.to(device)), labels.tolist()):
            total[label] += 1
            correct[label] += guessed == label
    for name, right, count in zip(label_names, correct, total):
        if count:
            print(f"class {name} accuracy {100 * right / count:.2f}")
    return 100 * sum(correct) / sum(total)


def main():
    options = read_options(__doc__, epochs=60, data="photos10-batches-py")
    device = start(options)
    recorder = Recorder(options, print_every=100)
    training_set, test_set = Photos(options.data, train=True), Photos(options.data, train=False)
    training = DataLoader(training_set, batch_size=BATCH, shuffle=True)
    test = DataLoader(test_set, batch_size=BATCH)
    net = Net().to(device)
    recorder.weights(net)
    train(net, training, options, device, recorder)

    options.out.mkdir(parents=True, exist_ok=True)
    weights = options.out / "classifier.pth"
    torch.save(net.state_dict(), weights)
    again = Net()
    again.load_state_dict(torch.load(weights, map_location="cpu"))
    again.to(device)

    truths = test_set.labels[:SHOWN].tolist()
    guesses = guess(again, torch.stack([test_set[index][0] for index in range(len(truths))]).to(device))
    colours = np.array([GREEN if a == b else RED for a, b in zip(truths, guesses)], np.uint8)
    write_png(options.out / "test_images.png", grid(framed(enlarge(test_set.images[:SHOWN], 3), colours), gap=4))
    for kind, labels in (("truth", truths), ("guess", guesses)):
        print(kind, *(training_set.label_names[label] for label in labels[:8]))  # the first row
    recorder.result(test_accuracy=judge(again, test, device, training_set.label_names))


if __name__ == "__main__":
    main()
