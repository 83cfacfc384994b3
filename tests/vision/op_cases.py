"""Operators as expressions, evaluated alike with torchvision and with penlight; each starts from seed 3."""

from __future__ import annotations

VALUES = """
O.box_area(a)
O.box_area((a * 9).to(torch.int16))
O.box_iou(a, b)
O.generalized_box_iou(a, b)
O.distance_box_iou(a, b)
O.complete_box_iou(a, b)
O.box_iou((a * 9).long(), (b * 9).long())
O.box_convert(a, "xyxy", "xywh")
O.box_convert(a, "xyxy", "cxcywh")
O.box_convert(a, "xywh", "xyxy")
O.box_convert(a, "cxcywh", "xywh")
O.box_convert(a, "xywh", "cxcywh")
O.clip_boxes_to_image(a * 3 - 1, (2, 3))
O.remove_small_boxes(a, 0.5)
O.masks_to_boxes(torch.stack([torch.eye(4), torch.ones(4, 4).tril(-2)]))
O.sigmoid_focal_loss(x, (x > 0.1).float())
O.sigmoid_focal_loss(x, (x > 0.1).float(), -1, 3, "mean")
O.sigmoid_focal_loss(x, (x > 0.1).float(), 0.6, 1.5, "sum")
O.stochastic_depth(x, 0.4, "row")
O.stochastic_depth(x, 0.4, "batch")
O.StochasticDepth(0.4, "row").eval()(x)
O.MLP(3, [5, 4, 2])(x)
O.MLP(3, [5, 2], torch.nn.LayerNorm, torch.nn.GELU, dropout=0.3)(x)
O.FrozenBatchNorm2d(3)(x.reshape(1, 3, 2, 2) + torch.ones(1))
O.SqueezeExcitation(4, 2)(x.reshape(1, 4, 3, 1))
O.Conv2dNormActivation(3, 5, (3, 5), 2, bias=True).eval()(x.reshape(2, 3, 2, 1))
O.Conv2dNormActivation(1, 2, dilation=2, norm_layer=None, activation_layer=torch.nn.Tanh, inplace=None)(x[None, None])
""".strip().splitlines()


def names(torch, torchvision) -> dict[str, object]:
    ramp = torch.arange(20, dtype=torch.float64)
    points = (torch.sin(ramp * 1.7) + 1).reshape(5, 4).to(torch.float32)
    a = torch.cat([points[:, :2], points[:, :2] + points[:, 2:] + 0.1], 1)
    b = a[:3].flip(0) * 0.8 + 0.1
    x = torch.cos(ramp[:12] * 2.3).reshape(4, 3).to(torch.float32)
    return {"torch": torch, "O": torchvision.ops, "a": a, "b": b, "x": x}


def leaves(value) -> list:
    return [str(value.dtype).replace("torch.", ""), list(value.shape), value.detach().double().reshape(-1).tolist()]
