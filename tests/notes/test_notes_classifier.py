"""The notes' image classifier, on the photo crops: one test per block of code, numbers as PyTorch computes them.

torchvision's CIFAR10 is replaced by a small Dataset of our own with the same items.
"""
# ruff: noqa: UP008, UP031 (the older idioms of the notes are part of what is tested)

import numpy as np
import pytest
from pytest import approx

import penlight as torch
import penlight.nn as nn
import penlight.nn.functional as F
import penlight.optim as optim

CLASSES = ("astronaut", "cat", "coffee", "galaxies", "histology", "boats", "retina", "rocket", "temple", "flower")


class Photos(torch.utils.data.Dataset):
    """Crops as float tensors in [-1, 1], with their labels."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = torch.from_numpy(self.images[index].astype(np.float32)) / 255
        return (image - 0.5) / 0.5, self.labels[index]


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(-1, 16 * 5 * 5)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


@pytest.fixture
def trainset(photo_batch):
    return Photos(*photo_batch("data_batch_1"))


@pytest.fixture
def testset(photo_batch):
    images, labels = photo_batch("test_batch")
    return Photos(images[:40], labels[:40])


@pytest.fixture(scope="module")
def trained(photo_batch, tmp_path_factory):
    """(losses, path of the saved weights) after one pass over a quarter of the training set."""
    torch.manual_seed(0)
    loader = torch.utils.data.DataLoader(Photos(*photo_batch("data_batch_1")), batch_size=4, shuffle=True)
    net = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    losses = []
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    path = tmp_path_factory.mktemp("classifier") / "net.pth"
    torch.save(net.state_dict(), path)
    return losses, path


def test_load_and_normalise(trainset):
    torch.manual_seed(0)
    trainloader = torch.utils.data.DataLoader(trainset, batch_size=4, shuffle=True)
    images, labels = next(iter(trainloader))
    assert images.shape == (4, 3, 32, 32) and images.dtype is torch.float32
    assert len(trainloader) == 35
    assert str(labels) == "tensor([0, 3, 4, 4])"


def test_workers_load_the_same(testset):
    alone = torch.utils.data.DataLoader(testset, batch_size=4, shuffle=False)
    helped = torch.utils.data.DataLoader(testset, batch_size=4, shuffle=False, num_workers=2)
    for (images, labels), (same_images, same_labels) in zip(alone, helped, strict=True):
        assert torch.equal(images, same_images) and torch.equal(labels, same_labels)


def test_images_for_display(trainset):
    torch.manual_seed(0)
    dataiter = iter(torch.utils.data.DataLoader(trainset, batch_size=4, shuffle=True))
    images, labels = next(dataiter)
    shown = np.transpose((images[0] / 2 + 0.5).numpy(), (1, 2, 0))
    assert shown.shape == (32, 32, 3) and 0 <= shown.min() <= shown.max() <= 1
    assert " ".join("%5s" % CLASSES[labels[j]] for j in range(4)) == "astronaut galaxies histology histology"


def test_network_on_three_channels(trainset):
    torch.manual_seed(0)
    net = Net()
    output = net(trainset[0][0].unsqueeze(0))
    assert output.shape == (1, 10)
    assert output[0].tolist() == approx(
        [
            0.01169168,
            -0.003608301,
            0.001397997,
            0.08711571,
            0.04965633,
            -0.08631082,
            0.1030359,
            -0.1403833,
            -0.09223138,
            -0.0007935911,
        ],
        rel=1e-4,
    )


def test_loss_and_optimizer():
    torch.manual_seed(0)
    net = Net()
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    assert str(criterion) == "CrossEntropyLoss()"
    assert str(optimizer) == (
        "SGD (\n"
        "Parameter Group 0\n"
        "    dampening: 0\n"
        "    differentiable: False\n"
        "    foreach: None\n"
        "    fused: None\n"
        "    lr: 0.001\n"
        "    maximize: False\n"
        "    momentum: 0.9\n"
        "    nesterov: False\n"
        "    weight_decay: 0\n"
        ")"
    )


def test_training_follows_pytorch(trained):
    losses, _ = trained
    assert losses == approx(
        [
            2.290767,
            2.24074,
            2.278261,
            2.252752,
            2.270677,
            2.360329,
            2.388465,
            2.219923,
            2.233274,
            2.286796,
            2.245323,
            2.273082,
            2.199715,
            2.293286,
            2.288468,
            2.129379,
            2.307492,
            2.178225,
            2.377758,
            2.400357,
            2.366119,
            2.234684,
            2.306032,
            2.346539,
            2.214199,
            2.228871,
            2.295686,
            2.133303,
            2.412547,
            2.460009,
            2.356547,
            2.252466,
            2.308165,
            2.241776,
            2.034721,
        ],
        rel=1e-4,
    )


def test_save(trained):
    _, path = trained
    state = torch.load(path)
    assert list(state) == [
        "conv1.weight",
        "conv1.bias",
        "conv2.weight",
        "conv2.bias",
        "fc1.weight",
        "fc1.bias",
        "fc2.weight",
        "fc2.bias",
        "fc3.weight",
        "fc3.bias",
    ]


def test_load_and_predict(trained, testset):
    net = Net()
    net.load_state_dict(torch.load(trained[1]))
    images, labels = next(iter(torch.utils.data.DataLoader(testset, batch_size=4)))
    _, predicted = torch.max(net(images), 1)
    assert " ".join("%5s" % CLASSES[labels[j]] for j in range(4)) == "histology galaxies   cat rocket"
    assert " ".join("%5s" % CLASSES[predicted[j]] for j in range(4)) == "galaxies galaxies galaxies galaxies"


def test_accuracy_on_all_test_images(trained, testset):
    net = Net()
    net.load_state_dict(torch.load(trained[1]))
    correct, total = 0, 0
    with torch.no_grad():
        for images, labels in torch.utils.data.DataLoader(testset, batch_size=4):
            _, predicted = torch.max(net(images).data, 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    assert (correct, total) == (7, 40)


def test_device_for_training():
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    assert str(device) == ("cuda:0" if torch.cuda.is_available() else "cpu")


def test_move_network_and_data(trainset):
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    net = Net()
    assert net.to(device) is net
    data = next(iter(torch.utils.data.DataLoader(trainset, batch_size=4)))
    inputs, labels = data[0].to(device), data[1].to(device)
    assert net(inputs).device == labels.device == device
