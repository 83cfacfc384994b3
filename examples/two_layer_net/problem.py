"""The problem all the two-layer nets solve: learn 64 random input-output pairs by heart."""

import torch

BATCH, INPUTS, HIDDEN, OUTPUTS = 64, 1000, 100, 10


def pairs(device):
    """Inputs (64, 1000) and the outputs wanted (64, 10), standard normal."""
    return torch.randn(BATCH, INPUTS).to(device), torch.randn(BATCH, OUTPUTS).to(device)


def weights(device):
    """The two weight matrices (1000, 100) and (100, 10), standard normal: bad scaling, so the learning rate is tiny."""
    return torch.randn(INPUTS, HIDDEN).to(device), torch.randn(HIDDEN, OUTPUTS).to(device)
