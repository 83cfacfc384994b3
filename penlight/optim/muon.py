"""Muon: momentum whose matrix is made orthogonal before the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from penlight.optim.arithmetic import namespace_of
from penlight.optim.elementwise import zeros_like
from penlight.optim.optimizer import Optimizer, number_of
from penlight.tensor import Tensor
from penlight.tensor.memory import memory_of

__all__ = ["Muon"]


class Muon(Optimizer):
    """p -= lr' * O(m) for 2-D parameters, O the nearly orthogonal matrix of the momentum m by Newton-Schulz iteration.

    The iteration runs in numbers rounded to bfloat16 as PyTorch's does; sums are float32.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html

    >>> import penlight as torch
    >>> w = torch.eye(2).requires_grad_()
    >>> optimizer = torch.optim.Muon([w], lr=0.1, weight_decay=0.0)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> bool((w.diagonal() < 0.95).all())
    True
    """

    def __init__(
        self, params: Iterable, lr: float = 1e-3, weight_decay: float = 0.1, momentum: float = 0.95,
        nesterov: bool = True, ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7, ns_steps: int = 5, adjust_lr_fn: str | None = None,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and lr._a.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not 0.0 <= value:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = {
            "lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov,
            "ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps, "adjust_lr_fn": adjust_lr_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p._a.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.size()}"
                    )

    def step(self, closure: Callable | None = None) -> Any:
        """Update the parameters once. Returns what `closure` returned, if one was given."""
        loss = self._loss_of(closure)
        for group in self.param_groups:
            lr = number_of(group["lr"])
            for p in group["params"]:
                if p._grad is None:
                    continue
                if p._grad.is_sparse:
                    raise RuntimeError("Muon does not support sparse gradients")
                if p.is_complex():
                    raise RuntimeError("Muon does not support complex parameters")
                state = self.state[p]
                if not state:
                    state["momentum_buffer"] = zeros_like(p)
                a, g, buffer = p._a, p._grad._a, state["momentum_buffer"]._a
                k = namespace_of(a.dtype, a.size)
                k.lerp_(buffer, g, 1 - group["momentum"])
                update = k.lerp(g, buffer, group["momentum"]) if group["nesterov"] else buffer
                update = orthogonalized(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
                k.scale_(a, 1 - lr * number_of(group["weight_decay"]))
                k.add_scaled_(a, update.astype(a.dtype), -lr * _adjustment(group["adjust_lr_fn"], a.shape))
                memory_of(p).changed()
        return loss


def _adjustment(kind: str | None, shape: tuple) -> float:
    rows, columns = shape
    if kind == "match_rms_adamw":
        return 0.2 * max(rows, columns) ** 0.5
    return max(1, rows / columns) ** 0.5


def to_bfloat16(a: np.ndarray) -> np.ndarray:
    """float32 numbers rounded to the nearest bfloat16, ties to even."""
    bits = np.ascontiguousarray(a, np.float32).view(np.uint32)
    rounded = (bits + (np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1)))) & np.uint32(0xFFFF0000)
    return rounded.view(np.float32)


def orthogonalized(a: np.ndarray, coefficients: tuple, steps: int, eps: float) -> np.ndarray:
    """The polynomial iteration X <- aX + (bG + cGG)X, G = X X^T, that moves all singular values towards 1."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    first, second, third = (np.float32(c) for c in coefficients)
    x = to_bfloat16(a.astype(np.float32))
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = np.ascontiguousarray(x.T)
    norm = to_bfloat16(np.sqrt(np.sum(x * x))[None])
    x = to_bfloat16(x / np.maximum(norm, to_bfloat16(np.array([eps]))))
    for _ in range(steps):
        gram = to_bfloat16(x @ x.T)
        update = to_bfloat16(second * gram + third * (gram @ gram))
        x = to_bfloat16(first * x + update @ x)
    return x.T if tall else x
