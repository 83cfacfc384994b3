"""Images sorted into one folder a class."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from penlight.vision.absent import vision_getattr
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.pillow import pillow

__all__ = ["DatasetFolder", "ImageFolder", "default_loader", "find_classes", "make_dataset", "pil_loader"]

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def has_file_allowed_extension(filename: str, extensions: str | tuple[str, ...]) -> bool:
    """Tell whether a file's name ends with one of the extensions, in any case.

    >>> has_file_allowed_extension("a.PNG", IMG_EXTENSIONS)
    True
    """
    return filename.lower().endswith(extensions if isinstance(extensions, str) else tuple(extensions))


def is_image_file(filename: str) -> bool:
    """Tell whether a file's name is that of an image."""
    return has_file_allowed_extension(filename, IMG_EXTENSIONS)


def find_classes(directory: Any) -> tuple[list[str], dict[str, int]]:
    """The names of the folders, sorted, and their numbers.

    Raises: FileNotFoundError when there are none.
    """
    classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
    return classes, {name: i for i, name in enumerate(classes)}


def make_dataset(
    directory: str | os.PathLike, class_to_idx: dict[str, int] | None = None,
    extensions: str | tuple[str, ...] | None = None, is_valid_file: Callable[[str], bool] | None = None,
    allow_empty: bool = False,
) -> list[tuple[str, int]]:  # fmt: skip
    """List (path, class number) of all files below the classes' folders, sorted.

    Raises: ValueError unless exactly one of `extensions` and `is_valid_file` is given; FileNotFoundError for classes
    without files.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        _, class_to_idx = find_classes(directory)
    elif not class_to_idx:
        raise ValueError("'class_to_index' must have at least one entry to collect any samples.")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")

    def accepted(path: str) -> bool:
        return has_file_allowed_extension(path, extensions) if is_valid_file is None else is_valid_file(path)  # type: ignore[arg-type]

    found, empty = [], set(class_to_idx)
    for name in sorted(class_to_idx):
        folder = os.path.join(directory, name)
        if not os.path.isdir(folder):
            continue
        for place, _, files in sorted(os.walk(folder, followlinks=True)):
            for path in (os.path.join(place, file) for file in sorted(files)):
                if accepted(path):
                    found.append((path, class_to_idx[name]))
                    empty.discard(name)
    if empty and not allow_empty:
        message = f"Found no valid file for the classes {', '.join(sorted(empty))}. "
        if extensions is not None:
            message += (
                f"Supported extensions are: {extensions if isinstance(extensions, str) else ', '.join(extensions)}"
            )
        raise FileNotFoundError(message)
    return found


def pil_loader(path: str | os.PathLike) -> Any:
    """Open an image with Pillow, as RGB."""
    with open(path, "rb") as file:  # which Pillow would leave open
        return pillow().open(file).convert("RGB")


def default_loader(path: str | os.PathLike) -> Any:
    """Open an image as RGB."""
    return pil_loader(path)


class DatasetFolder(VisionDataset):
    """Files sorted into one folder a class: root/class_x/….

    Args: loader: function of a path; extensions or is_valid_file: which files count; allow_empty: accept classes without
    files. `samples` holds (path, class number), `targets` the numbers, `classes` and `class_to_idx` the names.
    Raises: FileNotFoundError for no class, or classes without files.
    """

    def __init__(
        self, root: Any, loader: Callable[[str], Any], extensions: tuple[str, ...] | None = None,
        transform: Callable | None = None, target_transform: Callable | None = None,
        is_valid_file: Callable[[str], bool] | None = None, allow_empty: bool = False,
    ):  # fmt: skip
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.classes, self.class_to_idx = self.find_classes(self.root)
        self.loader, self.extensions = loader, extensions
        self.samples = self.make_dataset(self.root, self.class_to_idx, extensions, is_valid_file, allow_empty)
        self.targets = [target for _, target in self.samples]

    @staticmethod
    def make_dataset(
        directory: Any, class_to_idx: dict[str, int], extensions: tuple[str, ...] | None = None,
        is_valid_file: Callable[[str], bool] | None = None, allow_empty: bool = False,
    ) -> list[tuple[str, int]]:  # fmt: skip
        """`make_dataset`; a subclass may choose other files."""
        if class_to_idx is None:
            raise ValueError("The class_to_idx parameter cannot be None.")
        return make_dataset(directory, class_to_idx, extensions, is_valid_file, allow_empty)

    def find_classes(self, directory: Any) -> tuple[list[str], dict[str, int]]:
        """`find_classes`; a subclass may choose other classes."""
        return find_classes(directory)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        return self._transformed(self.loader(path), target)

    def __len__(self) -> int:
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """Images sorted into one folder a class: root/dog/1.png, root/cat/2.png, ….

    `imgs` is `samples`. Args and errors as for DatasetFolder.
    Source: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
    """

    def __init__(
        self, root: Any, transform: Callable | None = None, target_transform: Callable | None = None,
        loader: Callable[[str], Any] = default_loader, is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ):  # fmt: skip
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs = self.samples


__getattr__ = vision_getattr(__name__)
