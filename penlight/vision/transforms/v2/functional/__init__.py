"""Functions on images, videos, masks, boxes and key points, as in `torchvision.transforms.v2.functional`.

`f(inpt, …)` looks at the class of its input (see `torchvision.tv_tensors`) and calls `f_image`, `f_mask` and so on, which
take plain tensors.
Source: https://docs.pytorch.org/vision/stable/transforms.html
"""

from penlight.vision.absent import vision_getattr
from penlight.vision.transforms.interpolation import InterpolationMode
from penlight.vision.transforms.v2.functional.boxes import *  # noqa: F403
from penlight.vision.transforms.v2.functional.color import *  # noqa: F403
from penlight.vision.transforms.v2.functional.dispatch import is_pure_tensor, register_kernel
from penlight.vision.transforms.v2.functional.geometry import *  # noqa: F403
from penlight.vision.transforms.v2.functional.meta import *  # noqa: F403
from penlight.vision.transforms.v2.functional.misc import *  # noqa: F403
from penlight.vision.transforms.v2.functional.warp import *  # noqa: F403

__getattr__ = vision_getattr(__name__)
