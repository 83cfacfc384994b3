"""Adamax: Adam with the infinity norm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_betas, check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["Adamax"]


class Adamax(Elementwise):
    """p -= lr / (1 - beta1^t) * m / u, u = max(beta2 * u, |g| + eps).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_betas(betas)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None, maximize=False, differentiable=False, capturable=False)
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return "exp_avg", "exp_inf"

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"step": new_step(), "exp_avg": zeros_like(p), "exp_inf": zeros_like(p)}

    def numbers(self, group: dict, step: float) -> tuple:
        beta1, beta2 = (number_of(beta) for beta in group["betas"])
        step_size = number_of(group["lr"]) / (1 - beta1**step)
        return 1 - beta1, beta2, group["eps"], group["weight_decay"], step_size, group["maximize"]

    @staticmethod
    def rule(k, p, g, m, u, weight1, beta2, eps, decay, step_size, maximize):
        if maximize:
            g = k.negative(g)
        if decay:
            g = k.plus_scaled(g, p, decay)
        k.lerp_(m, g, weight1)
        k.scale_(u, beta2)
        k.maximum_(u, k.shift(k.absolute(g), eps))
        k.add_quotient_(p, m, u, -step_size)
