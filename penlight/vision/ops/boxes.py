"""Boxes: areas, overlaps, formats, suppression. A box is (x1, y1, x2, y2) with x1 <= x2 and y1 <= y2."""

from __future__ import annotations

from typing import Any

import numpy as np

import penlight as torch
from penlight import Tensor

__all__ = [
    "batched_nms", "box_area", "box_convert", "box_iou", "clip_boxes_to_image", "generalized_box_iou",
    "complete_box_iou", "distance_box_iou", "masks_to_boxes", "nms", "remove_small_boxes",
]  # fmt: skip


def upcast(x: Tensor) -> Tensor:
    """A dtype in which products do not overflow."""
    if x.is_floating_point():
        return x if x.dtype in (torch.float32, torch.float64) else x.float()
    return x if x.dtype in (torch.int32, torch.int64) else x.int()


def box_area(boxes: Tensor) -> Tensor:
    """(x2 - x1) (y2 - y1). Shape: (N, 4) -> (N,).

    >>> box_area(torch.tensor([[0, 0, 2, 3]]))
    tensor([6])
    """
    boxes = upcast(boxes)
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _inter_union(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    low = torch.max(boxes1[:, None, :2], boxes2[:, :2])  # (N, M, 2)
    high = torch.min(boxes1[:, None, 2:], boxes2[:, 2:])
    sides = upcast(high - low).clamp(min=0)
    inter = sides[:, :, 0] * sides[:, :, 1]
    return inter, box_area(boxes1)[:, None] + box_area(boxes2) - inter


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """Intersection over union of each pair. Shape: (N, 4), (M, 4) -> (N, M).

    Args: fmt: xyxy, xywh or cxcywh. Raises: ValueError for other formats.

    >>> box_iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[0.0, 0, 1, 2]]))
    tensor([[0.5000]])
    """
    if fmt not in ("xyxy", "xywh", "cxcywh"):
        raise ValueError(f"Unsupported Box IoU Calculation for given format {fmt}.")
    if fmt != "xyxy":
        boxes1, boxes2 = box_convert(boxes1, fmt, "xyxy"), box_convert(boxes2, fmt, "xyxy")
    inter, union = _inter_union(boxes1, boxes2)
    return inter / union


def _enclosing(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    low, high = torch.min(boxes1[:, None, :2], boxes2[:, :2]), torch.max(boxes1[:, None, 2:], boxes2[:, 2:])
    return upcast(high - low).clamp(min=0)  # (N, M, 2)


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """IoU less the share of the enclosing box that neither fills: https://arxiv.org/abs/1902.09630. (N, M)."""
    inter, union = _inter_union(boxes1, boxes2)
    sides = _enclosing(boxes1, boxes2)
    area = sides[:, :, 0] * sides[:, :, 1]
    return inter / union - (area - union) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """IoU less the squared distance of the centres over the enclosing box's diagonal squared. (N, M).

    Source: https://arxiv.org/abs/1911.08287
    """
    boxes1, boxes2 = upcast(boxes1), upcast(boxes2)
    sides = _enclosing(boxes1, boxes2)
    diagonal = sides[:, :, 0] ** 2 + sides[:, :, 1] ** 2 + eps
    first, second = (boxes1[:, :2] + boxes1[:, 2:]) / 2, (boxes2[:, :2] + boxes2[:, 2:]) / 2
    apart = upcast(first[:, None] - second[None])
    return box_iou(boxes1, boxes2) - (apart[:, :, 0] ** 2 + apart[:, :, 1] ** 2) / diagonal


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """`distance_box_iou` less a penalty for other aspect ratios: https://arxiv.org/abs/1911.08287. (N, M)."""
    boxes1, boxes2 = upcast(boxes1), upcast(boxes2)
    iou = box_iou(boxes1, boxes2)
    angles = [torch.atan((b[:, 2] - b[:, 0]) / (b[:, 3] - b[:, 1])) for b in (boxes1, boxes2)]
    v = (4 / torch.pi**2) * (angles[0][:, None] - angles[1][None]) ** 2
    with torch.no_grad():
        alpha = v / (1 - iou + v + eps)
    return distance_box_iou(boxes1, boxes2, eps) - alpha * v


_FORMATS = ("xyxy", "xywh", "cxcywh", "xywhr", "cxcywhr", "xyxyxyxy")


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Convert between formats of boxes. Shape: (..., 4), kept.

    Upright boxes: corners (xyxy), corner and size (xywh), centre and size (cxcywh). Rotated ones: corner, size and angle
    in degrees counter-clockwise (xywhr, (..., 5)), centre, size and angle (cxcywhr), four corners (xyxyxyxy, (..., 8)).

    Raises: ValueError for other formats, and between upright and rotated ones.

    >>> box_convert(torch.tensor([[1.0, 2, 3, 6]]), "xyxy", "cxcywh")
    tensor([[2., 4., 2., 4.]])
    """
    if in_fmt not in _FORMATS or out_fmt not in _FORMATS:
        raise ValueError(f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}")
    if in_fmt == out_fmt:
        return boxes.clone()
    if (in_fmt in _FORMATS[:3]) != (out_fmt in _FORMATS[:3]):
        raise ValueError(f"boxes in the format {in_fmt} cannot be converted to {out_fmt}: one is rotated, one is not")
    if in_fmt in _FORMATS[3:]:
        return _rotated(boxes, in_fmt, out_fmt)
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        corners = (a, b, a + c, b + d)
    elif in_fmt == "cxcywh":
        corners = (a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d)
    else:
        corners = (a, b, c, d)
    x1, y1, x2, y2 = corners
    if out_fmt == "xywh":
        corners = (x1, y1, x2 - x1, y2 - y1)
    elif out_fmt == "cxcywh":
        corners = ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)
    return torch.stack(corners, dim=-1)


def _rotated(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """By way of xywhr. The sides are (w cos r, -w sin r) and (h sin r, h cos r): y points down."""
    kind, boxes = boxes.dtype, boxes if boxes.is_floating_point() else boxes.float()
    if in_fmt == "xyxyxyxy":
        x, y, x2, y2, x3, y3 = boxes.unbind(-1)[:6]
        w, h = torch.hypot(x2 - x, y2 - y), torch.hypot(x3 - x2, y3 - y2)
        r = torch.rad2deg(torch.atan2(y - y2, x2 - x))
    else:
        x, y, w, h, r = boxes.unbind(-1)
    angle = torch.deg2rad(r)
    cos, sin = torch.cos(angle), torch.sin(angle)
    half = (w / 2 * cos + h / 2 * sin, h / 2 * cos - w / 2 * sin)  # from the corner to the centre
    if in_fmt == "cxcywhr":
        x, y = x - half[0], y - half[1]
    if out_fmt == "cxcywhr":
        values = [x + half[0], y + half[1], w, h, r]
    elif out_fmt == "xywhr":
        values = [x, y, w, h, r]
    else:
        x2, y2, down = x + w * cos, y - w * sin, (h * sin, h * cos)
        values = [x, y, x2, y2, x2 + down[0], y2 + down[1], x + down[0], y + down[1]]
    return torch.stack(values, dim=-1).to(kind)


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Keep the best boxes: each that overlaps a better one by more than the threshold goes.

    Shape: (N, 4), (N,) -> int64 (K,), by falling score; equal scores keep their order.
    Raises: RuntimeError for other shapes.

    >>> nms(torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 1.9], [5, 5, 6, 6]]), torch.tensor([0.5, 0.9, 0.1]), 0.5)
    tensor([1, 2])
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise RuntimeError(f"boxes should be a 2d tensor (N, 4), got {tuple(boxes.shape)}")
    if scores.ndim != 1 or scores.shape[0] != boxes.shape[0]:
        raise RuntimeError(
            f"boxes and scores should have same number of elements in dimension 0, got {boxes.shape[0]} and "
            f"{tuple(scores.shape)}"
        )
    corners = boxes.detach().numpy()
    x1, y1, x2, y2 = corners.T
    areas = (x2 - x1) * (y2 - y1)
    order = np.argsort(-scores.detach().numpy(), kind="stable")
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        across = np.maximum(np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest]), 0)
        down = np.maximum(np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest]), 0)
        inter = across * down
        with np.errstate(divide="ignore", invalid="ignore"):
            overlap = inter / (areas[best] + areas[rest] - inter)
        order = rest[~(overlap > iou_threshold)]
    return torch.tensor(kept, dtype=torch.int64)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """`nms` within each class `idxs` apart. Shape: (N, 4), (N,), (N,) -> int64 (K,), by falling score."""
    keep = torch.zeros(scores.shape[0], dtype=torch.bool)
    for number in torch.unique(idxs):
        places = torch.where(idxs == number)[0]
        keep[places[nms(boxes[places], scores[places], iou_threshold)]] = True
    kept = torch.where(keep)[0]
    return kept[scores[kept].sort(descending=True)[1]]


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The places of the boxes of which both sides are at least `min_size`."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return torch.where((sides[:, 0] >= min_size) & (sides[:, 1] >= min_size))[0]


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Move the corners into an image of size (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return torch.stack((x, y), dim=boxes.dim()).reshape(boxes.shape)


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The boxes (first and last column and row) of masks that are not empty. Shape: (N, H, W) -> (N, 4)."""
    if masks.numel() == 0:
        return torch.zeros((0, 4))
    found: list[Any] = []
    for mask in masks:
        y, x = torch.where(mask != 0)
        if x.numel() == 0:
            raise ValueError("expected masks of at least one pixel, got an empty one")
        found.append([float(x.min()), float(y.min()), float(x.max()), float(y.max())])
    return torch.tensor(found)
