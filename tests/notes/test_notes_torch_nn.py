"""The notes' chapter on torch.nn: one test per block of code, numbers as PyTorch computes them.

Trained for two epochs on 1,000 digits, validated on 200.
"""

import math

import numpy as np
import pytest
from pytest import approx

import penlight as torch
import penlight.nn.functional as F
from penlight import nn, optim
from penlight.utils.data import DataLoader, TensorDataset

bs, epochs, lr, n = 64, 2, 0.5, 1000


@pytest.fixture
def data(digits):
    """The digits as tensors (x_train, y_train, x_valid, y_valid), with the generator freshly seeded."""
    torch.manual_seed(0)
    return tuple(map(torch.tensor, digits))


@pytest.fixture
def sets(data):
    return TensorDataset(*data[:2]), TensorDataset(*data[2:])


def first_parameters():
    weights = torch.randn(784, 10) / math.sqrt(784)
    weights.requires_grad_()
    return weights, torch.zeros(10, requires_grad=True)


def log_softmax(x):
    return x - x.exp().sum(-1).log().unsqueeze(-1)


def nll(input, target):
    return -input[range(target.shape[0]), target].mean()


def accuracy(out, yb):
    return (torch.argmax(out, dim=1) == yb).float().mean()


def test_initial_parameters(data):
    weights, bias = first_parameters()
    assert weights.requires_grad and weights.is_leaf and bias.requires_grad
    assert weights[0].tolist() == approx(
        [
            -0.04020857,
            -0.04115572,
            -0.008949235,
            -0.01549567,
            0.03031108,
            0.02471461,
            -0.01128617,
            -0.07554355,
            0.01150982,
            -0.0451191,
        ],
        rel=1e-5,
    )


def test_log_softmax_written_out():
    x = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    assert str(log_softmax(x)) == ("tensor([[-2.4076, -1.4076, -0.4076],\n        [-1.0986, -1.0986, -1.0986]])")
    assert torch.allclose(log_softmax(x), F.log_softmax(x, dim=-1))


def test_predictions_of_a_batch(data):
    weights, bias = first_parameters()
    preds = log_softmax(data[0][0:bs] @ weights + bias)
    assert f"{preds[0]} {preds.shape}" == (
        "tensor([-2.9288, -2.9936, -2.3586, -2.7681, -2.0872, -1.7345, -2.1999, -2.0072,\n"
        "        -2.4123, -2.2653], grad_fn=<SelectBackward0>) torch.Size([64, 10])"
    )


def test_loss_and_accuracy(data):
    weights, bias = first_parameters()
    yb = data[1][0:bs]
    preds = log_softmax(data[0][0:bs] @ weights + bias)
    assert str(nll(preds, yb)) == "tensor(2.4617, grad_fn=<NegBackward0>)"
    assert str(accuracy(preds, yb)) == "tensor(0.0469)"


def test_training_loop_from_scratch(data):
    x_train, y_train, _, _ = data
    weights, bias = first_parameters()
    for _ in range(epochs):
        for i in range((n - 1) // bs + 1):
            xb, yb = x_train[i * bs : i * bs + bs], y_train[i * bs : i * bs + bs]
            loss = nll(log_softmax(xb @ weights + bias), yb)
            loss.backward()
            with torch.no_grad():
                weights -= weights.grad * lr
                bias -= bias.grad * lr
                weights.grad.zero_()
                bias.grad.zero_()
    assert loss.item() == approx(0.4451454, rel=1e-4)


def test_cross_entropy_is_both_in_one(data):
    weights, bias = first_parameters()
    xb, yb = data[0][0:bs], data[1][0:bs]
    scores = xb @ weights + bias
    assert str(F.cross_entropy(scores, yb)) == "tensor(2.4617, grad_fn=<NllLossBackward0>)"
    assert torch.allclose(F.cross_entropy(scores, yb), nll(log_softmax(scores), yb))


class OwnParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(784, 10) / math.sqrt(784))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, xb):
        return xb @ self.weights + self.bias


def test_module_with_parameters(data):
    x_train, y_train, _, _ = data
    model = OwnParameters()
    assert [name for name, _ in model.named_parameters()] == ["weights", "bias"]
    for _ in range(epochs):
        for i in range((n - 1) // bs + 1):
            xb, yb = x_train[i * bs : i * bs + bs], y_train[i * bs : i * bs + bs]
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= p.grad * lr
                model.zero_grad()
    assert loss.item() == approx(0.4451454, rel=1e-4)


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(784, 10)

    def forward(self, xb):
        return self.lin(xb)


def get_model():
    model = Logistic()
    return model, optim.SGD(model.parameters(), lr=lr)


def test_module_with_linear(data):
    model = Logistic()
    assert str(model) == ("Logistic(\n  (lin): Linear(in_features=784, out_features=10, bias=True)\n)")
    assert F.cross_entropy(model(data[0][:bs]), data[1][:bs]).item() == approx(2.372502, rel=1e-5)


def test_optim(data):
    x_train, y_train, _, _ = data
    model, opt = get_model()
    for _ in range(epochs):
        for i in range((n - 1) // bs + 1):
            xb, yb = x_train[i * bs : i * bs + bs], y_train[i * bs : i * bs + bs]
            loss = F.cross_entropy(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
    assert F.cross_entropy(model(xb), yb).item() == approx(0.3054281, rel=1e-4)


def test_tensor_dataset(sets):
    train_ds, _ = sets
    model, opt = get_model()
    assert len(train_ds) == n
    for _ in range(epochs):
        for i in range((n - 1) // bs + 1):
            xb, yb = train_ds[i * bs : i * bs + bs]
            F.cross_entropy(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
    assert F.cross_entropy(model(xb), yb).item() == approx(0.3054281, rel=1e-4)


def test_data_loader(sets):
    train_dl = DataLoader(sets[0], batch_size=bs)
    model, opt = get_model()
    for _ in range(epochs):
        for xb, yb in train_dl:
            F.cross_entropy(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
    assert F.cross_entropy(model(xb), yb).item() == approx(0.3054281, rel=1e-4)


def test_loaders_for_training_and_validation(sets):
    train_dl = DataLoader(sets[0], batch_size=bs, shuffle=True)
    valid_dl = DataLoader(sets[1], batch_size=bs * 2)
    assert (len(train_dl), len(valid_dl)) == (16, 2)
    assert next(iter(train_dl))[1].tolist() == [
        9,
        6,
        1,
        1,
        9,
        9,
        7,
        4,
        9,
        0,
        1,
        3,
        6,
        1,
        1,
        7,
        7,
        6,
        3,
        8,
        4,
        9,
        6,
        7,
        4,
        0,
        4,
        5,
        7,
        7,
        5,
        3,
        0,
        4,
        5,
        9,
        7,
        2,
        5,
        6,
        7,
        3,
        6,
        2,
        6,
        0,
        4,
        6,
        0,
        3,
        1,
        4,
        8,
        0,
        8,
        3,
        9,
        6,
        7,
        0,
        0,
        8,
        0,
        2,
    ]
    assert next(iter(valid_dl))[1].shape == (128,)


def test_validation_after_each_epoch(sets):
    train_dl, valid_dl = get_data(*sets, bs)
    model, opt = get_model()
    valid_losses = []
    for _ in range(epochs):
        model.train()
        for xb, yb in train_dl:
            F.cross_entropy(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
        model.eval()
        assert model.training is False and model.lin.training is False
        with torch.no_grad():
            valid_loss = sum(F.cross_entropy(model(xb), yb) for xb, yb in valid_dl)
        valid_losses.append((valid_loss / len(valid_dl)).item())
    assert valid_losses == approx([0.7108067, 0.5532038], rel=1e-4)


def loss_batch(model, loss_func, xb, yb, opt=None):
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)


def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
    """Validation loss after each epoch."""
    history = []
    for _ in range(epochs):
        model.train()
        for xb, yb in train_dl:
            loss_batch(model, loss_func, xb, yb, opt)
        model.eval()
        with torch.no_grad():
            losses, nums = zip(*[loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl])
        history.append(float(np.sum(np.multiply(losses, nums)) / np.sum(nums)))
    return history


def get_data(train_ds, valid_ds, bs):
    return DataLoader(train_ds, batch_size=bs, shuffle=True), DataLoader(valid_ds, batch_size=bs * 2)


def test_loss_of_a_batch(data):
    model, opt = get_model()
    xb, yb = data[0][:bs], data[1][:bs]
    before, count = loss_batch(model, F.cross_entropy, xb, yb)
    assert (count, loss_batch(model, F.cross_entropy, xb, yb, opt)[0]) == (bs, before)
    after, _ = loss_batch(model, F.cross_entropy, xb, yb)
    assert [before, after] == approx([2.372502, 1.654402], rel=1e-5)


def test_get_data(sets):
    train_dl, valid_dl = get_data(*sets, bs)
    assert [len(xb) for xb, _ in train_dl] == [64] * 15 + [40]
    assert [len(xb) for xb, _ in valid_dl] == [128, 72]


def test_fit(sets):
    model, opt = get_model()
    assert fit(epochs, model, F.cross_entropy, opt, *get_data(*sets, bs)) == approx([0.7156254, 0.5634674], rel=1e-4)


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1)

    def forward(self, xb):
        xb = xb.view(-1, 1, 28, 28)
        xb = F.relu(self.conv1(xb))
        xb = F.relu(self.conv2(xb))
        xb = F.relu(self.conv3(xb))
        xb = F.avg_pool2d(xb, 4)
        return xb.view(-1, xb.size(1))


def test_cnn(sets):
    model = SmallCNN()
    opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    assert fit(epochs, model, F.cross_entropy, opt, *get_data(*sets, bs)) == approx([2.300081, 2.302933], rel=1e-4)


class Lambda(nn.Module):
    def __init__(self, func):
        super().__init__()
        self.func = func

    def forward(self, x):
        return self.func(x)


def layers(*ends):
    """Three convolutions with what comes before and after."""
    first, *last = ends
    convolutions = [
        nn.Conv2d(1, 16, kernel_size=3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 16, kernel_size=3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 10, kernel_size=3, stride=2, padding=1), nn.ReLU(),
    ]  # fmt: skip
    return nn.Sequential(*([first] if first else []), *convolutions, *last)


def test_sequential_with_lambda(sets):
    model = layers(Lambda(lambda x: x.view(-1, 1, 28, 28)), nn.AvgPool2d(4), Lambda(lambda x: x.view(x.size(0), -1)))
    opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    assert fit(epochs, model, F.cross_entropy, opt, *get_data(*sets, bs)) == approx([2.300081, 2.302933], rel=1e-4)


def test_a_lambda_without_super_init_is_refused():
    class Incomplete(nn.Module):
        def __init__(self):
            self.inner = nn.ReLU()

    with pytest.raises(AttributeError, match="cannot assign module before Module.__init__"):
        Incomplete()


class WrappedDataLoader:
    def __init__(self, dl, func):
        self.dl, self.func = dl, func

    def __len__(self):
        return len(self.dl)

    def __iter__(self):
        for batch in self.dl:
            yield self.func(*batch)


def wrapped(sets, device="cpu"):
    def preprocess(x, y):
        return x.view(-1, 1, 28, 28).to(device), y.to(device)

    return [WrappedDataLoader(dl, preprocess) for dl in get_data(*sets, bs)]


def test_wrapped_data_loader(sets):
    train_dl, valid_dl = wrapped(sets)
    assert (len(train_dl), len(valid_dl)) == (16, 2)
    xb, yb = next(iter(train_dl))
    assert xb.shape == (64, 1, 28, 28)
    assert yb.tolist() == [
        9,
        6,
        1,
        1,
        9,
        9,
        7,
        4,
        9,
        0,
        1,
        3,
        6,
        1,
        1,
        7,
        7,
        6,
        3,
        8,
        4,
        9,
        6,
        7,
        4,
        0,
        4,
        5,
        7,
        7,
        5,
        3,
        0,
        4,
        5,
        9,
        7,
        2,
        5,
        6,
        7,
        3,
        6,
        2,
        6,
        0,
        4,
        6,
        0,
        3,
        1,
        4,
        8,
        0,
        8,
        3,
        9,
        6,
        7,
        0,
        0,
        8,
        0,
        2,
    ]


def test_adaptive_average_pooling(sets):
    model = layers(None, nn.AdaptiveAvgPool2d(1), Lambda(lambda x: x.view(x.size(0), -1)))
    opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    assert fit(epochs, model, F.cross_entropy, opt, *wrapped(sets)) == approx([2.300081, 2.302933], rel=1e-4)


def test_model_and_batches_on_the_device(sets):
    dev = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")
    model = layers(None, nn.AdaptiveAvgPool2d(1), Lambda(lambda x: x.view(x.size(0), -1)))
    model.to(dev)
    opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train_dl, valid_dl = wrapped(sets, dev)
    assert fit(epochs, model, F.cross_entropy, opt, train_dl, valid_dl) == approx([2.300081, 2.302933], rel=1e-4)
    assert next(model.parameters()).device.type == dev.type
