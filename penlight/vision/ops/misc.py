"""Layers under torchvision's name of the module, `torchvision.ops.misc`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.ops.layers import MLP, Conv2dNormActivation, FrozenBatchNorm2d, Permute, SqueezeExcitation

__all__ = ["Conv2dNormActivation", "FrozenBatchNorm2d", "MLP", "Permute", "SqueezeExcitation"]

__getattr__ = vision_getattr(__name__)
