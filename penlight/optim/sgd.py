"""Stochastic gradient descent, with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.elementwise import Elementwise, zeros_like
from penlight.optim.optimizer import check_flags, check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["SGD"]


class SGD(Elementwise):
    """p -= lr * g; with momentum v = momentum * v + (1 - dampening) * g, and v in place of g.

    `foreach` and `fused` are accepted and change nothing.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad(); (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.4600], requires_grad=True)
    """

    kernel = "sgd_step"
    counts = False
    complex_rule = True
    foreach_records = True

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0, weight_decay: Any = 0,
        nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None, differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid momentum value: {momentum}", not momentum < 0.0)
        check_range(f"Invalid weight_decay value: {weight_decay}", not weight_decay < 0.0)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_flags(foreach, fused, differentiable)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(nesterov=False, maximize=False, foreach=None, differentiable=False, fused=False)

    def arrays(self, group: dict) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] else ()

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"momentum_buffer": None}

    def numbers(self, group: dict, step: float) -> tuple:
        return (
            number_of(group["lr"]), number_of(group["momentum"]), number_of(group["dampening"]),
            number_of(group["weight_decay"]), group["nesterov"], group["maximize"], False,
        )  # fmt: skip

    def parameter_numbers(self, p: Tensor, state: Any, numbers: tuple) -> tuple:
        if state is not None and state.get("momentum_buffer") is None:
            state["momentum_buffer"] = zeros_like(p)
            return (*numbers[:-1], True)
        return numbers

    @staticmethod
    def rule(k, p, g, *arrays_and_numbers):
        *buffer, lr, momentum, dampening, weight_decay, nesterov, maximize, first = arrays_and_numbers
        if maximize:
            g = k.negative(g)
        if weight_decay:
            g = k.plus_scaled(g, p, weight_decay)
        if buffer:
            if first:
                k.start_(buffer[0], g)
            else:
                k.scale_(buffer[0], momentum)
                k.add_scaled_(buffer[0], g, 1 - dampening)
            g = k.plus_scaled(g, buffer[0], momentum) if nesterov else buffer[0]
        k.add_scaled_(p, g, -lr)

    def sparse_step(self, group: dict, p: Tensor, grad: Any, state: Any) -> None:
        if group["weight_decay"]:
            grad = grad.add(p, alpha=group["weight_decay"])  # raises: the decay of a whole parameter is dense
        if state is not None:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = grad.detach().clone()
            else:
                buffer.mul_(group["momentum"]).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer
        p.add_(grad, alpha=-number_of(group["lr"]))
