"""Operators of detection and layers of models, as in `torchvision.ops`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.ops import boxes, misc
from penlight.vision.ops.boxes import (
    batched_nms,
    box_area,
    box_convert,
    box_iou,
    clip_boxes_to_image,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
    masks_to_boxes,
    nms,
    remove_small_boxes,
)
from penlight.vision.ops.focal_loss import sigmoid_focal_loss
from penlight.vision.ops.layers import (
    MLP,
    Conv2dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
    StochasticDepth,
    stochastic_depth,
)

__all__ = [
    "Conv2dNormActivation", "FrozenBatchNorm2d", "MLP", "Permute", "SqueezeExcitation", "StochasticDepth",
    "batched_nms", "box_area", "box_convert", "box_iou", "clip_boxes_to_image", "complete_box_iou",
    "distance_box_iou", "generalized_box_iou", "masks_to_boxes", "nms", "remove_small_boxes", "sigmoid_focal_loss",
    "stochastic_depth",
]  # fmt: skip

__getattr__ = vision_getattr(__name__)
