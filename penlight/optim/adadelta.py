"""Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["Adadelta"]


class Adadelta(Elementwise):
    """p -= lr * d, d = sqrt(u + eps) / sqrt(v + eps) * g, with u and v the moving averages of d * d and g * g.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html; Zeiler, arXiv:1212.5701

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.Adadelta([w])
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9968], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
        foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid rho value: {rho}", 0.0 <= rho <= 1.0)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        defaults = {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None, maximize=False, differentiable=False, capturable=False)
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return "square_avg", "acc_delta"

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"step": new_step(), "square_avg": zeros_like(p), "acc_delta": zeros_like(p)}

    def numbers(self, group: dict, step: float) -> tuple:
        return number_of(group["lr"]), group["rho"], group["eps"], group["weight_decay"], group["maximize"]

    @staticmethod
    def rule(k, p, g, v, u, lr, rho, eps, decay, maximize):
        if maximize:
            g = k.negative(g)
        if decay:
            g = k.plus_scaled(g, p, decay)
        k.scale_(v, rho)
        k.add_product_(v, g, g, 1 - rho)
        root = k.sqrt(k.plus(v, eps))
        delta = k.times(k.divide(k.sqrt(k.plus(u, eps)), root), g)
        k.scale_(u, rho)
        k.add_product_(u, delta, delta, 1 - rho)
        k.add_scaled_(p, delta, -lr)
