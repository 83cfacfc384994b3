"""Datasets of images in their original file formats, as in `torchvision.datasets`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.datasets.cifar import CIFAR10, CIFAR100
from penlight.vision.datasets.fakedata import FakeData
from penlight.vision.datasets.folder import DatasetFolder, ImageFolder
from penlight.vision.datasets.mnist import EMNIST, KMNIST, MNIST, QMNIST, FashionMNIST
from penlight.vision.datasets.stl10 import STL10
from penlight.vision.datasets.vision import VisionDataset

__all__ = [
    "CIFAR10", "CIFAR100", "DatasetFolder", "EMNIST", "FakeData", "FashionMNIST", "ImageFolder", "KMNIST", "MNIST",
    "QMNIST", "STL10", "VisionDataset",
]  # fmt: skip

__getattr__ = vision_getattr(__name__, lazy=("utils",))
