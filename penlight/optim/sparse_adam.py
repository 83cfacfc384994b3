"""SparseAdam, which needs sparse gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from penlight.optim.optimizer import Optimizer, check_betas, check_range
from penlight.tensor import Tensor

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam that updates only the rows with a gradient. penlight has no sparse tensors: every gradient is dense, and
    `step` raises on it as PyTorch's does.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and lr._a.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_range(f"Invalid learning rate: {lr}", 0.0 < lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 < eps)
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def step(self, closure: Callable | None = None) -> Any:
        """Raises RuntimeError on the first dense gradient."""
        loss = self._loss_of(closure)
        for group in self.param_groups:
            for p in group["params"]:
                if p._grad is not None:
                    raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return loss
