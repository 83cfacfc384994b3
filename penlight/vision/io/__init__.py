"""Image files, as in `torchvision.io`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.io import image
from penlight.vision.io.image import *  # noqa: F403
from penlight.vision.io.image import __all__ as _all

__all__ = [*_all]

__getattr__ = vision_getattr(__name__)
