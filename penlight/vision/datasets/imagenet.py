"""ImageNet 2012, unpacked into one folder a class."""

from __future__ import annotations

import os
from typing import Any

from penlight.io import load
from penlight.vision.datasets.folder import ImageFolder
from penlight.vision.datasets.utils import verify_str_arg

__all__ = ["ImageNet"]


class ImageNet(ImageFolder):
    """Photos in `root/train` and `root/val`, in folders named by WordNet ids, with `root/meta.bin` for the classes' names.

    `wnids` are the folders, `classes` tuples of names, `class_to_idx` name -> number.
    Differs from torchvision: the archives of ILSVRC2012 are not unpacked here; `meta.bin` is the file that torchvision
    writes, or `penlight.save((wnid -> tuple of names, list of the validation photos' ids), "meta.bin")`.

    Args: split: train or val. Others as for ImageFolder.
    Raises: RuntimeError when folder or file is not there; ValueError for other splits.
    Source: https://www.image-net.org
    """

    def __init__(self, root: Any, split: str = "train", **kwargs: Any):
        self.split = verify_str_arg(split, "split", ("train", "val"))
        root = os.path.expanduser(root)
        meta, folder = os.path.join(root, "meta.bin"), os.path.join(root, split)
        for path, kind in ((meta, "file"), (folder, "folder")):
            if not os.path.exists(path):
                raise RuntimeError(
                    f"The {kind} {os.path.abspath(path)} is not present. ImageNet has to be downloaded by hand "
                    "(https://www.image-net.org) and unpacked into one folder a class, with the names in meta.bin; for "
                    "folders without meta.bin use ImageFolder"
                )
        wnid_to_classes = load(meta, weights_only=True)[0]
        super().__init__(folder, **kwargs)
        self.root, self.split_folder = root, folder
        self.wnids, self.wnid_to_idx = self.classes, self.class_to_idx
        self.classes = [wnid_to_classes[wnid] for wnid in self.wnids]  # type: ignore[assignment]
        self.class_to_idx = {name: i for i, names in enumerate(self.classes) for name in names}

    def extra_repr(self) -> str:
        return f"Split: {self.split}"
