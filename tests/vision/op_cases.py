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
O.Conv3dNormActivation(1, 2, (3, 1, 3), dilation=2)(x.reshape(1, 1, 3, 2, 2))
O.box_iou(a, b.abs(), "xywh")
O.box_iou(a, b, fmt="cxcywh")
O.box_convert(rotated, "xywhr", "cxcywhr")
O.box_convert(rotated, "cxcywhr", "xywhr")
O.box_convert(rotated, "xywhr", "xyxyxyxy")
O.box_convert(rotated, "cxcywhr", "xyxyxyxy")
O.box_convert(O.box_convert(rotated, "xywhr", "xyxyxyxy"), "xyxyxyxy", "cxcywhr")
O.box_convert(O.box_convert(rotated, "xywhr", "xyxyxyxy"), "xyxyxyxy", "xywhr")
graded(lambda a, b: O.generalized_box_iou_loss(a, b, "mean"), a[:3], b)
graded(lambda a, b: O.distance_box_iou_loss(a, b, "sum"), a[:3], b)
graded(lambda a, b: O.complete_box_iou_loss(a, b), a[:3], b)
O.generalized_box_iou_loss(a[:3] + 9, b, eps=1e-3)
O.complete_box_iou_loss((a[:3] * 9).long(), (b * 9).long(), "mean")
O.generalized_box_iou_loss(a[:0], b[:0], "mean")
O.drop_block2d(torch.ones(2, 3, 6, 7), 0.3, 3)
O.drop_block2d(torch.ones(2, 3, 6, 7), 0.3, 1, inplace=True)
O.DropBlock2d(0.2, 5)(torch.ones(2, 3, 6, 7).double())
O.drop_block3d(torch.ones(2, 1, 4, 5, 6), 0.3, 3)
O.DropBlock3d(0.2, 9)(torch.ones(2, 1, 5, 5, 6))
joined(O.FeaturePyramidNetwork([2, 3], 4)(levels))
joined(O.FeaturePyramidNetwork([2, 3], 4, P.LastLevelMaxPool(), torch.nn.BatchNorm2d)(levels))
joined(O.FeaturePyramidNetwork([2, 3], 4, P.LastLevelP6P7(3, 4))(levels))
joined(O.FeaturePyramidNetwork([2, 3], 4, P.LastLevelP6P7(4, 4))(levels))
M.LevelMapper(2, 5)([a * 90, b * 300])
O.DeformConv2d(4, 6, (3, 2), groups=2).weight
O.DeformConv2d(4, 6, (3, 2), groups=2).bias
torch.tensor([*str(O.DeformConv2d(4, 6, (3, 2), 1, (1, 0), 2, 2, False)).encode()])
torch.tensor([*str(O.DropBlock2d(0.1, 3)).encode(), *str(O.RoIAlign((2, 1), 0.5, 2)).encode()])
torch.tensor([*str(O.PSRoIPool(2, 0.5)).encode(), *str(O.MultiScaleRoIAlign(["0"], 2, 2)).encode()])
""".strip().splitlines()


def graded(function, *tensors):
    """The value and the gradients of its sum, in one row."""
    leaves = [tensor.clone().requires_grad_() for tensor in tensors]
    value = function(*leaves)
    value.sum().backward()
    parts = [value.detach().reshape(-1), *(leaf.grad.reshape(-1) for leaf in leaves)]
    return parts[0].new_tensor([number for part in parts for number in part.tolist()])


def joined(levels):
    values = [number for level in levels.values() for number in level.detach().reshape(-1).tolist()]
    first = next(iter(levels.values()))
    return first.detach().new_tensor([len(name) for name in levels] + values)


def names(torch, torchvision) -> dict[str, object]:
    ramp = torch.arange(20, dtype=torch.float64)
    points = (torch.sin(ramp * 1.7) + 1).reshape(5, 4).to(torch.float32)
    a = torch.cat([points[:, :2], points[:, :2] + points[:, 2:] + 0.1], 1)
    b = a[:3].flip(0) * 0.8 + 0.1
    x = torch.cos(ramp[:12] * 2.3).reshape(4, 3).to(torch.float32)
    levels = {"p": x.reshape(1, 2, 3, 2), "q": x[:3].reshape(1, 3, 3, 1)[:, :, :2]}
    ops = torchvision.ops
    return {
        "torch": torch, "O": ops, "P": ops.feature_pyramid_network, "M": ops.poolers, "a": a, "b": b, "x": x,
        "rotated": torch.cat([b, x[:3, :1] * 200], 1), "levels": levels, "graded": graded, "joined": joined,
    }  # fmt: skip


def leaves(value) -> list:
    return [str(value.dtype).replace("torch.", ""), list(value.shape), value.detach().double().reshape(-1).tolist()]
