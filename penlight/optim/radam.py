"""RAdam: Adam with a rectified variance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_betas, check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["RAdam"]


class RAdam(Elementwise):
    """Adam that takes plain momentum steps until the second moment's variance is tractable.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html; Liu and others, arXiv:1908.03265

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
        maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_betas(betas)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(
            foreach=None, maximize=False, differentiable=False, decoupled_weight_decay=False, capturable=False
        )
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return "exp_avg", "exp_avg_sq"

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"step": new_step(), "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}

    def numbers(self, group: dict, step: float) -> tuple:
        beta1, beta2 = (number_of(beta) for beta in group["betas"])
        lr = number_of(group["lr"])
        decay = group["weight_decay"]
        shrink = 1 - lr * decay if group["decoupled_weight_decay"] else None
        correction2 = 1 - beta2**step
        rho_inf = 2 / (1 - beta2) - 1
        rho = rho_inf - 2 * step * (beta2**step) / correction2  # the length of the approximated moving average
        rectification = None
        if rho > 5.0:
            ratio = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
            rectification = ratio**0.5
        return (
            lr, 1 - beta1, beta2, group["eps"], decay, shrink, 1 - beta1**step, correction2**0.5, rectification,
            group["maximize"],
        )  # fmt: skip

    @staticmethod
    def rule(k, p, g, m, v, lr, weight1, beta2, eps, decay, shrink, correction1, root2, rectification, maximize):
        if maximize:
            g = k.negative(g)
        if decay:
            if shrink is None:
                g = k.plus_scaled(g, p, decay)
            else:
                k.scale_(p, shrink)
        k.lerp_(m, g, weight1)
        k.scale_(v, beta2)
        k.add_product_(v, g, g, 1 - beta2)
        update = k.times(k.quotient(m, correction1), lr)
        if rectification is not None:
            adaptive = k.times(k.reciprocal(k.shift(k.sqrt(v), eps)), root2)
            update = k.times(k.times(update, adaptive), rectification)
        k.add_scaled_(p, update, -1.0)
