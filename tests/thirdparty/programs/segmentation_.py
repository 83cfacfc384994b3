"""segmentation-models-pytorch: encoders without weights, decoders, losses, metrics."""
# ruff: noqa: B023  (the functions are called before the loop goes on)

import segmentation_models_pytorch as smp
import torch
from report import show, train

# in double: batch norms over eight values make float32 gradients differ in the second digit
for make in (smp.Unet, smp.FPN, smp.Linknet, smp.PSPNet, smp.DeepLabV3Plus):
    torch.manual_seed(0)
    model = make("resnet18", encoder_weights=None, classes=3, in_channels=3).double()
    x, y = torch.randn(2, 3, 64, 64).double(), torch.randint(3, (2, 64, 64))
    loss = smp.losses.DiceLoss("multiclass")
    train(model, lambda: loss(model(x), y) + smp.losses.FocalLoss("multiclass")(model(x), y), 2, label=make.__name__)
for loss in (
    smp.losses.JaccardLoss("multiclass"),
    smp.losses.LovaszLoss("multiclass"),
    smp.losses.TverskyLoss("multiclass"),
):
    show(type(loss).__name__, loss(torch.linspace(-1, 1, 2 * 3 * 8 * 8).sin().reshape(2, 3, 8, 8), y[:, :8, :8]))
counts = smp.metrics.get_stats(model.eval()(x).argmax(1), y, mode="multiclass", num_classes=3)
show("iou", smp.metrics.iou_score(*counts, reduction="micro"), smp.metrics.f1_score(*counts, reduction="macro"))
