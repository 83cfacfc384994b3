"""Resilient backpropagation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["Rprop"]


class Rprop(Elementwise):
    """p -= sign(g) * s: the step size s of each element grows while its gradient keeps its sign and shrinks when not.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.Rprop([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid eta values: {etas[0]}, {etas[1]}", 0.0 < etas[0] < 1.0 < etas[1])
        defaults = {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None, maximize=False, differentiable=False, capturable=False)
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return "prev", "step_size"

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        lr = number_of(group["lr"])
        size = np.full_like(p._a, complex(lr, lr) if p.is_complex() else lr)
        return {"step": new_step(), "prev": zeros_like(p), "step_size": Tensor._wrap(size)}

    def numbers(self, group: dict, step: float) -> tuple:
        return (*group["etas"], *group["step_sizes"], group["maximize"])

    @staticmethod
    def rule(k, p, g, previous, size, shrink, grow, smallest, largest, maximize):
        if maximize:
            g = k.negative(g)
        agreement = k.product(g, previous)
        turned = agreement < 0
        one = k.plus(k.product(size, 0.0), 1.0)
        factor = k.where(agreement > 0, k.product(one, grow), k.where(turned, k.product(one, shrink), one))
        k.scale_(size, factor)
        k.clamp_(size, smallest, largest)
        g = k.where(turned, k.product(one, 0.0), g)  # no step where the sign turned
        k.add_product_(p, k.sign(g), size, -1)
        k.assign_(previous, g)
