"""Transforms of whole samples: images, videos, masks, boxes and key points together, as in `torchvision.transforms.v2`.

The functions are those of v1 where both have them. Random transforms draw from torch's stream exactly as torchvision's
do: same seed, same augmentations.
"""

from penlight.vision.absent import vision_getattr
from penlight.vision.transforms.autoaugment import AutoAugmentPolicy
from penlight.vision.transforms.interpolation import InterpolationMode
from penlight.vision.transforms.v2 import functional
from penlight.vision.transforms.v2.augment import *  # noqa: F403
from penlight.vision.transforms.v2.auto_augment import *  # noqa: F403
from penlight.vision.transforms.v2.color import *  # noqa: F403
from penlight.vision.transforms.v2.containers import *  # noqa: F403
from penlight.vision.transforms.v2.geometry import *  # noqa: F403
from penlight.vision.transforms.v2.misc import *  # noqa: F403
from penlight.vision.transforms.v2.transform import (
    Transform,
    check_type,
    get_bounding_boxes,
    get_keypoints,
    has_all,
    has_any,
    query_chw,
    query_size,
)
from penlight.vision.transforms.v2.warping import *  # noqa: F403

__getattr__ = vision_getattr(__name__)
