"""The notes' two-layer nets: one test per block of code, losses as PyTorch computes them.

The sizes are those of the notes divided by about ten, the steps 20 of 500.
"""
# ruff: noqa: UP008 (the older idioms of the notes are part of what is tested)

import random

import numpy as np
import pytest
from pytest import approx

import penlight as torch

N, D_in, H, D_out = 16, 100, 20, 5
STEPS = 20


@pytest.fixture
def problem():
    torch.manual_seed(0)
    return torch.randn(N, D_in), torch.randn(N, D_out)


@pytest.fixture
def matrices(problem):
    return torch.randn(D_in, H), torch.randn(H, D_out)


def test_numpy_two_layer_net(problem, matrices):
    x, y = (t.numpy() for t in problem)
    w1, w2 = (t.numpy() for t in matrices)
    losses = []
    for _ in range(STEPS):
        h = x.dot(w1)
        h_relu = np.maximum(h, 0)
        y_pred = h_relu.dot(w2)
        losses.append(float(np.square(y_pred - y).sum()))

        grad_y_pred = 2.0 * (y_pred - y)
        grad_w2 = h_relu.T.dot(grad_y_pred)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[h < 0] = 0
        w1 -= np.float32(1e-5) * x.T.dot(grad_h)
        w2 -= np.float32(1e-5) * grad_w2
    assert losses[:: STEPS - 1] == approx([45586.7, 8205.053], rel=1e-4)


def test_tensor_two_layer_net(problem, matrices):
    (x, y), (w1, w2) = problem, matrices
    losses = []
    for _ in range(STEPS):
        h = x.mm(w1)
        h_relu = h.clamp(min=0)
        y_pred = h_relu.mm(w2)
        losses.append((y_pred - y).pow(2).sum().item())

        grad_y_pred = 2.0 * (y_pred - y)
        grad_w2 = h_relu.t().mm(grad_y_pred)
        grad_h = grad_y_pred.mm(w2.t()).clone()
        grad_h[h < 0] = 0
        w1 -= 1e-5 * x.t().mm(grad_h)
        w2 -= 1e-5 * grad_w2
    assert losses[:: STEPS - 1] == approx([45586.7, 8205.053], rel=1e-4)


def train_matrices(problem, matrices, relu):
    """Losses of the two-layer net whose gradients come from autograd."""
    (x, y), (w1, w2) = problem, matrices
    w1.requires_grad_()
    w2.requires_grad_()
    losses = []
    for _ in range(STEPS):
        loss = (relu(x.mm(w1)).mm(w2) - y).pow(2).sum()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w1 -= 1e-5 * w1.grad
            w2 -= 1e-5 * w2.grad
            w1.grad.zero_()
            w2.grad.zero_()
    return losses


def test_autograd_two_layer_net(problem, matrices):
    losses = train_matrices(problem, matrices, lambda h: h.clamp(min=0))
    assert losses[:: STEPS - 1] == approx([45586.7, 8205.053], rel=1e-4)


class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


def test_custom_function_two_layer_net(problem, matrices):
    losses = train_matrices(problem, matrices, MyReLU.apply)
    assert losses[:: STEPS - 1] == approx([45586.7, 8205.053], rel=1e-4)


def sequential():
    return torch.nn.Sequential(torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out))


def test_sequential_updated_by_hand(problem):
    x, y = problem
    model = sequential()
    loss_fn = torch.nn.MSELoss(reduction="sum")
    losses = []
    for _ in range(STEPS):
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for param in model.parameters():
                param -= 1e-3 * param.grad
    assert losses[:: STEPS - 1] == approx([80.94235, 31.82607], rel=1e-4)


def train_module(problem, model, optimizer):
    """Losses of a model trained by an optimizer on the sum of squared errors."""
    x, y = problem
    criterion = torch.nn.MSELoss(reduction="sum")
    losses = []
    for _ in range(STEPS):
        loss = criterion(model(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def test_sequential_with_adam(problem):
    model = sequential()
    losses = train_module(problem, model, torch.optim.Adam(model.parameters(), lr=1e-2))
    assert losses[:: STEPS - 1] == approx([80.94235, 2.956347], rel=1e-4)


class TwoLayerNet(torch.nn.Module):
    def __init__(self, D_in, H, D_out):
        super(TwoLayerNet, self).__init__()
        self.linear1 = torch.nn.Linear(D_in, H)
        self.linear2 = torch.nn.Linear(H, D_out)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(min=0))


def test_module_with_sgd(problem):
    model = TwoLayerNet(D_in, H, D_out)
    losses = train_module(problem, model, torch.optim.SGD(model.parameters(), lr=1e-3))
    assert losses[:: STEPS - 1] == approx([80.94235, 31.82607], rel=1e-4)


class DynamicNet(torch.nn.Module):
    def __init__(self, D_in, H, D_out):
        super(DynamicNet, self).__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x):
        h_relu = self.input_linear(x).clamp(min=0)
        for _ in range(random.randint(0, 3)):
            h_relu = self.middle_linear(h_relu).clamp(min=0)
        return self.output_linear(h_relu)


def test_dynamic_net_reuses_a_layer(problem):
    random.seed(3)
    model = DynamicNet(D_in, H, D_out)
    times = []
    model.middle_linear.register_forward_hook(lambda *_: times.append(1))
    for _ in range(5):
        assert model(problem[0]).shape == (N, D_out)
    random.seed(3)
    assert len(times) == sum(random.randint(0, 3) for _ in range(5)) > 0


def test_dynamic_net_with_momentum(problem):
    random.seed(0)
    model = DynamicNet(D_in, H, D_out)
    losses = train_module(problem, model, torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9))
    assert losses[:: STEPS - 1] == approx([82.83488, 72.40804], rel=1e-4)
