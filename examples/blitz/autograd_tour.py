"""What requires_grad records, what backward() computes, and how to keep something out of it."""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch

from common.options import read_options


def recording():
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    out = (3 * y * y).mean()
    print("an operation's result knows where it comes from:", y)
    print("function behind the mean:", type(out.grad_fn).__name__)
    out.backward()
    print("d out / dx is 3 (x + 2) / 2, here 4.5 everywhere:", x.grad, sep="\n")


def switching_on():
    a = torch.randn(2, 2)
    print("a fresh tensor is not recorded:", a.requires_grad)
    a.requires_grad_()
    print("after requires_grad_():", a.requires_grad, type((a * a).sum().grad_fn).__name__)


def vector_jacobian():
    x = torch.randn(3, requires_grad=True)
    y, doublings = x * 2, 1
    while y.detach().norm() < 1000:
        y, doublings = y * 2, doublings + 1
    v = torch.tensor([0.1, 1.0, 0.0001])
    y.backward(v)  # y is no scalar, so backward needs the vector to multiply the Jacobian with
    print(f"{doublings} doublings:", y)
    print("v^T J =", x.grad)
    print("is exactly v 2^doublings:", torch.equal(x.grad, v * 2**doublings))


def keeping_out():
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        print("inside no_grad:", (x**2).requires_grad)
    apart = x.detach()
    print("detached:", apart.requires_grad, "with the same values:", x.eq(apart).all())


def adding_up():
    x = torch.tensor(2.0, requires_grad=True)
    for _ in range(3):
        (x * x).backward()
    print("three backward passes add up, 3 * 4:", x.grad)


def main():
    start(read_options(__doc__))
    recording()
    switching_on()
    vector_jacobian()
    keeping_out()
    adding_up()


if __name__ == "__main__":
    main()
