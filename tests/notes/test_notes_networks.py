"""The notes' chapter on neural networks: one test per block of code, results as PyTorch prints them."""
# ruff: noqa: UP008 (the older idioms of the notes are part of what is tested)

import pytest
from pytest import approx

import penlight as torch
import penlight.nn as nn
import penlight.nn.functional as F
import penlight.optim as optim


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(16 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)

    def num_flat_features(self, x):
        num_features = 1
        for s in x.size()[1:]:
            num_features *= s
        return num_features


@pytest.fixture
def net():
    torch.manual_seed(0)
    return Net()


@pytest.fixture
def image():
    torch.manual_seed(1)
    return torch.rand(1, 1, 32, 32)


@pytest.fixture
def loss(net, image):
    torch.manual_seed(2)
    target = torch.rand(10).view(1, -1)
    return nn.MSELoss()(net(image), target)


def test_define_and_print(net):
    assert str(net) == (
        "Net(\n"
        "  (conv1): Conv2d(1, 6, kernel_size=(3, 3), stride=(1, 1))\n"
        "  (conv2): Conv2d(6, 16, kernel_size=(3, 3), stride=(1, 1))\n"
        "  (fc1): Linear(in_features=576, out_features=120, bias=True)\n"
        "  (fc2): Linear(in_features=120, out_features=84, bias=True)\n"
        "  (fc3): Linear(in_features=84, out_features=10, bias=True)\n"
        ")"
    )


def test_parameters(net):
    params = list(net.parameters())
    assert len(params) == 10
    assert str(params[0].size()) == "torch.Size([6, 1, 3, 3])"


def test_forward(net, image):
    assert str(net(image)) == (
        "tensor([[ 0.0135, -0.0898, -0.0324, -0.0311, -0.1780,  0.0254, -0.0692,  0.1411,\n"
        "          0.0170, -0.0617]], grad_fn=<AddmmBackward0>)"
    )


def test_backward_with_a_random_gradient(net, image):
    out = net(image)
    net.zero_grad()
    out.backward(torch.randn(1, 10))
    assert str(net.conv1.bias.grad) == "tensor([-0.0395, -0.0002, -0.0213,  0.0000, -0.0150, -0.0493])"


def test_a_single_sample_gets_a_batch_dimension(net, image):
    assert torch.equal(net(image[0].unsqueeze(0)), net(image))


def test_mean_squared_error(loss):
    assert str(loss) == "tensor(0.3069, grad_fn=<MseLossBackward0>)"


def test_walk_back_through_the_graph(loss):
    linear = loss.grad_fn.next_functions[0][0]
    relu = linear.next_functions[1][0]  # the notes take edge 0, which is the bias
    names = [str(node).split(" ")[0] for node in (loss.grad_fn, linear, linear.next_functions[0][0], relu)]
    assert names == [
        "<MseLossBackward0",
        "<AddmmBackward0",
        "<AccumulateGrad",
        "<ReluBackward0",
    ]


def test_zero_grad(net, image):
    net(image).sum().backward()
    net.zero_grad(set_to_none=False)
    assert all((p.grad == 0).all() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_bias_gradient_before_and_after(net, loss):
    net.zero_grad()
    assert net.conv1.bias.grad is None
    loss.backward()
    assert net.conv1.bias.grad.tolist() == approx(
        [0.009946639, 7.611307e-06, -0.001479331, 0, -0.001673567, 0.004223032],
        rel=1e-4, abs=1e-8,  # sums of terms near 0.01 with rounding near 1e-9: PyTorch's own kernels differ in 7.61e-06
    )  # fmt: skip


def test_gradient_descent_by_hand(net, image, loss):
    loss.backward()
    learning_rate = 0.01
    for f in net.parameters():
        f.data.sub_(f.grad.data * learning_rate)
    assert net.fc3.bias.tolist() == approx(
        [
            -0.02849865,
            -0.09217631,
            -0.04627317,
            -0.01728665,
            -0.1072822,
            0.03954401,
            -0.0729001,
            0.0950316,
            0.02414005,
            -0.06013301,
        ],
        rel=1e-5,
    )


def test_gradient_descent_by_optim(net, image):
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    criterion = nn.MSELoss()
    target = torch.rand(1, 10)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        output = net(image)
        loss = criterion(output, target)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    assert losses == approx([0.2709167, 0.2687675, 0.2666375], rel=1e-5)
