"""The focal loss: https://arxiv.org/abs/1708.02002."""

from __future__ import annotations

import penlight as torch
from penlight import Tensor
from penlight.nn import functional as F

__all__ = ["sigmoid_focal_loss"]


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Binary cross entropy of logits, times (1 - p of the truth) ** gamma, weighted alpha and 1 - alpha (not if negative).

    Args: targets: 0 or 1, of the shape of the inputs. reduction: none, mean or sum.
    Raises: ValueError for other values of alpha or reduction.

    >>> sigmoid_focal_loss(torch.tensor([0.0]), torch.tensor([1.0]), alpha=-1)
    tensor([0.1733])
    """
    if not (0 <= alpha <= 1) and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(
            f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
        )
    p = torch.sigmoid(inputs)
    truth = p * targets + (1 - p) * (1 - targets)
    loss = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none") * (1 - truth) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return loss if reduction == "none" else getattr(loss, reduction)()
