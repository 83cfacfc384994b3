"""Random images, for trying a program out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import penlight as torch
from penlight.vision.datasets.vision import VisionDataset
from penlight.vision.transforms import functional as F

__all__ = ["FakeData"]


class FakeData(VisionDataset):
    """Random Pillow images with random classes; the same at each index each time, and torch's stream is left as it is.

    Args: size: how many. image_size: (C, H, W). random_offset: added to the index to make the seed.
    Raises: IndexError beyond the end.
    """

    def __init__(
        self, size: int = 1000, image_size: tuple[int, int, int] = (3, 224, 224), num_classes: int = 10,
        transform: Callable | None = None, target_transform: Callable | None = None, random_offset: int = 0,
    ):  # fmt: skip
        super().__init__(transform=transform, target_transform=target_transform)
        self.size, self.num_classes = size, num_classes
        self.image_size, self.random_offset = image_size, random_offset

    def __getitem__(self, index: int) -> tuple[Any, int]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        generator = torch.Generator().manual_seed(index + self.random_offset)
        noise = torch.randn(*self.image_size, generator=generator)
        target = int(torch.randint(0, self.num_classes, size=(1,), generator=generator))
        return self._transformed(F.to_pil_image(noise), target)

    def __len__(self) -> int:
        return self.size
