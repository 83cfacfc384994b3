"""Counting parameters and operations with thop, ptflops and fvcore; fvcore's losses and initialisations."""

import torch
from fvcore import nn as fv
from ptflops import get_model_complexity_info
from report import show
from thop import clever_format, profile
from torchvision.models import mobilenet_v2, resnet18

torch.manual_seed(0)
for make in (resnet18, mobilenet_v2):
    model = make(num_classes=10).eval()
    show(make.__name__, *clever_format(profile(model, (torch.randn(1, 3, 64, 64),), verbose=False), "%.3f"))
    found = get_model_complexity_info(
        model, (3, 64, 64), print_per_layer_stat=False, as_strings=False, backend="pytorch"
    )
    show("ptflops", *found)
    show("fvcore", sum(fv.parameter_count(model).values()), len(fv.parameter_count_table(model)))
layers = torch.nn.Sequential(torch.nn.LSTM(4, 8, 2))
show("lstm", *profile(layers, (torch.randn(5, 2, 4),), verbose=False))
x, y = torch.randn(6, 4, requires_grad=True), torch.randint(0, 2, (6, 4)).float()
boxes = torch.tensor([[0.0, 0, 4, 4], [1, 1, 3, 5]]), torch.tensor([[1.0, 1, 5, 5], [0, 2, 3, 4]])
for value in (
    fv.sigmoid_focal_loss(x, y, 0.25, 2, "mean"), fv.sigmoid_focal_loss_star(x, y, 0.25, 2, "sum"),
    fv.smooth_l1_loss(x, y, 0.5, "mean"), fv.giou_loss(*boxes, "mean"),
):  # fmt: skip
    show("loss", value)
layer = torch.nn.Conv2d(3, 4, 3)
fv.c2_msra_fill(layer)
show("msra", layer.weight)
fv.c2_xavier_fill(layer)
show("xavier", layer.weight)
