"""NAdam: Adam with Nesterov momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_betas, check_lr, check_range, number_of, step_dtype
from penlight.tensor import Tensor

__all__ = ["NAdam"]


class NAdam(Elementwise):
    """Adam whose step looks ahead along the momentum, with a momentum that warms up.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html; Dozat, Incorporating Nesterov
    Momentum into Adam

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.8944], requires_grad=True)
    """

    capturable_tensors = "params, mu_products and state_steps"

    def __init__(
        self, params: Iterable, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
        foreach: bool | None = None, maximize: bool = False, capturable: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_betas(betas)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        check_range(f"Invalid momentum_decay value: {momentum_decay}", 0.0 <= momentum_decay)
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(
            maximize=False, foreach=None, capturable=False, differentiable=False, decoupled_weight_decay=False
        )
        self._steps_to_tensors("mu_product")

    def arrays(self, group: dict) -> tuple[str, ...]:
        return "exp_avg", "exp_avg_sq"

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        mu_product = Tensor._wrap(np.ones((), step_dtype()))
        return {"step": new_step(), "mu_product": mu_product, "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}

    def numbers(self, group: dict, step: float) -> tuple:
        beta1, beta2 = (number_of(beta) for beta in group["betas"])
        lr = number_of(group["lr"])
        decay = group["weight_decay"]
        shrink = 1 - lr * decay if group["decoupled_weight_decay"] else None
        mu, mu_next = (beta1 * (1.0 - 0.5 * 0.96 ** (t * group["momentum_decay"])) for t in (step, step + 1))
        return lr, mu, mu_next, 1 - beta1, beta2, group["eps"], decay, shrink, 1 - beta2**step, group["maximize"]

    def parameter_numbers(self, p: Tensor, state: Any, numbers: tuple) -> tuple:
        lr, mu, mu_next, *rest = numbers
        product = state["mu_product"]._a
        product *= mu
        so_far = product.item()
        return (-lr * (1.0 - mu) / (1.0 - so_far), (-lr * mu_next) / (1.0 - so_far * mu_next), *rest)

    @staticmethod
    def rule(k, p, g, m, v, now, ahead, weight1, beta2, eps, decay, shrink, correction2, maximize):
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
        denominator = k.shift(k.sqrt(k.quotient(v, correction2)), eps)
        k.add_quotient_(p, g, denominator, now)
        k.add_quotient_(p, m, denominator, ahead)
