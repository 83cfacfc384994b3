"""Models of efficientnet-pytorch, facenet-pytorch and spandrel without their weights; detection of what a state is of."""

import torch
from efficientnet_pytorch import EfficientNet
from facenet_pytorch import InceptionResnetV1, fixed_image_standardization
from report import show, train
from spandrel import ModelLoader
from spandrel.architectures.Compact import Compact
from spandrel.architectures.ESRGAN import ESRGAN
from spandrel.architectures.SwinIR import SwinIR

torch.manual_seed(0)
x = torch.randn(2, 3, 64, 64)
model = EfficientNet.from_name("efficientnet-b0", num_classes=5, image_size=64)
train(model, lambda: torch.nn.functional.cross_entropy(model(x), torch.tensor([1, 3])), 1, label="efficientnet")
show("features", model.eval().extract_features(x), sorted(model.extract_endpoints(x)))
faces = InceptionResnetV1(pretrained=None, classify=False).eval()
show("faces", faces(fixed_image_standardization(torch.rand(2, 3, 80, 80) * 255)))
for net in (
    ESRGAN(num_filters=8, num_blocks=1, scale=2), Compact(num_feat=8, num_conv=2, upscale=2),
    SwinIR(embed_dim=12, depths=[2], num_heads=[2], img_size=16, window_size=4, upscale=2, upsampler="pixelshuffle"),
):  # fmt: skip
    small = torch.rand(1, 3, 16, 16)
    train(net, lambda: net(small).square().mean(), 1, label=type(net).__name__)  # noqa: B023
    found = ModelLoader().load_from_state_dict(net.state_dict())
    show("found", found.architecture.name, found.scale, found.purpose, found.tags)
    show("again", found(small))
