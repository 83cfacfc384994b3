"""Transforms of images, Pillow's or tensors (…, C, H, W), as in `torchvision.transforms`.

Random transforms draw from torch's stream exactly as torchvision's do: same seed, same augmentations.
"""

from penlight.vision.absent import vision_getattr
from penlight.vision.transforms import functional
from penlight.vision.transforms.autoaugment import *  # noqa: F403
from penlight.vision.transforms.autoaugment import __all__ as _augmenting
from penlight.vision.transforms.transforms import *  # noqa: F403
from penlight.vision.transforms.transforms import __all__ as _all

__all__ = [*_augmenting, *_all]

__getattr__ = vision_getattr(__name__, lazy=("transforms", "v2"))
