"""A LeNet-like network from the inside: its parameters, one forward and one backward pass, one update."""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn, optim

from common.options import read_options


class Net(nn.Module):
    """Ten scores of a grey 32x32 image, (B, 1, 32, 32) -> (B, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(16 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))  # (B, 6, 15, 15)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # (B, 16, 6, 6)
        x = x.view(len(x), -1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def main():
    options = read_options(__doc__)
    device = start(options)
    net = Net().to(device)
    print(net)
    print("parameter tensors:", len(list(net.parameters())), "numbers:", sum(p.numel() for p in net.parameters()))
    for name, parameter in list(net.named_parameters())[:2]:
        print(name, tuple(parameter.shape))

    image = torch.rand(32, 32).to(device)
    batch = image.unsqueeze(0).unsqueeze(0)  # layers want (B, C, H, W)
    output = net(batch)
    print("scores:", output, sep="\n")

    net.zero_grad()
    output.backward(torch.randn(1, 10).to(device))  # any gradient of the right shape will do

    wanted = torch.rand(10).view(1, -1).to(device)
    criterion = nn.MSELoss()
    loss = criterion(net(batch), wanted)
    print("loss:", loss)
    node, names = loss.grad_fn, []
    while node is not None and len(names) < 5:
        names.append(type(node).__name__)
        nexts = [edge for edge, _ in node.next_functions if edge is not None]
        node = next((edge for edge in nexts if type(edge).__name__ != "AccumulateGrad"), None)
    print("backward through:", " -> ".join(names))

    net.zero_grad()
    print("conv1.bias.grad before:", net.conv1.bias.grad)
    loss.backward()
    print("conv1.bias.grad after:", net.conv1.bias.grad)

    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= 0.01 * parameter.grad
    print(f"loss after one step by hand: {criterion(net(batch), wanted).item():.4f}")

    optimizer = optim.SGD(net.parameters(), lr=0.01)
    for _ in range(20):
        optimizer.zero_grad()
        loss = criterion(net(batch), wanted)
        loss.backward()
        optimizer.step()
    print(f"loss after 20 more steps by optim.SGD: {loss.item():.4f}")


if __name__ == "__main__":
    main()
