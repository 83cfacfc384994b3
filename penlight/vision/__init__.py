"""Images: transforms, datasets, models and operators, as in torchvision."""

from penlight.vision.absent import vision_getattr
from penlight.vision.backend import get_image_backend, set_image_backend
from penlight.vision.version import __version__

__all__ = [
    "__version__", "datasets", "get_image_backend", "io", "models", "ops", "set_image_backend", "transforms", "tv_tensors",
    "utils",
]  # fmt: skip
_LAZY = ("datasets", "io", "models", "ops", "transforms", "tv_tensors", "utils")

__getattr__ = vision_getattr(__name__, lazy=_LAZY)


def __dir__() -> list[str]:
    return sorted({name for name in globals() if not name.startswith("_")} | {*_LAZY, "__version__"})
