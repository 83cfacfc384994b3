"""Layers under torchvision's name of the module, `torchvision.ops.misc`."""

from penlight.nn.functional import interpolate
from penlight.vision.absent import vision_getattr
from penlight.vision.ops.layers import (
    MLP,
    Conv2dNormActivation,
    Conv3dNormActivation,
    ConvNormActivation,
    FrozenBatchNorm2d,
    Permute,
    SqueezeExcitation,
)

__all__ = [
    "Conv2dNormActivation", "Conv3dNormActivation", "ConvNormActivation", "FrozenBatchNorm2d", "MLP", "Permute",
    "SqueezeExcitation", "interpolate",
]  # fmt: skip

__getattr__ = vision_getattr(__name__)
