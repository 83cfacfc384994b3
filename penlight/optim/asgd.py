"""Averaged stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_lr, check_range, number_of, step_dtype
from penlight.tensor import Tensor

__all__ = ["ASGD"]


class ASGD(Elementwise):
    """p *= 1 - lambd * eta; p -= eta * g, with a falling eta; `state[p]["ax"]` is the average of p from step t0 on.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html; Polyak and Juditsky, 1992

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.ASGD([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    capturable_tensors = "params, mus, etas, and state_steps"

    def __init__(
        self, params: Iterable, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
        weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False, differentiable: bool = False,
        capturable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        defaults = {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None, maximize=False, differentiable=False, capturable=False)
        self._steps_to_tensors("eta", "mu")

    def arrays(self, group: dict) -> tuple[str, ...]:
        return ("ax",)

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        eta = Tensor._wrap(np.array(number_of(group["lr"]), step_dtype()))
        return {"step": new_step(), "eta": eta, "mu": Tensor._wrap(np.ones((), step_dtype())), "ax": zeros_like(p)}

    def numbers(self, group: dict, step: float) -> tuple:
        lr, lambd = number_of(group["lr"]), group["lambd"]
        rounded = step_dtype().type  # the state may be wider, after loading into float64 parameters
        next_eta = rounded(float(lr) / ((1 + lambd * float(lr) * step) ** group["alpha"]))
        return lambd, group["weight_decay"], group["maximize"], next_eta, rounded(1 / max(1, step - group["t0"]))

    def parameter_numbers(self, p: Tensor, state: Any, numbers: tuple) -> tuple:
        lambd, decay, maximize, next_eta, next_mu = numbers
        eta, mu = state["eta"]._a, state["mu"]._a
        result = (eta.item(), mu.item(), lambd, decay, maximize)
        eta[...], mu[...] = next_eta, next_mu
        return result

    @staticmethod
    def rule(k, p, g, average, eta, mu, lambd, decay, maximize):
        if maximize:
            g = k.negative(g)
        if decay:
            g = k.plus_scaled(g, p, decay)
        k.scale_(p, 1 - lambd * eta)
        k.add_scaled_(p, g, -eta)
        if mu == 1:
            k.assign_(average, p)
        else:
            k.add_(average, k.times(k.minus(p, average), mu))
