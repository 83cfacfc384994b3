"""Datasets that are image files with lists of names and classes: Food-101, Flowers-102, Oxford-IIIT Pet, Omniglot."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from penlight.vision.datasets.folder import default_loader
from penlight.vision.datasets.matlab import read_mat
from penlight.vision.datasets.utils import (
    check_integrity,
    download_and_extract_archive,
    download_url,
    list_dir,
    list_files,
    verify_str_arg,
)
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["Flowers102", "Food101", "Omniglot", "OxfordIIITPet"]


def require(paths: Sequence[str]) -> None:
    """Raises: RuntimeError naming what is not there."""
    missing = [os.path.abspath(path) for path in paths if not os.path.exists(path)]
    if missing:
        raise RuntimeError(
            "Dataset not found or corrupted. You can use download=True to download it. Expected " + ", ".join(missing)
        )


class _Images(VisionDataset):
    """Paths `_image_files` and classes `_labels`."""

    _image_files: list[str]
    _labels: list[int]
    _split: str
    loader: Callable = staticmethod(default_loader)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self._transformed(self.loader(self._image_files[index]), self._labels[index])

    def __len__(self) -> int:
        return len(self._image_files)

    def extra_repr(self) -> str:
        return f"split={self._split}"


class Food101(_Images):
    """101,000 photos of 101 dishes, in `root/food-101`: images/CLASS/NUMBER.jpg, meta/train.json and test.json.

    Args: split: train or test.
    Raises: RuntimeError when the folders are not there; ValueError for other splits.
    Source: https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101
    """

    _URL = "http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz"
    _MD5 = "85eeb15f3717b99a5da872d97d918f87"

    def __init__(
        self, root: Any, split: str = "train", transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False, loader: Callable = default_loader,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self._split, self.loader = verify_str_arg(split, "split", ("train", "test")), loader
        base = os.path.join(self.root, "food-101")
        images, meta = os.path.join(base, "images"), os.path.join(base, "meta")
        if download and not (os.path.isdir(images) and os.path.isdir(meta)):
            download_and_extract_archive(self._URL, self.root, md5=self._MD5)
        require([images, os.path.join(meta, split + ".json")])
        with open(os.path.join(meta, split + ".json"), encoding="utf-8") as file:
            names = json.load(file)
        self.classes = sorted(names)
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        pairs = [(name, self.class_to_idx[kind]) for kind, every in names.items() for name in every]
        self._image_files = [os.path.join(images, *name.split("/")) + ".jpg" for name, _ in pairs]
        self._labels = [label for _, label in pairs]


class Flowers102(_Images):
    """8,189 photos of 102 flowers, in `root/flowers-102`: jpg/image_00001.jpg …, imagelabels.mat, setid.mat.

    Args: split: train, val or test.
    Raises: RuntimeError when files are not there or have other MD5 sums; ValueError for other splits.
    Source: https://www.robots.ox.ac.uk/~vgg/data/flowers/102
    """

    _download_url_prefix = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
    _file_dict = {
        "image": ("102flowers.tgz", "52808999861908f626f3c1f4e79d11fa"),
        "label": ("imagelabels.mat", "e0620be6f572b9609742df49c70aed4d"),
        "setid": ("setid.mat", "a5357ecc9cb78c4bef273ce3793fc85c"),
    }
    _splits_map = {"train": "trnid", "val": "valid", "test": "tstid"}

    def __init__(
        self, root: Any, split: str = "train", transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False, loader: Callable = default_loader,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self._split, self.loader = verify_str_arg(split, "split", tuple(self._splits_map)), loader
        base = os.path.join(self.root, "flowers-102")
        images = os.path.join(base, "jpg")
        lists = [(os.path.join(base, name), md5) for name, md5 in (self._file_dict["label"], self._file_dict["setid"])]
        if download:
            for name, md5 in list(self._file_dict.values())[1:]:
                download_url(self._download_url_prefix + name, base, md5=md5)
            if not os.path.isdir(images):
                name, md5 = self._file_dict["image"]
                download_and_extract_archive(self._download_url_prefix + name, base, md5=md5)
        require([images, *(path for path, md5 in lists if not check_integrity(path, md5))])
        if not all(check_integrity(path, md5) for path, md5 in lists):
            raise RuntimeError(f"Dataset not found or corrupted: {[path for path, _ in lists]} have other MD5 sums")
        labels, numbers = read_mat(lists[0][0])["labels"][0], read_mat(lists[1][0])[self._splits_map[split]][0]
        self._image_files = [os.path.join(images, f"image_{number:05d}.jpg") for number in numbers.tolist()]
        self._labels = [int(labels[number - 1]) - 1 for number in numbers.tolist()]


class OxfordIIITPet(VisionDataset):
    """7,349 photos of 37 breeds of cats and dogs, in `root/oxford-iiit-pet`: images, annotations.

    Args: split: trainval or test. target_types: category (0 to 36), binary-category (0 cat, 1 dog), segmentation (a Pillow
    image), or a list of them, for a tuple.
    Raises: RuntimeError when the folders are not there; ValueError for other splits or types.
    Source: https://www.robots.ox.ac.uk/~vgg/data/pets
    """

    _RESOURCES = (
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz", "5c4f3ee8e5d25df40f4fd59a7f44e54c"),
        ("https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz", "95a8c909bbe2e81eed6a22bccdf3f68f"),
    )
    _VALID_TARGET_TYPES = ("category", "binary-category", "segmentation")

    def __init__(
        self, root: Any, split: str = "trainval", target_types: Any = "category", transforms: Callable | None = None,
        transform: Callable | None = None, target_transform: Callable | None = None, download: bool = False,
    ):  # fmt: skip
        self._split = verify_str_arg(split, "split", ("trainval", "test"))
        types = [target_types] if isinstance(target_types, str) else target_types
        self._target_types = [verify_str_arg(kind, "target_types", self._VALID_TARGET_TYPES) for kind in types]
        super().__init__(root, transforms, transform, target_transform)
        base = os.path.join(self.root, "oxford-iiit-pet")
        images, notes = os.path.join(base, "images"), os.path.join(base, "annotations")
        if download and not (os.path.isdir(images) and os.path.isdir(notes)):
            for url, md5 in self._RESOURCES:
                download_and_extract_archive(url, base, md5=md5)
        require([images, os.path.join(notes, split + ".txt")])
        with open(os.path.join(notes, split + ".txt"), encoding="utf-8") as file:
            rows = [line.split() for line in file if line.strip()]  # name, class, species, breed of the species
        self._labels = [int(row[1]) - 1 for row in rows]
        self._bin_labels = [int(row[2]) - 1 for row in rows]
        self.bin_classes, self.bin_class_to_idx = ["Cat", "Dog"], {"Cat": 0, "Dog": 1}
        kinds = sorted({(label, row[0].rpartition("_")[0]) for label, row in zip(self._labels, rows)})
        self.classes = [" ".join(part.title() for part in name.split("_")) for _, name in kinds]
        self.class_to_idx = {name: i for i, name in enumerate(self.classes)}
        self._images = [os.path.join(images, row[0] + ".jpg") for row in rows]
        self._segs = [os.path.join(notes, "trimaps", row[0] + ".png") for row in rows]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image = default_loader(self._images[index])
        wanted = {
            "category": lambda: self._labels[index], "binary-category": lambda: self._bin_labels[index],
            "segmentation": lambda: pillow().open(self._segs[index]),
        }  # fmt: skip
        targets = [wanted[kind]() for kind in self._target_types]
        target: Any = tuple(targets) if len(targets) > 1 else targets[0] if targets else None
        return self.transforms(image, target) if self.transforms else (image, target)

    def __len__(self) -> int:
        return len(self._images)


class Omniglot(VisionDataset):
    """32,460 drawn characters of 50 alphabets, in `root/omniglot-py`: one class a character.

    Args: background: the 30 alphabets for training, else the 20 for testing; loader: a function of a path, by default
    Pillow's, in gray.
    Differs from torchvision: classes are in sorted order, not in that of the disk.
    Raises: RuntimeError when the archive or its folder is not there.
    Source: https://github.com/brendenlake/omniglot
    """

    folder = "omniglot-py"
    download_url_prefix = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python"
    zips_md5 = {
        "images_background": "68d2efa1b9178cc56df9314c21c6e718", "images_evaluation": "6b91aef0f799c5bb55b94e3f2daec811",
    }  # fmt: skip

    def __init__(
        self, root: Any, background: bool = True, transform: Callable | None = None,
        target_transform: Callable | None = None, download: bool = False, loader: Callable | None = None,
    ):  # fmt: skip
        super().__init__(os.path.join(root, self.folder), transform=transform, target_transform=target_transform)
        self.background, self.loader = background, loader
        name = "images_background" if background else "images_evaluation"
        self.target_folder = os.path.join(self.root, name)
        if download and not check_integrity(self.target_folder + ".zip", self.zips_md5[name]):
            download_and_extract_archive(f"{self.download_url_prefix}/{name}.zip", self.root, md5=self.zips_md5[name])
        require([self.target_folder])
        self._alphabets = sorted(list_dir(self.target_folder))
        self._characters = [
            os.path.join(alphabet, character)
            for alphabet in self._alphabets
            for character in sorted(list_dir(os.path.join(self.target_folder, alphabet)))
        ]
        self._flat_character_images = [
            (image, number)
            for number, character in enumerate(self._characters)
            for image in sorted(list_files(os.path.join(self.target_folder, character), ".png"))
        ]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        name, number = self._flat_character_images[index]
        path = os.path.join(self.target_folder, self._characters[number], name)
        return self._transformed(self.loader(path) if self.loader else pillow().open(path).convert("L"), number)

    def __len__(self) -> int:
        return len(self._flat_character_images)
