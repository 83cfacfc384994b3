"""RMSprop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["RMSprop"]


class RMSprop(Elementwise):
    """p -= lr * g / (sqrt(v) + eps), v the moving average of g * g (`centered`: of the variance of g).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
        momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: bool | None = None,
        maximize: bool = False, differentiable: bool = False,
    ) -> None:  # fmt: skip
        check_lr(lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_range(f"Invalid momentum value: {momentum}", 0.0 <= momentum)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        check_range(f"Invalid alpha value: {alpha}", 0.0 <= alpha)
        defaults = {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(
            momentum=0, centered=False, foreach=None, maximize=False, differentiable=False, capturable=False
        )
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        names = ["square_avg"]
        if group["momentum"] > 0:
            names.append("momentum_buffer")
        if group["centered"]:
            names.append("grad_avg")
        return tuple(names)

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"step": new_step(), **{name: zeros_like(p) for name in self.arrays(group)}}

    def numbers(self, group: dict, step: float) -> tuple:
        options = ("alpha", "eps", "weight_decay", "momentum", "centered", "maximize")
        return (number_of(group["lr"]), *[group[name] for name in options])

    @staticmethod
    def rule(k, p, g, v, *arrays_and_numbers):
        *more, lr, alpha, eps, decay, momentum, centered, maximize = arrays_and_numbers
        if maximize:
            g = k.negative(g)
        if decay:
            g = k.plus_scaled(g, p, decay)
        k.scale_(v, alpha)
        k.add_product_(v, g, g, 1 - alpha)
        if centered:
            mean = more[-1]
            k.lerp_(mean, g, 1 - alpha)
            root = k.sqrt(k.plus_product(v, mean, mean, -1))
        else:
            root = k.sqrt(v)
        root = k.shift(root, eps)
        if momentum > 0:
            k.scale_(more[0], momentum)
            k.add_quotient_(more[0], g, root, 1)
            k.add_scaled_(p, more[0], -lr)
        else:
            k.add_quotient_(p, g, root, -lr)
