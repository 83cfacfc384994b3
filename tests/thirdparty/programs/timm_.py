"""Small timm models: forward, backward, state, features, an optimizer, a scheduler and a loss of timm's."""
# tolerance: 2e-3, because the sum of levit_128s's gradients is 53,772 in float64, 43 less in PyTorch, 37 more here

import numpy as np
import timm
import torch
from report import show, train
from timm.data import Mixup, create_transform, resolve_data_config
from timm.loss import LabelSmoothingCrossEntropy
from timm.optim import create_optimizer_v2
from timm.scheduler import CosineLRScheduler
from timm.utils import ModelEmaV2, accuracy

names = ("resnet18", "vit_tiny_patch16_224", "mobilenetv3_small_050", "convnext_atto", "efficientnet_lite0", "regnetx_002",
         "mixer_s32_224", "swin_tiny_patch4_window7_224", "ghostnet_050", "edgenext_xx_small", "levit_128s")  # fmt: skip
for name in names:
    torch.manual_seed(0)
    size = {"img_size": 64} if name.startswith(("vit", "mixer")) else {}
    model = timm.create_model(name, num_classes=10, **size)
    x = torch.randn(2, 3, *[224 if name.startswith(("swin", "levit", "edge")) else 64] * 2)
    model.train()
    loss = LabelSmoothingCrossEntropy(0.1)(model(x), torch.tensor([3, 7]))
    loss.backward()
    show(name, sum(p.numel() for p in model.parameters()), loss, len(model.state_dict()))
    show("gradient", sum(p.grad.abs().sum() for p in model.parameters() if p.grad is not None))
    with torch.no_grad():
        show("evaluated", model.eval()(x))
np.random.seed(0)
torch.manual_seed(0)
features = timm.create_model("resnet18", features_only=True, out_indices=(1, 3))
show("features", *features(torch.randn(1, 3, 64, 64)))
model = timm.create_model("resnet10t", num_classes=4)
optimizer = create_optimizer_v2(model, opt="adamw", lr=1e-3, weight_decay=0.05, layer_decay=0.75)
scheduler, ema = CosineLRScheduler(optimizer, t_initial=4, warmup_t=1, warmup_lr_init=1e-5), ModelEmaV2(model, 0.9)
x, y = torch.randn(4, 3, 32, 32), torch.arange(4)
mixed, target = Mixup(mixup_alpha=0.4, num_classes=4, label_smoothing=0.1)(x.clone(), y)
train(model, lambda: torch.sum(-target * model(mixed).log_softmax(-1), -1).mean(), 3, optimizer)
scheduler.step(2)
ema.update(model)
show("rates", *[g["lr"] for g in optimizer.param_groups])
show("ema", sum(v.double().sum() for v in ema.module.state_dict().values()), *accuracy(model(x), y, (1, 2)))
print(create_transform(**resolve_data_config({}, model=model)))
