"""MS COCO: photos with boxes, masks and captions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from penlight.vision.datasets.folder import default_loader
from penlight.vision.datasets.vision import VisionDataset

__all__ = ["CocoCaptions", "CocoDetection"]


def _listed(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


class COCO:
    """The annotations of a file: `imgs`, `anns`, `cats` by id, `imgToAnns`; what datasets use of pycocotools' class.

    Masks as run lengths are not decoded: that takes pycocotools.
    """

    def __init__(self, annotation_file: str | os.PathLike):
        with open(annotation_file, encoding="utf-8") as file:
            self.dataset = json.load(file)
        self.imgs = {image["id"]: image for image in self.dataset.get("images", ())}
        self.anns = {note["id"]: note for note in self.dataset.get("annotations", ())}
        self.cats = {kind["id"]: kind for kind in self.dataset.get("categories", ())}
        self.imgToAnns: dict[Any, list] = {}
        for note in self.dataset.get("annotations", ()):
            self.imgToAnns.setdefault(note["image_id"], []).append(note)

    def getAnnIds(self, imgIds: Any) -> list:
        return [note["id"] for image in _listed(imgIds) for note in self.imgToAnns.get(image, ())]

    def loadAnns(self, ids: Any) -> list:
        return [self.anns[number] for number in _listed(ids)]

    def loadImgs(self, ids: Any) -> list:
        return [self.imgs[number] for number in _listed(ids)]

    def loadCats(self, ids: Any) -> list:
        return [self.cats[number] for number in _listed(ids)]

    def getImgIds(self) -> list:
        return list(self.imgs)

    def getCatIds(self) -> list:
        return list(self.cats)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"penlight's COCO has no {name!r}; it has the annotations only: use pycocotools for more")


class CocoDetection(VisionDataset):
    """Pairs of a photo and the list of its annotations, dicts as in the file.

    Args: root: the folder of the photos; annFile: the JSON file of annotations. `ids` are the photos' numbers, sorted.
    Raises: FileNotFoundError for a missing file.
    Source: https://cocodataset.org
    """

    def __init__(
        self, root: Any, annFile: str, transform: Callable | None = None, target_transform: Callable | None = None,
        transforms: Callable | None = None,
    ):  # fmt: skip
        super().__init__(root, transforms, transform, target_transform)
        self.coco = COCO(annFile)
        self.ids = sorted(self.coco.imgs)

    def _load_image(self, id: int) -> Any:
        return default_loader(os.path.join(self.root, self.coco.loadImgs(id)[0]["file_name"]))

    def _load_target(self, id: int) -> list[Any]:
        return self.coco.loadAnns(self.coco.getAnnIds(id))

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not isinstance(index, int):
            raise ValueError(f"Index must be of type integer, got {type(index)} instead.")
        image, target = self._load_image(self.ids[index]), self._load_target(self.ids[index])
        return self.transforms(image, target) if self.transforms is not None else (image, target)

    def __len__(self) -> int:
        return len(self.ids)


class CocoCaptions(CocoDetection):
    """Pairs of a photo and the list of its captions. Args and errors as for CocoDetection."""

    def _load_target(self, id: int) -> list[str]:
        return [note["caption"] for note in super()._load_target(id)]
