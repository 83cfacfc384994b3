"""Tensors that say what they hold: images, videos, masks, boxes, key points, as in `torchvision.tv_tensors`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.tv_tensors.boxes import BoundingBoxes, BoundingBoxFormat, KeyPoints, is_rotated_bounding_format
from penlight.vision.tv_tensors.tensors import Image, Mask, TVTensor, Video, set_return_type, wrap

__all__ = [
    "BoundingBoxFormat", "BoundingBoxes", "Image", "KeyPoints", "Mask", "TVTensor", "Video",
    "is_rotated_bounding_format", "set_return_type", "wrap",
]  # fmt: skip

__getattr__ = vision_getattr(__name__)
