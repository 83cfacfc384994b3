"""Classifiers of images with torchvision's layers, names and initial weights, as in `torchvision.models`."""

from penlight.vision.absent import vision_getattr
from penlight.vision.models.alexnet import AlexNet, alexnet
from penlight.vision.models.convnext import ConvNeXt, convnext_base, convnext_large, convnext_small, convnext_tiny
from penlight.vision.models.densenet import DenseNet, densenet121, densenet161, densenet169, densenet201
from penlight.vision.models.efficientnet import (
    EfficientNet,
    efficientnet_b0,
    efficientnet_b1,
    efficientnet_b2,
    efficientnet_b3,
    efficientnet_b4,
    efficientnet_b5,
    efficientnet_b6,
    efficientnet_b7,
    efficientnet_v2_l,
    efficientnet_v2_m,
    efficientnet_v2_s,
)
from penlight.vision.models.googlenet import GoogLeNet, GoogLeNetOutputs, googlenet
from penlight.vision.models.inception import Inception3, InceptionOutputs, inception_v3
from penlight.vision.models.mnasnet import MNASNet, mnasnet0_5, mnasnet0_75, mnasnet1_0, mnasnet1_3
from penlight.vision.models.mobilenetv2 import MobileNetV2, mobilenet_v2
from penlight.vision.models.mobilenetv3 import MobileNetV3, mobilenet_v3_large, mobilenet_v3_small
from penlight.vision.models.regnet import RegNet
from penlight.vision.models.resnet import (
    ResNet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
    resnext50_32x4d,
    resnext101_32x8d,
    resnext101_64x4d,
    wide_resnet50_2,
    wide_resnet101_2,
)
from penlight.vision.models.shufflenetv2 import (
    ShuffleNetV2,
    shufflenet_v2_x0_5,
    shufflenet_v2_x1_0,
    shufflenet_v2_x1_5,
    shufflenet_v2_x2_0,
)
from penlight.vision.models.squeezenet import SqueezeNet, squeezenet1_0, squeezenet1_1
from penlight.vision.models.swin_transformer import (
    SwinTransformer,
    swin_b,
    swin_s,
    swin_t,
    swin_v2_b,
    swin_v2_s,
    swin_v2_t,
)
from penlight.vision.models.vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from penlight.vision.models.vision_transformer import (
    VisionTransformer,
    vit_b_16,
    vit_b_32,
    vit_h_14,
    vit_l_16,
    vit_l_32,
)
from penlight.vision.models.weights import BUILDERS as _BUILDERS
from penlight.vision.models.weights import ENUMS as _ENUMS
from penlight.vision.models.weights import (
    Weights,
    WeightsEnum,
    get_model,
    get_model_builder,
    get_model_weights,
    get_weight,
    list_models,
)

globals().update(_BUILDERS)  # those that are made in a loop have no import above
globals().update({_enum.__name__: _enum for _enum in _ENUMS.values()})  # ResNet18_Weights …

__all__ = [
    "AlexNet", "ConvNeXt", "DenseNet", "EfficientNet", "GoogLeNet", "GoogLeNetOutputs", "Inception3",
    "InceptionOutputs", "MNASNet", "MobileNetV2", "MobileNetV3", "RegNet", "ResNet", "ShuffleNetV2", "SqueezeNet",
    "SwinTransformer", "VGG", "VisionTransformer", "Weights", "WeightsEnum", "get_model", "get_model_builder",
    "get_model_weights", "get_weight", "list_models", *_BUILDERS, *(_enum.__name__ for _enum in _ENUMS.values()),
]  # fmt: skip

__getattr__ = vision_getattr(__name__, lazy=("_utils", "feature_extraction"))
