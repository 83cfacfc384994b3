"""What is compared of each model: the keys of its state, initial weights, outputs."""

from __future__ import annotations

import contextlib
import hashlib

FAMILIES = """
alexnet convnext_base convnext_large convnext_small convnext_tiny densenet121 densenet161 densenet169 densenet201
efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6
efficientnet_b7 efficientnet_v2_l efficientnet_v2_m efficientnet_v2_s googlenet inception_v3 mnasnet0_5 mnasnet0_75
mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_16gf regnet_x_1_6gf regnet_x_32gf
regnet_x_3_2gf regnet_x_400mf regnet_x_800mf regnet_x_8gf regnet_y_128gf regnet_y_16gf regnet_y_1_6gf regnet_y_32gf
regnet_y_3_2gf regnet_y_400mf regnet_y_800mf regnet_y_8gf resnet101 resnet152 resnet18 resnet34 resnet50
resnext101_32x8d resnext101_64x4d resnext50_32x4d shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5
shufflenet_v2_x2_0 squeezenet1_0 squeezenet1_1 swin_b swin_s swin_t swin_v2_b swin_v2_s swin_v2_t vgg11 vgg11_bn vgg13
vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn vit_b_16 vit_b_32 vit_h_14 vit_l_16 vit_l_32 wide_resnet101_2 wide_resnet50_2
""".split()
HUGE = ("vit_h_14", "regnet_y_128gf")  # 2.5 GB each: live only
# Smaller nets of the same classes, where drawing the weights of a published size takes seconds
REDUCED = {
    "googlenet.small": "M.GoogLeNet(10, init_weights=False, transform_input=True)",
    "inception.small": "M.Inception3(10, init_weights=False, transform_input=True)",
    "mobilenetv3.small": "M.mobilenet_v3_large(num_classes=10, reduced_tail=True, dilated=True, width_mult=0.6)",
    "resnet.small": "M.ResNet(M.resnet.Bottleneck, [1, 1, 2, 1], 10, True, 2, 32, [False, True, True])",
    "efficientnet.small": "M.EfficientNet([E.FusedMBConvConfig(1, 3, 1, 8, 8, 2), E.FusedMBConvConfig(4, 3, 2, 8, 16, 2),"
    " E.MBConvConfig(4, 5, 2, 16, 24, 1, 1.0, 1.7)], 0.2, 0.3, 10)",
    "vit.small": "M.VisionTransformer(64, 16, 2, 2, 12, 20, num_classes=10, representation_size=8)",
    "convnext.small": "M.ConvNeXt([C(8, 16, 2), C(16, None, 2)], 0.2, 0.1, 10)",
    "swin.small": "M.SwinTransformer([4, 4], 12, [2, 2], [2, 3], [5, 3], num_classes=10)",
    "swin.small.v2": "M.SwinTransformer([4, 4], 12, [2, 2], [2, 3], [6, 5], num_classes=10, block=S.SwinTransformerBlockV2,"
    " downsample_layer=S.PatchMergingV2)",
}
# One of each kind is run; the others differ in sizes only, and have their keys and shapes compared.
RUN = (
    """
densenet121 efficientnet_b0 mnasnet0_5 mobilenet_v2 mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18
shufflenet_v2_x0_5 squeezenet1_0 squeezenet1_1
""".split()
    + [*REDUCED]
)
# Built and run only where torchvision can be imported: large, or slow to draw
LIVE = (
    RUN
    + """
alexnet convnext_tiny efficientnet_v2_s googlenet inception_v3 mobilenet_v3_large resnet50 resnext50_32x4d swin_t
swin_v2_t vgg11 vgg11_bn vit_b_32
""".split()
)
RECORDED = [*FAMILIES, *REDUCED]


def make(models, name: str):
    """The model, with arguments that keep a run short."""
    if name in REDUCED:
        known = {
            "M": models,
            "C": models.convnext.CNBlockConfig,
            "E": models.efficientnet,
            "S": models.swin_transformer,
        }
        return eval(REDUCED[name], known)
    return getattr(models, name)(**small(name))


def small(name: str) -> dict:
    """Arguments that keep a run short."""
    options: dict = {"num_classes": 10}
    if name.startswith("vit"):
        options["image_size"] = 56 if name == "vit_h_14" else 64
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = True
    return options


@contextlib.contextmanager
def without_initial_weights(torch):
    """Make models without the time that initial weights take."""
    kept = {name: value for name, value in vars(torch.nn.init).items() if name.endswith("_") and callable(value)}
    try:
        for name in kept:
            setattr(torch.nn.init, name, lambda tensor, *arguments, **options: tensor)
        yield
    finally:
        for name, value in kept.items():
            setattr(torch.nn.init, name, value)


def keys(torch, models, name: str) -> list:
    """[how many, digest] of the state's keys and shapes."""
    with without_initial_weights(torch):
        state = make(models, name).state_dict()
    text = "\n".join(f"{key} {tuple(value.shape)}" for key, value in state.items())
    return [len(state), hashlib.sha256(text.encode()).hexdigest()[:16]]


def seeded(torch, models, name: str):
    """(model with initial weights for seed 5, the next random number)."""
    torch.manual_seed(5)
    model = make(models, name)
    after = float(torch.rand(1))
    if name.startswith("vit"):  # its last layer begins as zero, and would hide everything
        with torch.no_grad():
            weight = model.heads.head.weight
            weight.copy_(torch.sin(torch.arange(weight.numel(), dtype=torch.float64)).reshape(weight.shape))
    return model.eval(), after


def deep(torch, model, name: str) -> list[float]:
    """The output in float64, with norms that use the statistics of the image.

    The statistics of a new net make nothing of deep layers; those of an image do not, and enlarge errors of rounding.
    """
    model.double()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.train()
    with torch.no_grad():
        return model(image(torch, name).double())[0].tolist()


def facts(torch, models, name: str) -> dict:
    """The keys; for the models that are run, sums of initial weights and an output."""
    found = {"keys": keys(torch, models, name)}
    if name in RUN:
        model, found["next"] = seeded(torch, models, name)
        found["sums"] = [float(p.detach().double().abs().sum()) for p in model.parameters()]
        found["logits"] = deep(torch, model, name)
    return found


def image(torch, name: str):
    """(1, 3, H, W), the same everywhere."""
    size = 128 if name.startswith("inception") else 64
    ramp = torch.arange(3 * size * size, dtype=torch.float64)
    return torch.sin(ramp * 0.37).reshape(1, 3, size, size).to(torch.float32)
