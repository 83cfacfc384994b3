"""Pascal VOC: photos with masks of classes, or with boxes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from penlight.vision.datasets.folder import default_loader
from penlight.vision.datasets.utils import download_and_extract_archive, verify_str_arg
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["VOCDetection", "VOCSegmentation"]

# Year -> archive at _HOME, its MD5 sum
_HOME = "https://thor.robots.ox.ac.uk/pascal/VOC/"
_ARCHIVES = {
    "2012": ("VOCtrainval_11-May-2012.tar", "6cd6e144f989b92b3379bac3b3de84fd"),
    "2011": ("VOCtrainval_25-May-2011.tar", "6c3384ef61512963050cb5d687e5bf1e"),
    "2010": ("VOCtrainval_03-May-2010.tar", "da459979d0c395079b5c75ee67908abb"),
    "2009": ("VOCtrainval_11-May-2009.tar", "a3e00b113cfcfebf17e343f59da3caa1"),
    "2008": ("VOCtrainval_14-Jul-2008.tar", "2629fa636546599198acfcfbfcf1904a"),
    "2007": ("VOCtrainval_06-Nov-2007.tar", "c52e279531787c972589f7e41ab4ae64"),
    "2007-test": ("VOCtest_06-Nov-2007.tar", "b6e924de25625d8de591ea690078ad9f"),
}


class _VOC(VisionDataset):
    _splits, _targets, _ending = "", "", ""

    def __init__(
        self, root: Any, year: str = "2012", image_set: str = "train", download: bool = False,
        transform: Callable | None = None, target_transform: Callable | None = None,
        transforms: Callable | None = None,
    ):  # fmt: skip
        super().__init__(root, transforms, transform, target_transform)
        self.year = verify_str_arg(year, "year", [str(number) for number in range(2007, 2013)])
        permitted = ["train", "trainval", "val"] + (["test"] if year == "2007" else [])
        self.image_set = verify_str_arg(image_set, "image_set", permitted)
        name, md5 = _ARCHIVES["2007-test" if (year, image_set) == ("2007", "test") else year]
        base = os.path.join(self.root, *(["TrainVal"] if year == "2011" else []), "VOCdevkit", f"VOC{year}")
        if download:
            download_and_extract_archive(f"{_HOME}voc{year}/{name}", self.root, md5=md5)
        listed = os.path.join(base, "ImageSets", self._splits, image_set + ".txt")
        if not os.path.isfile(listed):
            raise RuntimeError(
                "Dataset not found or corrupted. You can use download=True to download it. Expected "
                f"{os.path.abspath(listed)}"
            )
        with open(listed, encoding="utf-8") as file:
            names = [line.strip() for line in file]
        self.images = [os.path.join(base, "JPEGImages", name + ".jpg") for name in names]
        self.targets = [os.path.join(base, self._targets, name + self._ending) for name in names]

    def _read(self, path: str) -> Any:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        image, target = default_loader(self.images[index]), self._read(self.targets[index])
        return self.transforms(image, target) if self.transforms is not None else (image, target)

    def __len__(self) -> int:
        return len(self.images)


class VOCSegmentation(_VOC):
    """Pairs of a photo and a Pillow image of the classes of its pixels (255 at edges), in `root/VOCdevkit/VOC2012` ….

    Args: year: 2007 to 2012. image_set: train, trainval, val, and test of 2007.
    Raises: RuntimeError when the files are not there; ValueError for other years or sets.
    Source: http://host.robots.ox.ac.uk/pascal/VOC
    """

    _splits, _targets, _ending = "Segmentation", "SegmentationClass", ".png"

    @property
    def masks(self) -> list[str]:
        return self.targets

    def _read(self, path: str) -> Any:
        return pillow().open(path)


class VOCDetection(_VOC):
    """Pairs of a photo and a dict of its annotations, as in the XML file. Args and errors as for VOCSegmentation."""

    _splits, _targets, _ending = "Main", "Annotations", ".xml"

    @property
    def annotations(self) -> list[str]:
        return self.targets

    def _read(self, path: str) -> Any:
        return self.parse_voc_xml(ElementTree.parse(path).getroot())

    @staticmethod
    def parse_voc_xml(node: ElementTree.Element) -> dict[str, Any]:
        """{tag: text, or dict of the children}; tags that occur again make lists, `object` always does."""
        children: dict[str, list] = {}
        for child in node:
            for tag, value in VOCDetection.parse_voc_xml(child).items():
                children.setdefault(tag, []).append(value)
        if not children:
            text = (node.text or "").strip()
            return {node.tag: text} if text else {}
        kept = ("object",) if node.tag == "annotation" else ()
        values = {tag: v[0] if len(v) == 1 and tag not in kept else v for tag, v in children.items()}
        return {node.tag: values}
