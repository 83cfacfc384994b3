"""Adagrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from penlight.optim.elementwise import Elementwise, new_step
from penlight.optim.optimizer import check_flags, check_lr, check_range, number_of
from penlight.sparse.tensor import make
from penlight.tensor import Tensor

__all__ = ["Adagrad"]


class Adagrad(Elementwise):
    """p -= lr' * g / (sqrt(s) + eps), s the sum of all g * g, lr' = lr / (1 + (t - 1) * lr_decay).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
        initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *,
        maximize: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid lr_decay value: {lr_decay}", 0.0 <= lr_decay)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        check_range(
            f"Invalid initial_accumulator_value value: {initial_accumulator_value}", 0.0 <= initial_accumulator_value
        )
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        defaults = {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_flags(foreach, fused, differentiable)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p] = self.new_state(p, group)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None, maximize=False, differentiable=False, fused=None)
        self._steps_to_tensors()

    def share_memory(self) -> None:
        """Move the sums of squares to shared memory."""
        for state in self.state.values():
            state["sum"].share_memory_()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return ("sum",)

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        start = group["initial_accumulator_value"]
        if p.is_complex():
            start = complex(start, start)
        return {"step": new_step(group), "sum": Tensor._wrap(np.full_like(p._a, start))}

    def numbers(self, group: dict, step: float) -> tuple:
        step_size = number_of(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        return step_size, group["eps"], group["weight_decay"], group["maximize"]

    @staticmethod
    def rule(k, p, g, total, step_size, eps, decay, maximize):
        if maximize:
            g = k.negative(g)
        if decay:
            g = k.plus_scaled(g, p, decay)
        k.add_product_(total, g, g, 1)
        k.add_quotient_(p, g, k.shift(k.sqrt(total), eps), -step_size)

    def sparse_step(self, group: dict, p: Tensor, grad: Any, state: Any) -> None:
        if group["weight_decay"]:
            raise RuntimeError("weight_decay option is not compatible with sparse gradients")
        state["step"] += 1
        step_size = number_of(group["lr"]) / (1 + (state["step"].item() - 1) * group["lr_decay"])
        grad = grad.coalesce()
        state["sum"].add_(grad.pow(2))
        rows = state["sum"].sparse_mask(grad)
        values = grad.values() / rows.values().sqrt_().add_(group["eps"])
        p.add_(make(grad._a.indices, values, grad._a.shape, True, ""), alpha=-step_size)
