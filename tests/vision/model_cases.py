"""What is compared of each model: the keys of its state, initial weights, outputs."""

from __future__ import annotations

import contextlib
import hashlib

FAMILIES = """
alexnet densenet121 densenet161 densenet169 densenet201 efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3
efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7 efficientnet_v2_l efficientnet_v2_m efficientnet_v2_s
mobilenet_v2 resnet101 resnet152 resnet18 resnet34 resnet50 resnext101_32x8d resnext101_64x4d resnext50_32x4d
squeezenet1_0 squeezenet1_1 vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn vit_b_16 vit_b_32 vit_h_14
vit_l_16 vit_l_32 wide_resnet101_2 wide_resnet50_2
""".split()
# One of each kind is run; the others differ in sizes only, and have their keys and shapes compared.
RUN = """
alexnet densenet121 efficientnet_b0 efficientnet_v2_s mobilenet_v2 resnet18 resnet50 resnext50_32x4d squeezenet1_0
squeezenet1_1 vit_b_32
""".split()
# Built and run only where torchvision can be imported: 0.5 GB
LIVE = [*RUN, "vgg11_bn", "vgg11"]
RECORDED = FAMILIES


def small(name: str) -> dict:
    """Arguments that keep a run short."""
    size = {"image_size": 56 if name == "vit_h_14" else 64} if name.startswith("vit") else {}
    return {**size, "num_classes": 10}


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
        state = getattr(models, name)(**small(name)).state_dict()
    text = "\n".join(f"{key} {tuple(value.shape)}" for key, value in state.items())
    return [len(state), hashlib.sha256(text.encode()).hexdigest()[:16]]


def seeded(torch, models, name: str):
    """(model with initial weights for seed 5, the next random number)."""
    torch.manual_seed(5)
    model = getattr(models, name)(**small(name))
    after = float(torch.rand(1))
    if name.startswith("vit"):  # its last layer begins as zero, and would hide everything
        with torch.no_grad():
            model.heads.head.weight.copy_(torch.sin(torch.arange(7680, dtype=torch.float64)).reshape(10, 768))
    return model.eval(), after


def facts(torch, models, name: str) -> dict:
    """The keys; for the models that are run, sums of initial weights and an output."""
    found = {"keys": keys(torch, models, name)}
    if name in RUN:
        model, found["next"] = seeded(torch, models, name)
        found["sums"] = [float(p.detach().double().abs().sum()) for p in model.parameters()]
        with torch.no_grad():
            found["logits"] = model(image(torch)).double()[0].tolist()
    return found


def image(torch):
    """(1, 3, 64, 64), the same everywhere."""
    ramp = torch.arange(3 * 64 * 64, dtype=torch.float64)
    return torch.sin(ramp * 0.37).reshape(1, 3, 64, 64).to(torch.float32)
