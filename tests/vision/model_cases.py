"""What is compared of each model: the keys of its state, initial weights, outputs."""

from __future__ import annotations

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
squeezenet1_1 vgg11_bn vit_b_32
""".split()
RECORDED = FAMILIES


def small(name: str) -> dict:
    """Arguments that keep a run short."""
    return {"image_size": 64, "num_classes": 10} if name.startswith("vit") else {"num_classes": 10}


def facts(torch, models, name: str) -> dict:
    """Digest of the state's keys and shapes; for the models that are run, sums of initial weights and an output."""
    run = name in RUN
    torch.manual_seed(5)
    if run:
        model = getattr(models, name)(**small(name))
    else:
        with torch.device("meta"):
            model = getattr(models, name)(**small(name))
    text = "\n".join(f"{key} {tuple(value.shape)}" for key, value in model.state_dict().items())
    found = {"keys": len(model.state_dict()), "digest": hashlib.sha256(text.encode()).hexdigest()[:16]}
    if run:
        found["sums"] = [float(p.double().abs().sum()) for p in list(model.parameters())[:3]]
        found["next"] = float(torch.rand(1))
        model.eval()
        with torch.no_grad():
            found["logits"] = model(image(torch)).double()[0].tolist()
    return found


def image(torch):
    """(1, 3, 64, 64), the same everywhere."""
    ramp = torch.arange(3 * 64 * 64, dtype=torch.float64)
    return torch.sin(ramp * 0.37).reshape(1, 3, 64, 64).to(torch.float32)
