"""Adafactor: second moments of matrices kept as one row and one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from penlight.base.dtypes import from_numpy
from penlight.base.typeinfo import finfo
from penlight.optim.arithmetic import namespace_of
from penlight.optim.elementwise import new_step
from penlight.optim.optimizer import Optimizer, number_of
from penlight.tensor import Tensor
from penlight.tensor.memory import memory_of

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Steps relative to the parameter's size, along g / sqrt(v); for matrices v is the outer product of two vectors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html; Shazeer and Stern,
    arXiv:1804.04235

    >>> import penlight as torch
    >>> w = torch.ones(2, requires_grad=True)
    >>> optimizer = torch.optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward(); optimizer.step()
    >>> w
    tensor([0.9000, 0.9000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-2, beta2_decay: float = -0.8, eps: tuple = (None, 1e-3), d: float = 1.0,
        weight_decay: float = 0.0, *, foreach: bool | None = None, maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and lr._a.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        for name, value, fits, rule in (
            ("Learning rate", lr, lr >= 0.0, ">= 0"), ("beta2_decay", beta2_decay, beta2_decay <= 0.0, "<= 0"),
            ("epsilon1", eps[0], eps[0] is None or eps[0] >= 0.0, ">= 0"), ("epsilon2", eps[1], eps[1] >= 0.0, ">= 0"),
            ("Clipping threshold d", d, d >= 1.0, ">= 1"), ("weight_decay", weight_decay, weight_decay >= 0.0, ">= 0"),
        ):  # fmt: skip
            if not fits:
                raise ValueError(f"{name} should be {rule} but is: {value}")
        defaults = {
            "lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize,
        }  # fmt: skip
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._default_options(foreach=None)

    def step(self, closure: Callable | None = None) -> Any:
        """Update the parameters once. Returns what `closure` returned, if one was given."""
        loss = self._loss_of(closure)
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                for p in group["params"]:
                    if p._grad is not None:
                        if p.is_complex():
                            raise RuntimeError("Adafactor does not support complex parameters")
                        if p._grad.is_sparse:
                            raise RuntimeError("Adafactor does not support sparse gradients")
                        self._update(p, group)
                        memory_of(p).changed()
        return loss

    def _update(self, p: Tensor, group: dict) -> None:
        a, g = p._a, p._grad._a  # type: ignore[union-attr]
        k = namespace_of(a.dtype, a.size)
        state = self.state[p]
        if not state:
            state["step"] = new_step()
            if g.ndim > 1:
                state["row_var"] = Tensor._wrap(np.zeros((*g.shape[:-1], 1), g.dtype))
                state["col_var"] = Tensor._wrap(np.zeros((*g.shape[:-2], 1, g.shape[-1]), g.dtype))
            else:
                state["variance"] = Tensor._wrap(np.zeros_like(g))
        state["step"]._a += 1
        step = state["step"].item()
        eps1, eps2 = group["eps"]
        if eps1 is None:
            eps1 = finfo(from_numpy(a.dtype)).eps
        lr = number_of(group["lr"])
        if group["maximize"]:
            g = -g
        fading = step ** group["beta2_decay"]  # 1 - beta2 of this step
        size = max(eps2, _norm(a) / a.size**0.5) * min(lr, 1 / step**0.5)
        if group["weight_decay"] != 0:
            k.scale_(a, 1 - lr * number_of(group["weight_decay"]))
        if g.ndim > 1:
            row, column = state["row_var"]._a, state["col_var"]._a
            k.lerp_(row, _mean_square(g, -1), fading)
            k.lerp_(column, _mean_square(g, -2), fading)
            wide_row, wide_column = _wide(row), _wide(column)
            estimate = wide_row * wide_column
            estimate /= np.maximum(wide_row.mean(axis=-2, keepdims=True), eps1)
        else:
            variance = state["variance"]._a
            k.lerp_(variance, k.product(g, g), fading)
            estimate = _wide(variance).copy()
        np.maximum(estimate, eps1 * eps1, out=estimate)
        update = _wide(g) / np.sqrt(estimate)
        clip = max(1.0, _norm(update) / (update.size**0.5 * group["d"]))
        k.add_scaled_(a, update.astype(a.dtype, copy=False), -size / clip)


def _wide(a: np.ndarray) -> np.ndarray:
    return a.astype(np.float32) if a.dtype.itemsize == 2 else a


def _norm(a: np.ndarray) -> float:
    a = _wide(a)
    return float(np.sqrt(np.sum(a * a)))


def _mean_square(g: np.ndarray, axis: int) -> np.ndarray:
    wide = _wide(g)
    return (np.sum(wide * wide, axis=axis, keepdims=True) / wide.dtype.type(g.shape[axis])).astype(g.dtype, copy=False)
