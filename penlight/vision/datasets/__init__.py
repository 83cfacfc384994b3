"""Datasets of images in their original file formats, as in `torchvision.datasets`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.datasets.celeba import CelebA
from penlight.vision.datasets.cifar import CIFAR10, CIFAR100
from penlight.vision.datasets.coco import CocoCaptions, CocoDetection
from penlight.vision.datasets.fakedata import FakeData
from penlight.vision.datasets.files import Flowers102, Food101, Omniglot, OxfordIIITPet
from penlight.vision.datasets.folder import DatasetFolder, ImageFolder
from penlight.vision.datasets.imagenet import ImageNet
from penlight.vision.datasets.mnist import EMNIST, KMNIST, MNIST, QMNIST, FashionMNIST
from penlight.vision.datasets.stl10 import STL10
from penlight.vision.datasets.svhn import SVHN
from penlight.vision.datasets.usps import USPS
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.datasets.voc import VOCDetection, VOCSegmentation

__all__ = [
    "CIFAR10", "CIFAR100", "CelebA", "CocoCaptions", "CocoDetection", "DatasetFolder", "EMNIST", "FakeData",
    "FashionMNIST", "Flowers102", "Food101", "ImageFolder", "ImageNet", "KMNIST", "MNIST", "Omniglot", "OxfordIIITPet",
    "QMNIST", "STL10", "SVHN", "USPS", "VOCDetection", "VOCSegmentation", "VisionDataset",
]  # fmt: skip

__getattr__ = vision_getattr(__name__, lazy=("utils",))
