"""The digits as tensors, and the accuracy that every script of this folder ends with."""

import torch
from common.datasets import mnist


def load(folder, device="cpu"):
    """(x_train, y_train, x_test, y_test): images as float32 rows of 784 values in [0, 1], labels as int64."""
    x_train, y_train, x_test, y_test = mnist(folder)
    return (
        _rows(x_train).to(device),
        _numbers(y_train).to(device),
        _rows(x_test).to(device),
        _numbers(y_test).to(device),
    )


def _rows(images):
    return torch.tensor(images, dtype=torch.float32).reshape(-1, 784) / 255


def _numbers(labels):
    return torch.tensor(labels, dtype=torch.int64)


def as_image(x):
    """Rows as standardised images, (B, 784) -> (B, 1, 28, 28); 0.1307 and 0.3081 are all pixels' mean and deviation."""
    return (x.view(-1, 1, 28, 28) - 0.1307) / 0.3081


def percent_correct(model, x, y, batch_size=250):
    """Percentage of images whose largest output is at their label. Switches the model to evaluation, if it can."""
    if hasattr(model, "eval"):
        model.eval()
    correct = 0
    with torch.no_grad():
        for start in range(0, len(x), batch_size):
            guess = model(x[start : start + batch_size]).argmax(dim=1)
            correct += (guess == y[start : start + batch_size]).sum().item()
    return 100 * correct / len(x)
