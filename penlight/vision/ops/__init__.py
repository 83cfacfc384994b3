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
from penlight.vision.ops.deform_conv import DeformConv2d, deform_conv2d
from penlight.vision.ops.drop_block import DropBlock2d, DropBlock3d, drop_block2d, drop_block3d
from penlight.vision.ops.feature_pyramid_network import FeaturePyramidNetwork
from penlight.vision.ops.focal_loss import sigmoid_focal_loss
from penlight.vision.ops.iou_losses import complete_box_iou_loss, distance_box_iou_loss, generalized_box_iou_loss
from penlight.vision.ops.layers import (
    MLP,
    Conv2dNormActivation,
    Conv3dNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
    StochasticDepth,
    stochastic_depth,
)
from penlight.vision.ops.poolers import MultiScaleRoIAlign
from penlight.vision.ops.roi import (
    PSRoIAlign,
    PSRoIPool,
    RoIAlign,
    RoIPool,
    ps_roi_align,
    ps_roi_pool,
    roi_align,
    roi_pool,
)

__all__ = [
    "Conv2dNormActivation", "Conv3dNormActivation", "DeformConv2d", "DropBlock2d", "DropBlock3d",
    "FeaturePyramidNetwork", "FrozenBatchNorm2d", "MLP", "MultiScaleRoIAlign", "PSRoIAlign", "PSRoIPool", "Permute",
    "RoIAlign", "RoIPool", "SqueezeExcitation", "StochasticDepth", "batched_nms", "box_area", "box_convert", "box_iou",
    "clip_boxes_to_image", "complete_box_iou", "complete_box_iou_loss", "deform_conv2d", "distance_box_iou",
    "distance_box_iou_loss", "drop_block2d", "drop_block3d", "generalized_box_iou", "generalized_box_iou_loss",
    "masks_to_boxes", "nms", "ps_roi_align", "ps_roi_pool", "remove_small_boxes", "roi_align", "roi_pool",
    "sigmoid_focal_loss", "stochastic_depth",
]  # fmt: skip

__getattr__ = vision_getattr(__name__)
