"""Losses of boxes (N, 4) of (x1, y1, x2, y2) against those at the same place: 1 - IoU, with penalties."""

from __future__ import annotations

import math

import penlight as torch
from penlight import Tensor
from penlight.vision.ops.boxes import upcast

__all__ = ["complete_box_iou_loss", "distance_box_iou_loss", "generalized_box_iou_loss"]


def _reduced(loss: Tensor, reduction: str) -> Tensor:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(
            f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
        )
    if reduction == "mean":
        return loss.mean() if loss.numel() > 0 else 0.0 * loss.sum()
    return loss.sum() if reduction == "sum" else loss


def _float(x: Tensor) -> Tensor:
    return upcast(x) if x.is_floating_point() else x.float()


def _overlaps(boxes1: Tensor, boxes2: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """(IoU, union, sides of the enclosing box (N, 2))."""
    low, high = torch.max(boxes1[:, :2], boxes2[:, :2]), torch.min(boxes1[:, 2:], boxes2[:, 2:])
    sides = high - low
    meet = (sides > 0).all(dim=1)
    inter = torch.where(meet, sides[:, 0] * sides[:, 1], torch.zeros_like(sides[:, 0]))
    areas = [(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (boxes1, boxes2)]
    union = areas[0] + areas[1] - inter
    around = torch.max(boxes1[:, 2:], boxes2[:, 2:]) - torch.min(boxes1[:, :2], boxes2[:, :2])
    return inter / (union + eps), union, around


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - GIoU: https://arxiv.org/abs/1902.09630. Shape: (N, 4), (N, 4) -> (N,), or () for "mean" and "sum".

    Raises: ValueError for other reductions.

    >>> generalized_box_iou_loss(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[0.0, 0, 1, 2]]))
    tensor([0.5000])
    """
    iou, union, around = _overlaps(_float(boxes1), _float(boxes2), eps)
    area = around[:, 0] * around[:, 1]
    return _reduced(1 - (iou - (area - union) / (area + eps)), reduction)


def _distance(boxes1: Tensor, boxes2: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    iou, _, around = _overlaps(boxes1, boxes2, eps)
    centres = [(b[:, :2] + b[:, 2:]) / 2 for b in (boxes1, boxes2)]
    apart = ((centres[0] - centres[1]) ** 2).sum(1)
    return 1 - iou + apart / ((around**2).sum(1) + eps), iou


def distance_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - DIoU: https://arxiv.org/abs/1911.08287. Shape: (N, 4), (N, 4) -> (N,), or () for "mean" and "sum".

    Raises: ValueError for other reductions.
    """
    return _reduced(_distance(_float(boxes1), _float(boxes2), eps)[0], reduction)


def complete_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - CIoU: https://arxiv.org/abs/1911.08287. Shape: (N, 4), (N, 4) -> (N,), or () for "mean" and "sum".

    Raises: ValueError for other reductions.
    """
    boxes1, boxes2 = _float(boxes1), _float(boxes2)
    loss, iou = _distance(boxes1, boxes2, eps)
    angles = [torch.atan((b[:, 2] - b[:, 0]) / (b[:, 3] - b[:, 1])) for b in (boxes1, boxes2)]
    v = 4 / math.pi**2 * (angles[1] - angles[0]) ** 2
    with torch.no_grad():
        alpha = v / (1 - iou + v + eps)
    return _reduced(loss + alpha * v, reduction)
