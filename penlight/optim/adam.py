"""Adam and AdamW."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.optim.arithmetic import Tensors
from penlight.optim.elementwise import Elementwise, new_step, zeros_like
from penlight.optim.optimizer import check_betas, check_flags, check_foreach_lr, check_lr, check_range, number_of
from penlight.tensor import Tensor

__all__ = ["Adam", "AdamW"]


class Adam(Elementwise):
    """p -= lr * m' / (sqrt(v') + eps), m' and v' the bias-corrected moving averages of g and g * g.

    `foreach` and `fused` are accepted and change nothing.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html; Kingma and Ba, arXiv:1412.6980

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    kernel = "adam_step"
    no_sparse = "Adam does not support sparse gradients, please consider SparseAdam instead"

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 0, amsgrad: bool = False, *, foreach: bool | None = None, maximize: bool = False,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:  # fmt: skip
        check_foreach_lr(lr, foreach, capturable)
        check_lr(lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 <= eps)
        check_betas(betas)
        check_range(f"Invalid weight_decay value: {weight_decay}", 0.0 <= weight_decay)
        if not any(isinstance(betas[0], kind) and isinstance(betas[1], kind) for kind in (float, Tensor)):
            raise ValueError("betas must be either both floats or both Tensors")
        for i, beta in enumerate(betas):
            if isinstance(beta, Tensor):
                if foreach and not capturable:
                    raise ValueError(f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True")
                if beta._a.size != 1:
                    raise ValueError(f"Tensor betas[{i}] must be 1-element")
        defaults = {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
            "maximize": maximize, "foreach": foreach, "capturable": capturable, "differentiable": differentiable,
            "fused": fused, "decoupled_weight_decay": decoupled_weight_decay,
        }  # fmt: skip
        super().__init__(params, defaults)
        check_flags(foreach, fused, differentiable)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(
            amsgrad=False, maximize=False, foreach=None, capturable=False, differentiable=False,
            decoupled_weight_decay=False, fused=None,
        )  # fmt: skip
        self._steps_to_tensors()

    def arrays(self, group: dict) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        return {"step": new_step(group), **{name: zeros_like(p) for name in self.arrays(group)}}

    def numbers(self, group: dict, step: float) -> tuple:
        beta1, beta2 = (number_of(beta) for beta in group["betas"])
        lr = number_of(group["lr"])
        decay = number_of(group["weight_decay"])
        shrink = 1 - lr * decay if group["decoupled_weight_decay"] else None
        step_size = lr / (1 - beta1**step)
        return 1 - beta1, beta2, group["eps"], decay, shrink, step_size, (1 - beta2**step) ** 0.5, group["maximize"]

    @staticmethod
    def rule(k, p, g, m, v, *largest_and_numbers):
        *largest, weight1, beta2, eps, decay, shrink, step_size, correction2, maximize = largest_and_numbers
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
        if largest:
            k.maximum_(largest[0], v)
            v = largest[0]
        if k is Tensors and step_size:  # PyTorch records it so; eps / step_size is no zero in half precision
            denominator = k.shift(k.divide(k.sqrt(v), correction2 * -step_size), eps / -step_size)
            k.add_quotient_(p, m, denominator, 1)
            return
        denominator = k.shift(k.divide(k.sqrt(v), correction2), eps)
        k.add_quotient_(p, m, denominator, -step_size)


class AdamW(Adam):
    """Adam whose weight decay acts on the parameters themselves: p *= 1 - lr * weight_decay.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html; Loshchilov and Hutter,
    arXiv:1711.05101

    >>> import penlight as torch
    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = torch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.8500], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, betas: tuple[Any, Any] = (0.9, 0.999), eps: float = 1e-8,
        weight_decay: float = 1e-2, amsgrad: bool = False, *, maximize: bool = False, foreach: bool | None = None,
        capturable: bool = False, differentiable: bool = False, fused: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True
