"""Making, inspecting, changing and converting tensors."""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import numpy as np
import torch

from common.options import read_options


def show(title, value):
    print(f"{title}:\n{value}\n")


def making():
    rows = [[1, 2], [3, 4]]
    show("from nested lists", torch.tensor(rows))
    show("from a NumPy array", torch.from_numpy(np.array(rows, dtype=np.int64)))
    show("zeros of an integer type", torch.zeros(2, 3, dtype=torch.long))
    show("uniform in [0, 1)", torch.rand(2, 3))
    table = torch.tensor([5.5, 3])
    show("numbers of mixed type become float", table)
    ones = table.new_ones(2, 3, dtype=torch.double)
    show("new_ones keeps what it is not told to change", (ones, ones.device == table.device))
    show("standard normal, shaped like another tensor", torch.randn_like(ones, dtype=torch.float))
    show("empty() reserves memory only; its shape", torch.empty(5, 3).shape)


def looking():
    table = torch.rand(3, 4)
    height, width = table.size()
    show("shape, type, device", (table.shape, table.dtype, table.device))
    show("a size unpacks like a tuple", f"{height} rows, {width} columns")
    show("one element as a Python number", f"{table[0, 0].item():.4f}")


def changing():
    table = torch.ones(3, 3)
    table[:, 1] = 0
    show("a column set to 0", table)
    show("side by side", torch.cat([table, table], dim=1))
    show("stacked along a new dimension: shape", torch.stack([table, table]).shape)
    show("element by element", table * table)
    show("matrix product with the transpose", table @ table.T)
    total = torch.empty(3, 3)
    torch.add(table, table, out=total)
    show("a sum written into a tensor that exists", total)
    total.add_(5)
    show("a trailing underscore changes in place", total)
    show("limited to a range", total.clamp(min=5.5, max=6.5))
    show("other shapes of 16 elements", (torch.rand(4, 4).view(16).shape, torch.rand(4, 4).view(2, -1).shape))


def sharing():
    tensor = torch.ones(3)
    array = tensor.numpy()
    tensor.add_(1)
    show("the array sees what happens to its tensor", array)
    array = np.zeros(3)
    tensor = torch.from_numpy(array)
    np.add(array, 1, out=array)
    show("and a tensor what happens to its array", tensor)


def moving(device):
    table = torch.ones(2, 2)
    there = torch.ones_like(table, device=device) + table.to(device)
    show("computed on the device, back as double", there.to("cpu", torch.double))


def main():
    options = read_options(__doc__)
    device = start(options)
    making()
    looking()
    changing()
    sharing()
    moving(device)


if __name__ == "__main__":
    main()
